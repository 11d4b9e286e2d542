"""Where the catalogue has left the plan: its list prices beside the ranges of the plan's price lists.

An offering is the one of a price list when its code is the id of the list. Prices in another currency than the plan's,
and prices without a unit, are not compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.utils.translation import gettext

from caudal.catalog.queries import ListPrice, list_prices, offering
from caudal.core.errors import Finding, Place, Severity, msg
from caudal.core.money import Currency
from caudal.core.periods import Grain
from caudal.core.plans import Figure, Plan, Price, Target
from caudal.kit.access import Actor, Verb, may
from caudal.plan.offline import interval
from caudal.plan.queries.adopted import NoPlan, adopted_plan
from caudal.plan.queries.milestones import company_day
from caudal.ui.formats import as_decimal, medium_day_text, money_text, number_text, reader_locale, rounded

MONTHS: Final[Mapping[Grain, int]] = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
PLACES: Final = 6
"""Decimals of a price that has more than its currency, at most."""


@dataclass(frozen=True, slots=True)
class PriceOutside:
    """A list price of the catalogue that is outside the range that the plan has for it."""

    price: Price
    listed: ListPrice
    cost: Fraction
    """What a unit costs, in the unit of the plan."""
    said: Figure | Target
    finding: Finding

    @property
    def is_above(self) -> bool:
        """Whether it costs more than the plan says."""
        return self.said.hi is not None and self.cost > self.said.hi


def prices_outside(actor: Actor, as_of: datetime, plan: Plan) -> list[PriceOutside]:
    """Return the prices that hold or are to come outside the plan's ranges, in the plan's order, then by day.

    In the active language. Who may not see the catalogue is told nothing of it.
    """
    if not plan.passages.prices or not (may(actor, "offering", Verb.VIEW) and may(actor, "price", Verb.VIEW)):
        return []
    day = company_day(as_of)
    listed: dict[str, list[ListPrice]] = {}
    for each in list_prices(actor, day):
        listed.setdefault(each.code, []).append(each)
    return [
        found
        for price in plan.passages.prices
        for each in listed.get(price.id, [])
        for found in _outside(plan, price, each, day)
    ]


def price_list_of(actor: Actor, as_of: datetime, offering_id: UUID) -> tuple[str, list[PriceOutside]] | None:
    """Return the range that the plan has for an offering, and its prices outside it; None without such a range."""
    if not may(actor, "plan", Verb.VIEW):
        return None
    try:
        _version, plan = adopted_plan(actor)
    except NoPlan:
        return None
    code = offering(actor, offering_id).code
    said = next((_said(plan, price) for price in plan.passages.prices if price.id == code), None)
    if said is None:
        return None
    found = prices_outside(actor, as_of, plan)
    return interval(said), [each for each in found if each.listed.offering.id == offering_id]


def price_rows(found: list[PriceOutside]) -> list[dict[str, object]]:
    """Return what was found for programs: numbers as exact p/q, an end that does not exist as null."""
    return [
        {
            "id": each.price.id,
            "code": each.finding.code,
            "offering_id": str(each.listed.offering),
            "from_date": each.listed.from_date,
            "currency": each.listed.currency,
            "cost": str(each.cost),
            "range": [str(each.said.lo), None if each.said.hi is None else str(each.said.hi)],
            "unit": each.said.unit.text,
            "finding": each.finding.told(gettext),
        }
        for each in found
    ]


def _outside(plan: Plan, price: Price, listed: ListPrice, day: date) -> Iterator[PriceOutside]:
    """At most one for each price: the rate that is farthest outside."""
    said = _said(plan, price)
    if said is None or said.unit.counted != listed.currency:
        return
    costs = [cost for rate in listed.rates if (cost := _per_time(rate, listed.months, said.unit.time)) is not None]
    gaps = [(max(said.lo - cost, cost - said.hi if said.hi is not None else Fraction(0)), cost) for cost in costs]
    gap, cost = max(gaps, default=(Fraction(0), Fraction(0)))
    if gap > 0:
        yield PriceOutside(price, listed, cost, said, _finding(price, listed, cost, said, day))


def _said(plan: Plan, price: Price) -> Figure | Target | None:
    return price.figure or (plan.target(price.target) if price.target else None)


def _per_time(rate: Fraction, months: int | None, time: Grain | None) -> Fraction | None:
    """What is paid for so many months, told for another time; None where one of them has none."""
    if time is None:
        return rate
    return rate * MONTHS[time] / months if months and time in MONTHS else None


def _finding(price: Price, listed: ListPrice, cost: Fraction, said: Figure | Target, day: date) -> Finding:
    words = msg("“{offering}” costs {cost}; the plan says {range}.")
    if listed.from_date > day:
        words = msg("From {day} on “{offering}” costs {cost}; the plan says {range}.")
    return Finding(
        "plan.price_outside",
        words,
        Severity.NOTE,
        Place(name=f"prices.{price.id}"),
        msg("Add a price within the plan's range from a later day, or adopt a plan that says another range."),
        {
            "offering": listed.name,
            "cost": _money(cost, listed.currency),
            "range": interval(said),
            "day": medium_day_text(listed.from_date, reader_locale()),
        },
    )


def _money(cost: Fraction, currency: str) -> str:
    """An amount; with all of its decimals where it has more than its currency."""
    if (cost * 10 ** Currency(currency).exponent).denominator == 1:
        return money_text(cost, currency, reader_locale())
    exponent = rounded(as_decimal(cost), PLACES).normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else PLACES
    return f"{number_text(cost, reader_locale(), places=places)} {currency}"
