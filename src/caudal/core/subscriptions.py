"""What a subscription owes: an obligation for every component of every period, and for every change within one.

A subscription is a schedule and its standings: what it consists of from an instant on. All else follows from them and
is worked out again at will, so that an obligation has the same key whenever it is asked for, and is invoiced once.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.periods import Period, day_in, start_of_day
from caudal.core.proration import BY_SECOND, ProrationPolicy, Refund, When
from caudal.core.schedules import Alignment, BilledPeriod, Schedule, Timing

_ALL: Final = Fraction(1)
_ONE_DAY: Final = timedelta(days=1)


class Sort(StrEnum):
    """What a component is counted by."""

    FIXED = "fixed"
    """A price for every period, of so many units."""
    USAGE = "usage"
    """What was used in a period, when it is over."""
    ONCE = "once"
    """A price at the beginning, and never again."""


@dataclass(frozen=True, slots=True)
class Component:
    """One charge as it was agreed. `terms` is opaque: components of one key and other terms have another price."""

    key: str
    sort: Sort
    quantity: Decimal = Decimal(1)
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a subscription consists of from an instant on; nothing while it is paused and once it has ended.

    `when` says when the change to it is paid, and `refund` what an end gives back.
    """

    number: int
    at: datetime
    components: tuple[Component, ...] = ()
    when: When = When.PRORATE
    refund: Refund = Refund.PRORATED
    ends: bool = False


class Kind(StrEnum):
    """What is owed."""

    PERIOD = "period"
    CREDIT = "credit"
    """What is given back of a period, as something is not used any more."""
    DEBIT = "debit"
    """What is used instead, to the end of the period."""
    USAGE = "usage"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Obligation:
    """A component for a stretch of time: `share` is of the price of a whole period, and its sign that of the amount.

    The price is that of `priced_at`. `change` is the number of the standing that caused it, 0 for none.
    """

    component: Component
    kind: Kind
    period: Period
    share: Fraction
    due_at: datetime
    priced_at: datetime
    change: int = 0

    @property
    def key(self) -> str:
        """What it is called among those of its subscription, for ever."""
        start, end = (at.strftime("%Y%m%dT%H%M%S") for at in (self.period.start, self.period.end))
        return f"{self.component.key} {self.kind} {start}/{end} {self.change}"


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A schedule, the standings in the order of their numbers, and how a part of a period is counted.

    Five seats from 1 January, two more from the 16th at noon, paid with the next invoice:

    >>> from datetime import UTC, date
    >>> from zoneinfo import ZoneInfo
    >>> from caudal.core.periods import Grain
    >>> seats = Component("seats", Sort.FIXED, Decimal(5))
    >>> first = Standing(1, datetime(2026, 1, 1, tzinfo=UTC), (seats,))
    >>> more = Standing(2, datetime(2026, 1, 16, 12, tzinfo=UTC), (replace(seats, quantity=Decimal(7)),))
    >>> monthly = Schedule(date(2026, 1, 1), Grain.MONTH, ZoneInfo("UTC"))
    >>> owed = Subscribed(monthly, (first, more)).due(None, datetime(2026, 2, 1, tzinfo=UTC))
    >>> [(str(one.kind), str(one.share), str(one.component.quantity), f"{one.due_at:%d.%m.}") for one in owed]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('period', '1', '5', '01.01.'), ('credit', '-1/2', '5', '01.02.'), ('debit', '1/2', '7', '01.02.'),
     ('period', '1', '7', '01.02.')]
    """

    schedule: Schedule
    standings: tuple[Standing, ...]
    policy: ProrationPolicy = BY_SECOND

    def in_force(self) -> list[Standing]:
        """The standings by their instants; one that was agreed later is in the place of all that would follow it."""
        found: list[Standing] = []
        for standing in sorted(self.standings, key=lambda one: one.number):
            while found and found[-1].at >= standing.at:
                found.pop()
            found.append(standing)
        return found

    def at(self, instant: datetime) -> Standing | None:
        """The standing in force at an instant, None before the first."""
        found = None
        for standing in self.in_force():
            if standing.at <= instant:
                found = standing
        return found

    def schedule_at(self, instant: datetime) -> Schedule:
        """The schedule that periods follow at an instant: another one after the cycle was reset."""
        return next((schedule for schedule, until in self._schedules() if until is None or instant < until))

    def due(self, after: datetime | None, up_to: datetime) -> tuple[Obligation, ...]:
        """What falls due after an instant (None: ever) and not later than another, by when it does."""
        return _in_order(one for one in self._owed(after, up_to) if one.due_at <= up_to)

    def next_due(self, after: datetime | None) -> datetime | None:
        """When something falls due for the first time after an instant, None if nothing ever does."""
        return min((one.due_at for one in self._owed(after, self._horizon(after))), default=None)

    def due_and_next(self, after: datetime | None, up_to: datetime) -> tuple[tuple[Obligation, ...], datetime | None]:
        """What `due` and then `next_due` say, worked out once."""
        since = up_to if after is None else max(after, up_to)
        owed = []
        later: datetime | None = None
        for one in self._owed(after, max(up_to, self._horizon(since))):
            # Nothing of a period falls due before it begins, so that later ones say nothing sooner than what is found.
            if later is not None and one.kind is Kind.PERIOD and one.period.start >= later:
                break
            if one.due_at <= up_to:
                owed.append(one)
            elif one.due_at > since and (later is None or one.due_at < later):
                later = one.due_at
        return _in_order(owed), later

    def _horizon(self, after: datetime | None) -> datetime:
        """An instant up to which whatever still recurs after another one, and after the last change, does so."""
        standings, schedule = self.in_force(), self._schedules()[-1][0]
        last = max([*(one.at for one in standings), *([after] if after else [])], default=None)
        if last is None:
            return start_of_day(schedule.start, schedule.zone)
        cycle = schedule.cycle
        number = cycle.number_on(max(day_in(last, schedule.zone), schedule.paid_from))
        return start_of_day(cycle.start_of(number + 2), schedule.zone)

    def _schedules(self) -> list[tuple[Schedule, datetime | None]]:
        """The schedules one after the other, as changes reset the cycle, each with the instant at which it ends."""
        standings = self.in_force()
        resets = [one for one in standings[1:] if one.when is When.RESET_CYCLE and one.components]
        found: list[tuple[Schedule, datetime | None]] = []
        schedule = self.schedule
        for reset in resets:
            found.append((schedule, reset.at))
            day = day_in(reset.at, schedule.zone)
            schedule = replace(schedule, start=day, trial_days=0, alignment=Alignment.ANNIVERSARY)
        return [*found, (schedule, None)]

    def _owed(self, after: datetime | None, up_to: datetime) -> Iterable[Obligation]:
        """What begins up to an instant and falls due after another one."""
        owed = self._begun(after, up_to)
        return owed if after is None else (one for one in owed if one.due_at > after)

    def _begun(self, after: datetime | None, up_to: datetime) -> Iterator[Obligation]:
        standings = self.in_force()
        if not standings:
            return
        yield from _once(standings)
        since: datetime | None = None
        for schedule, until in self._schedules():
            for billed in schedule.periods(_first_number(schedule, after)):
                start = billed.period.start if since is None else max(billed.period.start, since)
                end = billed.period.end if until is None else min(billed.period.end, until)
                if start > up_to or (until is not None and start >= until):
                    break
                if start < end:
                    yield from self._of_period(standings, schedule, billed, Period(start, billed.period.end), until)
                if _is_over(standings, billed.period.end):
                    break
            since = until

    def _of_period(
        self,
        standings: Sequence[Standing],
        schedule: Schedule,
        billed: BilledPeriod,
        period: Period,
        until: datetime | None,
    ) -> Iterator[Obligation]:
        whole = billed.whole.in_zone(schedule.zone)
        share = _ALL
        if billed.is_stub:
            share = self.policy.share(billed.period, whole, schedule.zone)
        stretches = list(_stretches(standings, period))
        begun = stretches[0][1]
        due = period.start if schedule.timing is Timing.ADVANCE else min(period.end, until or period.end)
        for component in begun.components if begun else ():
            if component.sort is Sort.FIXED:
                yield Obligation(component, Kind.PERIOD, period, share, due, period.start)
        for (_, before), (at, after) in itertools.pairwise(stretches):
            assert after is not None  # noqa: S101  only the first stretch may begin before the first standing
            if until is not None and at > until:
                break
            left = self.policy.left(whole, at, schedule.zone) - self.policy.left(whole, period.end, schedule.zone)
            yield from self._of_change(before, after, schedule, period, left, share, is_reset=at == until)
        yield from _used(stretches, period, until)

    def _of_change(
        self,
        before: Standing | None,
        after: Standing,
        schedule: Schedule,
        period: Period,
        left: Fraction,
        share: Fraction,
        *,
        is_reset: bool,
    ) -> Iterator[Obligation]:
        arrears = schedule.timing is Timing.ARREARS
        had = {one.key: one for one in (before.components if before else ()) if one.sort is Sort.FIXED}
        has = {one.key: one for one in after.components if one.sort is Sort.FIXED and not is_reset}
        refund = after.refund if after.ends and not arrears else Refund.PRORATED
        due = after.at if after.ends or is_reset or after.when is When.INVOICE_NOW else period.end
        if arrears and not after.ends and not is_reset:
            due = period.end
        rest, given_back = Period(after.at, period.end), left
        if refund is Refund.FULL:
            rest, given_back = period, share
        for key, component in had.items():
            if component != has.get(key) and refund is not Refund.NONE:
                yield Obligation(component, Kind.CREDIT, rest, -given_back, due, period.start, after.number)
        for key, component in has.items():
            if component != had.get(key):
                priced = period.start if key in had and had[key].terms == component.terms else after.at
                rest = Period(after.at, period.end)
                yield Obligation(component, Kind.DEBIT, rest, left, due, priced, after.number)


_RANKS: Final = {Kind.ONCE: 0, Kind.CREDIT: 1, Kind.DEBIT: 1, Kind.USAGE: 2, Kind.PERIOD: 3}


def _in_order(owed: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """What is given back stands before what is paid instead, and both before the next period."""
    return tuple(
        sorted(
            owed,
            key=lambda one: (one.due_at, _RANKS[one.kind], one.period.start, one.change, one.kind, one.component.key),
        )
    )


def _first_number(schedule: Schedule, after: datetime | None) -> int:
    """The number of the period before the one that an instant lies in: what was due earlier is not asked for."""
    if after is None:
        return 0
    cycle = schedule.cycle
    return max(0, cycle.number_on(day_in(after, schedule.zone)) - cycle.number_on(schedule.paid_from) - 1)


def _is_over(standings: Sequence[Standing], at: datetime) -> bool:
    return standings[-1].ends and standings[-1].at <= at


def _stretches(standings: Sequence[Standing], period: Period) -> Iterator[tuple[datetime, Standing | None]]:
    """The instants at which stretches of a period begin, each with the standing in force."""
    begun = None
    for standing in standings:
        if standing.at <= period.start:
            begun = standing
    yield period.start, begun
    for standing in standings:
        if period.start < standing.at < period.end:
            yield standing.at, standing


def _once(standings: Iterable[Standing]) -> Iterator[Obligation]:
    """What is paid once, when it is there for the first time."""
    seen: set[str] = set()
    for standing in standings:
        for component in standing.components:
            if component.sort is Sort.ONCE and component.key not in seen:
                seen.add(component.key)
                period = Period(standing.at, standing.at + _ONE_DAY)
                yield Obligation(component, Kind.ONCE, period, _ALL, standing.at, standing.at, standing.number)


def _used(
    stretches: Sequence[tuple[datetime, Standing | None]], period: Period, until: datetime | None
) -> Iterator[Obligation]:
    """What is used, by the stretches in which its terms are the same; its share is that of the period, for limits."""
    end = min(period.end, until or period.end)
    open_since: dict[str, tuple[Component, datetime]] = {}
    for at, standing in [*stretches, (end, None)]:
        if at > end:
            continue
        now = {one.key: one for one in (standing.components if standing else ()) if one.sort is Sort.USAGE}
        for key, (component, since) in list(open_since.items()):
            if now.get(key) != component:
                del open_since[key]
                if since < at:
                    ended = standing is not None and standing.ends
                    due = at if ended or at == end else end
                    stretch = Period(since, at)
                    yield Obligation(component, Kind.USAGE, stretch, period.share(stretch), due, period.start)
        for key, component in now.items():
            open_since.setdefault(key, (component, at))
