"""Prices of a level that is kept up over time: seats, storage, licences that come and go within a period."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from caudal.core.money import Exact
from caudal.core.periods import Days
from caudal.core.pricing import Component, TierPrice

_ONE_DAY: Final = timedelta(days=1)


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


def comings_and_goings(events: Iterable[tuple[date, str, bool]]) -> tuple[tuple[date, int], ...]:
    """How many more or fewer are there from each day on, of events that add somebody or something, or remove it.

    Who is there cannot come, and who is not there cannot go. Who goes has had that day, and who comes back on it or on
    the next one never went. What is said of one day counts in the order in which it is given.

    >>> events = [(date(2023, 9, 10), "ana", True), (date(2023, 9, 11), "ana", True), (date(2023, 9, 12), "ana", False)]
    >>> [(day.day, change) for day, change in comings_and_goings(events)]
    [(10, 1), (13, -1)]
    """
    stays: dict[str, list[tuple[date, date | None]]] = {}
    for day, name, comes in sorted(events, key=lambda one: one[0]):
        known = stays.setdefault(name, [])
        begun, end = known[-1] if known else (day, day)
        if not comes and known and end is None:
            known[-1] = (begun, day + _ONE_DAY)
        elif comes and known and end is not None and day <= end:
            known[-1] = (begun, None)
        elif comes and (not known or end is not None):
            known.append((day, None))
    told = [stay for known in stays.values() for stay in known]
    gone = [(end, -1) for _, end in told if end is not None]
    return tuple(sorted([*((begun, 1) for begun, _ in told), *gone]))


def price_of_changes(price: TierPrice, changes: Iterable[tuple[Exact, Exact]], *, carried: Exact = 0) -> Fraction:
    """What a level costs of which each change is paid for a share of the period, exact, in major units.

    `changes` are (units, share) in their order; those that go are paid back at the price of the tier that they leave.
    The flat part of a tier is due once, for the highest level that was reached.

    Five at 10 for seven tenths of a period, of which two leave for its second half, with a flat 100:

    >>> from caudal.core.money import Currency
    >>> from caudal.core.pricing import Tier
    >>> from decimal import Decimal
    >>> price = TierPrice(Currency("EUR"), (Tier(unit=Decimal(10), flat=Decimal(100)),))
    >>> price_of_changes(price, [(5, Fraction(7, 10)), (-2, Fraction(1, 2))])
    Fraction(125, 1)
    """
    level = highest = Fraction(carried)
    before = spent = _by_units(price, level)
    for units, share in changes:
        level += Fraction(units)
        highest = max(highest, level)
        now = _by_units(price, level)
        spent += (now - before) * Fraction(share)
        before = now
    return spent + sum((part.amount for part in price.parts(highest) if part.component is Component.FLAT), Fraction(0))


def price_over(price: TierPrice, levels: Sequence[tuple[date, Exact]], period: Days, *, carried: Exact = 0) -> Fraction:
    """What a level that changes within a period costs, exact, in major units.

    Every unit is paid for the days that it was there, at the price of the tier in which it is; the flat part of a tier
    is due once, for the highest level that was reached. `levels` are (day, level from that day on); those of one day
    count as the last of them, but the highest of them reaches its tier.

    Two units from the 21st of 30 days and none before, at 10 each with a flat 100:

    >>> from caudal.core.money import Currency
    >>> from caudal.core.pricing import Tier
    >>> from decimal import Decimal
    >>> price = TierPrice(Currency("EUR"), (Tier(unit=Decimal(10), flat=Decimal(100)),))
    >>> price_over(price, [(date(2024, 4, 21), 2)], Days(date(2024, 4, 1), date(2024, 5, 1)))
    Fraction(320, 3)
    """
    level = opening = Fraction(carried)
    changes = []
    for day, after in sorted(levels, key=lambda one: one[0]):
        if day < period.start:
            level = opening = Fraction(after)
        elif day < period.end:
            changes.append((Fraction(after) - level, Fraction((period.end - day).days, period.count)))
            level = Fraction(after)
    return price_of_changes(price, changes, carried=opening)


def _by_units(price: TierPrice, level: Fraction) -> Fraction:
    if not level:
        return Fraction(0)
    return sum((part.amount for part in price.parts(level) if part.component is Component.UNIT), Fraction(0))
