"""What can be said of events and meters without any row: how events are read, and what meters read of them."""

from caudal.usage.offline.events import SentEvent, UnreadableJson, parsed, read_event, timely, written
from caudal.usage.offline.metering import MeterReading, MeterRule, Unreadable, exactly, first_reading

__all__ = [
    "MeterReading",
    "MeterRule",
    "SentEvent",
    "Unreadable",
    "UnreadableJson",
    "exactly",
    "first_reading",
    "parsed",
    "read_event",
    "timely",
    "written",
]
