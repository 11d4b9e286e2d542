"""Futures of plans: repeatable, inside the exact ranges, and right where the answer is known."""

import math
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.drivers import Tree, grow_tree, node_ranges
from caudal.core.plans import Curve, Distribution, Driver, Label, Response, Unit, read_plan
from caudal.core.simulate import (
    BudgetOutOfReach,
    Futures,
    NothingToSimulate,
    brought,
    normal_share,
    numbers_of,
    simulate,
    solve,
    split_budget,
    tornado,
    values_at,
)

SEED: Final = Path(__file__).parents[2] / "src" / "caudal" / "plan" / "plans" / "estrategia.toml"
HEAD: Final = '[plan]\nid = "p"\nname = { en = "p", es = "p" }\ncurrency = "EUR"\nmonths = 3\n[targets]\n'
WORDS: Final = 'label = { en = "x", es = "x" }\n'
NONE: Final = Label("", "")


def chance(seed: int = 7) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@cache
def seed_tree() -> Tree:
    plan = read_plan(SEED.read_bytes()).plan
    assert plan is not None
    return grow_tree(plan)


@cache
def seed_futures() -> Futures:
    return simulate(seed_tree(), runs=200, months=12, generator=chance())


def grown(text: str) -> Tree:
    read = read_plan(HEAD + text)
    assert read.plan is not None, [str(finding) for finding in read.findings]
    tree = grow_tree(read.plan)
    assert not tree.findings
    return tree


def driver(shape: Distribution, lo: float, hi: float | None, likely: float | None = None, **more: object) -> Driver:
    ends = {
        name: None if end is None else Fraction(str(end)) for name, end in (("lo", lo), ("hi", hi), ("likely", likely))
    }
    return Driver(id="d", label=NONE, unit=Unit.parse("EUR"), shape=shape, **ends, **more)  # type: ignore[arg-type]  # a table of cases


def test_the_first_plan_grows_without_a_finding_and_computes_its_own_totals() -> None:
    tree = seed_tree()
    assert tree.findings == ()
    # The mean of the year's budget: the middles of its twelve lines, $10.875 million.
    assert math.isclose(numbers_of(tree, 12)["b_tot"], 10_875_000)
    assert {"gross", "prim", "deals", "velocity", "new_cust", "growth_m", "roi", "cpl"} <= set(tree.by_id)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    again = simulate(seed_tree(), runs=200, months=12, generator=chance())
    assert repr(again.to_json()) == repr(seed_futures().to_json())
    assert repr(simulate(seed_tree(), runs=200, months=12, generator=chance(8)).to_json()) != repr(again.to_json())


def test_means_and_quantiles_of_the_first_plan_lie_inside_its_exact_ranges() -> None:
    spans = node_ranges(seed_tree(), 12)
    for series in seed_futures().series:
        for month, span in zip(series.months, spans, strict=True):
            inside(month.mean, span[series.node.id])
            inside(month.p5, span[series.node.id])
            inside(month.p95, span[series.node.id])


def inside(value: float | None, span: object) -> None:
    if value is None:
        return
    lo, hi = getattr(span, "lo", None), getattr(span, "hi", None)
    assert lo is None or float(lo) - abs(float(lo)) * 1e-9 <= value
    assert hi is None or value <= float(hi) + abs(float(hi)) * 1e-9


@settings(max_examples=8)
@given(st.data())
def test_means_of_any_tree_lie_inside_its_exact_ranges(data: st.DataObject) -> None:
    ends = st.tuples(st.integers(-5, 5), st.integers(0, 5)).map(lambda pair: (pair[0], pair[0] + pair[1]))
    text, names = "", []
    for place, (lo, hi) in enumerate(data.draw(st.lists(ends, min_size=1, max_size=3))):
        shape = data.draw(st.sampled_from(["uniform", "triangular", "pert", "normal"]))
        names.append(f"d{place}")
        text += f'[drivers.d{place}]\n{WORDS}lo = {lo}\nhi = {hi}\nunit = "ratio"\nshape = "{shape}"\n'
    for place in range(data.draw(st.integers(1, 3))):
        one, other = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
        sign = data.draw(st.sampled_from(["+", "-", "*", "/"]))
        form = data.draw(st.sampled_from(["{a} {s} {b}", "min({a}, {b} {s} 2)", "coalesce(f{n}.before, 1) {s} {a}"]))
        text += (
            f'[formulas.f{place}]\n{WORDS}unit = "ratio"\nvalue = "{form.format(a=one, b=other, s=sign, n=place)}"\n'
        )
        names.append(f"f{place}")
    tree = grown(text)
    futures = simulate(tree, runs=50, months=3, generator=chance())
    for series in futures.series:
        for month, span in zip(series.months, node_ranges(tree, 3), strict=True):
            inside(month.mean, span[series.node.id])


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50), st.integers(1, 4)), min_size=1, max_size=4))
def test_the_median_of_a_linear_tree_of_symmetric_drivers_is_its_midpoint(parts: list[tuple[int, int, int]]) -> None:
    shapes = ("uniform", "triangular", "pert", "normal")
    text = "".join(
        f'[drivers.d{n}]\n{WORDS}lo = {lo}\nhi = {lo + width}\nunit = "ratio"\nshape = "{shapes[n]}"\n'
        for n, (lo, width, _) in enumerate(parts)
    )
    sum_of = " + ".join(f"{factor} * d{n}" for n, (_, _, factor) in enumerate(parts))
    text += f'[formulas.f]\n{WORDS}unit = "ratio"\nvalue = "{sum_of}"\n'
    runs = 1000
    futures = simulate(grown(text), runs=runs, months=1, generator=chance())
    midpoint = sum(factor * (lo + width / 2) for lo, width, factor in parts)
    spread = sum(factor * width for _, width, factor in parts)
    # The standard error of a median is 1 / (2 f √n); the density f at the middle is at least 1 / spread.
    error = spread / (2 * math.sqrt(runs))
    assert futures.of("f").last.p50 == pytest.approx(midpoint, abs=4 * error)


@pytest.mark.parametrize(
    ("one", "quantiles"),
    [
        (driver(Distribution.UNIFORM, 0, 4), {0.25: 1.0, 0.5: 2.0}),
        (driver(Distribution.TRIANGULAR, 0, 2), {0.5: 1.0, 0.125: 0.5}),
        # PERT of 0, 1, 2 is a beta (3, 3): half below the middle, 17/1024·… a half at 0.5 → 10 x³ - 15 x⁴ + 6 x⁵ = 0.103515625.
        (driver(Distribution.PERT, 0, 2), {0.5: 1.0, 0.103515625: 0.5}),
        (driver(Distribution.NORMAL, 0, 100, 50, p95=Fraction(60)), {0.5: 50.0, 0.95: 60.0}),
        (driver(Distribution.LOGNORMAL, 0, None, 10, p95=Fraction(40)), {0.5: 10.0, 0.95: 40.0, 0.05: 2.5}),
        (driver(Distribution.EMPIRICAL, 1, 9, values=(Fraction(9), Fraction(1), Fraction(3))), {0.5: 3.0, 0.75: 6.0}),
        (driver(Distribution.FIXED, 3, 3), {0.1: 3.0, 0.9: 3.0}),
    ],
)
def test_distributions_have_the_quantiles_of_the_books(one: Driver, quantiles: dict[float, float]) -> None:
    found = values_at(one, np.array(list(quantiles)))
    assert found.tolist() == pytest.approx(list(quantiles.values()), rel=2e-5)


def test_the_normal_distribution_agrees_with_the_error_function() -> None:
    points = np.linspace(-9, 9, 181)
    exact = [math.erfc(-z / math.sqrt(2)) / 2 for z in points]
    assert normal_share(points).tolist() == pytest.approx(exact, rel=1e-10)


def test_drivers_that_go_together_do_so_in_what_is_drawn() -> None:
    pair = "".join(f'[drivers.{name}]\n{WORDS}lo = 0\nhi = 1\nunit = "share"\n' for name in "ab")
    tree = grown(
        f'{pair}[correlations.c]\nof = ["a", "b"]\nstrength = 1\n[formulas.f]\n{WORDS}unit = "ratio"\nvalue = "a - b"\n'
    )
    futures = simulate(tree, runs=500, months=1, generator=chance())
    last = futures.of("f").last
    assert last.p5 == pytest.approx(0, abs=1e-9)
    assert last.p95 == pytest.approx(0, abs=1e-9)
    assert futures.of("a").last.p95 == pytest.approx(0.95, abs=0.05)


def test_what_matters_is_told_by_sobol_indices_and_ranks() -> None:
    # f = 3a - 4b of two uniform numbers: variances 9 and 16 of 25, so 36 % and 64 %.
    pair = "".join(f'[drivers.{name}]\n{WORDS}lo = 0\nhi = 1\nunit = "ratio"\n' for name in "ab")
    tree = grown(f'{pair}[formulas.f]\n{WORDS}unit = "ratio"\nvalue = "3 * a - 4 * b"\n')
    influences = simulate(tree, runs=20_000, months=1, generator=chance()).of("f").influences
    assert [one.driver for one in influences] == ["b", "a"]
    assert [one.share for one in influences] == pytest.approx([0.64, 0.36], abs=0.02)
    assert influences[0].rank < 0 < influences[1].rank


def test_a_target_is_reached_in_the_share_of_futures_in_which_it_is() -> None:
    # A uniform number from 0 to 10 is 7 or more in 3 of 10 cases, and at most 2 in 2 of 10 where less is better.
    text = ""
    for name, lo, hi, better in (("more", "7", "9", "higher"), ("less", "1", "2", "lower"), ("band", "4", "6", "band")):
        text += f'[targets.{name}]\n{WORDS}lo = {lo}\nhi = {hi}\nunit = "ratio"\n'
        text += f'[formulas.{name}]\nvalue = "x"\nbetter = "{better}"\n'
    tree = grown(f'{text}[drivers.x]\n{WORDS}lo = 0\nhi = 10\nunit = "ratio"\n')
    futures = simulate(tree, runs=4000, months=2, generator=chance())
    # Four standard errors of a share: 4 √(0.21 / 4000) < 0.03.
    assert [futures.of(name).last.chance for name in ("more", "less", "band")] == pytest.approx(
        [0.3, 0.2, 0.2], abs=0.03
    )
    assert futures.together == 0
    stopped = simulate(tree, runs=10, months=2, generator=chance(), fixed={"x": 8.0}, on_month=lambda _: False)
    assert (stopped.months, stopped.of("more").last.chance, stopped.of("less").last.chance) == (1, 1, 0)
    with pytest.raises(NothingToSimulate):
        simulate(
            grown(f'[targets.alone]\n{WORDS}lo = 1\nhi = 2\nunit = "ratio"\n'), runs=1, months=1, generator=chance()
        )


def test_what_must_be_true_is_found_within_a_range_beyond_it_or_nowhere() -> None:
    text = f'[drivers.leads]\n{WORDS}lo = 100\nhi = 200\nunit = "leads/month"\n[drivers.win]\n{WORDS}lo = 0.1\nhi = 0.2\nunit = "share"\n'
    tree = grown(f'{text}[formulas.won]\n{WORDS}unit = "leads/month"\nvalue = "leads * win"\n')
    # Usually 150 leads × 15 % = 22.5. 27 needs 180 leads, or 18 %; 60 needs 400 leads, and 40 %; 200 needs more than all.
    within, beyond = solve(tree, "won", 27.0, "leads", months=1), solve(tree, "won", 60.0, "win", months=1)
    assert [within.value, beyond.value] == pytest.approx([180, 0.4])
    assert (within.within, beyond.within) == (True, False)
    never = solve(tree, "won", 200.0, "win", months=1)
    assert never.value is None
    assert [never.best, never.reached] == pytest.approx([1, 150])
    bars = tornado(tree, "won", months=1)
    # 5 % to 95 %: 105 to 195 leads make 15.75 to 29.25, and so do 10.5 % to 19.5 %.
    assert [(bar.at_low, bar.at_high) for bar in bars] == [pytest.approx((15.75, 29.25))] * 2


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90), st.integers(0, 40)), min_size=1, max_size=5),
    st.floats(0, 1),
)
def test_no_split_of_a_budget_is_better_than_the_best(channels: list[tuple[int, int, int]], share: float) -> None:
    curves = [
        (
            Response(
                id="", label=NONE, spend="", unit=Unit.parse("leads/month"), most=Fraction(most), half=Fraction(half)
            ),
            0.0,
            float(room),
        )
        for most, half, room in channels
    ]
    budget = share * sum(room for _, _, room in channels)
    best = split_budget(curves, budget)
    assert sum(each.spend for each in best.shares) == pytest.approx(budget, abs=1e-6)
    assert best.gap <= 1e-6 * max(best.brings, 1)
    spread = [room * share for _, _, room in channels]
    assert best.brings >= sum(m * x / (h + x) for (m, h, _), x in zip(channels, spread, strict=True)) - 1e-9
    with pytest.raises(BudgetOutOfReach):
        split_budget(curves, sum(room for _, _, room in channels) + 1.0)


def curve_of(form: Curve, most: int, half: int, power: Fraction) -> Response:
    points = ((Fraction(half), Fraction(most)), (Fraction(2 * half), Fraction(most) * (1 + power)))
    return Response(
        id="",
        label=NONE,
        spend="",
        unit=Unit.parse("leads/month"),
        curve=form,
        most=Fraction(most),
        half=Fraction(half),
        power=power,
        points=points if form is Curve.PIECES else (),
    )


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(Curve), st.integers(1, 90), st.integers(1, 90), st.integers(1, 40), st.integers(1, 9)
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)]),
    st.floats(0.01, 0.99),
)
def test_a_split_over_curves_of_any_form_is_the_best_or_says_how_far_from_it_any_other_can_be(
    channels: list[tuple[Curve, int, int, int, int]], power: Fraction, share: float
) -> None:
    curves = [(curve_of(form, most, half, power), 0.0, float(room)) for form, most, half, room, _ in channels]
    budget = share * sum(room for _, _, room in curves)
    best = split_budget(curves, budget)
    assert sum(each.spend for each in best.shares) == pytest.approx(budget)
    assert all(each.lo - 1e-9 <= each.spend <= each.hi + 1e-9 for each in best.shares)
    if not best.slow:
        assert best.gap <= 1e-6 * max(best.brings, 1)
    # Any other split: all alike in their ranges, or by weights as far as the ranges go.
    weights = [min(each[4] * budget / sum(one[4] for one in channels), each[3]) for each in channels]
    for other in ([room * share for _, _, room in curves], weights):
        told = sum(brought(curve, spend) for (curve, _, _), spend in zip(curves, other, strict=True))
        assert told <= best.brings + best.gap + 1e-6 * max(best.brings, 1)
        assert not best.slow or told <= best.brings * 1.01 + 1e-6


@pytest.mark.parametrize("form", list(Curve))
def test_a_curve_brings_in_the_tree_what_it_brings_in_a_split(form: Curve) -> None:
    numbers = {
        Curve.SATURATION: "most = 90\nhalf = 40",
        Curve.HILL: "most = 90\nhalf = 40\nsteepness = 1.5",
        Curve.EXPONENTIAL: "most = 90\nhalf = 40",
        Curve.POWER: "brings = 90\nat = 40\nexponent = 0.5",
        Curve.PIECES: "sums = [10, 40]\nbring = [30, 60]",
    }[form]
    text = f'[drivers.ads]\n{WORDS}lo = 0\nhi = 100\nunit = "USD/month"\n'
    tree = grown(f'{text}[responses.search]\n{WORDS}spend = "ads"\nunit = "leads/month"\ncurve = "{form}"\n{numbers}\n')
    (curve,) = tree.responses
    # At 25 of 100: 90 × 25 ÷ 65; 90 × 0.625^1.5 ÷ (1 + 0.625^1.5); 90 × (1 − 2^−0.625); 90 × √0.625; 30 + 30 × 15 ÷ 30.
    expected = {"saturation": 34.615, "hill": 29.764, "exponential": 31.643, "power": 71.151, "pieces": 45}[form]
    assert numbers_of(tree, 1, {"ads": 25.0})["search"] == pytest.approx(expected, abs=1e-3)
    assert brought(curve, 25.0) == pytest.approx(expected, abs=1e-3)
    assert curve.is_concave == (form is not Curve.HILL)
    scaled = curve.scaled(Fraction(1, 10))
    assert brought(scaled, 2.5) == pytest.approx(expected / 10, abs=1e-3)


@pytest.mark.parametrize(
    ("numbers", "code", "at"),
    [
        ('curve = "hill"\nmost = 3\nhalf = 4', "plan.curve_incomplete", "[responses"),
        ("most = 3\nhalf = 4\nexponent = 1", "plan.curve_other_form", "exponent"),
        ('curve = "power"\nbrings = 3\nat = 0\nexponent = 1', "plan.bad_curve", "at"),
        ('curve = "pieces"\nsums = [2, 1]\nbring = [1, 2]', "plan.bad_curve", "[responses"),
        ('curve = "pieces"\nsums = [1]\nbring = [1, 2]', "plan.bad_curve", "[responses"),
        ('curve = "waves"\nmost = 3\nhalf = 4', "plan.unknown_word", "curve"),
    ],
)
def test_a_curve_that_cannot_be_is_found_at_its_place(numbers: str, code: str, at: str) -> None:
    text = f'{HEAD}[drivers.ads]\n{WORDS}lo = 0\nhi = 100\nunit = "USD/month"\n'
    text += f'[responses.search]\n{WORDS}spend = "ads"\nunit = "leads/month"\n{numbers}\n'
    findings = read_plan(text.encode()).findings
    assert [finding.code for finding in findings] == [code]
    assert text.splitlines()[findings[0].place.line - 1].startswith(at)
