"""Counting ahead what the plan is compared with."""

from datetime import datetime

from caudal.kit.access import SYSTEM
from caudal.plan.queries import Measuring, NoPlan, standing


def count_standing(*, as_of: datetime) -> int:
    """Count what the plan is compared with, keep the numbers that take long, and return how many these are."""
    measuring = Measuring(SYSTEM, as_of)
    try:
        standing(actor=SYSTEM, as_of=as_of, measuring=measuring)
    except NoPlan:
        return 0
    return measuring.keep()
