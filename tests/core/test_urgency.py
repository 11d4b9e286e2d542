"""What is worth dealing with first."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.money import Money
from caudal.core.urgency import Waiting, factor, value_at_risk

LATE = st.fractions(min_value=0, max_value=1000)


@pytest.mark.parametrize(
    ("why", "late", "share"),
    [
        (Waiting.LEAD, Fraction(1, 3), Fraction(1, 3)),
        (Waiting.LEAD, Fraction(9), Fraction(1)),
        (Waiting.APPOINTMENT, Fraction(0), Fraction(1)),
        (Waiting.TODAY, Fraction(0), Fraction(1, 2)),
        (Waiting.OVERDUE, Fraction(1), Fraction(3, 5)),  # 1/2 + 1/10
        (Waiting.OVERDUE, Fraction(30), Fraction(1)),
        (Waiting.ROTTING, Fraction(0), Fraction(1, 4)),
        (Waiting.ROTTING, Fraction(1), Fraction(1, 2)),  # twice its usual days
        (Waiting.NO_STEP, Fraction(0), Fraction(1, 4)),
    ],
)
def test_the_factor_is_that_of_the_table(why: Waiting, late: Fraction, share: Fraction) -> None:
    assert factor(why, late) == share


@given(st.sampled_from(Waiting), LATE, LATE)
def test_waiting_longer_never_matters_less_and_never_more_than_everything(
    why: Waiting, late: Fraction, more: Fraction
) -> None:
    assert 0 <= factor(why, late) <= factor(why, late + more) <= 1


@given(st.integers(0, 10**12), st.fractions(min_value=0, max_value=1), st.sampled_from(Waiting), LATE)
def test_no_more_than_the_amount_is_at_risk(minor: int, probability: Fraction, why: Waiting, late: Fraction) -> None:
    amount = Money(minor, Money.zero("EUR").currency)
    assert Money.zero("EUR") <= value_at_risk(amount, probability, factor(why, late)) <= amount
