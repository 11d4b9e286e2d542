"""When money becomes revenue: over time, at a point in time, or as it is used up; what is left is deferred.

The running total is rounded and never the step: 31 days of 1,200.00 over 365 are 101.92, and not 31 times 3.29. So the
steps of any cut of a period sum to the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from caudal.core.money import Currency, Exact, Money, Rounding, portion, total
from caudal.core.periods import Cycle, Days, Grain, start_of_day
from caudal.core.proration import BY_SECOND

_UTC: Final = ZoneInfo("UTC")


class Pattern(StrEnum):
    """How an amount becomes revenue over the days it is for."""

    BY_SECOND = "by_second"
    BY_DAY = "by_day"
    BY_MONTH = "by_month"
    """The same for every month from the first day on, whatever its length; a part of a month by its days."""
    AT_START = "at_start"
    """All of it on the first day."""
    AT_END = "at_end"
    """All of it when it is over."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """An amount that becomes revenue over some days in a zone.

    >>> year = Recognition(Money.of("1200", "USD"), Days(date(2023, 1, 1), date(2024, 1, 1)))
    >>> year.recognised(date(2023, 2, 1)).major, year.deferred(date(2023, 2, 1)).major
    ('101.92', '1098.08')
    >>> monthly = Recognition(Money.of("1200", "USD"), Days(date(2023, 1, 1), date(2024, 1, 1)), Pattern.BY_MONTH)
    >>> monthly.recognised(date(2023, 2, 1)).major
    '100.00'
    """

    amount: Money
    days: Days
    pattern: Pattern = Pattern.BY_DAY
    zone: ZoneInfo = _UTC
    rounding: Rounding = Rounding.HALF_UP

    def recognised(self, until: date) -> Money:
        """What has become revenue before a day begins."""
        return portion(self.amount, self.share(until), self.rounding)

    def recognised_at(self, at: datetime) -> Money:
        """What has become revenue at an instant: finer than a day only BY_SECOND."""
        if self.pattern is Pattern.BY_SECOND:
            left = BY_SECOND.left(self.days.in_zone(self.zone), at, self.zone)
            return portion(self.amount, 1 - left, self.rounding)
        return self.recognised(at.astimezone(self.zone).date())

    def deferred(self, until: date) -> Money:
        """What is not revenue yet as a day begins."""
        return self.amount - self.recognised(until)

    def between(self, days: Days) -> Money:
        """What becomes revenue on some days."""
        return self.recognised(days.end) - self.recognised(days.start)

    def share(self, until: date) -> Fraction:
        """The share that has become revenue before a day begins, exact, from 0 to 1."""
        if self.pattern is Pattern.AT_START:
            return Fraction(until > self.days.start)
        if not self.days.start < until < self.days.end:
            return Fraction(until >= self.days.end)
        return self._share_within(until)

    def _share_within(self, until: date) -> Fraction:
        if self.pattern is Pattern.AT_END:
            return Fraction(0)
        if self.pattern is Pattern.BY_SECOND:
            return 1 - BY_SECOND.left(self.days.in_zone(self.zone), start_of_day(until, self.zone), self.zone)
        if self.pattern is Pattern.BY_MONTH:
            return self._months(until) / self._months(self.days.end)
        return self.days.share(Days(self.days.start, until))

    def _months(self, until: date) -> Fraction:
        """How many months of its own a stretch from the first day holds."""
        cycle = Cycle(self.days.start, Grain.MONTH)
        number = cycle.number_on(until)
        begun = cycle.days_of(number)
        return number + Fraction((until - begun.start).days, begun.count)


@dataclass(frozen=True, slots=True)
class Prepaid:
    """Money that becomes revenue as it is used up; what is never used becomes revenue when it expires (breakage)."""

    amount: Money

    def recognised(self, used: Exact, of: Exact, rounding: Rounding, *, expired: bool = False) -> Money:
        """What has become revenue when so many units of all were used; never more than all.

        >>> Prepaid(Money.of("100", "EUR")).recognised(30, 100, Rounding.HALF_UP).major
        '30.00'
        >>> Prepaid(Money.of("100", "EUR")).recognised(30, 100, Rounding.HALF_UP, expired=True).major
        '100.00'
        """
        share = Fraction(1) if expired else min(Fraction(1), Fraction(used) / Fraction(of))
        return portion(self.amount, share, rounding)


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """What was booked in a period, what of it becomes revenue in each period asked for, and what is left after."""

    booked_in: Days
    booked: Money
    recognised: tuple[Money, ...]

    @property
    def left(self) -> Money:
        """What is still deferred after the last period."""
        return self.booked - total(self.recognised, self.booked.currency)


def waterfall(
    booked: Iterable[tuple[date, Recognition]], periods: Sequence[Days], currency: Currency
) -> tuple[WaterfallRow, ...]:
    """The waterfall of deferred revenue: by the period in which it was booked, revenue in each period.

    What was booked before the first period or after the last is left out. Every row sums to what was booked, and every
    column to the revenue of its period.
    """
    by_period: Mapping[Days, list[Recognition]] = {period: [] for period in periods}
    for day, recognition in booked:
        for period in periods:
            if day in period:
                by_period[period].append(recognition)
    return tuple(
        WaterfallRow(
            period,
            total((one.amount for one in held), currency),
            tuple(total((_within(one, column, periods[0]) for one in held), currency) for column in periods),
        )
        for period, held in by_period.items()
    )


def _within(one: Recognition, column: Days, first: Days) -> Money:
    """What falls on a column; what was earned before the first column is told in it."""
    return one.recognised(column.end) if column == first else one.between(column)
