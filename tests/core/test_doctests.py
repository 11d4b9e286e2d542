"""The examples in the docstrings of the core are true."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import caudal.core

MODULES = sorted(found.name for found in pkgutil.walk_packages(caudal.core.__path__, "caudal.core."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_every_module_of_the_core_hold(name: str) -> None:
    results = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)
    assert not results.failed
