"""What a price list says of one unit, whatever quantity is bought."""

from collections.abc import Iterator
from fractions import Fraction

from caudal.catalog.offline.writing import PriceModel
from caudal.core.pricing import MatrixPrice, Tier, TierPrice


def unit_rates(model: PriceModel) -> tuple[Fraction, ...]:
    """Return what a unit costs in every tier and row, without tiers that are free beside others.

    Shares of transactions and amounts that events carry have no price of a unit.

    >>> from caudal.catalog.offline.writing import read_price
    >>> said = {"tiers": [{"up_to": "9"}, {"up_to": "99", "unit": "5", "block": "10"}, {"unit": "0.25"}]}
    >>> [str(rate) for rate in unit_rates(read_price(said, "EUR"))]
    ['1/2', '1/4']
    """
    found = tuple(rate for price in _tiered(model) for tier in price.tiers for rate in _rates(tier))
    return tuple(rate for rate in found if rate) or found[:1]


def first_unit(model: PriceModel) -> tuple[Fraction, ...]:
    """Return what one unit costs beyond those that are free, of what is not priced by usage.

    >>> from caudal.catalog.offline.writing import read_price
    >>> first_unit(read_price({"tiers": [{"unit": "20", "flat": "5"}], "free_units": "3"}, "EUR"))
    (Fraction(25, 1),)
    """
    return (model.price.amount(1),) if isinstance(model.price, TierPrice) else ()


def _tiered(model: PriceModel) -> Iterator[TierPrice]:
    if isinstance(model.price, TierPrice):
        yield model.price
    elif isinstance(model.price, MatrixPrice):
        yield from (row.price for row in model.price.rows)


def _rates(tier: Tier) -> Iterator[Fraction]:
    if tier.unit or not tier.flat:
        yield Fraction(tier.unit) / Fraction(tier.block or 1)
