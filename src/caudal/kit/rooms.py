"""Finds a room of every installed context by its name, so that nobody imports handlers, tasks or policies by hand."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps

PACKAGE = "caudal."


@cache
def rooms(name: str) -> tuple[ModuleType, ...]:
    """Import `<context>.<name>` of each installed app of the package that has one, lower contexts first."""
    found = [
        f"{config.name}.{name}"
        for config in apps.get_app_configs()
        if config.name.startswith(PACKAGE) and find_spec(f"{config.name}.{name}")
    ]
    return tuple(import_module(module) for module in found)


def gathered(room: str, constant: str) -> tuple[Any, ...]:
    """Concatenate the tuples that rooms of one name publish under one constant, lower contexts first."""
    return tuple(value for module in rooms(room) for value in getattr(module, constant, ()))
