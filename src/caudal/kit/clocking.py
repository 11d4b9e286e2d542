"""How long something takes, for whoever does otherwise with what is slow or says how slow it was."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


def clocked(work: Callable[[], T]) -> tuple[T, float]:
    """Do something; return what came of it, and the seconds that it took."""
    begun = perf_counter()
    return work(), perf_counter() - begun
