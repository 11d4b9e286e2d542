"""Working time: how much of a period has been worked, and when so much more will have been.

A calendar says which hours of the week are worked, which days are holidays and in which zone. Time is counted between
instants, so an hour that summer time takes is not counted and one that it gives is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Final, Self
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem, msg
from caudal.core.periods import Period, day_in, in_utc, ratio, start_of_day

_DAY_MINUTES: Final = 24 * 60
_WEEK: Final = 7
_ONE_DAY: Final = timedelta(days=1)
_YEARS_AHEAD_MAX: Final = 200


class BadHours(Problem):
    """The hours of a week cannot be worked."""

    code = "clock.bad_hours"
    message = msg("These working hours do not fit in a week.")
    hint = msg("Give each of seven days its shifts in order, without overlap, and at least one shift in all.")


class NeverWorked(Problem):
    """So much time is not worked before the end of the calendar."""

    code = "clock.never_worked"
    message = msg("{amount} of working time after {at} lies too far ahead.")


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Hours of one day, in minutes after local midnight: from `start` up to and without `end`, at most 1440.

    >>> Shift.of("09:00", "17:30")
    Shift(start=540, end=1050)
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _DAY_MINUTES:
            raise BadHours

    @classmethod
    def of(cls, start: str, end: str) -> Self:
        """The shift between two times such as 09:00 and 24:00. Raises BadHours."""
        return cls(_minutes(start), _minutes(end))


ALL_DAY: Final = Shift(0, _DAY_MINUTES)
_WEEKDAYS: Final = ((ALL_DAY,),) * 5 + ((),) * 2
_EVERY_DAY: Final = ((ALL_DAY,),) * _WEEK


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The hours a company works: shifts for Monday to Sunday, holidays by date, and the zone they are told in.

    Without hours, whole weekdays are worked. Raises BadHours.

    >>> madrid = ZoneInfo("Europe/Madrid")
    >>> office = WorkingCalendar(madrid, hours=((Shift.of("09:00", "17:00"),),) * 5 + ((), ()))
    >>> friday = datetime(2024, 5, 3, 16, tzinfo=madrid)
    >>> office.add(friday, timedelta(hours=2)).astimezone(madrid).isoformat()
    '2024-05-06T10:00:00+02:00'
    """

    zone: ZoneInfo
    hours: tuple[tuple[Shift, ...], ...] = _WEEKDAYS
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        in_order = all(one.end <= other.start for shifts in self.hours for one, other in pairwise(shifts))
        if len(self.hours) != _WEEK or not any(self.hours) or not in_order:
            raise BadHours

    @classmethod
    def always(cls, zone: ZoneInfo) -> Self:
        """Round the clock, every day of the year."""
        return cls(zone, hours=_EVERY_DAY)

    def worked(self, period: Period) -> timedelta:
        """The working time in a period, exact to the microsecond."""
        shared = (period.overlap(shift) for shift in self.shifts(period))
        return sum((part.duration for part in shared if part), timedelta())

    def elapsed(self, period: Period, at: datetime) -> timedelta:
        """The working time of a period that has passed at an instant: none before it, all of it after.

        Friday noon of a week from Monday, with whole weekdays: four days and a half.

        >>> week = Period(datetime(2024, 4, 29, tzinfo=UTC), datetime(2024, 5, 6, tzinfo=UTC))
        >>> WorkingCalendar(ZoneInfo("UTC")).elapsed(week, datetime(2024, 5, 3, 12, tzinfo=UTC))
        datetime.timedelta(days=4, seconds=43200)
        """
        end = min(in_utc(at), period.end)
        return self.worked(Period(period.start, end)) if end > period.start else timedelta()

    def elapsed_share(self, period: Period, at: datetime) -> Fraction:
        """The share of a period's working time that has passed, from 0 to 1.

        A period without working time (a Sunday) counts by the clock instead.

        >>> week = Period(datetime(2024, 4, 29, tzinfo=UTC), datetime(2024, 5, 6, tzinfo=UTC))
        >>> WorkingCalendar(ZoneInfo("UTC")).elapsed_share(week, datetime(2024, 5, 3, 12, tzinfo=UTC))
        Fraction(9, 10)
        """
        whole = self.worked(period)
        if whole:
            return ratio(self.elapsed(period, at), whole)
        passed = min(in_utc(at), period.end) - period.start
        return max(Fraction(0), ratio(passed, period.duration))

    def add(self, at: datetime, amount: timedelta) -> datetime:
        """The first instant, in UTC, by which `amount` of working time has passed since `at`; for nothing, `at` itself.

        Raises NeverWorked beyond 200 years.
        """
        assert amount >= timedelta(), "working time goes forward"  # noqa: S101  our own mistake
        start = in_utc(at)
        left = amount
        if not left:
            return start
        for shift in self._shifts_from(start):
            open_from = max(start, shift.start)
            if left <= shift.end - open_from:
                return open_from + left
            left -= shift.end - open_from
        raise NeverWorked(amount=amount, at=start.isoformat())

    def shifts(self, period: Period) -> Iterator[Period]:
        """The shifts that touch a period, whole and in order."""
        for shift in self._shifts_from(period.start):
            if shift.start >= period.end:
                return
            yield shift

    def _shifts_from(self, at: datetime) -> Iterator[Period]:
        """The shifts that end after `at`, day by day."""
        # A day earlier, for zones that repeat the hours before midnight.
        day = day_in(at, self.zone) - _ONE_DAY
        last = min(day.year + _YEARS_AHEAD_MAX, date.max.year - 1)
        while day.year <= last:
            for shift in self._shifts_on(day):
                if shift.end > at:
                    yield shift
            day += _ONE_DAY

    def _shifts_on(self, day: date) -> tuple[Period, ...]:
        return () if day in self.holidays else _worked_on(day, self.hours[day.weekday()], self.zone)


@lru_cache(maxsize=4096)
def _worked_on(day: date, shifts: tuple[Shift, ...], zone: ZoneInfo) -> tuple[Period, ...]:
    """The shifts of a day as instants. Kept, because every look at a plan goes through the days of its months."""
    instants = ((_instant(day, shift.start, zone), _instant(day, shift.end, zone)) for shift in shifts)
    return tuple(Period(start, end) for start, end in instants if start < end)  # summer time may swallow a short shift


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes == 0:
        return start_of_day(day, zone)
    if minutes == _DAY_MINUTES:
        return start_of_day(day + _ONE_DAY, zone)
    hour, minute = divmod(minutes, 60)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def _minutes(text: str) -> int:
    hour, colon, minute = text.partition(":")
    if not colon or not (hour + minute).isdecimal() or not (hour + minute).isascii() or int(minute) >= 60:  # noqa: PLR2004  minutes of an hour
        raise BadHours
    return int(hour) * 60 + int(minute)
