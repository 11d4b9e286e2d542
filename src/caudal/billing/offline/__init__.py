"""What was agreed, as values: items of a subscription or an order, read and written as JSON."""

from caudal.billing.offline.items import (
    AgreedAdjustment,
    AgreedCharge,
    Item,
    components,
    digest,
    read_items,
    write_items,
)

__all__ = [
    "AgreedAdjustment",
    "AgreedCharge",
    "Item",
    "components",
    "digest",
    "read_items",
    "write_items",
]
