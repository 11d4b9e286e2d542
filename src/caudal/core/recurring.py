"""What a subscription brings per year from each instant on, and the movements of a customer that follow from it.

Everything is derived from the terms: the schedule, the standings, and the prices of whole periods. Amounts are told per
year, which a price for a month or a year gives exactly; a twelfth of them is the monthly recurring revenue. What is
used, and what is paid once, does not recur.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Generic, TypeVar

from caudal.core.money import Currency, Money, Rounding, portion
from caudal.core.mrr import MovementKind, monthly
from caudal.core.periods import Grain, day_in, start_of_day
from caudal.core.subscriptions import Component, Sort, Subscribed

WITHIN: Final = timedelta(minutes=60)
"""Changes of a customer that follow the first one sooner than this are one movement with it."""
_MONTHS_PER_YEAR: Final = 12

Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Step(Generic[Part]):
    """A change of what one part of a subscription brings per year, from an instant on."""

    at: datetime
    part: Part
    before: Money
    after: Money

    @property
    def change(self) -> Money:
        """How much more it brings, less if negative."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Told(Generic[Part]):
    """A step as a movement of its customer: of which kind, and how many customers it won (-1: lost)."""

    step: Step[Part]
    kind: MovementKind
    customers: int = 0


def yearly(price: Money, grain: Grain, every: int = 1) -> Money:
    """What a price paid every so many months or years brings per year, rounded half up where it does not divide.

    >>> yearly(Money.of("99", "EUR"), Grain.MONTH).major, yearly(Money.of("1000", "EUR"), Grain.YEAR, 3).major
    ('1188.00', '333.33')
    """
    return portion(price, monthly(1, grain, every) * _MONTHS_PER_YEAR, Rounding.HALF_UP)


def steps(
    subscribed: Subscribed,
    *,
    price: Callable[[Component, date], Money],
    turns: Callable[[Component], Iterable[date]],
    part: Callable[[Component], Part],
) -> tuple[Step[Part], ...]:
    """The steps of a subscription by instant, then part as it came.

    `price` says what a component costs for a whole period that is priced on a day, `turns` on which days that may
    change, and `part` as what it is told. A trial brings nothing before it is paid; a new price or the end of a
    discount counts from the first period that is priced by it.

    99 a month from 1 January after a trial of 14 days, and 120 for periods from 1 March on:

    >>> from decimal import Decimal
    >>> from datetime import UTC
    >>> from zoneinfo import ZoneInfo
    >>> from caudal.core.schedules import Alignment, Schedule
    >>> from caudal.core.subscriptions import Standing
    >>> calendar = Alignment.CALENDAR
    >>> terms = Schedule(date(2026, 1, 1), Grain.MONTH, ZoneInfo("UTC"), trial_days=14, alignment=calendar)
    >>> begun = Standing(1, datetime(2026, 1, 1, tzinfo=UTC), (Component("base", Sort.FIXED, Decimal(1)),))
    >>> turn = date(2026, 2, 20)
    >>> found = steps(
    ...     Subscribed(terms, (begun,)),
    ...     price=lambda _, day: Money.of("99" if day < turn else "120", "EUR"),
    ...     turns=lambda _: [turn],
    ...     part=lambda one: one.key,
    ... )
    >>> [(f"{one.at:%d.%m.}", one.before.major, one.after.major) for one in found]
    [('15.01.', '0.00', '1188.00'), ('01.03.', '1188.00', '1440.00')]
    """
    moved: dict[datetime, dict[Part, Money]] = defaultdict(dict)

    def move(at: datetime, of: Part, amount: Money) -> None:
        moved[at][of] = moved[at][of] + amount if of in moved[at] else amount

    for component, since, until, introduced in _runs(subscribed):
        of = part(component)
        marks = _marks(subscribed, turns(component), since, until)
        for begins, ends in itertools.pairwise([since, *marks, until]):
            assert begins is not None  # noqa: S101  only the last one may have no end
            schedule = subscribed.schedule_at(begins)
            day = _priced_on(subscribed, begins, introduced)
            amount = yearly(price(component, day), schedule.grain, schedule.every)
            move(begins, of, amount)
            if ends is not None:
                move(ends, of, -amount)
    return tuple(_running(moved))


def merged(found: Iterable[Step[Part]], *, within: timedelta = WITHIN) -> list[list[Step[Part]]]:
    """The steps of one customer in groups that are one movement each; of every part one step, where it changes.

    A group has the instant of its first step.
    """
    groups: list[list[Step[Part]]] = []
    for step in sorted(found, key=lambda one: one.at):
        if groups and step.at - groups[-1][0].at < within:
            groups[-1].append(step)
        else:
            groups.append([step])
    return [kept for group in groups if (kept := _netted(group))]


def told(found: Iterable[Step[Part]], *, within: timedelta = WITHIN) -> tuple[Told[Part], ...]:
    """The movements of one customer: their kind, and in one step of each the customer that it won or lost.

    Whoever paid nothing before is new, or came back; when the last thing that they pay for ends, they are lost; all
    else is more or less of the same customer, also where it is in another currency.
    """
    paid: dict[Currency, int] = defaultdict(int)
    known, rows = False, []
    for group in merged(found, within=within):
        before = any(paid.values())
        net: dict[Currency, int] = defaultdict(int)
        for step in group:
            net[step.after.currency] += step.change.minor
        for currency, minor in net.items():
            paid[currency] += minor
        after = any(paid.values())
        kinds = {currency: _kind(minor, before=before, after=after, known=known) for currency, minor in net.items()}
        rows += [Told(step, kinds[step.after.currency]) for step in group]
        rows[-len(group)] = replace(rows[-len(group)], customers=int(after) - int(before))
        known = known or after
    return tuple(rows)


def _kind(minor: int, *, before: bool, after: bool, known: bool) -> MovementKind:
    if not before and after:
        return MovementKind.REACTIVATION if known else MovementKind.NEW
    if before and not after:
        return MovementKind.CHURN
    return MovementKind.EXPANSION if minor >= 0 else MovementKind.CONTRACTION


def _runs(subscribed: Subscribed) -> Iterator[tuple[Component, datetime, datetime | None, datetime]]:
    """What recurs, from when to when (None: without end) it is paid, and since when it is there on the same terms."""
    standings = subscribed.in_force()
    paid_at = start_of_day(subscribed.schedule.paid_from, subscribed.schedule.zone)
    introduced: dict[tuple[str, str], datetime] = {}
    for place, standing in enumerate(standings):
        fixed = [one for one in standing.components if one.sort is Sort.FIXED]
        introduced = {(one.key, one.terms): introduced.get((one.key, one.terms), standing.at) for one in fixed}
        since = max(standing.at, paid_at)
        until = standings[place + 1].at if place + 1 < len(standings) else None
        if until is None or until > since:
            for one in fixed:
                yield one, since, until, introduced[one.key, one.terms]


def _marks(subscribed: Subscribed, days: Iterable[date], since: datetime, until: datetime | None) -> list[datetime]:
    """When the periods begin that are the first ones priced on or after some days, within a stretch."""
    schedule = subscribed.schedule_at(since)
    found = set()
    for day in days:
        if day > day_in(since, schedule.zone):
            number = schedule.cycle.number_on(day)
            begins = schedule.cycle.start_of(number)
            at = start_of_day(begins if begins == day else schedule.cycle.start_of(number + 1), schedule.zone)
            if since < at and (until is None or at < until):
                found.add(at)
    return sorted(found)


def _priced_on(subscribed: Subscribed, at: datetime, introduced: datetime) -> date:
    """On which day what is paid at an instant is priced: when its period began, or when it came in since then."""
    schedule = subscribed.schedule_at(at)
    period = schedule.cycle.start_of(schedule.cycle.number_on(day_in(at, schedule.zone)))
    return max(period, schedule.paid_from, min(day_in(introduced, schedule.zone), day_in(at, schedule.zone)))


def _running(moved: dict[datetime, dict[Part, Money]]) -> Iterator[Step[Part]]:
    level: dict[Part, Money] = {}
    for at in sorted(moved):
        for part, change in moved[at].items():
            if change:
                before = level.get(part, Money(0, change.currency))
                level[part] = before + change
                yield Step(at, part, before, level[part])


def _netted(group: Sequence[Step[Part]]) -> list[Step[Part]]:
    """The steps of a group, those of one part as one."""
    first: dict[Part, Step[Part]] = {}
    for step in group:
        seen = first.get(step.part)
        first[step.part] = replace(step, at=group[0].at) if seen is None else replace(seen, after=step.after)
    return [step for step in first.values() if step.change]
