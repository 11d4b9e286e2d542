"""Revenue of lines in sets: what is due of them by a day, what is left, and what becomes of it month by month."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.money import Currency, Money
from caudal.core.periods import Days

DUE: Final = """
    SELECT line_id, entity_id, currency, stream, coalesce(pillar_id::text, ''), target - told AS minor
    FROM (
        SELECT *, CASE WHEN void_from < %(until)s THEN 0
            ELSE billing_earned(amount, pattern, first, ends, zone, %(until)s) END AS target
        FROM billing_earning()
        WHERE is_deferred AND issue_day < %(until)s
            AND CASE state WHEN 'final' THEN told <> amount ELSE told <> 0 END
            AND (told_in IS NULL OR told_in < %(until)s)
    ) line
    WHERE target <> told
    ORDER BY entity_id, currency, line_id
"""
LATER: Final = """
    SELECT line_id, entity_id, currency, stream, coalesce(pillar_id::text, ''), minor, obligation, text, quantity
    FROM (
        SELECT *, billing_earned(amount, pattern, first, ends, zone, %(until)s) AS minor
        FROM billing_earning()
        WHERE state = 'final' AND issue_day >= %(until)s AND first < %(until)s AND source IS NOT NULL
            AND entity_id = ANY(%(entities)s)
    ) line
    WHERE minor <> 0
    ORDER BY entity_id, currency, line_id
"""
COMING: Final = """
    SELECT place, sum(
        billing_earned(amount, pattern, first, ends, zone, until)
        - CASE place WHEN 1 THEN told ELSE billing_earned(amount, pattern, first, ends, zone, since) END
    )::bigint
    FROM billing_earning()
    CROSS JOIN unnest(%(since)s::date[], %(until)s::date[]) WITH ORDINALITY month (since, until, place)
    WHERE is_deferred AND state = 'final' AND told <> amount AND currency = %(currency)s
        AND issue_day < %(known)s AND (%(entity)s::uuid IS NULL OR entity_id = %(entity)s)
    GROUP BY place ORDER BY place
"""
LINES_COMING: Final = """
    SELECT line_id, sum_of, count(*) OVER (), sum(sum_of) OVER ()
    FROM (
        SELECT line_id, invoice_id, position, billing_earned(amount, pattern, first, ends, zone, %(until)s)
            - CASE WHEN %(is_first)s THEN told
                ELSE billing_earned(amount, pattern, first, ends, zone, %(since)s) END AS sum_of
        FROM billing_earning()
        WHERE is_deferred AND state = 'final' AND told <> amount AND currency = %(currency)s
            AND issue_day < %(known)s AND (%(entity)s::uuid IS NULL OR entity_id = %(entity)s)
    ) line
    WHERE sum_of <> 0
    ORDER BY abs(sum_of) DESC, line_id LIMIT %(limit)s OFFSET %(offset)s
"""
LINES_LEFT: Final = """
    SELECT line_id, sum_of, count(*) OVER (), sum(sum_of) OVER ()
    FROM (
        SELECT line_id, amount - (
            SELECT coalesce(sum(row.amount_minor), 0)::bigint FROM billing_recognisedrow row
            WHERE row.line_id = line.line_id AND row.month < %(until)s
        ) AS sum_of
        FROM billing_earning() line
        WHERE is_deferred AND currency = %(currency)s AND issue_day < %(until)s
            AND (state = 'final' OR void_from >= %(until)s)
            AND (%(entity)s::uuid IS NULL OR entity_id = %(entity)s)
    ) line
    WHERE sum_of <> 0
    ORDER BY abs(sum_of) DESC, line_id LIMIT %(limit)s OFFSET %(offset)s
"""

COHORTS: Final = """
    SELECT booked.place, told.place, sum(
        billing_earned(amount, pattern, first, ends, zone, told.until) - CASE WHEN told.place = booked.place THEN 0
            ELSE billing_earned(amount, pattern, first, ends, zone, told.since) END
    )::bigint
    FROM billing_earning()
    JOIN unnest(%(since)s::date[], %(until)s::date[]) WITH ORDINALITY booked (since, until, place)
        ON issue_day >= booked.since AND issue_day < booked.until
    JOIN unnest(%(since)s::date[], %(until)s::date[]) WITH ORDINALITY told (since, until, place)
        ON told.place = booked.place OR (told.place > booked.place AND ends >= told.since)
    WHERE state = 'final' AND currency = %(currency)s
    GROUP BY booked.place, told.place
"""
BOOKED: Final = """
    SELECT booked.place, sum(amount)::bigint
    FROM billing_earning()
    JOIN unnest(%(since)s::date[], %(until)s::date[]) WITH ORDINALITY booked (since, until, place)
        ON issue_day >= booked.since AND issue_day < booked.until
    WHERE state = 'final' AND currency = %(currency)s
    GROUP BY booked.place
"""


@dataclass(frozen=True, slots=True)
class LineDue:
    """What of a line is to be posted: in whose books, as which revenue."""

    line_id: UUID
    entity_id: UUID
    currency: str
    stream: str
    pillar: str
    """Its id, empty for none."""
    minor: int


@dataclass(frozen=True, slots=True)
class LineLater:
    """What of a line was earned by a day before its document was issued."""

    due: LineDue
    obligation: str
    text: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class LineSums:
    """Some lines with an amount each, the largest first, how many there are, and what all of them come to."""

    rows: Sequence[tuple[UUID, Money]]
    count: int
    total: Money


def revenue_due(until: date) -> list[LineDue]:
    """Return what of issued lines should be revenue before a day and is not told, or is told and should not be."""
    return [LineDue(*row) for row in _rows(DUE, {"until": until})]


def invoiced_later(until: date, entities: Collection[UUID]) -> list[LineLater]:
    """Return what was served before a day and invoiced on it or after; what was credited by hand is of its own day."""
    found = _rows(LATER, {"until": until, "entities": list(entities)})
    return [LineLater(LineDue(*row[:6]), *row[6:]) for row in found]


def coming(currency: Currency, months: Sequence[Days], *, known: date, entity_id: UUID | None = None) -> list[Money]:
    """Return what becomes revenue in months that follow each other, of what was issued before a day.

    The first one holds all that should be revenue by its end and is not told yet.
    """
    asked = {
        "since": [each.start for each in months],
        "until": [each.end for each in months],
        "currency": currency.code,
        "known": known,
        "entity": entity_id,
    }
    sums = dict(_rows(COMING, asked))
    return [Money(sums.get(place + 1, 0), currency) for place in range(len(months))]


def lines_coming(
    currency: Currency,
    month: Days,
    *,
    is_first: bool,
    known: date,
    entity_id: UUID | None = None,
    offset: int = 0,
    limit: int,
) -> LineSums:
    """Return the lines behind what becomes revenue in a month: see `coming`."""
    asked = {"since": month.start, "until": month.end, "is_first": is_first, "known": known}
    return _lines(LINES_COMING, asked, currency, entity_id, offset, limit)


def lines_left(
    currency: Currency, until: date, *, entity_id: UUID | None = None, offset: int = 0, limit: int
) -> LineSums:
    """Return the lines of which something is deferred before a day."""
    return _lines(LINES_LEFT, {"until": until}, currency, entity_id, offset, limit)


def earned_by_month_of_invoicing(
    currency: Currency, periods: Sequence[Days]
) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Return what was invoiced in each period, and by that what is revenue of each period, by their places.

    Nothing is revenue before the period in which it was invoiced: what was earned by then counts there.
    """
    asked = {
        "since": [each.start for each in periods],
        "until": [each.end for each in periods],
        "currency": currency.code,
    }
    booked = {place - 1: minor for place, minor in _rows(BOOKED, asked)}
    return booked, {(place - 1, column - 1): minor for place, column, minor in _rows(COHORTS, asked)}


def _lines(
    statement: str, asked: dict[str, Any], currency: Currency, entity_id: UUID | None, offset: int, limit: int
) -> LineSums:
    own = {"currency": currency.code, "entity": entity_id, "offset": offset, "limit": limit}
    found = _rows(statement, asked | own)
    count, whole = (found[0][2], int(found[0][3])) if found else (0, 0)
    return LineSums([(row[0], Money(row[1], currency)) for row in found], count, Money(whole, currency))


def _rows(statement: str, asked: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found: list[Any] = cursor.fetchall()
    return found
