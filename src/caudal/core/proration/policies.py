"""Which share of a price a part of a period is: unit, denominator and the day of a change, as a policy with a name.

The sources disagree by a day or a cent on the same dates, so the choice is data and stored with the document.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem, msg
from caudal.core.periods import Days, Period, day_in, in_utc, ratio

_MONTH: Final = 30
_MONTHS: Final = 12
_ONE_DAY: Final = timedelta(days=1)


class UnknownProration(Problem):
    """No policy has this name."""

    code = "proration.unknown_policy"
    message = msg("“{name}” is not a policy of proration.")
    hint = msg("There are: {choices}.")


class Unit(StrEnum):
    """In what the length of a period is counted."""

    SECOND = "second"
    """By the clock, exactly."""
    DAY = "day"
    """By calendar days of the customer's zone: a day that summer time shortens is a day."""
    THIRTY = "thirty"
    """By days of months that all have as many: thirty (30E/360), or what a whole period counts for."""


class ChangeDay(StrEnum):
    """To which side of a change its day belongs, where days are counted."""

    NEW = "new"
    """To what comes after it: the part before ends as the day begins."""
    OLD = "old"
    """To what was before it: who cancels on the 25th has had the 25th."""


@dataclass(frozen=True, slots=True)
class ProrationPolicy:
    """How a part of a period becomes a share of its price.

    `whole_days` is what a whole period counts for; None is its own length.
    """

    name: str
    unit: Unit = Unit.SECOND
    whole_days: int | None = None
    change_day: ChangeDay = ChangeDay.NEW

    def share_of_days(self, part: Days, whole: Days) -> Fraction:
        """The share that some days are of a whole period, whether they lie in it or not.

        22 days of a month of thirty, and 14 of January's 31:

        >>> proration("thirty_days").share_of_days(Days(date(2023, 5, 23), date(2023, 6, 15)), MAY)
        Fraction(11, 15)
        >>> proration("by_day").share_of_days(Days(date(2023, 5, 1), date(2023, 5, 15)), MAY)
        Fraction(14, 31)
        """
        return Fraction(self._count(part), self.whole_days or self._count(whole))

    def share(self, part: Period, whole: Period, zone: ZoneInfo) -> Fraction:
        """The share that a part is of a period in a zone.

        >>> march = Days(date(2024, 3, 1), date(2024, 4, 1)).in_zone(ZoneInfo("Europe/Madrid"))
        >>> part = Period(march.start, march.start + timedelta(days=15))
        >>> proration("by_day").share(part, march, ZoneInfo("Europe/Madrid"))
        Fraction(15, 31)
        >>> proration("by_second").share(part, march, ZoneInfo("Europe/Madrid"))  # the month lacks an hour
        Fraction(360, 743)
        """
        if self.unit is Unit.SECOND:
            return ratio(part.duration, timedelta(days=self.whole_days) if self.whole_days else whole.duration)
        days, whole_days = self._days(part, zone), self._days(whole, zone)
        return self.share_of_days(days, whole_days) if days and whole_days else Fraction(0)

    def left(self, whole: Period, at: datetime, zone: ZoneInfo) -> Fraction:
        """The share of a period that is still to come: all before it, none after it, never more than all."""
        if in_utc(at) <= whole.start:
            return Fraction(1)
        return min(Fraction(1), self.share(Period(at, whole.end), whole, zone)) if at in whole else Fraction(0)

    def _days(self, part: Period, zone: ZoneInfo) -> Days | None:
        """The local days of a part: a change during a day moves the whole day to one side."""
        start, end = (self._day_of(at, zone) for at in (part.start, part.end))
        return Days(start, end) if start < end else None

    def _day_of(self, at: datetime, zone: ZoneInfo) -> date:
        day = day_in(at, zone)
        midnight = at.astimezone(zone).time().replace(tzinfo=None) == datetime.min.time()
        return day if midnight or self.change_day is ChangeDay.NEW else day + _ONE_DAY

    def _count(self, days: Days) -> int:
        return _equal_months(days, self.whole_days or _MONTH) if self.unit is Unit.THIRTY else days.count


MAY: Final = Days(date(2023, 5, 1), date(2023, 6, 1))
"""A month of 31 days, for examples."""
BY_SECOND: Final = ProrationPolicy("by_second")
PRORATIONS: Final = {
    policy.name: policy
    for policy in (
        BY_SECOND,
        ProrationPolicy("by_day", Unit.DAY),
        ProrationPolicy("by_day_inclusive", Unit.DAY, change_day=ChangeDay.OLD),
        ProrationPolicy("thirty_days", Unit.THIRTY, _MONTH),
        ProrationPolicy("actual_360", Unit.DAY, _MONTH * _MONTHS),
        ProrationPolicy("actual_30", Unit.DAY, _MONTH),
    )
}
"""Every policy there is, by name. The default is by the second, over the period's own length."""


def proration(name: str) -> ProrationPolicy:
    """The policy of a name. Raises UnknownProration."""
    if name not in PRORATIONS:
        raise UnknownProration(name=name[:40], choices=", ".join(PRORATIONS))
    return PRORATIONS[name]


def _equal_months(days: Days, length: int) -> int:
    """Days where all months have as many: those behind the last count as the last (with thirty: 30E/360).

    >>> february, leap = Days(date(2023, 2, 23), date(2023, 3, 15)), Days(date(2024, 2, 23), date(2024, 3, 15))
    >>> [_equal_months(days, length) for length in (30, 28) for days in (february, leap)]
    [22, 22, 20, 20]
    """
    start, end = days.start, days.end
    months = (end.year - start.year) * _MONTHS + end.month - start.month
    return months * length + min(end.day, length) - min(start.day, length)
