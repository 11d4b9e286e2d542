"""Where whoever measures the database puts itself: around what waits for statements that were sent before."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final


def _call(waits: Callable[..., Any], *arguments: Any) -> Any:
    return waits(*arguments)


WAITS: Final[ContextVar[Callable[..., Any]]] = ContextVar("caudal_waits", default=_call)
"""Calls what waits."""
