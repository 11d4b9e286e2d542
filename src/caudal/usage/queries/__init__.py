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

__all__ = [
    "TURN_LOCK",
    "UsageAsked",
    "UsageTouched",
    "UsageTransaction",
    "quantities",
    "rule_of",
    "touched_since",
    "transactions",
    "wait_for_writers",
]
