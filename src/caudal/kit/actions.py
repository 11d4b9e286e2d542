"""Actions write. The outermost opens the transaction; actions that it calls join it."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")

_inside: Final[ContextVar[bool]] = ContextVar("caudal_inside_action", default=False)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function in the transaction of the action that called it, or in one of its own.

    A called action has no savepoint: when it refuses, the whole of the outermost one is undone, even if the caller
    swallows the refusal. Inside a view's transaction the outermost action is a savepoint, so a view may answer a
    refusal with a page that reads the database.
    """

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside.get():
            with transaction.atomic(savepoint=False):
                return function(*args, **kwargs)
        token = _inside.set(True)
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        finally:
            _inside.reset(token)

    return inside
