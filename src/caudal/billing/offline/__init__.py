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
from caudal.billing.offline.rates import ShippedRate, shipped_rates

__all__ = [
    "AgreedAdjustment",
    "AgreedCharge",
    "Item",
    "ShippedRate",
    "components",
    "digest",
    "read_items",
    "shipped_rates",
    "write_items",
]
