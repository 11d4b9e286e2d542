"""The sums of each hour, kept in the transaction of what they sum."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.kit.world import new_id

SUMS: Final = """
count(r.id), coalesce(sum(r.quantity), 0), coalesce(sum(r.quantity * extract(epoch FROM r.occurred_at)), 0),
max(r.quantity), (array_agg(r.quantity ORDER BY {order}))[1], (array_agg(r.occurred_at ORDER BY {order}))[1],
(array_agg(r.source ORDER BY {order}))[1], (array_agg(r.key ORDER BY {order}))[1]
""".format(order="r.occurred_at DESC, r.source DESC, r.key DESC")
COLUMNS: Final = """
(company, meter, hour, subject, count, total, moment, largest, latest, latest_at, latest_source, latest_key, touched_at)
"""
OPEN: Final = f"""
WITH opened AS (
    INSERT INTO usage_reading (
        id, company, meter, subject, event, source, key, occurred_at, known_from, quantity, value, amount, dimensions
    )
    SELECT o.id, o.company, o.meter, o.subject, o.event, o.source, o.key, o.occurred_at, %(at)s, o.quantity, o.value,
        o.amount, o.dimensions::jsonb
    FROM unnest(
        %(id)s::uuid[], %(company)s::uuid[], %(meter)s::uuid[], %(subject)s::uuid[], %(event)s::uuid[],
        %(source)s::text[], %(key)s::text[], %(occurred_at)s::timestamptz[], %(quantity)s::numeric[], %(value)s::text[],
        %(amount)s::numeric[], %(dimensions)s::text[]
    ) AS o (id, company, meter, subject, event, source, key, occurred_at, quantity, value, amount, dimensions)
    RETURNING *
)
INSERT INTO usage_hour AS h {COLUMNS}
SELECT r.company, r.meter, date_trunc('hour', r.occurred_at, 'UTC'), r.subject, {SUMS}, %(at)s
FROM opened AS r GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT (company, meter, hour, subject) DO UPDATE SET
    count = h.count + excluded.count,
    total = h.total + excluded.total,
    moment = h.moment + excluded.moment,
    largest = greatest(h.largest, excluded.largest),
    (latest, latest_at, latest_source, latest_key) = (
        SELECT l.* FROM (VALUES
            (h.latest, h.latest_at, h.latest_source, h.latest_key),
            (excluded.latest, excluded.latest_at, excluded.latest_source, excluded.latest_key)
        ) AS l (quantity, at, source, key)
        ORDER BY l.at DESC NULLS LAST, l.source DESC, l.key DESC LIMIT 1
    ),
    touched_at = greatest(h.touched_at, excluded.touched_at)
"""  # noqa: S608  the text of the sums is ours
CLOSE: Final = """
UPDATE usage_reading SET known_until = %s WHERE id = ANY(%s)
RETURNING company, meter, date_trunc('hour', occurred_at, 'UTC'), subject
"""
RECOUNT: Final = f"""
INSERT INTO usage_hour AS h {COLUMNS}
SELECT c.company, c.meter, c.hour, c.subject, {SUMS}, %(at)s
FROM unnest(%(company)s::uuid[], %(meter)s::uuid[], %(hour)s::timestamptz[], %(subject)s::uuid[])
    AS c (company, meter, hour, subject)
LEFT JOIN usage_reading AS r ON r.company = c.company AND r.meter = c.meter AND r.subject = c.subject
    AND r.occurred_at >= c.hour AND r.occurred_at < c.hour + interval '1 hour' AND r.known_until IS NULL
GROUP BY c.company, c.meter, c.hour, c.subject ORDER BY 1, 2, 3, 4
ON CONFLICT (company, meter, hour, subject) DO UPDATE SET
    count = excluded.count, total = excluded.total, moment = excluded.moment, largest = excluded.largest,
    latest = excluded.latest, latest_at = excluded.latest_at, latest_source = excluded.latest_source,
    latest_key = excluded.latest_key, touched_at = greatest(h.touched_at, excluded.touched_at)
"""  # noqa: S608  the text of the sums is ours


@dataclass(frozen=True, slots=True)
class NewReading:
    """What a meter reads of an event from now on."""

    company: UUID
    meter: UUID
    subject: UUID
    event: UUID
    source: str
    key: str
    occurred_at: datetime
    quantity: Any
    value: str
    amount: Any
    dimensions: str
    """As JSON."""


def open_readings(readings: Collection[NewReading], at: datetime) -> None:
    """Let readings count from an instant on, and add them to the sums of their hours."""
    if not readings:
        return
    names = NewReading.__slots__
    columns = {name: [getattr(each, name) for each in readings] for name in names}
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {**columns, "id": [new_id() for _ in readings], "at": at})


def close_readings(ids: Collection[UUID], at: datetime) -> None:
    """Let readings count no more from an instant on, and sum their hours anew."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [at, list(ids)])
        cells = sorted(set(cursor.fetchall()))
        columns = zip(("company", "meter", "hour", "subject"), map(list, zip(*cells, strict=True)), strict=True)
        cursor.execute(RECOUNT, {**dict(columns), "at": at})
