"""What is spent at least: periods of a commitment, each with the minimum that is owed for it.

A commitment holds from a day on until another one takes its place or the contract ends; a period that is cut short owes
that part of the minimum, by days.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from caudal.core.money import Money, Rounding, portion
from caudal.core.periods import Cycle, Days, Grain

_PERIODS_MAX: Final = 2_400


@dataclass(frozen=True, slots=True)
class Commitment:
    """So much is spent at least in every so many months from a day on; no amount ends what held before.

    Of commitments with numbers, one that was made later is in the place of all that would follow it.
    """

    number: int
    from_day: date
    amount: Money | None
    months: int


@dataclass(frozen=True, slots=True)
class CommittedPeriod:
    """The days of a period, the whole one they are a part of, and what is spent in them at least."""

    days: Days
    whole: Days
    amount: Money

    @property
    def share(self) -> Fraction:
        """How much of a whole period it is, by days."""
        return self.whole.share(self.days)


def committed_periods(commitments: Iterable[Commitment], end: date | None, up_to: date) -> tuple[CommittedPeriod, ...]:
    """Return the periods that begin before a day, in order; `end` is the first day that nothing is owed for any more.

    12,000 a year, and the contract ends after a year and 73 days:

    >>> from caudal.core.money import Currency
    >>> yearly = Commitment(1, date(2026, 1, 1), Money.of("12000", "EUR"), 12)
    >>> [one.amount.major for one in committed_periods([yearly], date(2027, 3, 15), date(2030, 1, 1))]
    ['12000.00', '2400.00']
    """
    held: list[Commitment] = []
    for each in sorted(commitments, key=lambda one: one.number):
        while held and held[-1].from_day >= each.from_day:
            held.pop()
        held.append(each)
    found: list[CommittedPeriod] = []
    for position, each in enumerate(held):
        until = [day for day in (end, held[position + 1].from_day if position + 1 < len(held) else None) if day]
        found += _periods(each, min(until, default=None), up_to)
    return tuple(found)


def _periods(one: Commitment, until: date | None, up_to: date) -> Iterator[CommittedPeriod]:
    if one.amount is None:
        return
    cycle = Cycle(one.from_day, Grain.MONTH, one.months)
    for number in range(_PERIODS_MAX):
        whole = cycle.days_of(number)
        end = whole.end if until is None else min(whole.end, until)
        if whole.start >= up_to or end <= whole.start:
            return
        days = Days(whole.start, end)
        yield CommittedPeriod(days, whole, portion(one.amount, whole.share(days), Rounding.HALF_UP))
