"""Exact arithmetic on ranges: every target of a plan is a closed interval of rationals, possibly without an end.

The result of an operation holds every number that the operation gives for numbers inside its arguments, and no more
when each argument appears once. Roots, logarithms and real powers are irrational: `root`, `log`, `exp` and `power` give
rational intervals around them, rounded outwards, so the promise still holds.
"""

from caudal.core.intervals.arithmetic import (
    Comparison,
    DivisionByZero,
    Interval,
    Reading,
    Relation,
    ReversedInterval,
    compare,
)
from caudal.core.intervals.enclosures import NotReal, exp, log, power, root
from caudal.core.intervals.exact import TooLarge, UnreadableNumber, exact, exact_text

__all__ = [
    "Comparison",
    "DivisionByZero",
    "Interval",
    "NotReal",
    "Reading",
    "Relation",
    "ReversedInterval",
    "TooLarge",
    "UnreadableNumber",
    "compare",
    "exact",
    "exact_text",
    "exp",
    "log",
    "power",
    "root",
]
