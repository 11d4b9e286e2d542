"""How the price of a contract falls on what was promised, and what a change of the contract does to that.

After IFRS 15 and ASC 606: by standalone selling prices (IFRS 15.74), a discount on the promises it belongs to
(15.81 and 82), changes as a contract of their own, for the future, or caught up (15.20 and 21).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from caudal.core.errors import Problem, msg
from caudal.core.money import Exact, Money, Rounding, allocate, portion, round_money, total


class MoreThanPromised(Problem):
    """More was delivered than was promised."""

    code = "recognition.more_than_promised"
    message = msg("{delivered} were delivered of {promised} that were promised.")


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised in a contract, and what it costs when sold by itself."""

    name: str
    standalone: Money


def allocate_price(
    price: Money, promises: Sequence[Promise], *, bundle: Collection[str] = (), bundle_price: Money | None = None
) -> tuple[Money, ...]:
    """Allocate the price of a contract to its promises by standalone prices. Raises CannotAllocate, MixedCurrencies.

    When the discount belongs to some of the promises (`bundle`, usually sold together at `bundle_price`), the others
    keep their standalone price and the bundle shares what is left.

    100 for promises that cost 40, 55 and 45 by themselves, of which the last two are usually sold for 60:

    >>> from caudal.core.money import Currency
    >>> yen = Currency("JPY")
    >>> promises = [Promise(name, Money(size, yen)) for name, size in (("A", 40), ("B", 55), ("C", 45))]
    >>> parts = allocate_price(Money(100, yen), promises, bundle={"B", "C"}, bundle_price=Money(60, yen))
    >>> [part.minor for part in parts]
    [40, 33, 27]
    """
    inside = [promise for promise in promises if promise.name in bundle]
    outside = total((promise.standalone for promise in promises if promise.name not in bundle), price.currency)
    if not inside or bundle_price is None or price != outside + bundle_price:
        return allocate(price, [promise.standalone.minor for promise in promises])
    parts = dict(
        zip(
            [promise.name for promise in inside],
            allocate(bundle_price, [promise.standalone.minor for promise in inside]),
            strict=True,
        )
    )
    return tuple(parts.get(promise.name, promise.standalone) for promise in promises)


class ChangeKind(StrEnum):
    """What a change of a contract is."""

    SEPARATE = "separate"
    """A contract of its own: more of what is distinct, at its standalone price."""
    PROSPECTIVE = "prospective"
    """The old contract ends, and a new one begins with what is left of both."""
    CATCH_UP = "catch_up"
    """Part of the same promise: what was recognised is corrected at once."""


def kind_of_change(*, distinct: bool, extra_price: Exact, standalone_price: Exact) -> ChangeKind:
    """What a change is: by whether what is added is distinct, and priced as if sold by itself.

    >>> kind_of_change(distinct=True, extra_price=75, standalone_price=75).value
    'separate'
    >>> kind_of_change(distinct=True, extra_price=80, standalone_price=95).value
    'prospective'
    """
    if not distinct:
        return ChangeKind.CATCH_UP
    same = Fraction(extra_price) == Fraction(standalone_price)
    return ChangeKind.SEPARATE if same else ChangeKind.PROSPECTIVE


@dataclass(frozen=True, slots=True)
class Units:
    """A promise of units at a price each (in major units), some of which are delivered. Raises MoreThanPromised."""

    promised: Exact
    price: Exact
    delivered: Exact = 0

    def __post_init__(self) -> None:
        if not 0 <= self.delivered <= self.promised:
            raise MoreThanPromised(delivered=self.delivered, promised=self.promised)

    @property
    def left(self) -> Fraction:
        """Units that are still to be delivered."""
        return Fraction(self.promised) - Fraction(self.delivered)

    @property
    def total(self) -> Fraction:
        """The price of all units, in major units."""
        return Fraction(self.promised) * Fraction(self.price)

    @property
    def recognised(self) -> Fraction:
        """The price of the units that were delivered."""
        return Fraction(self.delivered) * Fraction(self.price)


def blended_price(contract: Units, extra: Units) -> Fraction:
    """What a unit costs after a prospective change: all that is left to be paid, over all that is left to deliver.

    60 of 120 units at 100 are delivered, and 30 more are bought at 80: (60 × 100 + 30 × 80) ÷ 90

    >>> round(blended_price(Units(120, 100, delivered=60), Units(30, 80)), 2)
    Fraction(9333, 100)
    """
    return (contract.left * Fraction(contract.price) + extra.left * Fraction(extra.price)) / (
        contract.left + extra.left
    )


def catch_up(price: Money, progress: Exact, recognised: Money, rounding: Rounding) -> Money:
    """What is recognised at once when price or progress of a promise change: what should have been, less what was.

    >>> from caudal.core.money import Currency
    >>> catch_up(Money.of("1200000", "USD"), Fraction("0.512"), Money.of("600000", "USD"), Rounding.HALF_UP).major
    '14400.00'
    """
    return portion(price, progress, rounding) - recognised


def unit_revenue(units: Exact, price: Exact, like: Money, rounding: Rounding) -> Money:
    """What delivered units bring, in the currency of another amount."""
    return round_money(Fraction(units) * Fraction(price), like.currency, rounding)
