"""The laws of pace, projection and state."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.metrics import REGISTRY, Direction
from caudal.core.targets import Goal, State, is_flow, judge, project

ORDER = {State.BEHIND: 0, State.ON_TRACK: 1, State.AHEAD: 2}
numbers = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=1000)
positive = st.fractions(min_value=Fraction(1, 100), max_value=10**9, max_denominator=1000)
shares = st.fractions(min_value=0, max_value=1, max_denominator=5000)
begun = shares.filter(bool)


@st.composite
def goals(draw: st.DrawFn, directions: tuple[Direction, ...] = tuple(Direction)) -> Goal:
    lo, hi = sorted((draw(positive), draw(positive)))
    return Goal(lo, draw(st.sampled_from([hi, None])), draw(st.sampled_from(directions)), flow=draw(st.booleans()))


@given(goal=goals((Direction.HIGHER,)), one=numbers, other=numbers, elapsed=begun)
def test_where_more_is_better_more_never_makes_it_worse(
    goal: Goal, one: Fraction, other: Fraction, elapsed: Fraction
) -> None:
    less, more = sorted((one, other))
    assert ORDER[judge(goal, less, elapsed=elapsed).state] <= ORDER[judge(goal, more, elapsed=elapsed).state]


@given(goal=goals((Direction.LOWER,)), one=numbers, other=numbers, elapsed=begun)
def test_where_less_is_better_less_never_makes_it_worse(
    goal: Goal, one: Fraction, other: Fraction, elapsed: Fraction
) -> None:
    less, more = sorted((one, other))
    assert ORDER[judge(goal, less, elapsed=elapsed).state] >= ORDER[judge(goal, more, elapsed=elapsed).state]


@given(goal=goals((Direction.BAND,)), value=numbers)
def test_a_band_is_met_inside_and_nowhere_else(goal: Goal, value: Fraction) -> None:
    inside = goal.lo <= value and (goal.hi is None or value <= goal.hi)
    assert goal.state(value).is_met == inside


@given(actual=numbers, flow=st.booleans())
def test_at_the_end_of_a_period_the_projection_is_the_actual(actual: Fraction, flow: bool) -> None:  # noqa: FBT001  drawn
    assert project(actual, elapsed=Fraction(1), flow=flow) == actual


@given(goal=goals(), elapsed=begun)
def test_whoever_keeps_the_pace_exactly_meets_the_target_and_lags_by_nothing(goal: Goal, elapsed: Fraction) -> None:
    pace = goal.pace(elapsed)
    if pace is not None:
        verdict = judge(goal, pace, elapsed=elapsed)
        assert verdict.projection == goal.bound
        assert verdict.state.is_met
        assert (verdict.lag, verdict.miss) == (Fraction(0), Fraction(0))


@given(goal=goals(), actual=numbers, elapsed=begun, size=positive)
def test_plan_and_actual_of_another_size_stand_as_before(
    goal: Goal, actual: Fraction, elapsed: Fraction, size: Fraction
) -> None:
    other = Goal(goal.lo * size, None if goal.hi is None else goal.hi * size, goal.direction, flow=goal.flow)
    one, scaled = judge(goal, actual, elapsed=elapsed), judge(other, actual * size, elapsed=elapsed)
    assert (scaled.state, scaled.severity, scaled.lag) == (one.state, one.severity, one.lag)
    assert scaled.miss == one.miss * size


@given(goal=goals(), actual=numbers, elapsed=begun)
def test_a_miss_is_there_exactly_when_the_target_is_not_met(goal: Goal, actual: Fraction, elapsed: Fraction) -> None:
    verdict = judge(goal, actual, elapsed=elapsed)
    assert (verdict.miss > 0) == (verdict.severity > 0) == (not verdict.state.is_met)
    if goal.flow and not verdict.state.is_met:
        assert verdict.lag is not None
        assert verdict.lag > 0


@given(goal=goals(), elapsed=shares)
def test_what_nobody_knows_is_neither_on_track_nor_behind(goal: Goal, elapsed: Fraction) -> None:
    verdict = judge(goal, None, elapsed=elapsed)
    assert verdict.state is State.NO_DATA
    assert verdict.projection is None
    assert not verdict.state.is_met


@pytest.mark.parametrize(
    ("direction", "lo", "hi", "actual", "state", "miss"),
    [
        # a flow at a quarter of its time: 312 becomes 1,248
        (Direction.HIGHER, 1248, None, 312, State.ON_TRACK, 0),
        (Direction.HIGHER, 1249, None, 312, State.BEHIND, 1),
        (Direction.HIGHER, 1000, 1200, 312, State.AHEAD, 0),
        (Direction.LOWER, 1000, 1247, 312, State.BEHIND, 1),
        (Direction.LOWER, 1000, 1248, 312, State.ON_TRACK, 0),
        (Direction.LOWER, 1300, 1400, 312, State.AHEAD, 0),
        (Direction.LOWER, 1000, None, 312, State.ON_TRACK, 0),
        (Direction.BAND, 1000, 1247, 312, State.BEHIND, 1),
        (Direction.BAND, 1300, 1400, 312, State.BEHIND, 52),
    ],
)
def test_states_turn_at_the_ends_of_the_interval(
    direction: Direction, lo: int, hi: int | None, actual: int, state: State, miss: int
) -> None:
    goal = Goal(Fraction(lo), None if hi is None else Fraction(hi), direction, flow=True)
    verdict = judge(goal, Fraction(actual), elapsed=Fraction(1, 4))
    assert (verdict.state, verdict.miss) == (state, Fraction(miss))


def test_a_flow_before_any_working_time_says_nothing_and_a_level_does() -> None:
    flow = Goal(Fraction(100), None, Direction.HIGHER, flow=True)
    level = Goal(Fraction(100), None, Direction.HIGHER, flow=False)
    assert judge(flow, Fraction(7), elapsed=Fraction(0)).state is State.NO_DATA
    assert judge(level, Fraction(7), elapsed=Fraction(0)).state is State.BEHIND


def test_spending_that_runs_before_its_pace_lags() -> None:
    # half of at most 100 is due; 60 are spent, a tenth of the period early
    budget = Goal(Fraction(50), Fraction(100), Direction.LOWER, flow=True)
    assert judge(budget, Fraction(60), elapsed=Fraction(1, 2)).lag == Fraction(1, 10)


def test_a_flow_above_its_band_lags_by_what_it_runs_before_the_upper_end() -> None:
    # at half time at most 50 of 100 are due; 60 are a tenth of the period early
    band = Goal(Fraction(80), Fraction(100), Direction.BAND, flow=True)
    assert judge(band, Fraction(60), elapsed=Fraction(1, 2)).lag == Fraction(1, 10)


def test_sums_and_counts_fill_with_time_and_ratios_do_not() -> None:
    flows = {metric.id for metric in REGISTRY.metrics.values() if is_flow(metric)}
    assert {"leads", "deals_closed", "revenue_won"} <= flows
    assert not flows & {"win_rate", "deal_size", "cycle_mean", "lead_conversion"}
