"""What charges come to for a quantity: each line with its waterfall, which begins with the catalogue price.

The waterfall is of the amount of the line, since prices by tiers have no one price of a unit. Volume and term discounts
are percentages of what the catalogue asks; the limits of the price come last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from caudal.catalog.offline.writing import PriceModel
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Exact, Money, Rate, Rounding, round_money, total
from caudal.core.pricing import (
    Adjustment,
    Carried,
    DynamicPrice,
    Effect,
    Guard,
    MatrixPrice,
    Part,
    PercentagePrice,
    PriceDecision,
    Stage,
    TierPrice,
    decide,
    use_allowance,
)

ROUNDING: Final = Rounding.HALF_UP
QUANTITY_MAX: Final = Decimal(10) ** 12


class QuantityTooLarge(Problem):
    """Nobody buys that much."""

    code = "price.quantity_too_large"
    status = 422
    message = msg("A quantity of {quantity} is more than can be priced.")
    hint = msg("Ask for at most {most}.")


@dataclass(frozen=True, slots=True)
class UsageGiven:
    """So much usage of a meter: a quantity, what each transaction was about, and its values by dimension."""

    quantity: Decimal = Decimal(0)
    amounts: tuple[Decimal, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PricedCharge:
    """A charge with the version of its price that holds, what is asked of it, and what lowers it."""

    code: str
    name: str
    sort: str
    stream: str
    unit: str
    version: int
    model: PriceModel
    usage: tuple[UsageGiven, ...]
    volume: tuple[tuple[int, Decimal], ...] = ()
    """From which quantity, how many per cent."""
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def quantity(self) -> Decimal:
        """How much of it is asked for."""
        return sum((each.quantity for each in self.usage), Decimal(0))


@dataclass(frozen=True, slots=True)
class CostLine:
    """What one charge comes to, tier by tier, and every step from the catalogue price to it."""

    charge: PricedCharge
    parts: tuple[tuple[str, Part], ...]
    """Of prices by tiers: the name of the row of the matrix, if there is one, and the part."""
    decision: PriceDecision
    amount: Money


@dataclass(frozen=True, slots=True)
class Calculation:
    """What an offering costs: line by line, once and every period."""

    lines: tuple[CostLine, ...]
    once: Money
    every_period: Money

    @property
    def first(self) -> Money:
        """Both together: what the first period comes to."""
        return self.once + self.every_period


def calculate(charges: Iterable[PricedCharge], currency: Currency, *, all_once: bool = False) -> Calculation:
    """Work out what charges come to. Raises what prices raise: BeyondTiers, NoRow, NegativeQuantity.

    With `all_once` nothing recurs.
    """
    lines = tuple(_line(charge, currency) for charge in charges)
    once = [line.amount for line in lines if all_once or line.charge.sort == "once"]
    often = [line.amount for line in lines if not all_once and line.charge.sort != "once"]
    return Calculation(lines, total(once, currency), total(often, currency))


def _line(charge: PricedCharge, currency: Currency) -> CostLine:
    if charge.quantity > QUANTITY_MAX:
        raise QuantityTooLarge(quantity=charge.quantity, most=f"{QUANTITY_MAX:f}")
    exact, parts = _catalogue(charge)
    shown = round_money(exact, currency, ROUNDING)
    limits = charge.model.commitment
    decision = decide(
        Rate.of(shown.major, currency),
        [*_by_volume(charge), *charge.adjustments],
        guard=Guard(_major(limits.minimum), _major(limits.maximum)),
        step_places=currency.exponent,
        rounding=ROUNDING,
    )
    return CostLine(charge, parts, decision, Money.of(decision.price.amount, currency))


def _catalogue(charge: PricedCharge) -> tuple[Fraction, tuple[tuple[str, Part], ...]]:
    """What the catalogue asks, exact, after the free units."""
    price = charge.model.price
    paid = [rest for rest, _ in use_allowance(charge.model.free_units, [each.quantity for each in charge.usage])]
    match price:
        case TierPrice():
            quantity: Exact = sum(paid, Fraction(0))
            return price.amount(quantity), tuple(("", part) for part in price.parts(quantity))
        case MatrixPrice():
            return _by_row(price, charge.usage, paid)
        case PercentagePrice():
            return price.amount([amount for each in charge.usage for amount in each.amounts]), ()
        case DynamicPrice():
            carried = [Carried(1, amount) for each in charge.usage for amount in each.amounts]
            return price.amount(carried), ()


def _by_row(
    price: MatrixPrice, usage: Sequence[UsageGiven], paid: Sequence[Fraction]
) -> tuple[Fraction, tuple[tuple[str, Part], ...]]:
    """Usage that one row prices is priced together."""
    quantities: dict[str, Fraction] = {}
    rows = {}
    for each, quantity in zip(usage, paid, strict=True):
        if quantity:
            row = price.row(each.where)
            rows[row.name] = row
            quantities[row.name] = quantities.get(row.name, Fraction(0)) + quantity
    amount = sum((rows[name].price.amount(quantity) for name, quantity in quantities.items()), Fraction(0))
    parts = [(name, part) for name, quantity in quantities.items() for part in rows[name].price.parts(quantity)]
    return amount, tuple(parts)


def _by_volume(charge: PricedCharge) -> list[Adjustment]:
    """The discount of the highest quantity that was reached."""
    reached = [step for step in charge.volume if charge.quantity >= step[0]]
    if not reached:
        return []
    _, percent = max(reached)
    return [Adjustment("volume", Stage.VOLUME, Effect.PERCENT, -percent)]


def _major(limit: Money | None) -> Decimal | None:
    return None if limit is None else Decimal(limit.major)
