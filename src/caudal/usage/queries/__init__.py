"""Reads of usage."""

from caudal.usage.queries.daily import MeterDays, by_day, has_usage
from caudal.usage.queries.events import (
    Counted,
    EventFilters,
    EventSeen,
    EventsPage,
    WaitingGroup,
    conflicts,
    event,
    events,
    first_contents,
    last_sent,
    left_of,
    waiting_groups,
)
from caudal.usage.queries.meters import meter, meters, rule_of, subject, subjects, subjects_of
from caudal.usage.queries.news import UsageTouched, touched_since
from caudal.usage.queries.quantities import (
    TURN_LOCK,
    UsageAsked,
    UsageTransaction,
    in_digits,
    quantities,
    transactions,
    wait_for_writers,
)
from caudal.usage.queries.using import MeterUsed, used_since

__all__ = [
    "TURN_LOCK",
    "Counted",
    "EventFilters",
    "EventSeen",
    "EventsPage",
    "MeterDays",
    "MeterUsed",
    "UsageAsked",
    "UsageTouched",
    "UsageTransaction",
    "WaitingGroup",
    "by_day",
    "conflicts",
    "event",
    "events",
    "first_contents",
    "has_usage",
    "in_digits",
    "last_sent",
    "left_of",
    "meter",
    "meters",
    "quantities",
    "rule_of",
    "subject",
    "subjects",
    "subjects_of",
    "touched_since",
    "transactions",
    "used_since",
    "wait_for_writers",
    "waiting_groups",
]
