"""Where the company stands against its plan, target by target."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from caudal.core.clocks import WorkingCalendar
from caudal.core.metrics import REGISTRY, Direction, Metric, NotFed, Request
from caudal.core.periods import CalendarPeriod, Days, Grain, Period, add_months, day_in, start_of_day
from caudal.core.plans import Plan, Target, UnitKind, better_is
from caudal.core.targets import Goal, State, Verdict, is_flow, judge
from caudal.insights.queries import Figure
from caudal.kit.access import SYSTEM, Actor, NotAllowed, Reach, Verb, policies
from caudal.plan.models import PlanVersion
from caudal.plan.queries.actuals import Typed, TypedNumbers, typed_numbers
from caudal.plan.queries.adopted import NoPlan, adopted_plan
from caudal.plan.queries.measuring import Measuring
from caudal.workspace.queries import company, working_calendar

RECENT: Final = 12
"""How many whole periods before the current one the sparkline shows."""
ONE_DAY: Final = timedelta(days=1)
_MONTHS: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_DAYS: Final = {Grain.DAY: 1, Grain.WEEK: 7}


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant at which the plan is looked at, the company's day that it belongs to, and the day it really is.

    A month that has ended is looked at from its last instant, which is the first one after it. What is known of it is
    what is known today: a lead of that month that became a deal since is one that did.
    """

    at: datetime
    day: date
    today: date

    @classmethod
    def of(cls, as_of: datetime, zone: ZoneInfo, month: CalendarPeriod | None = None) -> "Moment":
        """The moment to look at: the end of `month` if it has ended by `as_of`, else `as_of` itself."""
        today = day_in(as_of, zone)
        if month is not None and (end := month.in_zone(zone).end) <= as_of:
            return cls(end, month.days.last, today)
        return cls(as_of, today, today)


@dataclass(frozen=True, slots=True)
class Worked:
    """The working time of a period: the share that is gone, and the days there are."""

    share: Fraction
    days: int

    @property
    def days_gone(self) -> Fraction:
        """How many working days have passed."""
        return self.share * self.days


@dataclass(frozen=True, slots=True)
class RunRates:
    """What each working day brought so far, what each must bring (or may take) from here, and how many are left."""

    so_far: Fraction
    needed: Fraction
    days_left: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one target stands. `measured` are the days its number is of, `period` the whole period it is due in.

    `metric` is None where none of that id exists; a metric without facts has no `measured`. `recent` are the values
    of the last twelve whole periods, oldest first, None where nobody knows. `typed` is what somebody said, where
    nothing counts: then the numbers are those up to its last day. `unused` is what somebody said of what is counted.
    """

    target: Target
    verdict: Verdict
    scaled: bool = False
    flow: bool = False
    """Whether its number fills with time."""
    metric: Metric | None = None
    period: CalendarPeriod | None = None
    measured: Days | None = None
    worked: Worked | None = None
    missing: int = 0
    recent: tuple[Fraction | None, ...] = ()
    typed: Typed | None = None
    unused: Typed | None = None

    @property
    def bound(self) -> Fraction | None:
        """The end of the interval that counts: the one that is missed, else the one to reach or not to pass."""
        if self.verdict.missed is not None:
            return self.verdict.missed
        return self.target.hi if better_is(self.target.metric) is Direction.LOWER else self.target.lo

    @property
    def rates(self) -> "RunRates | None":
        """What each working day brought and must bring; None for a level, and where no day is gone or none is left."""
        worked, actual, bound = self.worked, self.verdict.actual, self.bound
        if not self.flow or worked is None or actual is None or bound is None:
            return None
        left = worked.days - worked.days_gone
        if left <= 0 or worked.days_gone <= 0:
            return None
        return RunRates(actual / worked.days_gone, (bound - actual) / left, left)

    @property
    def is_fed(self) -> bool:
        """Whether anything measures it at all, or anybody has said what it came to."""
        return self.measured is not None or any(value is not None for value in self.recent)


@dataclass(frozen=True, slots=True)
class Standings:
    """The plan that counts and how each of its targets stands, in the order of the file."""

    version: PlanVersion
    plan: Plan
    moment: Moment
    month: CalendarPeriod
    targets: tuple[Standing, ...]
    calendar: WorkingCalendar
    whole: bool = True
    """Whether the figures are those of the whole company."""
    counted_at: datetime | None = None
    """When the oldest of them was counted, where some are kept ones."""

    def in_state(self, *states: State) -> tuple[Standing, ...]:
        """Those in one of these states."""
        return tuple(each for each in self.targets if each.verdict.state in states)

    @property
    def judged(self) -> tuple[Standing, ...]:
        """Those that are met or missed."""
        return tuple(each for each in self.targets if each.verdict.state is not State.NO_DATA)

    @property
    def missed(self) -> tuple[Standing, ...]:
        """Those behind, the worst first; of equals the first in the file."""
        return tuple(sorted(self.in_state(State.BEHIND), key=lambda each: -each.verdict.severity))


def standing(
    *,
    actor: Actor,
    as_of: datetime,
    month: CalendarPeriod | None = None,
    pillar: str | None = None,
    only: Collection[str] | None = None,
    measuring: Measuring | None = None,
) -> Standings:
    """Return how each target of the plan stands: as of an instant, or at the end of a month that has ended.

    With `pillar`, only its targets, with `only`, those of these ids. The figures are those of the whole company where
    the actor may see that (`standing` within Reach.ALL), else those made of the rows within reach; `measuring` counts
    them another way. Raises NoPlan.
    """
    version, plan = adopted_plan(actor)
    own = company()
    if own is None:
        raise NoPlan
    zone = ZoneInfo(own.zone)
    moment = Moment.of(as_of, zone, month)
    targets = [
        target for target in plan.targets if pillar in {None, target.pillar} and (only is None or target.id in only)
    ]
    periods = {
        grain: CalendarPeriod.of(grain, moment.day, own.fiscal_start_month)
        for grain in dict.fromkeys(target.period for target in targets)
    }
    calendar = working_calendar(
        own,
        first=min((period.days.start for period in periods.values()), default=moment.day),
        last=max((period.days.last for period in periods.values()), default=moment.day),
    )
    worked = {grain: _worked(calendar, period.in_zone(zone), moment.at) for grain, period in periods.items()}
    whole = policies()["standing"].reach(actor, Verb.VIEW) is Reach.ALL
    measuring = measuring or Measuring.of(SYSTEM if whole else actor, as_of)
    typed = typed_numbers(
        SYSTEM if whole else actor,
        {grain: earlier(period, RECENT).days.start for grain, period in periods.items()},
        own.fiscal_start_month,
    )
    question = _Question(plan, moment, own.currency, calendar, periods, worked, measuring, typed)
    asked = tuple(question.ask(each) for each in targets)
    return Standings(
        version=version,
        plan=plan,
        moment=moment,
        month=CalendarPeriod.of(Grain.MONTH, moment.day),
        targets=asked,
        calendar=calendar,
        whole=whole,
        counted_at=measuring.counted_at,
    )


def _worked(calendar: WorkingCalendar, period: Period, at: datetime) -> Worked:
    days = {day_in(shift.start, calendar.zone) for shift in calendar.shifts(period)}
    return Worked(calendar.elapsed_share(period, at), len(days))


@dataclass(frozen=True, slots=True)
class _Question:
    """What all targets of one look at the plan share."""

    plan: Plan
    moment: Moment
    currency: str
    calendar: WorkingCalendar
    periods: dict[Grain, CalendarPeriod]
    worked: dict[Grain, Worked]
    measuring: Measuring
    typed: TypedNumbers

    def ask(self, target: Target) -> Standing:
        """Return how a target stands: by what is counted, else by what was typed."""
        metric = REGISTRY.metrics.get(target.metric or "")
        flow = target.unit.is_flow and (metric is None or is_flow(metric))
        period = self.periods[target.period]
        told = self.typed.by(target, period, self.moment.day)
        if told is None and not flow:
            told = self.typed.by(target, period.previous, self.moment.day)
        typed = tuple(self.typed.whole(target, earlier(period, count)) for count in range(RECENT, 0, -1))
        counted = self._counted(target, metric, flow=flow)
        recent = tuple(
            said if value is None else value for value, said in zip(counted.recent or typed, typed, strict=True)
        )
        if counted.verdict.actual is not None or told is None:
            return replace(counted, recent=recent, unused=told, period=period, flow=flow)
        worked = self.worked[target.period]
        if flow and told.through < self.moment.day:
            midnight = start_of_day(told.through + ONE_DAY, self.calendar.zone)
            worked = _worked(self.calendar, period.in_zone(self.calendar.zone), midnight)
        goal = Goal(target.lo, target.hi, better_is(target.metric), flow)
        return replace(
            counted,
            verdict=judge(goal, told.value, elapsed=worked.share),
            flow=flow,
            period=period,
            measured=Days(told.period.days.start, told.through + ONE_DAY),
            worked=worked,
            missing=0,
            recent=recent,
            typed=told,
        )

    def _counted(self, target: Target, metric: Metric | None, *, flow: bool) -> Standing:
        """Return how a target stands by what is counted alone."""
        scaled = self.plan.scales_in(target.id)
        if metric is None:
            return Standing(target=target, verdict=Verdict(State.NO_DATA), scaled=scaled)
        period = self.periods[target.period]
        measured = self._to_date(period) if flow else trailing(target.period, self.moment.day)
        try:
            before, current = self._figures(target, metric, period, None if flow else measured)
        except (NotFed, NotAllowed):
            return Standing(target=target, verdict=Verdict(State.NO_DATA), scaled=scaled, metric=metric)
        recent = _known(before)
        seen = any(recent) or bool(current.value)
        worked = self.worked[target.period]
        goal = Goal(target.lo, target.hi, metric.direction, flow)
        return Standing(
            target=target,
            verdict=judge(goal, current.value if seen else None, elapsed=worked.share),
            scaled=scaled,
            flow=flow,
            metric=metric,
            period=period,
            measured=measured,
            worked=worked,
            missing=current.missing,
            recent=recent,
        )

    def _figures(
        self, target: Target, metric: Metric, period: CalendarPeriod, level: Days | None
    ) -> tuple[Sequence[Figure], Figure]:
        """Return the whole periods before this one, and what counts now: this one so far, or a level's own days."""
        stretch = Days(earlier(period, RECENT).days.start, period.days.start if level else period.days.end)
        request = replace(
            question_of(target, stretch, self.moment, self.calendar.zone, self.currency),
            grain=period.grain,
            fiscal_start=period.fiscal_start,
        )
        found = self.measuring.figures(metric.id, request)
        if level is None:
            return found[:-1], found[-1]
        now = replace(request, start=level.start, end=level.end, grain=None)
        return found, self.measuring.figures(metric.id, now)[0]

    def _to_date(self, period: CalendarPeriod) -> Days:
        return Days(period.days.start, self.moment.day + ONE_DAY)


def question_of(target: Target, days: Days, moment: Moment, zone: ZoneInfo, currency: str) -> Request:
    """Return what is asked of a target's metric over some days: of its line of business, in its currency."""
    return Request(
        start=days.start,
        end=days.end,
        as_of=moment.today,
        where=f'pillar = "{target.pillar}"' if target.pillar else "true",
        zone=zone.key,
        currency=target.unit.counted if target.unit.kind is UnitKind.MONEY else currency,
    )


def trailing(grain: Grain, day: date) -> Days:
    """Return the stretch as long as a period that ends with a day; at the end of a month, that month.

    >>> str(trailing(Grain.MONTH, date(2026, 3, 17))), str(trailing(Grain.MONTH, date(2026, 2, 28)))
    ('2026-02-18/2026-03-18', '2026-02-01/2026-03-01')
    """
    end = day + ONE_DAY
    return Days(end - ONE_DAY * _DAYS[grain] if grain in _DAYS else add_months(end, -_MONTHS[grain]), end)


def earlier(period: CalendarPeriod, count: int) -> CalendarPeriod:
    """Return the period so many before another."""
    for _ in range(count):
        period = period.previous
    return period


def _known(figures: Sequence[Figure]) -> tuple[Fraction | None, ...]:
    """The values of whole periods; before the first one with anything in it nobody was counting yet."""
    values = [figure.value for figure in figures]
    first = next((place for place, value in enumerate(values) if value), len(values))
    return tuple(None if place < first else value for place, value in enumerate(values))
