"""Promises of spending: a minimum that is made up for at the end of a period, and a maximum that is never passed."""

from collections.abc import Sequence
from dataclasses import dataclass

from caudal.core.errors import Problem, msg
from caudal.core.money import Exact, Money, Rounding, portion, total


class CrossedLimits(Problem):
    """The minimum is above the maximum, or one of them is negative."""

    code = "pricing.crossed_limits"
    message = msg("Nothing can be spent between a minimum of {minimum} and a maximum of {maximum}.")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What limits do to the lines of a period: what each loses to the maximum, and what makes up for the minimum."""

    off: tuple[Money, ...]
    true_up: Money


@dataclass(frozen=True, slots=True)
class Commitment:
    """The least and the most that is spent in a period; None is no limit. Raises CrossedLimits, MixedCurrencies.

    It is settled on totals: first discounts, then this, then tax. Only the last document of a period (`last`) makes up
    for the minimum; every one keeps to the maximum.

    >>> least = Commitment(minimum=Money.of("500", "EUR"))
    >>> least.settle([Money.of("300", "EUR")]).true_up.major
    '200.00'
    >>> most = Commitment(maximum=Money.of("170", "EUR"))
    >>> lines = [Money.of("15", "EUR"), Money.of("7", "EUR")]
    >>> [off.major for off in most.settle(lines, booked=Money.of("160", "EUR"), last=False).off]
    ['5.00', '7.00']
    """

    minimum: Money | None = None
    maximum: Money | None = None

    def __post_init__(self) -> None:
        limits = [limit for limit in (self.minimum, self.maximum) if limit is not None]
        crossed = self.minimum is not None and self.maximum is not None and self.minimum > self.maximum
        if crossed or any(limit.minor < 0 for limit in limits):
            raise CrossedLimits(minimum=self.minimum, maximum=self.maximum)

    def part(self, share: Exact, rounding: Rounding) -> "Commitment":
        """The commitment of a part of a period: 2 of February's 29 days of a minimum of 10,000.00 are 689.66.

        >>> from fractions import Fraction
        >>> Commitment(minimum=Money.of("10000", "EUR")).part(Fraction(2, 29), Rounding.HALF_UP).minimum.major
        '689.66'
        """
        minimum, maximum = (
            None if limit is None else portion(limit, share, rounding) for limit in (self.minimum, self.maximum)
        )
        return Commitment(minimum, maximum)

    def settle(self, lines: Sequence[Money], *, booked: Money | None = None, last: bool = True) -> Settlement:
        """Hold lines against the limits; `booked` is what earlier documents of the period came to."""
        currency = (booked or self.minimum or self.maximum or lines[0]).currency
        nothing = Money(0, currency)
        spent = booked or nothing
        off = []
        for line in lines:
            room = line if self.maximum is None else max(nothing, self.maximum - spent)
            kept = min(line, room)
            off.append(line - kept)
            spent += kept
        missing = self.minimum - spent if self.minimum is not None and last else nothing
        return Settlement(tuple(off), max(missing, nothing))

    def settled(self, lines: Sequence[Money]) -> Money:
        """What a whole period comes to."""
        currency = (self.minimum or self.maximum or lines[0]).currency
        settlement = self.settle(lines)
        return total(lines, currency) - total(settlement.off, currency) + settlement.true_up
