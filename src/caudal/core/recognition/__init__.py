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
from caudal.core.recognition.estimates import NotAllOutcomes, expected_value, most_likely, worth_of_option
from caudal.core.recognition.revenue import Pattern, Prepaid, Recognition, WaterfallRow, waterfall

__all__ = [
    "ChangeKind",
    "MoreThanPromised",
    "NotAllOutcomes",
    "Pattern",
    "Prepaid",
    "Promise",
    "Recognition",
    "Units",
    "WaterfallRow",
    "allocate_price",
    "blended_price",
    "catch_up",
    "expected_value",
    "kind_of_change",
    "most_likely",
    "unit_revenue",
    "waterfall",
    "worth_of_option",
]
