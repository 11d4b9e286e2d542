"""Revenue recognition: the price of a contract on its promises, and when it becomes revenue."""

from caudal.core.recognition.allocations import (
    ChangeKind,
    MoreThanPromised,
    Promise,
    Units,
    allocate_price,
    blended_price,
    catch_up,
    kind_of_change,
    unit_revenue,
)
from caudal.core.recognition.revenue import Pattern, Prepaid, Recognition, WaterfallRow, waterfall

__all__ = [
    "ChangeKind",
    "MoreThanPromised",
    "Pattern",
    "Prepaid",
    "Promise",
    "Recognition",
    "Units",
    "WaterfallRow",
    "allocate_price",
    "blended_price",
    "catch_up",
    "kind_of_change",
    "unit_revenue",
    "waterfall",
]
