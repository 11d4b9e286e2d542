"""Credit notes: what is given back of a line, with its tax, so that all of them together are never more than it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.money import Money, Rounding, portion

_PERCENT: Final = 100


class TooMuchCredit(Problem):
    """More would be credited than is left of the line."""

    code = "pricing.too_much_credit"
    status = 409
    message = msg("{asked} cannot be credited: {left} is left of this line.")


class Share(StrEnum):
    """What share of a line's tax a part of it is credited with, in whole minor units."""

    RUNNING = "running"
    """That of all that is credited, less what was credited before: no sum is ever further than half a unit away."""
    OWN = "own"
    """That of the part by itself; what all of them are apart from the whole, the last one bears."""


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount before tax, and the tax on it."""

    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Both together."""
        return self.net + self.tax


def tax_of(net: Money, percent: Decimal, rounding: Rounding) -> Money:
    """The tax on an amount."""
    return portion(net, Fraction(percent) / _PERCENT, rounding)


def credit(
    line: Taxed, net: Money, *, credited: Sequence[Taxed] = (), rounding: Rounding, share: Share = Share.RUNNING
) -> Taxed:
    """Credit a part of a line. Raises TooMuchCredit.

    The tax is the part's share of the line's tax; the last credit note takes what is left of it, so that a line
    credited in any number of parts is credited exactly.

    >>> line = Taxed(Money.of("769.00", "EUR"), Money.of("153.80", "EUR"))
    >>> first = credit(line, Money.of("726.86", "EUR"), rounding=Rounding.HALF_UP)
    >>> rest = credit(line, Money.of("42.14", "EUR"), credited=[first], rounding=Rounding.HALF_UP)
    >>> first.tax.major, rest.tax.major
    ('145.37', '8.43')
    """
    nothing = Money(0, line.net.currency)
    before = sum((one.net for one in credited), nothing)
    taxed_before = sum((one.tax for one in credited), nothing)
    if not nothing <= net <= line.net - before:
        raise TooMuchCredit(asked=net, left=line.net - before)
    if not line.net:
        return Taxed(net, nothing)
    if share is Share.OWN:
        left = line.tax - taxed_before
        own = portion(line.tax, Fraction(net.minor, line.net.minor), rounding)
        return Taxed(net, left if before + net == line.net else min(own, left))
    reached = Fraction((before + net).minor, line.net.minor)
    return Taxed(net, portion(line.tax, reached, rounding) - taxed_before)
