"""Reads of meters."""

from caudal.core.rating import Aggregation
from caudal.usage.models import Meter
from caudal.usage.offline import MeterRule


def rule_of(meter: Meter) -> MeterRule:
    """Return how a meter reads events. Raises Refused for a filter that cannot be read."""
    return MeterRule(
        event_type=meter.event_type,
        aggregation=Aggregation(meter.aggregation),
        filter=meter.filter,
        quantity_property=meter.quantity_property,
        value_property=meter.value_property,
        amount_property=meter.amount_property,
        dimensions=tuple(meter.dimensions),
        takes_negative=meter.takes_negative,
    )
