"""One algebra of tiers: every price that grows with a quantity is a list of tiers and one of two ways to read it.

A tier ends at `up_to`, which is part of it, and costs `flat` once it is reached and `unit` for each unit, or for each
started block of units. Read *graduated*, every part of the quantity pays the price of its own tier; read by *volume*,
the whole quantity pays the price of the tier it ends in. Flat, per unit, package, stairstep and percentage are tiers of
one kind or another. There is no lower bound to write, so there is no gap: 100.5 units between 100 and 101 are in the
upper tier.

Amounts are exact. Inside they are whole trillionths of the major unit, so that whole quantities cost whole numbers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final, TypeAlias

from caudal.core.errors import Problem, msg
from caudal.core.money import RATE_PLACES, Currency, Exact, Money, Rounding, TooPrecise, finite_decimal

TRILLION: Final = 10**RATE_PLACES
Whole: TypeAlias = int | Fraction
_Step: TypeAlias = tuple[Whole, Whole | None, int, int, Whole | None]


class NegativeQuantity(Problem):
    """Less than nothing has no price."""

    code = "pricing.negative_quantity"
    message = msg("A quantity of {quantity} has no price.")
    hint = msg("Correct the usage that made it negative; money back is a credit note.")


class BeyondTiers(Problem):
    """The last tier ends before the quantity does."""

    code = "pricing.beyond_tiers"
    message = msg("There is no price for a quantity of {quantity}: the last tier ends at {up_to}.")
    hint = msg("Leave the last tier without an end.")


class UnreadableTiers(Problem):
    """The tiers are not in order, or only the last one may have no end."""

    code = "pricing.unreadable_tiers"
    message = msg("These tiers cannot be read in order.")
    hint = msg("Give at least one, each with a later end than the one before; only the last may have none.")


class Mode(StrEnum):
    """How tiers are read."""

    GRADUATED = "graduated"
    """Each part of the quantity pays the price of its own tier."""
    VOLUME = "volume"
    """The whole quantity pays the price of the tier it ends in."""


class ZeroUsage(StrEnum):
    """What no usage at all costs. The sources differ, so it is said with the price."""

    FIRST_FLAT = "first_flat"
    """The flat part of the first tier."""
    NOTHING = "nothing"
    """Nothing."""
    ONE_BLOCK = "one_block"
    """The flat part and one block of the first tier: a package is the least one can buy."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Up to and with `up_to` units (None: without end): `flat` once, and `unit` for each unit or started `block`.

    Prices are in major units with up to 12 decimal places. Raises TooPrecise beyond them, UnreadableAmount.
    """

    up_to: Exact | None = None
    unit: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)
    block: Exact | None = None

    def __post_init__(self) -> None:
        for price in (self.unit, self.flat):
            if Fraction(finite_decimal(price)) * TRILLION % 1:
                raise TooPrecise(text=price, places=RATE_PLACES)
        if self.block is not None and self.block <= 0:
            raise UnreadableTiers


class Component(StrEnum):
    """Which price of a tier a part of an amount comes from."""

    UNIT = "unit"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an amount: so many units, blocks or flat parts (`quantity`) of a tier (from 1) at a price."""

    tier: int
    component: Component
    price: Decimal
    quantity: Whole

    @property
    def amount(self) -> Fraction:
        """What it costs, in major units."""
        return Fraction(self.price) * self.quantity


@dataclass(frozen=True, slots=True)
class TierPrice:
    """A price that grows with a quantity of whole or fractional units. Raises UnreadableTiers.

    22 units over 5 for a flat 100, then 5 for a flat 50, then 5 at 5 each and the rest at 1 each:

    >>> tiers = Tier(5, flat=Decimal(100)), Tier(10, flat=Decimal(50)), Tier(15, unit=Decimal(5)), Tier(unit=Decimal(1))
    >>> TierPrice(Currency("EUR"), tiers).amount(22)
    Fraction(182, 1)
    >>> TierPrice(Currency("EUR"), tiers, Mode.VOLUME).amount(22)
    Fraction(22, 1)
    """

    currency: Currency
    tiers: tuple[Tier, ...]
    mode: Mode = Mode.GRADUATED
    zero_usage: ZeroUsage = ZeroUsage.FIRST_FLAT
    _steps: tuple[_Step, ...] = field(init=False, repr=False, compare=False)
    """Each tier as below, up_to, unit and flat in trillionths, block."""
    _per_major: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ends = [tier.up_to for tier in self.tiers]
        bounded = [Fraction(0), *(Fraction(end) for end in ends if end is not None)]
        if not ends or None in ends[:-1] or any(one >= other for one, other in pairwise(bounded)):
            raise UnreadableTiers
        below: Whole = 0
        steps = []
        for tier in self.tiers:
            end = None if tier.up_to is None else _tidy(tier.up_to)
            block = None if tier.block is None else _tidy(tier.block)
            steps.append((below, end, _trillionths(tier.unit), _trillionths(tier.flat), block))
            below = below if end is None else end
        object.__setattr__(self, "_steps", tuple(steps))
        object.__setattr__(self, "_per_major", self.currency.minor_per_major)

    def trillionths(self, quantity: Whole) -> Whole:
        """What a quantity costs, in trillionths of the major unit: whole for a whole quantity, and fast then.

        Raises NegativeQuantity, BeyondTiers.
        """
        if quantity <= 0:
            return self._of_nothing(quantity)
        cost: Whole = 0
        volume = self.mode is Mode.VOLUME
        for below, end, unit, flat, block in self._steps:
            top = quantity if end is None or quantity <= end else end
            last = top == quantity
            if last or not volume:
                part = quantity if volume else top - below
                cost += flat + unit * (part if block is None else -(-part // block))
            if last:
                return cost
        raise BeyondTiers(quantity=_shown(quantity), up_to=_shown(self._steps[-1][1] or 0))

    def amount(self, quantity: Exact) -> Fraction:
        """What a quantity costs, exact, in major units. Raises NegativeQuantity, BeyondTiers.

        201 units in packages of 100 at 5, the first 100 free, are two packages:

        >>> package("5", "USD", size=100, free=100).amount(201)
        Fraction(10, 1)
        """
        return Fraction(self.trillionths(_tidy(quantity))) / TRILLION

    def minor(self, quantity: Whole, rounding: Rounding) -> int:
        """What a quantity costs in minor units, rounded: for rating many at once. Raises as `trillionths` does."""
        cost = self.trillionths(quantity)
        return rounding.quotient(cost.numerator * self._per_major, cost.denominator * TRILLION)

    def money(self, quantity: Exact, rounding: Rounding) -> Money:
        """What a quantity costs, rounded. Raises NegativeQuantity, BeyondTiers.

        >>> per_unit("0.0125", "USD").money(2001, Rounding.HALF_UP).major
        '25.01'
        """
        return Money(self.minor(_tidy(quantity), rounding), self.currency)

    def parts(self, quantity: Exact) -> tuple[Part, ...]:
        """What a quantity costs, tier by tier, without parts that cost nothing. Raises NegativeQuantity, BeyondTiers.

        >>> [(part.tier, str(part.price), part.quantity) for part in per_unit("2", "EUR").parts(3)]
        [(1, '2', 3)]
        """
        asked = _tidy(quantity)
        if asked <= 0:
            self._of_nothing(asked)
            return tuple(part for part in self._first_parts() if part.price and part.quantity)
        return tuple(part for part in self._all_parts(asked) if part.price and part.quantity)

    def _all_parts(self, quantity: Whole) -> Iterator[Part]:
        for number, (tier, (below, end, _, _, block)) in enumerate(zip(self.tiers, self._steps, strict=True), 1):
            reached = end is None or quantity <= end
            if self.mode is Mode.GRADUATED or reached:
                top = quantity if end is None or reached else end
                units = quantity if self.mode is Mode.VOLUME else top - below
                yield Part(number, Component.FLAT, tier.flat, 1)
                yield Part(number, Component.UNIT, tier.unit, units if block is None else -(-units // block))
            if reached:
                return
        raise BeyondTiers(quantity=_shown(quantity), up_to=_shown(self._steps[-1][1] or 0))

    def _first_parts(self) -> Iterator[Part]:
        first = self.tiers[0]
        if self.zero_usage is not ZeroUsage.NOTHING:
            yield Part(1, Component.FLAT, first.flat, 1)
        if self.zero_usage is ZeroUsage.ONE_BLOCK:
            yield Part(1, Component.UNIT, first.unit, 1)

    def _of_nothing(self, quantity: Whole) -> Whole:
        if quantity < 0:
            raise NegativeQuantity(quantity=_shown(quantity))
        return sum((_trillionths(part.price) for part in self._first_parts()), 0)


def difference(now: Iterable[Part], booked: Iterable[Part]) -> tuple[Part, ...]:
    """What is still to book when `booked` was booked and `now` is right: parts of one tier and price meet.

    What is no longer right comes last, as a negative quantity. The parts sum to the difference of both sums. Volume
    tiers of 10 up to 15 and 5 beyond it, for 16 units when 15 were booked:

    >>> price = TierPrice(Currency("EUR"), (Tier(15, unit=Decimal(10)), Tier(unit=Decimal(5))), Mode.VOLUME)
    >>> [(str(part.price), part.quantity) for part in difference(price.parts(16), price.parts(15))]
    [('5', 16), ('10', -15)]
    """
    left: dict[tuple[int, Component, Decimal], Whole] = {}
    for part in now:
        key = (part.tier, part.component, part.price)
        left[key] = left.get(key, 0) + part.quantity
    for part in booked:
        key = (part.tier, part.component, part.price)
        left[key] = left.get(key, 0) - part.quantity
    return tuple(Part(*key, quantity) for key, quantity in left.items() if quantity)


def flat(amount: str, currency: str) -> TierPrice:
    """A price that does not depend on the quantity."""
    return TierPrice(Currency(currency), (Tier(flat=Decimal(amount)),))


def per_unit(rate: str, currency: str) -> TierPrice:
    """A price for each unit: a seat, a document, an hour."""
    return TierPrice(Currency(currency), (Tier(unit=Decimal(rate)),))


def package(amount: str, currency: str, *, size: Exact, free: Exact = 0) -> TierPrice:
    """A price for each started package of `size` units, after `free` units."""
    paid = Tier(unit=Decimal(amount), block=size)
    return TierPrice(Currency(currency), (Tier(free), paid) if free else (paid,))


def stairstep(steps: Iterable[tuple[Exact | None, str]], currency: str) -> TierPrice:
    """One price for any quantity up to each step: (10, "50"), (None, "90") is 50 up to 10 units and 90 beyond.

    >>> stairstep([(10, "50"), (None, "90")], "EUR").amount(11)
    Fraction(90, 1)
    """
    tiers = tuple(Tier(up_to, flat=Decimal(amount)) for up_to, amount in steps)
    return TierPrice(Currency(currency), tiers, Mode.VOLUME)


def _trillionths(price: Decimal) -> int:
    return (Fraction(price) * TRILLION).numerator


def _tidy(number: Exact) -> Whole:
    """An int where the number is whole, for speed; else a Fraction."""
    if isinstance(number, int):
        return number
    exact = Fraction(number)
    return exact.numerator if exact.denominator == 1 else exact


def _shown(number: Whole) -> str:
    return str(number)[:40]
