"""Prices of a level that is kept up over time: seats, storage, licences that come and go within a period."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from caudal.core.money import Exact
from caudal.core.periods import Days
from caudal.core.pricing import Component, TierPrice


def running_levels(changes: Iterable[tuple[date, Exact]], *, carried: Exact = 0) -> tuple[tuple[date, Fraction], ...]:
    """The level from each day on that changes say, in order of their days.

    >>> [(day.day, int(level)) for day, level in running_levels([(date(2024, 1, 5), 3), (date(2024, 1, 9), -1)])]
    [(5, 3), (9, 2)]
    """
    level, levels = Fraction(carried), []
    for day, change in sorted(changes, key=lambda one: one[0]):
        level += Fraction(change)
        levels.append((day, level))
    return tuple(levels)


def price_over(price: TierPrice, levels: Sequence[tuple[date, Exact]], period: Days, *, carried: Exact = 0) -> Fraction:
    """What a level that changes within a period costs, exact, in major units.

    Every unit is paid for the days that it was there, at the price of the tier in which it is; the flat part of a tier
    is due once, for the highest level that was reached. `levels` are (day, level from that day on); those of one day
    count as the last of them.

    Two units from the 21st of 30 days and none before, at 10 each with a flat 100:

    >>> from caudal.core.money import Currency
    >>> from caudal.core.pricing import Tier
    >>> from decimal import Decimal
    >>> price = TierPrice(Currency("EUR"), (Tier(unit=Decimal(10), flat=Decimal(100)),))
    >>> price_over(price, [(date(2024, 4, 21), 2)], Days(date(2024, 4, 1), date(2024, 5, 1)))
    Fraction(320, 3)
    """
    level, since, highest = Fraction(carried), period.start, Fraction(carried)
    spent = Fraction(0)
    for day, after in sorted(levels, key=lambda one: one[0]):
        if period.start <= day < period.end:
            spent += _by_units(price, level) * (day - since).days
            since = day
        if day < period.end:
            level = Fraction(after)
            highest = max(highest, level) if day >= period.start else level
    spent += _by_units(price, level) * (period.end - since).days
    flat_parts = sum((part.amount for part in price.parts(highest) if part.component is Component.FLAT), Fraction(0))
    return spent / period.count + flat_parts


def _by_units(price: TierPrice, level: Fraction) -> Fraction:
    if not level:
        return Fraction(0)
    return sum((part.amount for part in price.parts(level) if part.component is Component.UNIT), Fraction(0))
