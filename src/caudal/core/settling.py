"""Settling what is owed: which amount meets which document, how a credit is spread, how old and how slow debts are."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.money import CannotAllocate, Exact, Money, Rounding, total

BUCKET_DAYS: Final = 30
"""Debts are told apart by so many days past the day they were due."""


class MoreThanLeft(Problem):
    """More is credited than there is."""

    code = "settling.more_than_left"
    status = 422
    message = msg("{amount} cannot be credited: only {left} is left.")


class Age(StrEnum):
    """How long a debt has been due."""

    CURRENT = "current"
    TO_30 = "to_30"
    TO_60 = "to_60"
    TO_90 = "to_90"
    OVER_90 = "over_90"


def age_of(due_day: date, day: date) -> Age:
    """The age that a debt has on a day; on the day it is due it is current.

    >>> [age_of(date(2026, 1, 31), day).value for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 5, 2))]
    ['current', 'to_30', 'over_90']
    """
    late = (day - due_day).days
    if late <= 0:
        return Age.CURRENT
    ages = (Age.TO_30, Age.TO_60, Age.TO_90)
    step = (late - 1) // BUCKET_DAYS
    return ages[step] if step < len(ages) else Age.OVER_90


def in_order(amount: Money, opens: Sequence[Money]) -> tuple[Money, ...]:
    """Give each document what is open of it, in their order, until the amount is used up; the rest stays over.

    >>> opens = [Money.of("10", "EUR"), Money.of("5", "EUR"), Money.of("7", "EUR")]
    >>> [part.major for part in in_order(Money.of("12.50", "EUR"), opens)]
    ['10.00', '2.50', '0.00']
    """
    left = amount
    found = []
    for each in opens:
        part = min(left, each)
        found.append(part)
        left = left - part
    return tuple(found)


def spread(amount: Money, lines: Sequence[Money]) -> tuple[Money, ...]:
    """Split an amount over lines in proportion to them, where some may be less than nothing, losing no minor unit.

    Every part is the exact share rounded down; the units left over go to the largest remainders, of equal ones to the
    first. No part goes beyond its line as long as the amount does not go beyond their sum. Raises CannotAllocate when
    the lines come to nothing or less, MoreThanLeft when the amount is more than they are.

    >>> lines = [Money.of("99", "EUR"), Money.of("-20", "EUR"), Money.of("40", "EUR")]
    >>> [part.major for part in spread(Money.of("10", "EUR"), lines)]
    ['8.32', '-1.68', '3.36']
    """
    whole = total(lines, amount.currency)
    if whole.minor <= 0:
        raise CannotAllocate(amount=amount)
    if amount > whole:
        raise MoreThanLeft(amount=amount, left=whole)
    exact = [Fraction(amount.minor * line.minor, whole.minor) for line in lines]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: amount.minor - sum(parts)]:
        parts[index] += 1
    return tuple(Money(part, amount.currency) for part in parts)


def of_units(net: Money, wanted: Exact, *, of: Exact, left: Money) -> Money:
    """What some units of a line come to, never more than is left of it; the last of them take what rounding left.

    >>> net = Money.of("10", "EUR")
    >>> first = of_units(net, 1, of=3, left=net)
    >>> first.major, of_units(net, 2, of=3, left=net - first).major
    ('3.33', '6.67')
    """
    exact = net.minor * Fraction(wanted) / Fraction(of)
    part = Money(Rounding.HALF_UP.whole(exact), net.currency)
    return left if abs(part) > abs(left) or abs(left.minor - exact) < 1 else part


def days_outstanding(outstanding: Money, invoiced: Money, days: int) -> Fraction | None:
    """Days sales outstanding: for how many days' invoices customers owe. None when nothing was invoiced in the days.

    Outstanding divided by what was invoiced in the last days, times those days.

    >>> days_outstanding(Money.of("50", "EUR"), Money.of("150", "EUR"), 90)
    Fraction(30, 1)
    """
    if invoiced.minor <= 0:
        return None
    return Fraction(outstanding.minor * days, invoiced.minor)
