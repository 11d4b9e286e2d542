"""What waits, and what it is worth to deal with it today: value at risk = amount x probability x factor.

The factor says how much of the expected value is in danger if nobody acts today. It is one table for everybody:

- a lead to answer: the share of the first-response time that has passed, at most 1
- a meeting, demo or visit today: 1, because somebody waits
- something due today: 1/2
- something overdue: 1/2, and 1/10 more for each day that it is late, at most 1
- a deal that lies in its stage: 1/4, and 1/4 more for each time that its usual days have passed again, at most 1
- a deal without a next step: 1/4
"""

from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.money import Money, Rounding, portion

QUARTER: Final = Fraction(1, 4)
HALF: Final = Fraction(1, 2)
A_DAY_LATE: Final = Fraction(1, 10)
WHOLE: Final = Fraction(1)


class Waiting(StrEnum):
    """Why something stands on a member's list of the day."""

    LEAD = "lead"
    APPOINTMENT = "appointment"
    TODAY = "today"
    OVERDUE = "overdue"
    ROTTING = "rotting"
    NO_STEP = "no_step"


def factor(why: Waiting, late: Fraction = Fraction(0)) -> Fraction:
    """Return the share of an expected value that is in danger, from 0 to 1.

    `late` is, for a lead, the share of its first-response time that has passed; for something overdue, the days that
    it is late; for a deal that lies, how many times its usual days have passed beyond the first. Others have none.

    Three days late: 1/2 + 3/10.

    >>> factor(Waiting.OVERDUE, Fraction(3))
    Fraction(4, 5)
    """
    shares = {
        Waiting.LEAD: late,
        Waiting.APPOINTMENT: WHOLE,
        Waiting.TODAY: HALF,
        Waiting.OVERDUE: HALF + A_DAY_LATE * late,
        Waiting.ROTTING: QUARTER + QUARTER * late,
        Waiting.NO_STEP: QUARTER,
    }
    return min(WHOLE, max(Fraction(0), shares[why]))


def value_at_risk(amount: Money, probability: Fraction, share: Fraction) -> Money:
    """Return amount x probability x factor, rounded half to even to the currency's smallest unit.

    12,000 at 40 % with a factor of 4/5:

    >>> str(value_at_risk(Money.of("12000", "EUR"), Fraction(2, 5), Fraction(4, 5)))
    '3840.00 EUR'
    """
    assert 0 <= probability <= 1, "a probability is a share"  # noqa: S101  our own mistake
    return portion(amount, probability * share, Rounding.HALF_EVEN)
