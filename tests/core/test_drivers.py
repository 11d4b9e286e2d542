"""How the numbers of a plan follow from its drivers, and what is said where they cannot."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from caudal.core.drivers import Origin, Tree, grow_tree, node_ranges
from caudal.core.plans import read_plan

GYM: Final = (Path(__file__).parents[1] / "plan" / "data" / "gym.toml").read_text(encoding="utf-8")
HEAD: Final = """
[plan]
id = "shop"
name = { en = "Shop", es = "Tienda" }
currency = "EUR"
months = 6
[phases.opening]
label = { en = "Opening", es = "Apertura" }
months = [1, 2]
[targets]
"""


def target(name: str, unit: str, lo: str = "1", hi: str = "2", metric: str = "") -> str:
    end = f"hi = {hi}" if hi else "open = true"
    words = f'label = {{ en = "{name}", es = "{name}" }}\nlo = {lo}\n{end}\nunit = "{unit}"\n'
    return f"[targets.{name}]\n{words}" + (f'metric = "{metric}"\n' if metric else "")


def driver(name: str, unit: str, lo: str, hi: str, more: str = "") -> str:
    words = f'label = {{ en = "{name}", es = "{name}" }}\nunit = "{unit}"\nlo = {lo}\nhi = {hi}\n'
    return f"[drivers.{name}]\n{words}{more}\n"


def grown(text: str) -> Tree:
    read = read_plan(HEAD + text, "shop.toml")
    assert read.plan is not None, [str(finding) for finding in read.findings]
    return grow_tree(read.plan)


def test_formulas_go_before_checks_and_checks_before_identities() -> None:
    metrics = (
        ("deals", "deals/month", "deals_closed"),
        ("size", "EUR/deal", "deal_size"),
        ("won", "EUR/month", "revenue_won"),
    )
    plan = (
        "".join(target(name, unit, metric=metric) for name, unit, metric in metrics)
        + "[drivers.deals]\n[drivers.size]\n"
    )
    check = '[checks.c]\nstatement = { en = "c", es = "c" }\nvalue = "2 * deals * size"\nequals = "won"\n'
    for text, origin, formula in (
        (plan, Origin.IDENTITY, "deals * size"),
        (plan + check, Origin.CHECK, "2 * deals * size"),
        (plan + check + '[formulas.won]\nvalue = "3 * deals * size"\n', Origin.FORMULA, "3 * deals * size"),
    ):
        won = grown(text).by_id["won"]
        assert (won.origin, won.formula, won.inputs) == (origin, formula, ("deals", "size"))


def test_a_plan_without_drivers_takes_the_ranges_that_something_follows_from() -> None:
    plan = read_plan(GYM).plan
    assert plan is not None
    tree = grow_tree(plan)
    assert {node.origin for node in tree.drivers} == {Origin.ASSUMED}
    # 5,000-6,000 visits × 2-3 % ask; 200-300 orders × €20-25.
    ranges = node_ranges(tree, 1)[0]
    assert str(ranges["enquiries"]) == "[100, 180]"
    assert str(ranges["shop_income"]) == "[4000, 7500]"
    assert "€" not in tree.by_id["enquiries"].formula


def test_what_a_number_was_the_month_before_goes_into_it() -> None:
    stock = """
        [formulas.members]
        label = { en = "Members", es = "Socios" }
        unit = "customers"
        value = "members.before * stay + joins * 1 [month]"
        starts = "10"
        [ramps.r]
        label = { en = "Ramp", es = "Rampa" }
        ends = { opening = 1 }
        """
    tree = grown(
        stock + driver("stay", "share", "0.5", "0.5") + driver("joins", "customers/month", "4", "8", 'ramp = "r"')
    )
    # 10 / 2 + half of 4-8, then half of that + 4-8, then the same again.
    spans = [str(month["members"]) for month in node_ranges(tree, 3)]
    assert spans == ["[7, 9]", "[7.5, 12.5]", "[7.75, 14.25]"]
    assert tree.above["joins"] == {"members"}
    assert tree.by_id["members"].before == ("members",)


@pytest.mark.parametrize(
    ("formulas", "code", "said"),
    [
        ({"a": "b * 2", "b": "a / 2"}, "tree.circle", "“a” is computed from b"),
        ({"a": "open_end"}, "tree.missing", "[drivers.open_end]"),
        ({"a": "nothing + 1"}, "expression.field_unknown", "nothing"),
        ({"a": "x * 1 [EUR]"}, "tree.units", "EUR/month"),
        ({"a": "x +"}, "expression.unreadable", ""),
        ({"a": "lower(x)"}, "expression.function_unknown", "lower"),
    ],
)
def test_a_formula_that_cannot_be_used_is_found_at_its_place(formulas: dict[str, str], code: str, said: str) -> None:
    text = target("open_end", "EUR/month", hi="") + driver("x", "EUR/month", "1", "2")
    start = (HEAD + text).count("\n")
    for name, value in formulas.items():
        text += (
            f'[formulas.{name}]\nlabel = {{ en = "{name}", es = "{name}" }}\nunit = "EUR/month"\nvalue = "{value}"\n'
        )
    tree = grown(text)
    found = [finding for finding in tree.findings if finding.code == code]
    assert found, [(finding.code, str(finding)) for finding in tree.findings]
    assert said in str(found[0])
    assert found[0].place.line > start
    assert "a" not in tree.by_id


def test_a_curve_and_a_capacity_are_numbers_of_the_tree() -> None:
    words = 'label = { en = "x", es = "x" }\n'
    tree = grown(
        driver("ads", "EUR/month", "0", "300")
        + f'[responses.search]\n{words}spend = "ads"\nunit = "leads/month"\nmost = 90\nhalf = "300/2"\n'
        + driver("people", "employees", "2", "3")
        + f'[capacities.answering]\n{words}unit = "employees"\nneeds = "search / 20 [leads/employee/month]"\nhas = "people"\n'
    )
    month = node_ranges(tree, 1)[0]
    # 90 × 300 / (150 + 300) = 60 leads at most; the range sees the spend twice and stays wider.
    assert month["search"] is not None
    assert Fraction(60) in month["search"]
    assert [(need.needs, need.has) for need in tree.needs] == [("answering.needs", "answering.has")]
    assert tree.by_id["answering.has"].inputs == ("people",)
