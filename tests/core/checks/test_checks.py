"""Checks of a plan: ranges, readings, units, verdicts, and what somebody else's formulas become."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.checks import CheckResult, check_plan, needs, ranges_of, read_given
from caudal.core.expressions import Field, Possible, Schema, check, evaluate_ranges, number
from caudal.core.intervals import Interval, Reading
from caudal.core.plans import CHECK_FUNCTIONS, Plan, Verdict, read_checks, read_plan

HEAD = """
[plan]
id = "small"
name = { en = "Small", es = "Pequeño" }
currency = "USD"
months = 12
"""
ROW = '\n[targets.{id}]\nlabel = {{ en = "{id}", es = "{id}" }}\nlo = {lo}\n{hi}\nunit = "{unit}"\n'


def plan_of(*rows: tuple[str, str, str, str]) -> Plan:
    """A plan of targets: id, lower end, upper end (empty when open), unit."""
    text = HEAD + "".join(
        ROW.format(id=name, lo=lo, hi=f"hi = {hi}" if hi else "open = true", unit=unit) for name, lo, hi, unit in rows
    )
    read = read_plan(text)
    assert read.plan is not None, [str(finding) for finding in read.findings]
    return read.plan


def result_of(plan: Plan, toml: str) -> CheckResult:
    checks, findings = read_checks(f'[checks.one]\nstatement = {{ en = "One", es = "Uno" }}\n{toml}\n', "more.toml")
    assert not findings, [str(finding) for finding in findings]
    (found,) = check_plan(plan, checks)
    return found


def computed(text: str, **ranges: Interval) -> Possible:
    schema = Schema({name: Field(number().required) for name in ranges})
    read = check(text, schema, functions=CHECK_FUNCTIONS)
    assert read.expression is not None, [str(finding) for finding in read.findings]
    return evaluate_ranges(read.expression.term, ranges)


AD = plan_of(
    ("search", "50_000", "100_000", "USD/month"),
    ("social", "30_000", "60_000", "USD/month"),
    ("budget", "800_000", "1_600_000", "USD/year"),
    ("leads", "10_000", "", "leads/month"),
    ("won", "5000", "", "leads/month"),
    ("rate", "0.15", "0.25", "share"),
    ("kept", "0.9", "", "share"),
    ("happy", "9", "", "score 1-10"),
)


def test_months_against_years_is_a_finding_that_names_both_at_its_place() -> None:
    found = result_of(AD, 'value = "search + social"\nequals = "budget"')
    assert (found.target.verdict, found.open.verdict) == (Verdict.INCOMPLETE, Verdict.INCOMPLETE)
    assert [str(finding) for finding in found.findings] == [
        "more.toml:4:11 checks.one: The check “one” compares USD/month with USD/year. Multiply or divide by a quantity that turns one into the other, such as 12 [months/year]."
    ]
    inside = result_of(AD, 'value = "search + budget"\nequals = "budget"')
    assert str(inside.findings[0]).startswith("more.toml:3:19 checks.one: USD/month and USD/year are different units.")


def test_a_check_converts_where_it_says_so() -> None:
    # (50-100 + 30-60 thousand) × 12 = 960,000-1,920,000 against 800,000-1,600,000: they share 960,000-1,600,000.
    found = result_of(AD, 'value = "(search + social) * 12 [months/year]"\nequals = "budget"')
    assert (found.target.verdict, str(found.target.overlap)) == (Verdict.PARTLY_CONSISTENT, "[960000, 1600000]")


def test_the_two_readings_of_an_open_target_differ_and_stay_within_bounds() -> None:
    found = result_of(AD, 'value = "leads * rate"\nequals = "won"')
    assert (found.target.verdict, found.open.verdict) == (Verdict.CONTRADICTORY, Verdict.CONSISTENT)
    assert (str(found.target.result), str(found.open.result)) == ("[1500, 2500]", "[1500, ∞)")
    assert [str(AD.target(name).read(Reading.OPEN)) for name in ("kept", "happy", "leads")] == [
        "[0.9, 1]",
        "[9, 10]",
        "[10000, ∞)",
    ]


@pytest.mark.parametrize(
    ("toml", "verdict"),
    [
        ('value = "rate"\nequals = "interval(0.1, 0.3)"', Verdict.CONSISTENT),
        ('value = "rate"\nequals = "interval(0.2, 0.3)"', Verdict.PARTLY_CONSISTENT),
        ('value = "rate"\nequals = "interval(0.25, 0.3)"', Verdict.KNIFE_EDGE),
        ('value = "rate"\nequals = "interval(0.26, 0.3)"', Verdict.CONTRADICTORY),
        ('value = "kept * 1.2"\nequals = "rate"', Verdict.IMPOSSIBLE),  # 1.08 of something, against a share
        ('value = "rate"\nat_least = "0.25"', Verdict.KNIFE_EDGE),
        ('value = "rate"\nat_least = "0.2"', Verdict.PARTLY_CONSISTENT),
        ('value = "rate"\nat_most = "0.25"', Verdict.CONSISTENT),
        ('value = "rate"\nat_most = "0.1"', Verdict.CONTRADICTORY),
        ('value = "rate + 0.5"\nparts_of = "1"', Verdict.INCOMPLETE),  # 65-75 %: the rest has no name
        ('value = "rate + 0.9"\nparts_of = "1"', Verdict.IMPOSSIBLE),  # 105-115 %
        ('value = "leads / (1 - 1)"', Verdict.INCOMPLETE),
        ('value = "leads * rate"', Verdict.DERIVED),
        ('value = "pow(kept, 1 / 2)"\nequals = "interval(0.9, 1)"', Verdict.CONSISTENT),
    ],
)  # fmt: skip
def test_every_relation_has_its_verdict(toml: str, verdict: Verdict) -> None:
    assert result_of(AD, toml).target.verdict is verdict


def test_a_divisor_that_may_be_zero_is_said_and_computed_around() -> None:
    found = result_of(AD, 'value = "leads / (1 - kept)"')
    assert str(found.open.result) == "[100000, ∞)"
    assert [finding.code for finding in found.findings] == ["check.division_by_zero"]


def test_irrational_results_are_enclosed_within_a_millionth_of_a_millionth() -> None:
    # 0.9 to 1/12: a year's retention of 90 % is 0.874 % lost a month.
    for text in ("1 - pow(kept, 1 / 12)", "log_ratio(kept + 3, 1.25)", "exp(kept)", "ln(kept)"):
        content = computed(text, kept=Interval.point("0.9")).content
        assert isinstance(content, Interval)
        assert content.width is not None
        assert 0 < content.width <= Fraction(1, 10**12)


def test_pairs_are_low_with_low_and_high_with_high() -> None:
    ranges = {"gross": Interval.of(10, 20), "cost": Interval.of(2, 4)}
    assert str(computed("paired(gross / cost)", **ranges).content) == "5"
    assert str(computed("gross / cost", **ranges).content) == "[2.5, 10]"


numbers = st.fractions(Fraction(1, 10), Fraction(100), max_denominator=20)


@settings(deadline=None, max_examples=150)
@given(numbers, numbers, numbers, numbers, st.sampled_from(["a * b", "a / b", "a - b / a", "pow(a, 3) - b", "max(a, b) / min(a, b)", "compound(a, 3) * b"]))  # fmt: skip
def test_the_range_of_an_expression_holds_its_value_anywhere_inside(
    one: Fraction, two: Fraction, three: Fraction, four: Fraction, text: str
) -> None:
    a, b = Interval(min(one, two), max(one, two)), Interval(min(three, four), max(three, four))
    whole = computed(text, a=a, b=b).content
    inside = computed(text, a=Interval.point((one + two) / 2), b=Interval.point(three)).content
    assert isinstance(whole, Interval)
    assert isinstance(inside, Interval)
    assert whole.holds(inside)


def test_what_would_make_a_check_hold_is_solved_for_each_target() -> None:
    # 5,000 won at 15-25 % need 20,000-33,333 leads; 10,000 leads need a rate of 50 %, or give 1,500-2,500.
    found = result_of(AD, 'value = "leads * rate"\nequals = "won"')
    said = {need.target: str(need.range) for need in needs(found, ranges_of(AD, Reading.TARGET))}
    assert said == {"leads": "[20000, 100000/3]", "rate": "0.5", "won": "[1500, 2500]"}


def test_formulas_of_others_are_translated_and_never_run() -> None:
    rows = [
        {"id": "A", "computation": "paired(lambda g,b:(g*12-b)/b,gross,cost)", "compare_to": "I(4,8)"},
        {"id": "B", "computation": "1-powi(kept,1/12)", "compare_to": "x/(1-I(kept.lo))"},
        {"id": "C", "computation": "lnratio(1+y,1+m) + I(.65) - -x.hi"},
        {"id": "D", "computation": "__import__('os').system('true')"},
        {"id": "E", "computation": "wonder(leads)"},
        {"id": "F", "computation": "leads +"},
        {"computation": "leads"},
        {"id": "A", "computation": "leads"},
    ]
    checks, findings = read_given(json.dumps({"checks": rows}, indent=1), "given.json")
    assert [(check.value, check.stated) for check in checks] == [
        ("paired((gross * 12 - cost) / cost)", "interval(4, 8)"),
        ("1 - pow(kept, 1 / 12)", "x / (1 - lower(kept))"),
        ("log_ratio(1 + y, 1 + m) + 0.65 - -upper(x)", ""),
    ]
    assert [(finding.place.line, finding.place.name) for finding in findings] == [
        (18, "D"),
        (22, "E"),
        (26, "F"),
        (0, "checks[6]"),
        (4, "A"),
    ]
    assert str(findings[1]).startswith("given.json:22 E: “wonder(leads)” of the check “E” means nothing here.")
