"""The share of a price for the share of a period, and what changes within a period cost."""

from caudal.core.proration.changes import (
    Direction,
    PlanChange,
    ProratedEntry,
    Refund,
    Terms,
    When,
    after_trial,
    cancel,
    change_price,
    change_seats,
    pause,
)
from caudal.core.proration.levels import comings_and_goings, price_of_changes, price_over, running_levels
from caudal.core.proration.policies import (
    BY_SECOND,
    PRORATIONS,
    ChangeDay,
    ProrationPolicy,
    Unit,
    UnknownProration,
    proration,
)

__all__ = [
    "BY_SECOND",
    "PRORATIONS",
    "ChangeDay",
    "Direction",
    "PlanChange",
    "ProratedEntry",
    "ProrationPolicy",
    "Refund",
    "Terms",
    "Unit",
    "UnknownProration",
    "When",
    "after_trial",
    "cancel",
    "change_price",
    "change_seats",
    "comings_and_goings",
    "pause",
    "price_of_changes",
    "price_over",
    "proration",
    "running_levels",
]
