"""What events count for: readings opened and closed, and events that wait for what we do not know yet."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.usage.actions.hours import NewReading, close_readings, open_readings
from caudal.usage.models import Meter, WaitingReason
from caudal.usage.offline import MeterRule, SentEvent, Unreadable, parsed
from caudal.usage.queries import rule_of

KNOWN: Final = "SELECT key, id, company_id FROM usage_subject WHERE key = ANY(%s) AND deleted_at IS NULL"
OPEN: Final = """
SELECT id, company, meter, subject, event, occurred_at, quantity, value, amount, dimensions::text
FROM usage_reading WHERE event = ANY(%s) AND known_until IS NULL
"""
KEPT: Final = """
SELECT e.id, e.recorded_at, e.source, e.key, e.type, e.subject, e.occurred_at, e.corrects, e.data::text
FROM usage_event AS e JOIN unnest(%s::uuid[], %s::timestamptz[]) AS n (id, recorded_at)
ON e.recorded_at = n.recorded_at AND e.id = n.id
"""
UNWAIT: Final = "DELETE FROM usage_waiting WHERE event = ANY(%s)"
WAIT: Final = """
INSERT INTO usage_waiting (event, recorded_at, reason, source, key, type, subject, occurred_at, meter)
SELECT * FROM unnest(
    %s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
    %s::uuid[]
)
ON CONFLICT (event) DO UPDATE SET reason = excluded.reason, meter = excluded.meter
"""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event as it is kept: what was sent, its row, and when it happened."""

    id: UUID
    recorded_at: datetime
    occurred_at: datetime | None
    sent: SentEvent


Rules = Mapping[str, tuple[tuple[Meter, MeterRule], ...]]
"""Meters with their rules, by the type of events."""


def rules_by_type() -> Rules:
    """Return all meters by the type of events that they read."""
    found: dict[str, list[tuple[Meter, MeterRule]]] = {}
    for meter in Meter.objects.filter(deleted_at=None).order_by("code", "pk"):
        found.setdefault(meter.event_type, []).append((meter, rule_of(meter)))
    return {each: tuple(meters) for each, meters in found.items()}


def kept_events(received: Iterable[tuple[UUID, datetime]]) -> list[KeptEvent]:
    """Return events by their ids and the instants at which they were recorded."""
    wanted = list(received)
    with connection.cursor() as cursor:
        cursor.execute(KEPT, [[each for each, _ in wanted], [at for _, at in wanted]])
        return [
            KeptEvent(
                row[0],
                row[1],
                row[6],
                SentEvent(row[2], row[3], row[4], row[5], row[6], parsed(row[8]) if row[8] else None, row[7]),
            )
            for row in cursor.fetchall()
        ]


def settle(events: Collection[KeptEvent], at: datetime, rules: Rules, *, fresh: bool = False) -> dict[UUID, str]:
    """Let events count for what we know now, and return why those wait that do. `fresh` ones have no readings yet.

    Each of them stands: nothing corrects it. What was read of it before and is so no more stops counting now.
    """
    known = _known_subjects({each.sent.subject for each in events})
    wanted: dict[tuple[UUID, UUID], NewReading] = {}
    waiting: list[tuple[KeptEvent, str, UUID | None]] = []
    for event in events:
        if event.sent.data is None:
            continue
        meters = rules.get(event.sent.type, ())
        if event.sent.subject not in known:
            waiting.append((event, WaitingReason.SUBJECT.value, None))
        elif not meters:
            waiting.append((event, WaitingReason.METER.value, None))
        else:
            unreadable = _read(event, meters, known[event.sent.subject], wanted)
            if unreadable is not None:
                waiting.append((event, WaitingReason.UNREADABLE.value, unreadable))
    stale = [] if fresh else _take_out_equal(wanted, events)
    close_readings(stale, at)
    open_readings(wanted.values(), at)
    keep_waiting(waiting, [] if fresh else [each.id for each in events])
    return {event.id: reason for event, reason, _ in waiting}


def forget(events: Collection[UUID], at: datetime) -> None:
    """Let events count no more from now on: something stands in their place."""
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [list(events)])
        ids = [row[0] for row in cursor.fetchall()]
    close_readings(ids, at)
    keep_waiting([], events)


def keep_waiting(waiting: Collection[tuple[KeptEvent, str, UUID | None]], before: Collection[UUID] = ()) -> None:
    """Keep which events wait and why; `before` are those that may have waited until now."""
    with connection.cursor() as cursor:
        if before:
            cursor.execute(UNWAIT, [list(before)])
        if waiting:
            cursor.execute(
                WAIT,
                [
                    [event.id for event, _, _ in waiting],
                    [event.recorded_at for event, _, _ in waiting],
                    [reason for _, reason, _ in waiting],
                    [event.sent.source for event, _, _ in waiting],
                    [event.sent.id for event, _, _ in waiting],
                    [event.sent.type for event, _, _ in waiting],
                    [event.sent.subject for event, _, _ in waiting],
                    [event.occurred_at for event, _, _ in waiting],
                    [meter for _, _, meter in waiting],
                ],
            )


def _known_subjects(keys: Collection[str]) -> dict[str, tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(keys)])
        return {key: (subject, company) for key, subject, company in cursor.fetchall()}


def _read(
    event: KeptEvent,
    meters: Iterable[tuple[Meter, MeterRule]],
    whose: tuple[UUID, UUID],
    into: dict[tuple[UUID, UUID], NewReading],
) -> UUID | None:
    """Put what meters read of an event into `into`, and return the first meter that cannot read it."""
    subject, company = whose
    unreadable = None
    for meter, rule in meters:
        try:
            found = rule.read(event.sent)
        except Unreadable:
            unreadable = unreadable or meter.pk
            continue
        if found is not None:
            into[event.id, meter.pk] = NewReading(
                company=company,
                meter=meter.pk,
                subject=subject,
                event=event.id,
                source=event.sent.source,
                key=event.sent.id,
                occurred_at=event.occurred_at or event.recorded_at,
                quantity=found.quantity,
                value=found.value,
                amount=found.amount,
                dimensions=json.dumps(dict(found.dimensions), ensure_ascii=False, sort_keys=True),
            )
    return unreadable


def _take_out_equal(wanted: dict[tuple[UUID, UUID], NewReading], events: Collection[KeptEvent]) -> list[UUID]:
    """Take out of what is wanted what is open already, and return the ids of what is open and not wanted."""
    stale = []
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [[each.id for each in events]])
        for row_id, company, meter, subject, event, *said in cursor.fetchall():
            found = wanted.get((event, meter))
            if found is not None and (company, subject, said) == (found.company, found.subject, _said(found)):
                del wanted[event, meter]
            else:
                stale.append(row_id)
    return stale


def _said(reading: NewReading) -> list[Any]:
    dimensions = json.dumps(json.loads(reading.dimensions), ensure_ascii=False)
    return [reading.occurred_at, reading.quantity, reading.value, reading.amount, dimensions]
