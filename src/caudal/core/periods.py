"""Stretches of time, always half-open `[start, end)`: of instants (`Period`), of dates (`Days`), of the calendar.

Calendar arithmetic happens on dates; a zone turns dates into instants at local midnight, once and last. So a month in
a zone with summer time is exactly its days, whatever their hours, and neighbours always touch.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

from typing_extensions import override

from caudal.core.errors import Problem, msg

_MONTHS: Final = 12
_SECOND: Final = timedelta(seconds=1)
_SHOWN: Final = 40
_TILES_MAX: Final = 40_000


class EmptyPeriod(Problem):
    """The end is not after the start."""

    code = "period.empty"
    status = 422
    message = msg("A period from {start} to {end} holds nothing.")
    hint = msg("The end must be later than the start; it is not part of the period.")


class NaiveInstant(Problem):
    """An instant came without its offset."""

    code = "period.naive"
    message = msg("{at} does not say in which time zone it is.")


class UnknownZone(Problem):
    """The text is no name of the IANA time zone database."""

    code = "period.unknown_zone"
    message = msg("“{zone}” is not a time zone.")
    hint = msg("Use a name such as Europe/Madrid or UTC.")


class UnreadableLabel(Problem):
    """The text names no calendar period."""

    code = "period.unreadable"
    message = msg("“{text}” is not a period.")
    hint = msg("Write 2017, 2017-Q1, 2017-03, 2017-W05 or 2017-03-01.")


class TooManyPeriods(Problem):
    """The tiling would be longer than anybody reads."""

    code = "period.too_many"
    status = 422
    message = msg("From {start} to {end} there are more than {count_max} periods.")
    hint = msg("Ask for a coarser grain or a shorter time.")


def zone_named(name: str) -> ZoneInfo:
    """The IANA time zone of a name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # unknown, a path, or not a file
        raise UnknownZone(zone=name[:_SHOWN]) from None


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The instants from `start` up to and without `end`, kept in UTC. Raises EmptyPeriod, NaiveInstant.

    >>> madrid = zone_named("Europe/Madrid")
    >>> day = Days(date(2024, 3, 31), date(2024, 4, 1)).in_zone(madrid)  # the day that summer time begins
    >>> day.duration
    datetime.timedelta(seconds=82800)
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Two instants of one zone subtract as wall clocks do, one hour off across a change; in UTC they are exact.
        object.__setattr__(self, "start", in_utc(self.start))
        object.__setattr__(self, "end", in_utc(self.end))
        if self.start >= self.end:
            raise EmptyPeriod(start=self.start.isoformat(), end=self.end.isoformat())

    @property
    def duration(self) -> timedelta:
        """How long it lasts, exact to the microsecond."""
        return self.end - self.start

    def __contains__(self, at: datetime) -> bool:
        """Whether an instant is in it; the end is not."""
        return self.start <= in_utc(at) < self.end

    def holds(self, other: "Period") -> bool:
        """Whether all of `other` is in it."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: "Period") -> "Period | None":
        """The part both share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def split(self, at: datetime) -> tuple["Period", ...]:
        """The part before `at` and the part from it; one part when `at` is not strictly inside."""
        return (Period(self.start, at), Period(at, self.end)) if self.start < in_utc(at) < self.end else (self,)

    def share(self, part: "Period") -> Fraction:
        """How much of it `part` covers, from 0 to 1, as an exact fraction.

        >>> whole = Period(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 31, tzinfo=UTC))
        >>> whole.share(Period(datetime(2024, 1, 21, tzinfo=UTC), datetime(2024, 2, 9, tzinfo=UTC)))
        Fraction(1, 3)
        """
        shared = self.overlap(part)
        return ratio(shared.duration, self.duration) if shared else Fraction(0)

    @override
    def __str__(self) -> str:
        """ISO 8601 interval."""
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """The calendar days from `start` up to and without `end`. Raises EmptyPeriod.

    >>> january = Days(date(2024, 1, 1), date(2024, 2, 1))
    >>> january.count, date(2024, 1, 31) in january, date(2024, 2, 1) in january
    (31, True, False)
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise EmptyPeriod(start=self.start, end=self.end)

    @property
    def count(self) -> int:
        """How many days."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that is part of it, for people who say "until the 31st"."""
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        """Whether a day is in it; the end is not."""
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        """Each day, in order."""
        return (self.start + timedelta(days=offset) for offset in range(self.count))

    def holds(self, other: "Days") -> bool:
        """Whether all of `other` is in it."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: "Days") -> "Days | None":
        """The days both share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Days(start, end) if start < end else None

    def share(self, part: "Days") -> Fraction:
        """How much of it `part` covers, by days, as an exact fraction.

        >>> Days(date(2024, 4, 1), date(2024, 5, 1)).share(Days(date(2024, 4, 21), date(2024, 6, 1)))
        Fraction(1, 3)
        """
        shared = self.overlap(part)
        return Fraction(shared.count, self.count) if shared else Fraction(0)

    def in_zone(self, zone: ZoneInfo) -> Period:
        """The instants of these days in a zone, from local midnight to local midnight.

        Raises EmptyPeriod for a day that a zone skipped (Samoa had no 30 December 2011).
        """
        return Period(start_of_day(self.start, zone), start_of_day(self.end, zone))

    @override
    def __str__(self) -> str:
        """ISO 8601 interval."""
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


class Grain(StrEnum):
    """The sizes of calendar periods."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS_OF: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_DAYS_OF: Final = {Grain.DAY: 1, Grain.WEEK: 7}


@dataclass(frozen=True, slots=True, order=True)
class CalendarPeriod:
    """One day, ISO week (from Monday), month, quarter or year of the calendar, or of a fiscal year.

    `fiscal_start` is the month (1 to 12) that years begin with. A fiscal year is named by the calendar year in which
    it ends: with `fiscal_start=4`, FY2018 is April 2017 to March 2018.

    >>> quarter = CalendarPeriod.of(Grain.QUARTER, date(2017, 2, 14))
    >>> quarter.label, str(quarter.days), quarter.next.label, quarter.previous.label
    ('2017-Q1', '2017-01-01/2017-04-01', '2017-Q2', '2016-Q4')
    >>> CalendarPeriod.of(Grain.QUARTER, date(2017, 2, 14), fiscal_start=4).label
    'FY2017-Q4'
    """

    days: Days
    grain: Grain
    fiscal_start: int = 1

    @classmethod
    def of(cls, grain: Grain, day: date, fiscal_start: int = 1) -> Self:
        """The period of a grain that `day` is in."""
        assert 1 <= fiscal_start <= _MONTHS, "a month is from 1 to 12"  # noqa: S101  our own mistake
        if grain is Grain.DAY:
            start = day
        elif grain is Grain.WEEK:
            start = day - timedelta(days=day.weekday())
        else:
            months_in = (day.month - fiscal_start) % _MONTHS_OF[grain]
            start = add_months(day.replace(day=1), -months_in)
        return cls(Days(start, _step(start, grain, 1)), grain, fiscal_start)

    @classmethod
    def parse(cls, text: str, fiscal_start: int = 1) -> Self:
        """Read a label back, with the `fiscal_start` it was written with. Raises UnreadableLabel.

        >>> CalendarPeriod.parse("2017-W05").days.start
        datetime.date(2017, 1, 30)
        """
        for grain, pattern in _LABELS.items():
            found = pattern.fullmatch(text)
            if found:
                try:
                    first = _first_day(grain, [int(part) for part in found.groups()], fiscal_start)
                    period = cls.of(grain, first, fiscal_start)
                except (ValueError, OverflowError):  # there is no 30 February, no week 60, no year 0
                    break
                if period.label == text:  # FY only where the year is a fiscal one
                    return period
        raise UnreadableLabel(text=text[:_SHOWN])

    @property
    def next(self) -> "CalendarPeriod":
        """The period that starts where this one ends."""
        return CalendarPeriod(Days(self.days.end, _step(self.days.end, self.grain, 1)), self.grain, self.fiscal_start)

    @property
    def previous(self) -> "CalendarPeriod":
        """The period that ends where this one starts."""
        return CalendarPeriod(
            Days(_step(self.days.start, self.grain, -1), self.days.start), self.grain, self.fiscal_start
        )

    @property
    def label(self) -> str:
        """The ISO form: 2017, 2017-Q1, 2017-03, 2017-W05, 2017-03-01; with FY before a fiscal year or quarter."""
        start = self.days.start
        if self.grain is Grain.DAY:
            return start.isoformat()
        if self.grain is Grain.WEEK:
            year, week, _ = start.isocalendar()
            return f"{year:04d}-W{week:02d}"
        if self.grain is Grain.MONTH:
            return f"{start.year:04d}-{start.month:02d}"
        months_in = (start.month - self.fiscal_start) % _MONTHS
        fiscal = self.fiscal_start != 1
        year = start.year + (1 if fiscal and start.month >= self.fiscal_start else 0)
        quarter = f"-Q{months_in // _MONTHS_OF[Grain.QUARTER] + 1}" if self.grain is Grain.QUARTER else ""
        return f"{'FY' if fiscal else ''}{year:04d}{quarter}"

    def in_zone(self, zone: ZoneInfo) -> Period:
        """The instants of the period in a zone."""
        return self.days.in_zone(zone)

    @override
    def __str__(self) -> str:
        """The label."""
        return self.label


_LABELS: Final = {
    Grain.YEAR: re.compile(r"(?:FY)?([0-9]{4})"),
    Grain.QUARTER: re.compile(r"(?:FY)?([0-9]{4})-Q([1-4])"),
    Grain.MONTH: re.compile(r"([0-9]{4})-([0-9]{2})"),
    Grain.WEEK: re.compile(r"([0-9]{4})-W([0-9]{2})"),
    Grain.DAY: re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
}


def periods_of(grain: Grain, start: date, end: date, fiscal_start: int = 1) -> tuple[CalendarPeriod, ...]:
    """The whole periods of a grain that touch `[start, end)`, in order; the first and last may reach beyond it.

    Raises EmptyPeriod, and TooManyPeriods for more than some 40,000.

    >>> [month.label for month in periods_of(Grain.MONTH, date(2016, 12, 31), date(2017, 3, 1))]
    ['2016-12', '2017-01', '2017-02']
    """
    asked = Days(start, end)
    found: list[CalendarPeriod] = []
    tile = CalendarPeriod.of(grain, start, fiscal_start)
    if asked.count // tile.days.count > _TILES_MAX:
        raise TooManyPeriods(start=start, end=end, count_max=_TILES_MAX)
    while tile.days.start < asked.end:
        found.append(tile)
        tile = tile.next
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Cycle:
    """Periods that repeat from an anchor day: each month from the 31st, every second week, each year from 29 February.

    Every start is counted from the anchor and never from the one before, so a short month does not move those after it.

    >>> monthly = Cycle(date(2024, 1, 31), Grain.MONTH)
    >>> [monthly.start_of(number).isoformat() for number in range(4)]
    ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30']
    """

    anchor: date
    grain: Grain
    every: int = 1

    def __post_init__(self) -> None:
        assert self.every >= 1, "a cycle goes forward"  # noqa: S101  our own mistake

    def start_of(self, number: int) -> date:
        """The first day of the period with a number: 0 starts on the anchor, earlier ones are negative."""
        return _step(self.anchor, self.grain, number * self.every)

    def days_of(self, number: int) -> Days:
        """The days of the period with a number."""
        return Days(self.start_of(number), self.start_of(number + 1))

    def number_on(self, day: date) -> int:
        """The number of the period that `day` is in.

        >>> Cycle(date(2024, 2, 29), Grain.YEAR).number_on(date(2025, 2, 28))
        1
        """
        if self.grain in _DAYS_OF:
            return (day - self.anchor).days // (_DAYS_OF[self.grain] * self.every)
        apart = (day.year - self.anchor.year) * _MONTHS + day.month - self.anchor.month
        number = apart // (_MONTHS_OF[self.grain] * self.every)
        return number if self.start_of(number) <= day else number - 1

    def on(self, day: date) -> Days:
        """The period that `day` is in."""
        return self.days_of(self.number_on(day))


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one of a shorter month.

    To repeat, count from the first day each time (`Cycle`): two steps of a month are not one step of two.

    >>> add_months(date(2024, 1, 31), 1), add_months(date(2024, 1, 31), 2)
    (datetime.date(2024, 2, 29), datetime.date(2024, 3, 31))
    """
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=10_000)
def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone, in UTC: local midnight, or the end of the gap when clocks jumped over it.

    >>> start_of_day(date(2017, 10, 15), zone_named("America/Sao_Paulo")).isoformat()  # clocks went from 0:00 to 1:00
    '2017-10-15T03:00:00+00:00'
    """
    midnight = datetime.combine(day, time(), tzinfo=zone)
    start = midnight.astimezone(UTC)
    if start.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return start
    # Midnight does not exist. Read with the offset after the jump it is too early, with the one before it too late.
    early, late = midnight.replace(fold=1).astimezone(UTC), start
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).date() >= day:
            late = middle
        else:
            early = middle
    return late


def day_in(at: datetime, zone: ZoneInfo) -> date:
    """The local date of an instant. Raises NaiveInstant."""
    return in_utc(at).astimezone(zone).date()


def in_utc(at: datetime) -> datetime:
    """The same instant, told in UTC. Raises NaiveInstant."""
    if at.tzinfo is None:
        raise NaiveInstant(at=at.isoformat())
    return at.astimezone(UTC)


def ratio(part: timedelta, whole: timedelta) -> Fraction:
    """One length of time as an exact fraction of another.

    >>> ratio(timedelta(hours=8), timedelta(days=1))
    Fraction(1, 3)
    """
    tick = timedelta.resolution
    return Fraction(part // tick, whole // tick)


def _step(day: date, grain: Grain, count: int) -> date:
    if grain in _DAYS_OF:
        return day + timedelta(days=_DAYS_OF[grain] * count)
    return add_months(day, _MONTHS_OF[grain] * count)


def _first_day(grain: Grain, parts: list[int], fiscal_start: int) -> date:
    """The first day that a label's numbers name. Raises ValueError when there is none."""
    year = parts[0]
    if grain is Grain.DAY:
        return date(*parts)
    if grain is Grain.WEEK:
        return date.fromisocalendar(year, parts[1], 1)
    if grain is Grain.MONTH:
        return date(year, parts[1], 1)
    quarter = parts[1] - 1 if grain is Grain.QUARTER else 0
    first = date(year if fiscal_start == 1 else year - 1, fiscal_start, 1)
    return add_months(first, quarter * _MONTHS_OF[Grain.QUARTER])
