"""Rating: from usage to lines, the same whenever and in whatever pieces it is done, and what late usage still owes."""

from caudal.core.rating.metering import (
    Aggregation,
    ConflictingUsage,
    Meter,
    Usage,
    UsageFact,
    known_usage,
    round_quantity,
)
from caudal.core.rating.rates import (
    LineKey,
    LineKind,
    RatedLine,
    Rating,
    TornWindows,
    UsageTerms,
    mutations,
    rate,
    rate_quantities,
    still_due,
)

__all__ = [
    "Aggregation",
    "ConflictingUsage",
    "LineKey",
    "LineKind",
    "Meter",
    "RatedLine",
    "Rating",
    "TornWindows",
    "Usage",
    "UsageFact",
    "UsageTerms",
    "known_usage",
    "mutations",
    "rate",
    "rate_quantities",
    "round_quantity",
    "still_due",
]
