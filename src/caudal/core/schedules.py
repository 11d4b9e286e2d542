"""When a subscription is billed: periods from an anchor in the customer's zone, with stubs, trials and phases.

Periods are worked out on dates and become instants last, so that a month in a zone with summer time is its days. The
anchor is kept apart from the periods: from the 31st, February ends on the 28th and March on the 31st again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem, msg
from caudal.core.periods import CalendarPeriod, Cycle, Days, Grain, Period, add_months, day_in, start_of_day

_PERIODS_MAX: Final = 12_000
_MONTHS_OF: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_LAST_DAY: Final = 31
_BACK: Final = 9
"""Of nine years in a row at least one has a 29 February."""


class BadSchedule(Problem):
    """The schedule does not go forward."""

    code = "schedule.bad"
    message = msg("A schedule from {start} cannot end on {end}.")
    hint = msg("The end must be later than the start; months, quarters and years may begin on a day from 1 to 31.")


class TooLongAhead(Problem):
    """More periods were asked for than anybody bills."""

    code = "schedule.too_long"
    message = msg("Until {until} there are more than {count_max} periods.")


class Alignment(StrEnum):
    """What periods are counted from."""

    ANNIVERSARY = "anniversary"
    """The day on which the subscription began."""
    CALENDAR = "calendar"
    """The calendar: months begin on the 1st, quarters and years with their first month."""
    BILLING_DAY = "billing_day"
    """A day of the month that was agreed: what is before the first one is the end of a period."""
    PERIOD_DAY = "period_day"
    """A day of the month that was agreed, counted in whole periods from the month of the start: who begins behind it
    waits for a whole period, so that a yearly plan is never billed for days first. The period that is under way then
    is counted back from its end: with the 31st, that which ends on 28 February has begun on 28 January."""
    GIVEN_DAY = "given_day"
    """One day that was given, such as the one on which a contract ends: the first period is what is left up to it."""


class Timing(StrEnum):
    """When a period is due."""

    ADVANCE = "advance"
    """As it begins."""
    ARREARS = "arrears"
    """As it ends."""


@dataclass(frozen=True, slots=True)
class BilledPeriod:
    """A period to be billed: the days that are served, and the whole period they are a part of (a stub is less)."""

    number: int
    days: Days
    whole: Days
    due_at: datetime
    period: Period

    @property
    def share(self) -> Fraction:
        """How much of the whole period is served, by days."""
        return self.whole.share(self.days)

    @property
    def is_stub(self) -> bool:
        """Whether it is only a part of a period."""
        return self.days != self.whole


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a subscription is billed from its `start` day on, in a zone. Raises BadSchedule.

    `end` is the first day that is not served any more; None goes on. `billing_day` is read for BILLING_DAY and
    PERIOD_DAY only and `anchor` for GIVEN_DAY, on which a period begins whether it lies before the start or behind it.
    After a trial of `trial_days`, the first day that is paid is `start` and so many days; an anniversary is counted
    from there.

    >>> monthly = Schedule(date(2024, 1, 31), Grain.MONTH, ZoneInfo("Europe/Madrid"))
    >>> [str(one.days) for one in monthly.until(date(2024, 4, 1))]
    ['2024-01-31/2024-02-29', '2024-02-29/2024-03-31', '2024-03-31/2024-04-30']
    >>> utc, on_the_15th = ZoneInfo("UTC"), Alignment.BILLING_DAY
    >>> start, end = date(2011, 1, 1), date(2011, 2, 27)
    >>> middle = Schedule(start, Grain.MONTH, utc, alignment=on_the_15th, billing_day=15, end=end)
    >>> [one.share for one in middle.until(end)]
    [Fraction(14, 31), Fraction(1, 1), Fraction(3, 7)]

    A yearly plan that begins behind the 15th of January waits for the next one, or for the 15th of February:

    >>> for way in (Alignment.PERIOD_DAY, on_the_15th):
    ...     yearly = Schedule(date(2011, 1, 31), Grain.YEAR, utc, alignment=way, billing_day=15)
    ...     next(yearly.periods()).share
    Fraction(349, 365)
    Fraction(3, 73)
    """

    start: date
    grain: Grain
    zone: ZoneInfo
    every: int = 1
    alignment: Alignment = Alignment.ANNIVERSARY
    timing: Timing = Timing.ADVANCE
    billing_day: int = 1
    trial_days: int = 0
    end: date | None = None
    anchor: date | None = None

    def __post_init__(self) -> None:
        by_day = self.alignment in {Alignment.BILLING_DAY, Alignment.PERIOD_DAY}
        unfit = by_day and (self.grain not in _MONTHS_OF or not 1 <= self.billing_day <= _LAST_DAY)
        unfit = unfit or (self.alignment is Alignment.GIVEN_DAY and self.anchor is None)
        if unfit or (self.end is not None and self.end <= self.start):
            raise BadSchedule(start=self.start, end=self.end)

    @property
    def paid_from(self) -> date:
        """The first day that is paid."""
        return self.start + timedelta(days=self.trial_days)

    @property
    def cycle(self) -> Cycle:
        """The periods from their anchor, whether they are served or not."""
        return Cycle(self._anchor(), self.grain, self.every)

    def periods(self, since: int = 0) -> Iterator[BilledPeriod]:
        """Every period from one with a number on (0 is the first), in order; without end where there is none."""
        cycle = self.cycle
        first = cycle.number_on(self.paid_from)
        number = first + since
        while self.end is None or cycle.start_of(number) < self.end:
            whole = self._whole(cycle, number)
            start = max(whole.start, self.paid_from)
            end = whole.end if self.end is None else min(whole.end, self.end)
            if start < end:
                yield self._billed(number - first, Days(start, end), whole)
            number += 1

    def until(self, day: date) -> tuple[BilledPeriod, ...]:
        """The periods that begin before a day, in order. Raises TooLongAhead."""
        cycle = self.cycle
        if cycle.number_on(day) - cycle.number_on(self.paid_from) > _PERIODS_MAX:
            raise TooLongAhead(until=day, count_max=_PERIODS_MAX)
        return tuple(takewhile(lambda one: one.days.start < day, self.periods()))

    def due(self, after: datetime, up_to: datetime) -> tuple[BilledPeriod, ...]:
        """The periods that fall due after an instant and not later than another: runs that touch bill each once.

        >>> utc = ZoneInfo("UTC")
        >>> monthly = Schedule(date(2024, 1, 15), Grain.MONTH, utc, timing=Timing.ARREARS)
        >>> [str(one.days) for one in monthly.due(datetime(2024, 2, 1, tzinfo=utc), datetime(2024, 3, 15, tzinfo=utc))]
        ['2024-01-15/2024-02-15', '2024-02-15/2024-03-15']
        """
        cycle = self.cycle
        passed = cycle.number_on(day_in(after, self.zone)) - cycle.number_on(self.paid_from)
        begun = takewhile(lambda one: one.period.start <= up_to, self.periods(max(0, passed - 1)))
        return tuple(one for one in begun if after < one.due_at <= up_to)

    def _whole(self, cycle: Cycle, number: int) -> Days:
        whole = cycle.days_of(number)
        if self.alignment is Alignment.PERIOD_DAY and whole.start < self.paid_from:
            return Days(add_months(whole.end, -_MONTHS_OF[self.grain] * self.every), whole.end)
        return whole

    def _anchor(self) -> date:
        if self.alignment is Alignment.ANNIVERSARY:
            return self.paid_from
        if self.alignment is Alignment.GIVEN_DAY and self.anchor is not None:
            return self.anchor
        if self.alignment is Alignment.CALENDAR:
            return CalendarPeriod.of(self.grain, self.paid_from).days.start
        january = date(self.paid_from.year, 1, self.billing_day)
        apart = self.paid_from.month - 1
        step = _MONTHS_OF[self.grain] * self.every
        if add_months(january, apart) < self.paid_from:
            apart += step if self.alignment is Alignment.PERIOD_DAY else 1
        # Of the last few such days the one latest in its month, so that a day is not lost in February.
        return max((add_months(january, apart - step * back) for back in range(_BACK)), key=lambda day: (day.day, day))

    def _billed(self, number: int, days: Days, whole: Days) -> BilledPeriod:
        due = days.start if self.timing is Timing.ADVANCE else days.end
        return BilledPeriod(number, days, whole, start_of_day(due, self.zone), days.in_zone(self.zone))


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a subscription that lasts so many periods of a grain (0: to the end) under the name of its price."""

    name: str
    count: int = 0
    grain: Grain = Grain.MONTH


@dataclass(frozen=True, slots=True)
class PhaseDays:
    """When a phase holds: from a day on, up to another (None: to the end)."""

    phase: Phase
    start: date
    end: date | None

    def __contains__(self, day: date) -> bool:
        """Whether the phase holds on a day."""
        return self.start <= day and (self.end is None or day < self.end)


def lay_phases(start: date, phases: Sequence[Phase]) -> tuple[PhaseDays, ...]:
    """Lay phases one after the other from a day on; nothing comes after one without an end.

    A trial of 30 days, a quarter at a discount, and then as it is:

    >>> laid = lay_phases(date(2024, 1, 31), [Phase("trial", 30, Grain.DAY), Phase("discount", 3), Phase("full")])
    >>> [(one.phase.name, one.start.isoformat(), str(one.end)) for one in laid]
    [('trial', '2024-01-31', '2024-03-01'), ('discount', '2024-03-01', '2024-06-01'), ('full', '2024-06-01', 'None')]
    """
    laid = []
    for phase in phases:
        end = Cycle(start, phase.grain, phase.count).start_of(1) if phase.count else None
        laid.append(PhaseDays(phase, start, end))
        if end is None:
            break
        start = end
    return tuple(laid)
