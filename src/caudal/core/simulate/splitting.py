"""The best split of a budget over channels, with the proof that none is better where every sum brings less and less."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from caudal.core.errors import Problem, msg
from caudal.core.plans import Curve, Response
from caudal.core.simulate.quantiles import Floats

_HALVINGS: Final = 200
_CELLS: Final = 800
"""In so many parts a budget is cut where curves start slowly."""
_TINY: Final = 1e-12


class BudgetOutOfReach(Problem):
    """The budget is below what all channels need at least, or above what all take at most."""

    code = "split.out_of_reach"
    status = 422
    message = msg("These channels take from {least} to {most}; {budget} cannot be split over them.")


@dataclass(frozen=True, slots=True)
class Share:
    """What one channel gets, what that brings, and what one more unit of money would bring."""

    response: Response
    lo: float
    hi: float
    spend: float
    brings: float
    marginal: float


@dataclass(frozen=True, slots=True)
class Split:
    """A split, what all of it brings, the price of a unit of budget, and how much more any split could bring.

    `gap` is the distance to a bound that no split exceeds: for any price p, all channels together bring at most
    Σ max(f(x) - p·x) + p·budget. It is nothing where all curves are concave; where some start slowly it may not be.
    """

    budget: float
    shares: tuple[Share, ...]
    brings: float
    price: float
    gap: float

    @property
    def slow(self) -> tuple[Response, ...]:
        """The curves that first bring more and more: with them the split is a good one, and its gap says how good."""
        return tuple(each.response for each in self.shares if not each.response.is_concave)


def split_budget(curves: Sequence[tuple[Response, float, float]], budget: float) -> Split:
    """Split a budget over curves, each with the least and the most to spend on it. Raises BudgetOutOfReach.

    Where every curve is concave a split is best when all channels bring the same for one unit more, but for those at
    an end of their range: the price at which the channels together take the whole budget is found by halving. Where
    one is not, the best split into `_CELLS` equal parts is found, channel after channel.
    """
    lo, hi = np.array([low for _, low, _ in curves]), np.array([high for _, _, high in curves])
    if not curves or not lo.sum() * (1 - _TINY) <= budget <= hi.sum() * (1 + _TINY):
        raise BudgetOutOfReach(least=f"{lo.sum():,.0f}", most=f"{hi.sum():,.0f}", budget=f"{budget:,.0f}")
    with np.errstate(all="ignore"):  # a steep curve far from its middle is nothing or everything
        return _split([_Channel(*each) for each in curves], budget)


def _split(channels: Sequence["_Channel"], budget: float) -> Split:
    concave = all(each.curve.is_concave for each in channels)
    spend, price = _by_price(channels, budget) if concave else _by_cells(channels, budget)
    brings = [float(each.brings(np.array([spent]))[0]) for each, spent in zip(channels, spend, strict=True)]
    bound = sum(each.most_above(price, spent) for each, spent in zip(channels, spend, strict=True)) + price * budget
    shares = tuple(
        Share(each.curve, each.lo, each.hi, float(spent), brought, each.slope(float(spent)))
        for each, spent, brought in zip(channels, spend, brings, strict=True)
    )
    return Split(budget, shares, sum(brings), price, max(bound - sum(brings), 0.0))


def brought(curve: Response, spend: float) -> float:
    """What a curve brings for a sum."""
    return float(_Channel(curve, 0.0, spend).brings(np.array([spend]))[0])


@dataclass(frozen=True, slots=True)
class _Channel:
    """A curve over the sums that may be spent on it."""

    curve: Response
    lo: float
    hi: float

    def brings(self, spend: Floats) -> Floats:
        """What some sums bring."""
        most, half, power = float(self.curve.most), float(self.curve.half), float(self.curve.power)
        match self.curve.curve:
            case Curve.SATURATION:
                return most * spend / (half + spend)
            case Curve.HILL:
                raised = np.power(spend / half, power)
                return np.asarray(most * raised / (1 + raised), dtype=np.float64)
            case Curve.EXPONENTIAL:
                return np.asarray(most * (1 - np.exp2(-spend / half)), dtype=np.float64)
            case Curve.POWER:
                return np.asarray(most * np.power(spend / half, power), dtype=np.float64)
        ends = [(0.0, 0.0), *((float(x), float(y)) for x, y in self.curve.points)]
        return np.interp(spend, [x for x, _ in ends], [y for _, y in ends])

    def slope(self, spend: float) -> float:
        """What one unit more brings, to the right of a sum."""
        most, half, power = float(self.curve.most), float(self.curve.half), float(self.curve.power)
        part = spend / half if half else 0.0
        match self.curve.curve:
            case Curve.SATURATION:
                return most * half / (half + spend) ** 2
            case Curve.EXPONENTIAL:
                return float(most * np.log(2) / half * np.exp2(-part))
            case Curve.PIECES:
                pieces = (float(y / length) for x, length, y in self.curve.pieces if x <= spend < x + length)
                return next(pieces, 0.0)
        if part == 0:
            return float("inf") if power < 1 else most / half if power == 1 else 0.0
        steep = most * power / half * float(np.power(part, power - 1))
        return steep if self.curve.curve is Curve.POWER else steep / float(np.square(1 + np.power(part, power)))

    def taken(self, price: float) -> float:
        """What it takes of a concave curve while its next unit brings more than the price."""
        if self.slope(self.lo) <= price:
            return self.lo
        most, half, power = float(self.curve.most), float(self.curve.half), float(self.curve.power)
        if price > 0 and self.curve.curve is Curve.SATURATION:
            return min(max(float(np.sqrt(most * half / price)) - half, self.lo), self.hi)
        if price > 0 and self.curve.curve is Curve.EXPONENTIAL:
            return min(max(half * float(np.log2(most * np.log(2) / (half * price))), self.lo), self.hi)
        if price > 0 and self.curve.curve is Curve.POWER and power < 1:
            spend = half * float(np.power(most * power / (half * price), 1 / (1 - power)))
            return min(max(spend, self.lo), self.hi)
        low, high = self.lo, self.hi
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if middle in {low, high}:
                break
            low, high = (middle, high) if self.slope(middle) > price else (low, middle)
        return high

    def most_above(self, price: float, spent: float) -> float:
        """The most that it brings beyond the price of what is spent, whatever that is."""
        tried = [self.lo, self.hi, spent]
        tried += [self.taken(price)] if self.curve.is_concave else np.linspace(self.lo, self.hi, 8 * _CELLS).tolist()
        sums = np.array(tried)
        return float(np.max(self.brings(sums) - price * sums))


def _by_price(channels: Sequence[_Channel], budget: float) -> tuple[Floats, float]:
    """What each takes at the price at which all together take the budget, and that price."""

    def taken(price: float) -> Floats:
        return np.array([each.taken(price) for each in channels])

    low, high = 0.0, max(each.slope(max(each.lo, each.hi * _TINY)) for each in channels) * 2
    for _ in range(_HALVINGS):
        price = (low + high) / 2
        if price in {low, high}:
            break
        low, high = (price, high) if taken(price).sum() > budget else (low, price)
    fewer, more = taken(high), taken(low)
    room = float(more.sum() - fewer.sum())
    # Between the two lies only what brings the same everywhere: straight pieces, and what rounding leaves.
    share = min(max((budget - float(fewer.sum())) / room, 0.0), 1.0) if room > 0 else 0.0
    return _exactly(fewer + share * (more - fewer), channels, budget), high


def _by_cells(channels: Sequence[_Channel], budget: float) -> tuple[Floats, float]:
    """The best split of what is beyond the least sums into equal parts, and the price that bounds all others best."""
    least = np.array([each.lo for each in channels])
    cell = max(budget - float(least.sum()), 0.0) / _CELLS
    steps = np.arange(_CELLS + 1)
    best, choices = np.zeros(_CELLS + 1), []
    for place, each in enumerate(channels):
        sums = each.lo + steps * cell
        brings = np.where(sums <= each.hi * (1 + _TINY) + _TINY, each.brings(np.minimum(sums, each.hi)), -np.inf)
        # What is had of parts that are spent: those for this channel, and the rest for the ones before it.
        behind = steps[:, None] - steps[None, :]
        before = (
            np.where(behind >= 0, best[np.maximum(behind, 0)], -np.inf)
            if place
            else np.where(behind == 0, 0.0, -np.inf)
        )
        total = before + brings[None, :]
        choices.append(np.argmax(total, axis=1))
        best = np.max(total, axis=1)
    spend, left = least.copy(), _CELLS
    for place in reversed(range(len(channels))):
        parts = int(choices[place][left])
        spend[place] += parts * cell
        left -= parts
    spend = _exactly(np.minimum(spend, [each.hi for each in channels]), channels, budget)
    return spend, _best_price(channels, budget, spend)


def _best_price(channels: Sequence[_Channel], budget: float, spend: Floats) -> float:
    """The price whose bound is lowest: bounds are convex in it, so thirds of the range are left out in turn."""

    def bound(price: float) -> float:
        return (
            sum(each.most_above(price, float(sum_)) for each, sum_ in zip(channels, spend, strict=True))
            + price * budget
        )

    low, high = 0.0, max(float(np.max(each.brings(np.linspace(each.lo, each.hi, _CELLS)))) for each in channels)
    high = high / max(budget, _TINY) * 10 + _TINY
    for _ in range(60):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, other) if bound(one) <= bound(other) else (one, high)
    return (low + high) / 2


def _exactly(spend: Floats, channels: Sequence[_Channel], budget: float) -> Floats:
    """The same split with what rounding left over given to whoever has room."""
    lo, hi = np.array([each.lo for each in channels]), np.array([each.hi for each in channels])
    left = budget - float(spend.sum())
    room = hi - spend if left > 0 else spend - lo
    total = float(room.sum())
    return spend if total <= 0 else spend + left * room / total
