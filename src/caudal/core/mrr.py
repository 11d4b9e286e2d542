"""Monthly recurring revenue: what subscriptions bring per month, and the movements between two days.

Movements are told in the currency of the subscription and converted at one rate, the opening one; what the rate did to
what was there is told apart and is never a movement. So the bridge closes: opening, movements and rate are the closing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.money import Currency, Exact, Money, Rounding, round_money, total
from caudal.core.periods import Grain

_MONTHS_PER_YEAR: Final = 12
_PER_YEAR: Final = {Grain.DAY: 365, Grain.WEEK: 52, Grain.MONTH: 12, Grain.QUARTER: 4, Grain.YEAR: 1}


def monthly(price: Exact, grain: Grain, every: int = 1) -> Fraction:
    """What a price paid every so many days, weeks, months, quarters or years brings per month, exact.

    A year has 12 months, 52 weeks and 365 days here, as everybody counts it.

    >>> monthly(1200, Grain.YEAR), monthly(300, Grain.QUARTER), monthly(600, Grain.MONTH, 6), monthly(12, Grain.WEEK)
    (Fraction(100, 1), Fraction(100, 1), Fraction(100, 1), Fraction(52, 1))
    """
    return Fraction(price) * _PER_YEAR[grain] / (_MONTHS_PER_YEAR * every)


class MovementKind(StrEnum):
    """Why what a customer brings per month changed."""

    NEW = "new"
    REACTIVATION = "reactivation"
    """They had stopped, and came back."""
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of what one customer brings per month; what is lost is negative."""

    customer: str
    kind: MovementKind
    amount: Money


def movement(customer: str, before: Money, after: Money, *, known: bool) -> Movement | None:
    """The movement between two amounts of one customer, or None without one; `known` if they ever paid before.

    >>> euros = Currency("EUR")
    >>> movement("Ana", Money(0, euros), Money(500, euros), known=True).kind.value
    'reactivation'
    """
    change = after - before
    if not change:
        return None
    if not before:
        kind = MovementKind.REACTIVATION if known else MovementKind.NEW
    elif not after:
        kind = MovementKind.CHURN
    else:
        kind = MovementKind.EXPANSION if change.minor > 0 else MovementKind.CONTRACTION
    return Movement(customer, kind, change)


def movements(
    before: Mapping[str, Money], after: Mapping[str, Money], *, known: Collection[str] = ()
) -> tuple[Movement, ...]:
    """The movements of all customers between two days, by customer. Raises MixedCurrencies.

    `known` are those who ever paid, beside those who pay in `before`.
    """
    found = []
    for customer in sorted({*before, *after}):
        currency = (before.get(customer) or after[customer]).currency
        nothing = Money(0, currency)
        one = movement(customer, before.get(customer, nothing), after.get(customer, nothing), known=customer in known)
        if one is not None:
            found.append(one)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Bridge:
    """From one day to another in one currency: opening, each kind of movement, what the rates did, closing."""

    opening: Money
    by_kind: Mapping[MovementKind, Money]
    rates: Money
    closing: Money


def bridge(
    before: Mapping[str, Money],
    after: Mapping[str, Money],
    found: Iterable[Movement],
    *,
    opening_rate: Callable[[Money], Money],
    closing_rate: Callable[[Money], Money],
    currency: Currency,
) -> Bridge:
    """Add up movements in one currency; the two rates convert amounts of the first and of the last day.

    What is left between closing and the sum of opening and movements is the rates', cents of rounding included.
    """
    opening = total((opening_rate(amount) for amount in before.values()), currency)
    closing = total((closing_rate(amount) for amount in after.values()), currency)
    nothing = Money(0, currency)
    by_kind = dict.fromkeys(MovementKind, nothing)
    for one in found:
        by_kind[one.kind] += opening_rate(one.amount)
    rates = closing - opening - total(by_kind.values(), currency)
    return Bridge(opening, by_kind, rates, closing)


def retention(opening: Money, found: Iterable[Movement]) -> tuple[Fraction | None, Fraction | None]:
    """Gross and net revenue retention of those who paid at the beginning, exact; None when nobody did.

    Gross counts what was lost, net also what the same customers added; who is new counts in neither.

    >>> euros = Currency("EUR")
    >>> sizes = {MovementKind.CHURN: -10, MovementKind.EXPANSION: 25}
    >>> found = [Movement("a", kind, Money(size, euros)) for kind, size in sizes.items()]
    >>> retention(Money(100, euros), found)
    (Fraction(9, 10), Fraction(23, 20))
    """
    if not opening:
        return None, None
    sums = dict.fromkeys(MovementKind, 0)
    for one in found:
        sums[one.kind] += one.amount.minor
    lost = sums[MovementKind.CHURN] + sums[MovementKind.CONTRACTION]
    gross = Fraction(opening.minor + lost, opening.minor)
    return gross, gross + Fraction(sums[MovementKind.EXPANSION], opening.minor)


def monthly_money(price: Money, grain: Grain, every: int, rounding: Rounding) -> Money:
    """What a price brings per month, rounded for showing; sums are made of exact amounts."""
    return round_money(monthly(price.amount, grain, every), price.currency, rounding)
