"""Solvers for repairs: HiGHS where it is installed, and an exact search of our own that needs nothing."""

from functools import cache

from caudal.kit.lazy import ExtraMissing, lazy
from caudal.plan.adapters.minimisers import HighsMinimiser, NullMinimiser
from caudal.plan.ports import Minimiser

__all__ = ["HighsMinimiser", "NullMinimiser", "minimiser"]


@cache
def minimiser() -> Minimiser:
    """Return the best solver that this installation has."""
    try:
        lazy("highspy")
    except ExtraMissing:
        return NullMinimiser()
    return HighsMinimiser()
