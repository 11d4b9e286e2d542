"""How much was used: exact, as it was known at an instant, and the same whenever it is asked again.

Hours are taken from their sums where nothing of them was opened or closed after the instant, and from the readings
themselves where something was, and where a period begins or ends inside an hour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.money import Rounding
from caudal.core.periods import Period, ratio
from caudal.core.rating import Aggregation, round_quantity

TURN_LOCK: Final = 0x5553414745
"""The advisory lock of whoever writes usage."""
WAIT: Final = "SELECT pg_advisory_lock_shared(%s), pg_advisory_unlock_shared(%s)"

HOUR: Final = timedelta(hours=1)
SHOWN_PLACES: Final = 12
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EVER: Final = datetime(1, 1, 1, tzinfo=UTC)

METERS: Final = """
SELECT DISTINCT ON (m.code) m.code, m.id, v.aggregation, v.rounding, v.places
FROM usage_meter AS m JOIN usage_meterversion AS v ON v.meter_id = m.id
WHERE m.code = ANY(%s) AND m.deleted_at IS NULL AND v.known_from <= %s
ORDER BY m.code, v.number DESC
"""
SUBJECTS: Final = "SELECT key, id FROM usage_subject WHERE key = ANY(%s)"

ASKED: Final = """
asked AS MATERIALIZED (
    SELECT * FROM unnest(
        %(number)s::int[], %(company)s::uuid[], %(meter)s::uuid[], %(start)s::timestamptz[], %(first)s::timestamptz[],
        %(last)s::timestamptz[], %(until)s::timestamptz[], %(all)s::bool[]
    ) AS a (number, company, meter, start, first, last, until, is_all)
),
chosen AS MATERIALIZED (SELECT * FROM unnest(%(of)s::int[], %(subject)s::uuid[]) AS c (number, subject))
"""
OF_SUBJECT: Final = """
(a.is_all OR EXISTS (SELECT FROM chosen AS c WHERE c.number = a.number AND c.subject = {0}.subject))
"""
READ: Final = """
FROM asked AS a JOIN usage_reading AS r ON r.company = a.company AND r.meter = a.meter
    AND r.occurred_at >= {start} AND r.occurred_at < {end}
    AND r.known_from <= %(as_of)s AND (r.known_until IS NULL OR r.known_until > %(as_of)s)
"""
SUMS: Final = f"""
WITH {ASKED},
hours AS MATERIALIZED (
    SELECT a.number, h.* FROM asked AS a
    JOIN usage_hour AS h ON h.company = a.company AND h.meter = a.meter AND h.hour >= a.first AND h.hour < a.last
    WHERE {OF_SUBJECT.format("h")}
),
facts AS (
    SELECT a.number, r.quantity, r.occurred_at, r.source, r.key
    {READ.format(start="a.start", end="least(a.first, a.until)")} WHERE {OF_SUBJECT.format("r")}
    UNION ALL
    SELECT a.number, r.quantity, r.occurred_at, r.source, r.key
    {READ.format(start="greatest(a.first, a.last)", end="a.until")} WHERE {OF_SUBJECT.format("r")}
    UNION ALL
    SELECT h.number, r.quantity, r.occurred_at, r.source, r.key
    FROM hours AS h JOIN usage_reading AS r ON r.company = h.company AND r.meter = h.meter AND r.subject = h.subject
        AND r.occurred_at >= h.hour AND r.occurred_at < h.hour + interval '1 hour'
        AND r.known_from <= %(as_of)s AND (r.known_until IS NULL OR r.known_until > %(as_of)s)
    WHERE h.touched_at > %(as_of)s
),
parts AS (
    SELECT number, count, total, moment, largest, latest, latest_at AS at, latest_source AS source, latest_key AS key
    FROM hours WHERE touched_at <= %(as_of)s
    UNION ALL
    SELECT number, 1, quantity, quantity * extract(epoch FROM occurred_at), quantity, quantity, occurred_at, source, key
    FROM facts
)
SELECT number, sum(count), sum(total), sum(moment), max(largest),
    (array_agg(latest ORDER BY at DESC NULLS LAST, source DESC, key DESC))[1]
FROM parts GROUP BY number
"""  # noqa: S608  every part of the text is ours
DIFFERENT: Final = f"""
WITH {ASKED}
SELECT a.number, count(DISTINCT r.value)
{READ.format(start="a.start", end="a.until")} WHERE {OF_SUBJECT.format("r")} GROUP BY a.number
"""
SINGLE: Final = f"""
WITH {ASKED}
SELECT a.number, r.occurred_at, r.source, r.key, s.key, r.quantity, r.value, r.amount, r.dimensions
{READ.format(start="a.start", end="a.until")} JOIN usage_subject AS s ON s.id = r.subject
WHERE {OF_SUBJECT.format("r")} ORDER BY a.number, r.occurred_at, r.source, r.key LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class UsageAsked:
    """How much a company used of a meter in a period. `key` is the caller's own name for the question."""

    key: str
    company_id: UUID
    meter: str
    period: Period
    subjects: frozenset[str] | None = None
    """Only these subjects of the company; None are all of them."""
    until: datetime | None = None
    """The quantity as it stands at this instant of the period; None is its end."""

    @property
    def end(self) -> datetime:
        """Up to and without which instant usage counts."""
        return min(self.until, self.period.end) if self.until else self.period.end


@dataclass(frozen=True, slots=True)
class UsageTransaction:
    """One event that counts, for prices that look at each of them."""

    at: datetime
    source: str
    id: str
    subject: str
    quantity: Fraction
    value: str = ""
    amount: Decimal | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _KnownMeter:
    """A meter as it was at an instant."""

    id: UUID
    aggregation: Aggregation
    rounding: Rounding | None
    places: int


@dataclass(frozen=True, slots=True)
class _Sums:
    """What was added up of a window."""

    count: Fraction = Fraction(0)
    total: Fraction = Fraction(0)
    moment: Fraction = Fraction(0)
    largest: Fraction = Fraction(0)
    latest: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a company's usage that is asked for, and where its whole hours begin and end."""

    question: UsageAsked
    meter: _KnownMeter
    start: datetime
    until: datetime

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """From the first whole hour on, and up to the end of the last; both the end of the window if there is none."""
        first = self.start + (EPOCH - self.start) % HOUR
        last = self.until - (self.until - EPOCH) % HOUR
        return (first, last) if first < last else (self.until, self.until)


def quantities(asked: Sequence[UsageAsked], *, as_of: datetime) -> dict[str, Fraction]:
    """Return the quantity of each question by its key, rounded as its meter says, as it was known at `as_of`.

    A meter or a subject that was not known then measures nothing. A few statements, however much is asked.
    """
    meters = _known(asked, as_of)
    found = dict.fromkeys((each.key for each in asked), Fraction(0))
    summed: list[tuple[UsageAsked, _Window]] = []
    counted: list[_Window] = []
    carried: list[_Window] = []
    for each in asked:
        meter = meters.get(each.meter)
        if meter is None or each.end <= each.period.start:
            continue
        window = _Window(each, meter, each.period.start, each.end)
        if meter.aggregation is Aggregation.UNIQUE:
            counted.append(window)
        else:
            summed.append((each, window))
        if meter.aggregation is Aggregation.WEIGHTED:
            carried.append(replace(window, start=EVER, until=each.period.start))
    sums = _sums([*(window for _, window in summed), *carried], as_of)
    levels = {window.question.key: each for window, each in zip(carried, sums[len(summed) :], strict=True)}
    for (each, window), of_window in zip(summed, sums, strict=False):
        level = levels.get(each.key, _Sums()).total
        found[each.key] = _rounded(_measured(window, of_window, level), window.meter)
    for window, number in zip(counted, _different(counted, as_of), strict=True):
        found[window.question.key] = _rounded(Fraction(number), window.meter)
    return found


def transactions(
    asked: Sequence[UsageAsked], *, as_of: datetime, most: int | None = None
) -> dict[str, tuple[UsageTransaction, ...]]:
    """Return the single events behind each question, in the order in which they happened, as known at `as_of`.

    `most` is how many at most, of all questions together, question by question.
    """
    meters = _known(asked, as_of)
    windows = [
        _Window(each, meters[each.meter], each.period.start, each.end)
        for each in asked
        if each.meter in meters and each.end > each.period.start
    ]
    found: dict[str, list[UsageTransaction]] = {each.key: [] for each in asked}
    for number, at, source, key, subject, quantity, value, amount, dimensions in _run(SINGLE, windows, as_of, most):
        found[windows[number].question.key].append(
            UsageTransaction(at, source, key, subject, Fraction(quantity), value, amount, dimensions)
        )
    return {key: tuple(events) for key, events in found.items()}


def in_digits(quantity: Fraction) -> str:
    """Return a quantity as decimal digits, exact up to twelve places, without zeros that say nothing.

    >>> in_digits(Fraction(5, 2)), in_digits(Fraction(1, 3)), in_digits(Fraction(1200))
    ('2.5', '0.333333333333', '1200')
    """
    whole = Rounding.HALF_UP.whole(quantity * 10**SHOWN_PLACES)
    digits = str(abs(whole)).rjust(SHOWN_PLACES + 1, "0")
    shown = f"{digits[:-SHOWN_PLACES]}.{digits[-SHOWN_PLACES:]}".rstrip("0").rstrip(".")
    return f"-{shown}" if whole < 0 else shown


def wait_for_writers() -> None:
    """Wait until the write of usage that is under way, if there is one, can be read."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT, [TURN_LOCK, TURN_LOCK])


def _known(asked: Iterable[UsageAsked], as_of: datetime) -> dict[str, _KnownMeter]:
    """The meters that are asked for as they were at an instant, by code."""
    wait_for_writers()
    with connection.cursor() as cursor:
        cursor.execute(METERS, [sorted({each.meter for each in asked}), as_of])
        return {
            code: _KnownMeter(meter, Aggregation(aggregation), Rounding(rounding) if rounding else None, places)
            for code, meter, aggregation, rounding, places in cursor.fetchall()
        }


def _measured(window: _Window, sums: _Sums, level: Fraction) -> Fraction:
    """What a meter makes of sums, as `Meter.measure` makes it of the events themselves."""
    match window.meter.aggregation:
        case Aggregation.COUNT:
            return sums.count
        case Aggregation.SUM:
            return sums.total
        case Aggregation.MAXIMUM:
            return sums.largest
        case Aggregation.LATEST:
            return sums.latest
        case _:
            # Each quantity counts from its instant to the end; the level that was there counts all along.
            end = ratio(window.until - EPOCH, timedelta(seconds=1))
            elapsed = ratio(window.until - window.start, timedelta(seconds=1))
            area = end * sums.total - sums.moment + level * elapsed
            return area / ratio(window.question.period.duration, timedelta(seconds=1))


def _rounded(quantity: Fraction, meter: _KnownMeter) -> Fraction:
    return quantity if meter.rounding is None else round_quantity(quantity, meter.rounding, meter.places)


def _sums(windows: Sequence[_Window], as_of: datetime) -> list[_Sums]:
    found = [_Sums()] * len(windows)
    for number, *sums in _run(SUMS, windows, as_of):
        found[number] = _Sums(*(Fraction(each) if each is not None else Fraction(0) for each in sums))
    return found


def _different(windows: Sequence[_Window], as_of: datetime) -> list[int]:
    found = [0] * len(windows)
    for number, count in _run(DIFFERENT, windows, as_of):
        found[number] = count
    return found


def _run(statement: str, windows: Sequence[_Window], as_of: datetime, most: int | None = None) -> list[tuple[Any, ...]]:
    if not windows:
        return []
    subjects = _subjects({key for each in windows for key in each.question.subjects or ()})
    of: list[int] = []
    chosen: list[UUID] = []
    for number, window in enumerate(windows):
        for key in sorted(window.question.subjects or ()):
            if key in subjects:
                of.append(number)
                chosen.append(subjects[key])
    parameters: dict[str, Any] = {
        "number": list(range(len(windows))),
        "company": [each.question.company_id for each in windows],
        "meter": [each.meter.id for each in windows],
        "start": [each.start for each in windows],
        "first": [each.hours[0] for each in windows],
        "last": [each.hours[1] for each in windows],
        "until": [each.until for each in windows],
        "all": [each.question.subjects is None for each in windows],
        "of": of,
        "subject": chosen,
        "as_of": as_of,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _subjects(keys: set[str]) -> dict[str, UUID]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SUBJECTS, [sorted(keys)])
        return dict(cursor.fetchall())
