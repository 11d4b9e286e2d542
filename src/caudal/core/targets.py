"""Plan versus actual, as arithmetic: where a number should be today, where it will end, and whether that is enough.

All of it is exact: shares of time and numbers are fractions, and what is compared is never rounded first.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.metrics import Direction, Metric

FLOWS: Final = frozenset({"sum", "count", "distinct"})
"""The kinds of metrics that grow with the period: half of it gone, half of it due. The others are levels."""


class State(StrEnum):
    """How a target stands."""

    AHEAD = "ahead"
    """Better than the interval asks for."""
    ON_TRACK = "on_track"
    BEHIND = "behind"
    """The projection misses the interval on its bad side, or on either side of a band."""
    NO_DATA = "no_data"

    @property
    def is_met(self) -> bool:
        """Whether the target will be met if all goes on as it has."""
        return self in {State.AHEAD, State.ON_TRACK}


@dataclass(frozen=True, slots=True)
class Goal:
    """The interval to be in and which way is better. `hi` is None for an open end; `flow` says if it fills with time.

    >>> leads = Goal(Fraction(500), None, Direction.HIGHER, flow=True)
    >>> verdict = judge(leads, Fraction(312), elapsed=Fraction(3, 4))  # 375 are due, 312 / 0.75 = 416 to be expected
    >>> verdict.state.value, *map(str, (verdict.pace, verdict.projection, verdict.miss, verdict.lag))
    ('behind', '375', '416', '84', '63/500')
    """

    lo: Fraction
    hi: Fraction | None
    direction: Direction
    flow: bool

    @property
    def bound(self) -> Fraction | None:
        """The end that must be reached, or must not be passed; None where nothing can be too much."""
        return self.hi if self.direction is Direction.LOWER else self.lo

    def pace(self, elapsed: Fraction) -> Fraction | None:
        """Where the number should be when a share of the period has gone by; None for a level, due at any time."""
        return self.bound * elapsed if self.flow and self.bound is not None else None

    def state(self, value: Fraction) -> State:
        """How a number stands that is final.

        >>> cycle = Goal(Fraction(30), Fraction(60), Direction.LOWER, flow=False)
        >>> [cycle.state(Fraction(days)).value for days in (29, 30, 60, 61)]
        ['ahead', 'on_track', 'on_track', 'behind']
        """
        below, above = value < self.lo, self.hi is not None and value > self.hi
        if not below and not above:
            return State.ON_TRACK
        better = {Direction.HIGHER: above, Direction.LOWER: below, Direction.BAND: False}[self.direction]
        return State.AHEAD if better else State.BEHIND

    def missed(self, value: Fraction) -> Fraction | None:
        """The end of the interval that a number misses, on a side that counts against it; None where none does."""
        if self.state(value) is not State.BEHIND:
            return None
        return self.lo if self.hi is None or value < self.lo else self.hi


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a target stands: the numbers, and the state that follows from them. None where nobody can know.

    `projection` is what the period will end with, `pace` what is due by now, `missed` the end of the interval that
    the projection misses. `lag` is the share of the period's working time by which a flow trails its pace (or, where
    too much is the miss, runs before it); negative when it has time in hand.
    """

    state: State
    actual: Fraction | None = None
    projection: Fraction | None = None
    pace: Fraction | None = None
    missed: Fraction | None = None
    lag: Fraction | None = None

    @property
    def miss(self) -> Fraction:
        """How far the projection lies outside the interval, in the unit of the target; 0 for one that is met."""
        if self.missed is None or self.projection is None:
            return Fraction(0)
        return abs(self.projection - self.missed)

    @property
    def severity(self) -> Fraction:
        """The miss as a part of the end that is missed, which compares targets of different units.

        A miss of zero itself counts as whole.
        """
        return self.miss / abs(self.missed) if self.missed else Fraction(bool(self.miss))


def judge(goal: Goal, actual: Fraction | None, *, elapsed: Fraction) -> Verdict:
    """Compare a number with its goal when a share of the period's working time (0 to 1) has gone by.

    A flow ends with what it has divided by that share; before any working time nothing can be said of it. A level is
    what it is.

    >>> win_rate = Goal(Fraction(1, 4), Fraction(7, 20), Direction.HIGHER, flow=False)
    >>> judge(win_rate, Fraction(3, 10), elapsed=Fraction(1, 9)).state.value
    'on_track'
    """
    assert 0 <= elapsed <= 1, "a share of time is from 0 to 1"  # noqa: S101  our own mistake
    pace = goal.pace(elapsed)
    projection = project(actual, elapsed=elapsed, flow=goal.flow)
    if actual is None or projection is None:
        return Verdict(State.NO_DATA, actual=actual, pace=pace)
    missed = goal.missed(projection)
    return Verdict(
        goal.state(projection),
        actual=actual,
        projection=projection,
        pace=pace,
        missed=missed,
        lag=_lag(goal, actual, elapsed, missed),
    )


def project(actual: Fraction | None, *, elapsed: Fraction, flow: bool) -> Fraction | None:
    """What a number will be at the end of a period if it goes on as it has; None where nobody can know.

    >>> project(Fraction(312), elapsed=Fraction(3, 4), flow=True)
    Fraction(416, 1)
    """
    if actual is None or (flow and not elapsed):
        return None
    return actual / elapsed if flow else actual


def is_flow(metric: Metric) -> bool:
    """Whether a metric fills with time: sums and counts do, ratios, means and balances do not."""
    return metric.kind in FLOWS


def _lag(goal: Goal, actual: Fraction, elapsed: Fraction, missed: Fraction | None) -> Fraction | None:
    end = goal.bound if missed is None else missed
    if not goal.flow or not end:
        return None
    over = (actual - end * elapsed) / abs(end)
    too_much = goal.direction is Direction.LOWER if missed is None else missed == goal.hi and over > 0
    return over if too_much else -over
