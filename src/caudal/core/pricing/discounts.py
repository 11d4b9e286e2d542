"""What lowers a price: free units before it, then percentages, then amounts, split by largest remainder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.money import Exact, Money, Rounding, allocate, portion
from caudal.core.pricing.tiers import NegativeQuantity

_PERCENT: Final = 100
_TEN: Final = 10


class BadDiscount(Problem):
    """A discount takes a share of 0 to 100 percent, or an amount, and not both."""

    code = "pricing.bad_discount"
    message = msg("This is not a discount.")
    hint = msg("Give a percentage from 0 to 100, or an amount that is not negative.")


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage, or an amount in major units, off the lines that bear all labels of `scope`; without any, off all.

    Raises BadDiscount.
    """

    percent: Decimal | None = None
    amount: Exact | None = None
    scope: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        value = self.percent if self.amount is None else self.amount
        both = self.percent is not None and self.amount is not None
        if value is None or both or value < 0 or (self.percent is not None and value > _PERCENT):
            raise BadDiscount

    def takes(self, from_amount: Fraction) -> Fraction:
        """How much it takes off an amount: never more than there is, and nothing off a negative one."""
        if from_amount <= 0:
            return Fraction(0)
        if self.percent is not None:
            return from_amount * Fraction(self.percent) / _PERCENT
        return min(Fraction(self.amount or 0), from_amount)


def in_order(discounts: Iterable[Discount]) -> tuple[Discount, ...]:
    """Percentages before amounts, and otherwise as they came: the sum does not depend on the order they came in.

    >>> [str(one.percent or one.amount) for one in in_order([Discount(amount=20), Discount(percent=Decimal(10))])]
    ['10', '20']
    """
    return tuple(sorted(discounts, key=lambda discount: discount.percent is None))


def discounted(price: Money, discounts: Iterable[Discount], rounding: Rounding) -> Money:
    """What is left of a price after discounts, rounded once at the end.

    10 % and 25 % off 100.00 leave 67.50, whichever comes first:

    >>> ten, quarter = Discount(percent=Decimal(10)), Discount(percent=Decimal(25))
    >>> discounted(Money.of("100", "EUR"), [ten, quarter], Rounding.HALF_UP).major
    '67.50'
    """
    left = price.amount
    for discount in in_order(discounts):
        left -= discount.takes(left)
    return portion(price, left / price.amount, rounding) if price else price


@dataclass(frozen=True, slots=True)
class Labelled:
    """An amount in major units that discounts may be taken off, with the labels they look for."""

    amount: Fraction
    labels: frozenset[str] = frozenset()


def shares(
    lines: Sequence[Labelled], discounts: Iterable[Discount], *, places: int | None = None
) -> tuple[Fraction, ...]:
    """How much of all discounts falls on each line, in major units: exact, or kept with so many decimal places.

    They come in the order in which they are given: put the narrow ones first, and percentages before amounts
    (`in_order`). Each is taken off what those before it left, in proportion to it. Systems that store what falls on a
    line keep some decimal places of it at every discount, and go on from there.

    >>> lines = [Labelled(Fraction(10), frozenset({"a"})), Labelled(Fraction(20))]
    >>> shares(lines, [Discount(amount=5, scope=frozenset({"a"})), Discount(amount=5)])
    (Fraction(6, 1), Fraction(4, 1))
    """
    left = [line.amount for line in lines]
    for discount in discounts:
        chosen = [index for index, line in enumerate(lines) if discount.scope <= line.labels and left[index] > 0]
        base = sum((left[index] for index in chosen), Fraction(0))
        taken = discount.takes(base)
        for index in chosen:
            part = taken * left[index] / base
            left[index] -= part if places is None else _kept(part, places)
    return tuple(line.amount - rest for line, rest in zip(lines, left, strict=True))


def _kept(part: Fraction, places: int) -> Fraction:
    return Fraction(Rounding.HALF_UP.whole(part * _TEN**places), _TEN**places)


def spread(amounts: Sequence[Money], discount: Money) -> tuple[Money, ...]:
    """Split a discount over amounts in proportion to them, by largest remainder. Raises CannotAllocate.

    >>> [part.minor for part in spread([Money.of(size, "EUR") for size in ("20", "30", "40")], Money.of("10", "EUR"))]
    [222, 333, 445]
    """
    return allocate(discount, [amount.minor for amount in amounts])


def use_allowance(allowance: Exact, quantities: Iterable[Exact]) -> tuple[tuple[Fraction, Fraction], ...]:
    """Take free units off usage in order: for each quantity, what is to be paid and what is left of the allowance.

    Raises NegativeQuantity.

    >>> [tuple(map(int, step)) for step in use_allowance(500, [300, 250, 100])]
    [(0, 200), (50, 0), (100, 0)]
    """
    left, steps = Fraction(allowance), []
    for quantity in quantities:
        if quantity < 0:
            raise NegativeQuantity(quantity=quantity)
        free = min(left, Fraction(quantity))
        left -= free
        steps.append((Fraction(quantity) - free, left))
    return tuple(steps)
