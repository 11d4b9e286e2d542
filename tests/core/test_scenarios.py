"""Scenarios: a few things of a plan said otherwise, read as a plan, and written into its text."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.drivers import grow_tree
from caudal.core.metrics import Direction
from caudal.core.plans import (
    Distribution,
    Label,
    Plan,
    Scenario,
    UnknownScenario,
    UnreadablePlan,
    apply_overrides,
    apply_scenario,
    difference,
    read_overrides,
    read_plan,
    read_scenario,
)
from caudal.core.simulate import Futures, contrast, simulate
from tests.core.test_plans import SHOP

BASE: Final = (
    SHOP
    + """
[targets.ads]
label = { en = "Ads", es = "Anuncios" }
lo = 2000
hi = 3000
unit = "EUR/month"

[budget.paid]
label = { en = "Paid", es = "De pago" }
target = "ads"
items = ["ads"]

[phases.start]
label = { en = "Start", es = "Arranque" }
months = [1, 3]

[ramps.launch]
label = { en = "Launch", es = "Arranque" }
ends = { start = 0.5 }

[drivers]
win = { shape = "triangular", likely = 0.3, why = { en = "As before", es = "Como antes" } }
ads.shape = "pert"  # a hill
ads.ramp = "launch"

[drivers.leads]
shape = "empirical"  # as it was
values = [
  1000, 1200,
  1500,
]

[responses.search]
label = { en = "Search", es = "Búsqueda" }
spend = "ads"
unit = "leads/month"
most = 500
half = 1000

[capacities.rooms]
label = { en = "Rooms", es = "Salas" }
unit = "leads/month"
needs = "leads"
has = "1500 [lead/month]"
"""
)
PIECES: Final[Mapping[str, str]] = {
    "targets.leads": 'lo = "1600/3"\nhi = 900\nunit = "leads/month"\n',
    "targets.win": 'lo = 0.2\nopen = true\nunit = "ratio"\n',
    "budget.paid": 'lo = 1000\nhi = 1_500\nunit = "EUR/month"\n',
    "drivers.win": 'shape = "fixed"\nlikely = 0.28\nunit = "ratio"\n',
    "drivers.ads": 'lo = 100\nhi = 4000\nunit = "EUR/month"\n',
    "drivers.leads": 'shape = "lognormal"\nlikely = 900\np95 = 1400\nramp = "launch"\nunit = "leads/month"\n',
    "ramps.launch": "start = 0.1\nends = { start = 0.7 }\n",
    "responses.search": 'most = 400\nlo = 10\nunit = "leads/month"\n',
    "capacities.rooms": "has = '1200 [lead/month]'\nunit = 'leads/month'\n",
}
WINTER: Final = Scenario(id="winter", label=Label("Winter", "Invierno"))


def beside(*names: str) -> str:
    return "\n".join(f"[{name}]\n{PIECES[name]}" for name in names)


def inside(*names: str, text: str = BASE, more: str = "") -> str:
    head = '\n[scenarios.winter]\nlabel = { en = "Winter", es = "Invierno" }\nauthor = "Ana"\n'
    return text + head + "\n".join(f"[scenarios.winter.{name}]\n{PIECES[name]}" for name in names) + more


def plan(text: str) -> Plan:
    read = read_plan(text)
    assert read.plan is not None, list(map(str, read.findings))
    return read.plan


def test_a_scenario_is_the_plan_with_what_it_says_otherwise() -> None:
    made = read_scenario(inside(*PIECES), "winter").plan
    assert made is not None
    ranges = {target.id: (str(target.lo), str(target.hi)) for target in made.targets}
    assert (ranges["win"], ranges["ads"]) == (("1/5", "None"), ("1000", "1500"))  # one by the line of the budget
    drivers = {driver.id: driver for driver in made.assumptions.drivers}
    assert (drivers["win"].shape, drivers["win"].middle) == (Distribution.FIXED, Fraction(28, 100))
    assert drivers["win"].why == Label("As before", "Como antes")  # what is not about its values stays
    # a likelihood is said as a whole: the hill of the plan is gone, the ramp is not
    assert (drivers["ads"].shape, str(drivers["ads"].hi), drivers["ads"].ramp) == (
        Distribution.UNIFORM,
        "4000",
        "launch",
    )
    assert (drivers["leads"].values, drivers["leads"].ramp) == ((), "launch")
    (curve,), (rooms,), (ramp,) = made.assumptions.responses, made.assumptions.capacities, made.assumptions.ramps
    assert [str(value) for value in (curve.most, curve.half, curve.lo)] == ["400", "1000", "10"]
    assert (rooms.needs, rooms.has) == ("leads", "1200 [lead/month]")
    assert (ramp.start, ramp.ends) == (Fraction(1, 10), (("start", Fraction(7, 10)),))
    assert made.scenario is not None
    assert (made.scenario.label.es, made.scenario.author, len(made.scenario.overrides)) == ("Invierno", "Ana", 9)
    changed = {(each.section, each.id) for each in difference(plan(BASE), made).differences}
    assert ("targets", "win") in changed
    assert not {
        each.id for each in difference(plan(BASE), read_scenario(inside(), "winter").plan or plan(BASE)).of("targets")
    }
    with pytest.raises(UnknownScenario, match="no scenario “wimter”"):
        read_scenario(inside(*PIECES), "wimter")


@settings(max_examples=8)
@given(st.lists(st.sampled_from(sorted(PIECES)), unique=True), st.booleans())
def test_a_scenario_written_into_the_text_is_the_plan_that_it_was(names: list[str], in_file: bool) -> None:  # noqa: FBT001  given by hypothesis
    text = inside(*names) if in_file else BASE
    made = read_scenario(text, "winter").plan if in_file else read_overrides(BASE, beside(*names), WINTER).plan
    written = apply_scenario(text, "winter") if in_file else apply_overrides(text, beside(*names), WINTER)
    assert made is not None
    found = [each for each in difference(made, plan(written)).differences if each.section != "scenarios"]
    assert found == []
    assert "a comment that stays." in written
    assert written.count("[drivers.leads]") == text.count("[drivers.leads]")
    if not names:
        assert written == text


def test_every_mistake_of_a_scenario_is_found_where_it_stands() -> None:
    wrong = """
[scenarios.winter.targets.lead]
lo = 1
hi = 2
unit = "leads/month"

[scenarios.winter.targets.win]
lo = 0.4
hi = 0.3
unit = "leads/month"

[scenarios.winter.targets.ads]
lo = 1
hi = 2
unit = "EUR/month"

[scenarios.winter.budget.paid]
lo = 1
hi = 2
unit = "EUR/month"

[scenarios.winter.drivers.win]
likely = 0.9
colour = "red"
unit = "ratio"
"""
    text = inside(more=wrong)
    read = read_plan(text, "shop.toml")
    assert read.plan is None
    first = text.count("\n", 0, text.index("[scenarios.winter.targets.lead]")) + 1
    assert [(finding.place.line - first, finding.code) for finding in read.findings] == [
        (0, "plan.unknown_target"),
        (6, "plan.reversed"),
        (8, "plan.other_unit"),
        (15, "plan.said_twice"),
        (22, "plan.unknown_key"),
    ]
    # what is wrong only together with the plan is found as well: 0.9 lies beyond the target's upper end
    (order,) = read_plan(inside(more='[scenarios.winter.drivers.win]\nlikely = 0.9\nunit = "ratio"\n')).findings
    assert (order.code, order.place.name) == ("plan.driver_order", "drivers.win")
    assert read_overrides(BASE, "[drivers.win]\nramp = 'none'\nunit = 'ratio'\n", WINTER).plan is None
    with pytest.raises(UnreadablePlan, match="no budget"):
        apply_overrides(BASE, "[budget.rent]\nlo = 1\nhi = 2\nunit = 'EUR/month'\n", WINTER)


def test_a_driver_that_only_a_target_speaks_of_gets_a_table_of_its_own() -> None:
    without = BASE[: BASE.index("[drivers]")]
    written = apply_overrides(without, beside("drivers.win"), WINTER)
    assert written == without + '\n[drivers.win]\nshape = "fixed"\nlikely = 0.28\n'


DEALS: Final = """
[formulas.deals]
label = { en = "Deals", es = "Ventas" }
unit = "deals/month"
value = "leads * win * 1 [deal/lead]"
"""


def futures(text: str) -> Futures:
    generator = np.random.Generator(np.random.PCG64(3))
    return simulate(grow_tree(plan(text)), runs=400, months=2, generator=generator, keep=["deals", "leads"])


def test_scenarios_meet_the_fortune_of_the_plan_so_that_what_differs_is_what_they_change() -> None:
    before = futures(BASE + DEALS)
    more = apply_overrides(BASE + DEALS, '[drivers.win]\nshape="triangular"\nlikely=0.33\nunit="ratio"\n', WINTER)
    after = futures(more)
    assert after.of("leads").months == before.of("leads").months  # a driver that is not changed is drawn alike
    found = contrast(before, after, "deals", better=Direction.HIGHER)
    assert found is not None
    # each future has a better rate than it had, whatever its luck; over futures the two overlap widely
    assert (found.better, found.worse) == (1.0, 0.0)
    assert 0 < found.p5 <= found.p50 <= found.p95
    assert (after.of("deals").last.p5 or 0) < (before.of("deals").last.p95 or 0)
    alike = contrast(before, futures(BASE + DEALS), "deals", better=Direction.HIGHER)
    assert alike is not None
    assert (alike.p5, alike.p95, alike.better, alike.worse) == (0, 0, 0, 0)
    # the order in which a file names its drivers is no matter of fortune
    moved = BASE[: BASE.index("[drivers.leads]")] + BASE[BASE.index("[responses.search]") :]
    moved = moved.replace(
        "[drivers]\n", BASE[BASE.index("[drivers.leads]") : BASE.index("[responses.search]")] + "[drivers]\n"
    )
    assert futures(moved + DEALS).of("deals").months == before.of("deals").months
