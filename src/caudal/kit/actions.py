"""Actions write. The outermost opens the transaction; actions that it calls join it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function in the transaction of whoever called it, or in one of its own.

    There is no savepoint: when a called action refuses, the whole of the outermost one is undone.
    """

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=False):
            return function(*args, **kwargs)

    return inside
