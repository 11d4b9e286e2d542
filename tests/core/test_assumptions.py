"""What a plan file says of its drivers, ramps, correlations, formulas and curves."""

from fractions import Fraction
from itertools import combinations
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.errors import Severity
from caudal.core.intervals import Interval
from caudal.core.plans import Correlation, Distribution, read_plan, together

HEAD: Final = """
[plan]
id = "shop"
name = { en = "Shop", es = "Tienda" }
currency = "EUR"
months = 6

[targets.visits]
label = { en = "Visits", es = "Visitas" }
lo = 1000
open = true
unit = "visits/month"

[targets.basket]
label = { en = "Basket", es = "Compra" }
lo = 20
hi = 30
unit = "EUR/sale"

[targets.income]
label = { en = "Income", es = "Ingresos" }
lo = 500
open = true
unit = "EUR/month"

[phases.opening]
label = { en = "Opening", es = "Apertura" }
months = [1, 3]
"""
LABEL: Final = 'label = { en = "x", es = "x" }'


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("[drivers.visits]", "plan.driver_open", "drivers.visits"),
        ("[drivers.visits]\nshape = 'lognormal'\nlikely = 1200", "plan.driver_open", "p95"),
        ("[drivers.visits]\nhi = 900", "plan.driver_order", "1000, 900"),
        ("[drivers.basket]\nshape = 'pert'\nlikely = 40", "plan.driver_order", "20, 40, 30"),
        ("[drivers.basket]\nshape = 'normal'\nlikely = 25\np95 = 25", "plan.driver_order", "25, 25"),
        (f"[drivers.own]\n{LABEL}\nlo = 0\nhi = 0\nunit = 'EUR'\nshape = 'lognormal'\nlikely = 0", "plan.driver_order", "0, 0"),
        ("[drivers.basket]\nvalues = [1, 2]", "plan.driver_values", "empirical"),
        ("[drivers.basket]\nshape = 'empirical'\nvalues = [1]", "plan.driver_values", "two values"),
        ("[drivers.basket]\nramp = 'opening'", "plan.unknown_ramp", "no ramp “opening”"),
        ("[drivers.basket]\nunit = 'EUR'", "plan.said_twice", "target of “drivers.basket”"),
        ("[drivers.baskit]\nhi = 3", "plan.unknown_target", "Did you mean “basket”?"),
        ("[drivers.basket]\n[formulas.basket]\nvalue = '1'", "plan.said_twice", "[drivers]"),
        ("[formulas.other]\nvalue = '1'", "plan.unknown_target", "label, unit"),
        (f"[ramps.r]\n{LABEL}\nends = {{ closing = 1 }}", "plan.unknown_phase", "no phase “closing”"),
        (f"[ramps.r]\n{LABEL}\nends = {{ opening = -1 }}", "plan.bad_share", "opening"),
        ("[drivers.basket]\n[correlations.c]\nof = ['basket', 'visits']\nstrength = 1", "plan.unknown_driver", "no driver “visits”"),
        ("[drivers.basket]\n[correlations.c]\nof = ['basket']\nstrength = 1", "plan.bad_pair", "two different"),
        (f"[drivers.basket]\n[responses.r]\n{LABEL}\nspend = 'ads'\nunit = 'EUR'\nmost = 0\nhalf = 2", "plan.bad_curve", "above zero"),
        (f"[drivers.basket]\n[responses.basket]\n{LABEL}\nspend = 'basket'\nunit = 'EUR'\nmost = 1\nhalf = 2", "plan.said_twice", "[targets]"),
        (f"[capacities.c]\n{LABEL}\nunit = 'moons'\nneeds = '1'\nhas = '2'", "plan.unknown_unit", "moons"),
    ],
)  # fmt: skip
def test_an_assumption_that_cannot_be_is_found_at_its_place(text: str, code: str, said: str) -> None:
    read = read_plan(HEAD + text, "shop.toml")
    found = next(finding for finding in read.findings if finding.code == code)
    assert (read.plan is None) == (found.severity is Severity.ERROR)
    assert said in str(found)
    assert found.place.line > HEAD.count("\n")


def test_a_driver_that_a_change_of_its_target_made_impossible_is_put_right_and_said() -> None:
    """A repair moves targets; a plan must stay readable after it."""
    for text, expected in (
        ("[drivers.visits]", None),
        ("[drivers.visits]\nhi = 900", ("1000", 1000)),
        ("[drivers.basket]\nshape = 'pert'\nlikely = 40", ("[20, 30]", 30)),
    ):
        read = read_plan(HEAD + text)
        assert [finding.severity for finding in read.findings] == [Severity.CHOICE]
        assert read.plan is not None
        drivers = read.plan.assumptions.drivers
        assert [(str(Interval(each.lo, each.hi)), int(each.middle)) for each in drivers] == (
            [expected] if expected else []
        )


def test_correlations_that_exclude_each_other_are_found() -> None:
    drivers = "".join(f"[drivers.{name}]\n{LABEL}\nlo = 0\nhi = 1\nunit = 'share'\n" for name in "abc")
    pairs = "".join(
        f"[correlations.{one}{other}]\nof = ['{one}', '{other}']\nstrength = -0.6\n"
        for one, other in combinations("abc", 2)
    )
    # Three that all go against each other: 1 - 2 × 0.6 is below zero.
    assert [finding.code for finding in read_plan(HEAD + drivers + pairs).findings] == ["plan.correlations_impossible"]
    assert not read_plan(HEAD + drivers + pairs.replace("-0.6", "-0.5")).findings


def test_a_driver_takes_from_its_target_what_it_does_not_say() -> None:
    text = """
        [ramps.r]
        label = { en = "Ramp", es = "Rampa" }
        ends = { opening = 1 }
        [drivers.visits]
        hi = 2000
        shape = "triangular"
        likely = 1100
        ramp = "r"
        [drivers.basket]
        [drivers.margin]
        label = { en = "Margin", es = "Margen" }
        unit = "share"
        shape = "empirical"
        values = [0.3, 0.1, 0.2]
        """
    plan = read_plan(HEAD + text).plan
    assert plan is not None
    visits, basket, margin = plan.assumptions.drivers
    assert (str(visits.range), visits.likely, visits.ramp, visits.own) == ("[1000, 2000]", Fraction(1100), "r", False)
    assert (basket.shape, str(basket.range), basket.middle) == (Distribution.UNIFORM, "[20, 30]", Fraction(25))
    assert (str(margin.range), margin.middle, margin.own) == ("[0.1, 0.3]", Fraction(1, 5), True)


@settings(max_examples=15)
@given(st.lists(st.fractions(-1, 1, max_denominator=8), min_size=6, max_size=6))
def test_a_matrix_is_split_exactly_or_nothing_can_go_together_so(strengths: list[Fraction]) -> None:
    pairs = list(combinations("abcd", 2))
    found = together(tuple(Correlation(id="", of=of, strength=each) for of, each in zip(pairs, strengths, strict=True)))
    matrix = np.eye(4)
    for (one, other), each in zip(pairs, strengths, strict=True):
        matrix["abcd".index(one), "abcd".index(other)] = matrix["abcd".index(other), "abcd".index(one)] = float(each)
    least = float(np.linalg.eigvalsh(matrix).min())
    if found is None:
        assert least < 1e-9
        return
    assert least > -1e-9
    lower, diagonal = np.array(found.lower, dtype=float), np.diag(np.array(found.diagonal, dtype=float))
    assert np.allclose(lower @ diagonal @ lower.T, matrix)
