"""Why a number is not another one: the difference as contributions that sum to it, exactly.

What adds up is explained by its segments, a ratio by mix and rate, a product by its factors. Everything is a fraction,
so that both are equal and not nearly so.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Final, Generic, TypeVar

from caudal.core.metrics.catalogue import REGISTRY
from caudal.core.metrics.definitions import Registry

K = TypeVar("K", bound=Hashable)
DIGITS: Final = 50
"""Figures of the logarithms by which a product is shared out. Its contributions sum exactly whatever their number."""
NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Effect(Generic[K]):
    """What one segment or factor adds to a difference.

    Of a ratio `amount` is `mix` (there is more or less of the segment) and `rate` (the segment itself went better or
    worse). `before` and `after` are the segment's own number; None where there was nothing to measure.
    """

    key: K
    before: Fraction | None
    after: Fraction | None
    amount: Fraction
    mix: Fraction = NOTHING
    rate: Fraction = NOTHING


@dataclass(frozen=True, slots=True)
class Share:
    """One segment's part of a ratio."""

    above: Fraction
    below: Fraction

    @property
    def rate(self) -> Fraction | None:
        """The segment's own ratio, where it has one."""
        return self.above / self.below if self.below else None


def by_segment(before: Mapping[K, Fraction], after: Mapping[K, Fraction]) -> tuple[Effect[K], ...]:
    """Explain the change of a sum by its segments, the largest first.

    >>> found = by_segment({"web": Fraction(30), "fairs": Fraction(10)}, {"web": Fraction(24), "mail": Fraction(5)})
    >>> [(each.key, int(each.amount)) for each in found]
    [('fairs', -10), ('web', -6), ('mail', 5)]
    """
    return _largest_first(
        Effect(key, before.get(key), after.get(key), after.get(key, NOTHING) - before.get(key, NOTHING))
        for key in _keys(before, after)
    )


def by_mix_and_rate(before: Mapping[K, Share], after: Mapping[K, Share]) -> tuple[Effect[K], ...]:
    """Explain the change of a ratio by its segments: how much of each there is, and how each went (Kitagawa, 1955).

    The mix of a segment is the change of its share of what is below the line, times how far its rate (the mean of
    both) lies from the whole ratio (the mean of both): more of what converts badly pulls a ratio down. Its rate is the
    change of its own ratio, times its share (the mean of both). Nothing below the line on either side explains nothing.

    >>> web, mail = Share(Fraction(8), Fraction(40)), Share(Fraction(2), Fraction(60))
    >>> found = by_mix_and_rate({"web": web, "mail": mail}, {"web": web, "mail": Share(Fraction(1), Fraction(60))})
    >>> [(each.key, str(each.mix), str(each.rate)) for each in found]  # 10 of 100 became 9 of 100
    [('mail', '0', '-1/100'), ('web', '0', '0')]
    """
    whole_before, whole_after = _total(before), _total(after)
    if whole_before.rate is None or whole_after.rate is None:
        return ()
    middle = (whole_before.rate + whole_after.rate) / 2
    found = []
    for key in _keys(before, after):
        old, new = before.get(key, Share(NOTHING, NOTHING)), after.get(key, Share(NOTHING, NOTHING))
        moved = new.below / whole_after.below - old.below / whole_before.below
        rates = [rate for rate in (old.rate, new.rate) if rate is not None]
        own = sum(rates, NOTHING) / len(rates) if rates else middle
        rate = new.above / whole_after.below - old.above / whole_before.below - moved * own
        mix = moved * (own - middle)
        found.append(Effect(key, old.rate, new.rate, mix + rate, mix=mix, rate=rate))
    # What the whole ratio itself is worth to the shares that moved is nothing: they sum to one on both sides.
    assert sum((each.amount for each in found), NOTHING) == whole_after.rate - whole_before.rate  # noqa: S101  exact
    return _largest_first(found)


def by_factor(before: Sequence[tuple[K, Fraction]], after: Sequence[tuple[K, Fraction]]) -> tuple[Effect[K], ...]:
    """Explain the change of a product by its factors, which both sides name in one order.

    Each factor adds in proportion to the logarithm of how much it grew (Ang's logarithmic mean Divisia index): doubling
    one factor weighs as much as doubling another, and nothing is left over. Where a factor is zero or less there is no
    logarithm, and each adds what it does on average over all orders in which they could have changed (Shapley).

    >>> before = [("deals", Fraction(5)), ("size", Fraction(4))]
    >>> found = by_factor(before, [("deals", Fraction(10)), ("size", Fraction(2))])
    >>> [(each.key, round(float(each.amount), 2)) for each in found]  # 20 before, 20 after
    [('deals', 13.86), ('size', -13.86)]
    """
    assert [key for key, _ in before] == [key for key, _ in after], "the same factors, in one order"  # noqa: S101  our mistake
    old, new = [value for _, value in before], [value for _, value in after]
    positive = all(value > 0 for value in (*old, *new))
    amounts = _logarithmic(old, new) if positive else _averaged(old, new)
    return tuple(
        Effect(key, value, later, amount) for (key, value), later, amount in zip(before, new, amounts, strict=True)
    )


def factor_ids(metric_id: str, registry: Registry = REGISTRY) -> tuple[str, ...]:
    """Return the metrics whose product a metric is, down to those that are no products themselves; none for those.

    >>> factor_ids("revenue_won"), factor_ids("leads")
    (('leads', 'lead_conversion', 'win_rate', 'deal_size'), ())
    """
    metric = registry.metrics.get(metric_id)
    if metric is None:
        return ()
    return tuple(name for factor in metric.factors for name in factor_ids(factor, registry) or (factor,))


def _logarithmic(old: Sequence[Fraction], new: Sequence[Fraction]) -> list[Fraction]:
    """Shares of the difference by logarithms, which are rounded; the largest makes their sum exact."""
    grown = [_log(later / value) for value, later in zip(old, new, strict=True)]
    start, end = _product(old), _product(new)
    gap, whole = end - start, sum(grown, NOTHING)
    # For a product that stands still the logarithmic mean is the product itself.
    mean = gap / whole if gap and whole else start
    amounts = [mean * each for each in grown]
    if amounts:
        largest = max(range(len(amounts)), key=lambda place: abs(amounts[place]))
        amounts[largest] += gap - sum(amounts, NOTHING)
    return amounts


def _averaged(old: Sequence[Fraction], new: Sequence[Fraction]) -> list[Fraction]:
    """What each factor adds on average over all orders of change."""
    count = len(old)

    def value(changed: Collection[int]) -> Fraction:
        return _product(new[place] if place in changed else old[place] for place in range(count))

    found = []
    for place in range(count):
        others = [other for other in range(count) if other != place]
        amount = NOTHING
        for size in range(count):
            weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
            for changed in combinations(others, size):
                amount += weight * (value((*changed, place)) - value(changed))
        found.append(amount)
    return found


def _log(value: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).ln())


def _product(values: Iterable[Fraction]) -> Fraction:
    found = Fraction(1)
    for value in values:
        found *= value
    return found


def _total(shares: Mapping[K, Share]) -> Share:
    return Share(
        sum((share.above for share in shares.values()), NOTHING),
        sum((share.below for share in shares.values()), NOTHING),
    )


def _keys(before: Mapping[K, object], after: Mapping[K, object]) -> list[K]:
    return list(dict.fromkeys([*before, *after]))


def _largest_first(found: Iterable[Effect[K]]) -> tuple[Effect[K], ...]:
    return tuple(sorted(found, key=lambda each: -abs(each.amount)))
