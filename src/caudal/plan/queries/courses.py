"""How a number came to where it is, where it should have been each day, and where it will end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from caudal.core.clocks import WorkingCalendar
from caudal.core.forecast import Outlook, Past, by_ratio, by_step
from caudal.core.periods import CalendarPeriod, Days, Grain, Period, start_of_day
from caudal.insights.queries import TooSlow
from caudal.kit.access import SYSTEM, Actor
from caudal.plan.queries.actuals import typed_numbers
from caudal.plan.queries.measuring import Measuring
from caudal.plan.queries.standings import ONE_DAY, Standing, Standings, earlier, question_of
from caudal.workspace.queries import company, working_calendar

PERIODS: Mapping[Grain, int] = {Grain.DAY: 30, Grain.WEEK: 26, Grain.MONTH: 12, Grain.QUARTER: 8, Grain.YEAR: 4}
"""How many earlier periods are looked at, by their length."""


@dataclass(frozen=True, slots=True)
class Point:
    """The end of a day: what there was by then, and the share of the working time that was gone."""

    day: date
    value: Fraction | None
    elapsed: Fraction


@dataclass(frozen=True, slots=True)
class Course:
    """The days of a total's period with what it had by then, the same of the period before, and where it will end.

    A level has no days: `outlook` alone, from the steps between its whole periods.
    """

    points: tuple[Point, ...] = ()
    before: tuple[Point, ...] = ()
    outlook: Outlook | None = None


def course_of(actor: Actor, found: Standings, own: Standing, *, as_of: datetime) -> Course:
    """Return how a target's number came to where it stands."""
    actual = own.verdict.actual
    if own.period is None or own.worked is None or actual is None:
        return Course()
    if not own.flow:
        return Course(outlook=None if _is_over(found, own) else by_step(actual, _last_known(own.recent)))
    if own.typed is not None:
        return Course(points=tuple(_typed_points(actor, found, own)))
    days = _days(actor, found, own, as_of)
    calendar = calendar_of(own)
    periods = [earlier(own.period, count) for count in range(PERIODS[own.period.grain], -1, -1)]
    courses = {period: tuple(_points(days, calendar, period, found.moment.day)) for period in periods}
    outlook = None
    if not _is_over(found, own) and days:
        first = min(day for day, value in days.items() if value) if any(days.values()) else found.moment.day
        past = [_past(courses[period], own.worked.share) for period in periods[:-1] if period.days.start >= first]
        outlook = by_ratio(actual, own.worked.share, [each for each in past if each is not None])
    return Course(courses[periods[-1]], courses[periods[-2]], outlook)


def _is_over(found: Standings, own: Standing) -> bool:
    """Whether the period has ended, so that nothing is left to be foreseen."""
    return own.period is not None and found.moment.at >= own.period.in_zone(found.calendar.zone).end


def _last_known(recent: tuple[Fraction | None, ...]) -> list[Fraction]:
    """The values of the last whole periods, back to the first gap."""
    known: list[Fraction] = []
    for value in reversed(recent):
        if value is None:
            break
        known.insert(0, value)
    return known


def _days(actor: Actor, found: Standings, own: Standing, as_of: datetime) -> dict[date, Fraction]:
    """What each day brought, from the first of the periods that are looked at on; nothing where that takes too long."""
    assert own.period is not None  # noqa: S101  the caller looked
    assert own.metric is not None  # noqa: S101  what is counted has a metric
    first = earlier(own.period, PERIODS[own.period.grain]).days.start
    settings = company()
    stretch = Days(first, found.moment.day + ONE_DAY)
    question = question_of(
        own.target, stretch, found.moment, found.calendar.zone, settings.currency if settings else ""
    )
    measuring = Measuring.of(SYSTEM if found.whole else actor, as_of)
    try:
        figures = measuring.figures(own.metric.id, replace(question, grain=Grain.DAY))
    except TooSlow:
        return {}
    return {figure.period.start: figure.value or Fraction(0) for figure in figures}


def _points(
    days: Mapping[date, Fraction], calendar: WorkingCalendar, period: CalendarPeriod, last: date
) -> Iterator[Point]:
    """Each day of a period with what there was at its end; nothing of days that have not come."""
    value = Fraction(0)
    for day, elapsed in day_shares(calendar, period):
        value += days.get(day, Fraction(0))
        yield Point(day, value if day <= last else None, elapsed)


def day_shares(calendar: WorkingCalendar, period: CalendarPeriod) -> Iterator[tuple[date, Fraction]]:
    """Yield each day of a period with the share of its working time that is gone at the end of it."""
    worked = [(day, calendar.worked(_whole_day(day, calendar.zone))) for day in period.days]
    whole = sum((length.total_seconds() for _, length in worked), 0.0)
    gone = Fraction(0)
    for place, (day, length) in enumerate(worked, 1):
        gone += Fraction(int(length.total_seconds()))
        yield day, gone / int(whole) if whole else Fraction(place, len(worked))


def _whole_day(day: date, zone: ZoneInfo) -> Period:
    return Period(start_of_day(day, zone), start_of_day(day + ONE_DAY, zone))


def _past(points: tuple[Point, ...], share: Fraction) -> Past | None:
    """What an earlier period had on the last day that no more than this share of its time was gone, and at its end."""
    final = points[-1].value
    reached = [point for point in points if point.elapsed <= share and point.value]
    if not reached or final is None:
        return None
    return Past(reached[-1].value or Fraction(0), reached[-1].elapsed, final)


def calendar_of(own: Standing) -> WorkingCalendar:
    """Return the company's working time over the period of a number and those before it that are looked at."""
    settings = company()
    assert settings is not None  # noqa: S101  there is no standing without a company
    assert own.period is not None  # noqa: S101  the caller looked
    first = earlier(own.period, PERIODS[own.period.grain]).days.start
    return working_calendar(settings, first=first, last=own.period.days.last)


def _typed_points(actor: Actor, found: Standings, own: Standing) -> Iterator[Point]:
    """The days of which something was typed in the period at hand."""
    assert own.period is not None  # noqa: S101  the caller looked
    told = typed_numbers(
        SYSTEM if found.whole else actor, {own.period.grain: own.period.days.start}, own.period.fiscal_start
    )
    by_day = {each.through: each.value for each in told.of(own.target, own.period)}
    for day, elapsed in day_shares(calendar_of(own), own.period):
        yield Point(day, by_day.get(day), elapsed)
