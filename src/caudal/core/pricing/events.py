"""Prices of single transactions: a percentage with its limits, and an amount that the event itself carries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from caudal.core.money import Currency, Exact
from caudal.core.pricing.tiers import NegativeQuantity

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Fee:
    """What one transaction cost: `percentage` of the paid part of its amount, `fixed`, and what a limit added or took.

    All in major units; a transaction that was free costs nothing and is not `paid`.
    """

    free_amount: Fraction = Fraction(0)
    paid_amount: Fraction = Fraction(0)
    percentage: Fraction = Fraction(0)
    fixed: Fraction = Fraction(0)
    limited: Fraction = Fraction(0)
    paid: bool = False

    @property
    def total(self) -> Fraction:
        """What it cost."""
        return self.percentage + self.fixed + self.limited


@dataclass(frozen=True, slots=True)
class PercentagePrice:
    """A share of each transaction's amount and a fixed part, after a free allowance, within limits per transaction.

    The allowance is so many transactions (`free_count`) or so much money (`free_amount`), whichever ends first; None is
    no allowance of that kind. A transaction that the free money does not cover pays for the rest and the fixed part.
    The limits hold for percentage and fixed part together. They are checked in order, so the order is part of the fact.

    Of four transactions over 800, the third is the first that 250 of free money do not cover:

    >>> price = PercentagePrice(Currency("EUR"), Decimal("1.3"), fixed=Decimal(2), free_count=3, free_amount=250)
    >>> fees = price.fees([50, 100, 250, 400])
    >>> sum(fee.total for fee in fees) == Fraction("11.15"), [fee.paid for fee in fees]
    (True, [False, False, True, True])
    """

    currency: Currency
    percent: Decimal
    fixed: Decimal = Decimal(0)
    free_count: int | None = None
    free_amount: Exact | None = None
    minimum: Exact | None = None
    maximum: Exact | None = None

    def fees(self, amounts: Iterable[Exact]) -> tuple[Fee, ...]:
        """The fee of each transaction, in order. Raises NegativeQuantity."""
        free = self.free_count != 0 and (self.free_count, self.free_amount) != (None, None)
        count_left = self.free_count
        money_left = None if self.free_amount is None else Fraction(self.free_amount)
        fees = []
        for given in amounts:
            amount = Fraction(given)
            if amount < 0:
                raise NegativeQuantity(quantity=given)
            covered = Fraction(0)
            if free:
                covered = amount if money_left is None else min(amount, money_left)
                count_left = None if count_left is None else count_left - 1
                money_left = None if money_left is None else money_left - covered
            fees.append(self._fee(amount, covered) if not free or covered < amount else Fee(free_amount=covered))
            free = free and covered == amount and count_left != 0
        return tuple(fees)

    def amount(self, amounts: Sequence[Exact]) -> Fraction:
        """What all transactions cost, exact, in major units. Raises NegativeQuantity."""
        return sum((fee.total for fee in self.fees(amounts)), Fraction(0))

    def _fee(self, amount: Fraction, covered: Fraction) -> Fee:
        percentage = (amount - covered) * Fraction(self.percent) / _PERCENT
        fixed = Fraction(self.fixed)
        asked = percentage + fixed
        within = asked if self.minimum is None else max(asked, Fraction(self.minimum))
        within = within if self.maximum is None else min(within, Fraction(self.maximum))
        return Fee(covered, amount - covered, percentage, fixed, within - asked, paid=True)


@dataclass(frozen=True, slots=True)
class Carried:
    """An event that brings its own price: so many units, and what they cost in major units."""

    units: Exact
    amount: Exact


@dataclass(frozen=True, slots=True)
class DynamicPrice:
    """A price that every event carries, times `multiplier`: what it cost us and a margin, for instance.

    >>> events = [Carried(7, Decimal("0.70")), Carried(5, Decimal("0.55")), Carried(10, Decimal("2.20"))]
    >>> DynamicPrice(Currency("USD")).amount(events)
    Fraction(69, 20)
    """

    currency: Currency
    multiplier: Decimal = Decimal(1)

    def amount(self, events: Iterable[Carried]) -> Fraction:
        """What all events cost, exact, in major units."""
        return sum((Fraction(event.amount) for event in events), Fraction(0)) * Fraction(self.multiplier)

    def unit_price(self, events: Sequence[Carried]) -> Fraction | None:
        """What a unit cost on average, exact; None when there were no units."""
        units = sum((Fraction(event.units) for event in events), Fraction(0))
        return self.amount(events) / units if units else None


EventPrice: TypeAlias = PercentagePrice | DynamicPrice
"""A price of single transactions."""
