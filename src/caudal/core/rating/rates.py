"""From usage to lines, and from late usage to the lines that are still missing.

Rating is a function of facts, terms and a watermark. Lines are rounded by their running total, so that cutting a period
in pieces changes no sum. Discounts and limits are worked out on the running total, and each piece bears what they
changed in it. What was booked is compared with what is right now, line by line of the same period: the difference is
what is still to book.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Exact, Money, Rounding, round_money, total
from caudal.core.periods import Period
from caudal.core.pricing import Commitment, Discount, TierPrice, discounted, use_allowance
from caudal.core.rating.metering import Meter, UsageFact, known_usage

_ONE: Final = Decimal(1)


class TornWindows(Problem):
    """The pieces of a period do not touch."""

    code = "rating.torn_windows"
    message = msg("The pieces of the period from {start} to {end} do not touch.")
    hint = msg("Begin with the period, and let each piece begin where the one before ends.")


class LineKind(StrEnum):
    """What a line is for."""

    UNIT = "unit"
    FLAT = "flat"
    DISCOUNT = "discount"
    MAXIMUM = "maximum"
    """What is over the most that is spent."""
    MINIMUM = "minimum"
    """What makes up for the least that is spent."""


@dataclass(frozen=True, slots=True)
class LineKey:
    """Which line it is: those of one key are one line, whatever document they stand on."""

    charge: str
    period: Period
    kind: LineKind
    tier: int = 0
    price: Decimal = _ONE


@dataclass(frozen=True, slots=True)
class RatedLine:
    """So many units, blocks or flat parts, and what they cost. `corrects` is said of what was already billed once."""

    key: LineKey
    quantity: Fraction
    amount: Money
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class UsageTerms:
    """What was agreed of a charge by usage. `allowance` is free units of each period, before the price."""

    charge: str
    meter: Meter
    price: TierPrice
    allowance: Exact = 0
    discounts: tuple[Discount, ...] = ()
    commitment: Commitment = field(default_factory=Commitment)
    rounding: Rounding = Rounding.HALF_UP

    @property
    def currency(self) -> Currency:
        """The currency of its lines."""
        return self.price.currency

    def paid(self, quantity: Fraction) -> Fraction:
        """What is paid of a quantity."""
        return use_allowance(self.allowance, [quantity])[0][0]


@dataclass(frozen=True, slots=True)
class Rating:
    """What a period costs at a watermark: everything that a later rating needs to be the same again."""

    lines: tuple[RatedLine, ...]
    as_of: datetime
    currency: Currency

    @property
    def total(self) -> Money:
        """The sum of all lines."""
        return total((line.amount for line in self.lines), self.currency)


def rate(
    terms: UsageTerms,
    facts: Iterable[UsageFact],
    period: Period,
    *,
    as_of: datetime,
    windows: Sequence[Period] = (),
    last: bool = True,
    carried: Exact = 0,
) -> Rating:
    """Rate the usage of a period as it was known at an instant.

    `windows` are the pieces that are billed one by one (none: the whole period); `last` says that the period is over,
    so that a minimum is made up for. Raises TornWindows, ConflictingUsage, NegativeQuantity, BeyondTiers.

    Three calls at 0.10 and a minimum of 1.00:

    >>> from datetime import UTC
    >>> from caudal.core.pricing import per_unit
    >>> from caudal.core.rating.metering import Aggregation
    >>> may = Period(datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC))
    >>> least = Commitment(minimum=Money.of("1", "EUR"))
    >>> terms = UsageTerms("calls", Meter(Aggregation.SUM), per_unit("0.10", "EUR"), commitment=least)
    >>> facts = [UsageFact("api", "1", may.start, may.start, 3)]
    >>> [(line.key.kind.value, line.amount.major) for line in rate(terms, facts, may, as_of=may.end).lines]
    [('unit', '0.30'), ('minimum', '0.70')]
    """
    pieces = tuple(windows) or (period,)
    _check_touching(pieces, period)
    usage = known_usage(facts, as_of)
    quantities = [terms.meter.measure(usage, period, piece.end, carried=carried) for piece in pieces]
    return Rating(rate_quantities(terms, pieces, quantities, last=last), as_of, terms.currency)


def rate_quantities(
    terms: UsageTerms, windows: Sequence[Period], quantities: Sequence[Fraction], *, last: bool
) -> tuple[RatedLine, ...]:
    """Rate the pieces of a period by the quantity that was reached at the end of each, with discounts and limits.

    A price that holds no more when a later piece is over, as that of a tier of volume that was left, is taken back
    on the pieces that paid it; the later piece bears what is paid instead.
    """
    lines = _by_quantity(terms, windows, quantities)
    return (*lines, *mutations(terms, windows, lines, last=last))


def _by_quantity(terms: UsageTerms, windows: Sequence[Period], quantities: Sequence[Fraction]) -> tuple[RatedLine, ...]:
    lines: list[RatedLine] = []
    before: dict[tuple[LineKind, int, Decimal], tuple[Fraction, Money]] = {}
    nothing = Fraction(0), Money(0, terms.currency)
    for window, quantity in zip(windows, quantities, strict=True):
        now = _running(terms, quantity)
        lines = [line for line in lines if (line.key.kind, line.key.tier, line.key.price) in now]
        for (kind, tier, price), (units, amount) in now.items():
            units_before, amount_before = before.get((kind, tier, price), nothing)
            if units != units_before:
                key = LineKey(terms.charge, window, kind, tier, price)
                lines.append(RatedLine(key, units - units_before, amount - amount_before))
        before = now
    return tuple(lines)


def mutations(
    terms: UsageTerms, windows: Sequence[Period], lines: Sequence[RatedLine], *, last: bool
) -> tuple[RatedLine, ...]:
    """What discounts and limits do to the total of a period: first discounts, then the limits.

    They are worked out on the total that was reached at the end of each piece, and each piece bears what they changed
    in it. A minimum is made up for in the last piece, when the period is over.
    """
    found: list[RatedLine] = []
    nothing = Money(0, terms.currency)
    reached, before = nothing, _Mutated(nothing, nothing, nothing)
    for window in windows:
        reached += total((line.amount for line in lines if line.key.period == window), terms.currency)
        now = _mutated(terms, reached)
        for kind, amount in (
            (LineKind.DISCOUNT, now.discount - before.discount),
            (LineKind.MAXIMUM, now.over - before.over),
        ):
            if amount:
                found.append(RatedLine(LineKey(terms.charge, window, kind), Fraction(1), amount))
        before = now
    true_up = terms.commitment.settle([before.kept], last=last).true_up
    if true_up:
        found.append(RatedLine(LineKey(terms.charge, windows[-1], LineKind.MINIMUM), Fraction(1), true_up))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Mutated:
    """What a total becomes: less a discount and what is over the maximum (neither above zero), what is kept."""

    discount: Money
    over: Money
    kept: Money


def _mutated(terms: UsageTerms, subtotal: Money) -> _Mutated:
    discounted_to = discounted(subtotal, terms.discounts, terms.rounding) if subtotal.minor > 0 else subtotal
    off = terms.commitment.settle([discounted_to], last=False).off[0]
    return _Mutated(discounted_to - subtotal, -off, discounted_to - off)


def still_due(now: Rating, booked: Iterable[RatedLine]) -> tuple[RatedLine, ...]:
    """What is still to book when `now` is right and some lines were booked before, on whatever documents.

    Every line keeps the period that it belongs to; one whose period has booked lines `corrects` them. All documents of
    a period together are the rating of the period, to the minor unit; without news there is nothing to book.
    """
    wanted = _summed(now.lines)
    had = _summed(booked)
    periods_booked = {key.period for key in had}
    nothing = Fraction(0), Money(0, now.currency)
    due = []
    for key in (*wanted, *(key for key in had if key not in wanted)):
        units, amount = wanted.get(key, nothing)
        units_before, amount_before = had.get(key, nothing)
        if amount != amount_before or units != units_before:
            corrects = key.period in periods_booked
            due.append(RatedLine(key, units - units_before, amount - amount_before, corrects))
    return tuple(due)


def _running(terms: UsageTerms, quantity: Fraction) -> dict[tuple[LineKind, int, Decimal], tuple[Fraction, Money]]:
    """What a quantity costs in all, by tier and price, each rounded."""
    return {
        (LineKind(part.component.value), part.tier, part.price): (
            Fraction(part.quantity),
            round_money(part.amount, terms.currency, terms.rounding),
        )
        for part in terms.price.parts(terms.paid(quantity))
    }


def _summed(lines: Iterable[RatedLine]) -> dict[LineKey, tuple[Fraction, Money]]:
    summed: dict[LineKey, tuple[Fraction, Money]] = {}
    for line in lines:
        units, amount = summed.get(line.key, (Fraction(0), Money(0, line.amount.currency)))
        summed[line.key] = units + line.quantity, amount + line.amount
    return summed


def _check_touching(windows: Sequence[Period], period: Period) -> None:
    starts = [period.start, *(window.end for window in windows)]
    touch = all(window.start == start for window, start in zip(windows, starts, strict=False))
    if not touch or windows[-1].end > period.end:
        raise TornWindows(start=period.start.isoformat(), end=period.end.isoformat())
