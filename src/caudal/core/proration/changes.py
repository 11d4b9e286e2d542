"""What a change within a paid period costs: credits for what is not used any more, debits for what is used instead."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from caudal.core.money import Money, Rounding, portion
from caudal.core.periods import Period
from caudal.core.pricing import TierPrice
from caudal.core.proration.policies import ProrationPolicy

_ALL: Final = Fraction(1)


class When(StrEnum):
    """When a change counts, and when it is paid."""

    INVOICE_NOW = "invoice_now"
    """Counts now, and its entries are invoiced now."""
    PRORATE = "prorate"
    """Counts now, and its entries stand on the next invoice."""
    NEXT_PERIOD = "next_period"
    """Counts from the next period on, and nothing is paid for this one."""
    RESET_CYCLE = "reset_cycle"
    """Counts now and begins a new period, paid in full; the old one ends."""


class Direction(StrEnum):
    """Which way an entry goes."""

    CREDIT = "credit"
    DEBIT = "debit"


@dataclass(frozen=True, slots=True)
class ProratedEntry:
    """An amount for a part of a period; the amount is not negative, a credit gives it back."""

    direction: Direction
    amount: Money
    period: Period

    @property
    def signed(self) -> Money:
        """The amount as it counts: credits are negative."""
        return -self.amount if self.direction is Direction.CREDIT else self.amount


@dataclass(frozen=True, slots=True)
class Terms:
    """What is paid for a period of a subscription: the price of the whole period after discounts, and how it is cut."""

    price: Money
    period: Period
    zone: ZoneInfo
    policy: ProrationPolicy
    rounding: Rounding

    def left(self, at: datetime) -> Fraction:
        """The share of the period that is still to come: also of what a plan includes that begins then (credits)."""
        return self.policy.left(self.period, at, self.zone)

    def part(self, at: datetime) -> Money:
        """What the rest of the period costs from an instant on."""
        return portion(self.price, self.left(at), self.rounding)

    def at_price(self, price: Money) -> "Terms":
        """The same period at another price."""
        return Terms(price, self.period, self.zone, self.policy, self.rounding)


@dataclass(frozen=True, slots=True)
class PlanChange:
    """The entries of a change, whether they are invoiced at once, and from when on the new price counts."""

    entries: tuple[ProratedEntry, ...]
    invoiced_now: bool
    counts_at: datetime

    def net(self, nothing: Money) -> Money:
        """What all entries come to: rounded entries are summed, so the sum shown is the sum paid."""
        return sum((entry.signed for entry in self.entries), nothing)


def change_price(
    paid: Terms, price: Money, *, at: datetime, when: When, unused: Fraction = _ALL, new_period: Period | None = None
) -> PlanChange:
    """Change to another price within a paid period. Raises MixedCurrencies through `net`.

    `price` is the new price of a whole period after its discounts. `unused` is the share of what the old price included
    (credits, documents) that was not consumed: no more than that is given back, so that nobody gains by buying, using
    up and changing; what the new plan includes is granted for the rest only (`Terms.left`). `new_period` begins at `at`
    when the cycle is reset, and is paid in full.

    From 100.00 to 300.00 on 16 June: half of each.

    >>> from datetime import UTC
    >>> from caudal.core.money import Currency
    >>> from caudal.core.proration.policies import BY_SECOND
    >>> june = Period(datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC))
    >>> paid = Terms(Money.of("100", "USD"), june, ZoneInfo("UTC"), BY_SECOND, Rounding.HALF_UP)
    >>> found = change_price(paid, Money.of("300", "USD"), at=datetime(2025, 6, 16, tzinfo=UTC), when=When.PRORATE)
    >>> [(entry.direction.value, entry.amount.major) for entry in found.entries]
    [('credit', '50.00'), ('debit', '150.00')]
    """
    if when is When.NEXT_PERIOD or at not in paid.period:
        return PlanChange((), invoiced_now=False, counts_at=paid.period.end)
    rest = Period(at, paid.period.end)
    credit = ProratedEntry(Direction.CREDIT, _given_back(paid, at, unused), rest)
    if when is When.RESET_CYCLE:
        debit = ProratedEntry(Direction.DEBIT, price, new_period or rest)
    else:
        debit = ProratedEntry(Direction.DEBIT, paid.at_price(price).part(at), rest)
    return PlanChange((credit, debit), invoiced_now=when is not When.PRORATE, counts_at=at)


def change_seats(paid: Terms, seats: TierPrice, *, count: int, at: datetime) -> ProratedEntry | None:
    """Change to so many seats: what they cost more or less than what was paid, for the rest of the period.

    Seats in tiers cost what their tiers say. None when nothing changes. Raises MixedCurrencies, NegativeQuantity.
    """
    apart = seats.money(count, paid.rounding) - paid.price
    if not apart or at not in paid.period:
        return None
    direction = Direction.DEBIT if apart.minor > 0 else Direction.CREDIT
    return ProratedEntry(direction, paid.at_price(abs(apart)).part(at), Period(at, paid.period.end))


class Refund(StrEnum):
    """What a cancellation within a paid period gives back."""

    NONE = "none"
    PRORATED = "prorated"
    FULL = "full"


def cancel(paid: Terms, *, at: datetime, refund: Refund, unused: Fraction = _ALL) -> ProratedEntry | None:
    """End a subscription within a paid period: what is given back, or None."""
    if refund is Refund.NONE or at not in paid.period:
        return None
    amount = paid.price if refund is Refund.FULL else _given_back(paid, at, unused)
    since = paid.period.start if refund is Refund.FULL else at
    return ProratedEntry(Direction.CREDIT, amount, Period(since, paid.period.end)) if amount else None


def pause(paid: Terms, paused: Period) -> ProratedEntry | None:
    """Give back what a pause takes out of a paid period, or None if it does not touch it.

    It is the difference of two rests, so that a pause and what is left of the period sum to the period.
    """
    shared = paid.period.overlap(paused)
    if shared is None:
        return None
    return ProratedEntry(Direction.CREDIT, paid.part(shared.start) - paid.part(shared.end), shared)


def after_trial(paid: Terms, trial_end: datetime) -> Money:
    """What a period costs of which a trial took the beginning.

    A trial of ten days from 5 March leaves 17 of 31:

    >>> from caudal.core.periods import Days
    >>> from caudal.core.proration.policies import proration
    >>> from datetime import date
    >>> utc = ZoneInfo("UTC")
    >>> march = Days(date(2024, 3, 1), date(2024, 4, 1)).in_zone(utc)
    >>> paid = Terms(Money.of("50000", "EUR"), march, utc, proration("by_day"), Rounding.HALF_UP)
    >>> after_trial(paid, datetime(2024, 3, 15, tzinfo=utc)).major
    '27419.35'
    """
    return paid.part(trial_end)


def _given_back(paid: Terms, at: datetime, unused: Fraction) -> Money:
    return portion(paid.price, min(paid.left(at), unused), paid.rounding)
