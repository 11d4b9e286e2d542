"""Reads of usage."""

from caudal.usage.queries.meters import rule_of
from caudal.usage.queries.news import UsageTouched, touched_since
from caudal.usage.queries.quantities import (
    TURN_LOCK,
    UsageAsked,
    UsageTransaction,
    quantities,
    transactions,
    wait_for_writers,
)
from caudal.usage.queries.using import MeterUsed, used_since

__all__ = [
    "TURN_LOCK",
    "MeterUsed",
    "UsageAsked",
    "UsageTouched",
    "UsageTransaction",
    "quantities",
    "rule_of",
    "touched_since",
    "transactions",
    "used_since",
    "wait_for_writers",
]
