"""The best split of a budget over channels that bring less for each further sum, with the proof that none is better."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from caudal.core.errors import Problem, msg
from caudal.core.plans import Response
from caudal.core.simulate.quantiles import Floats

_HALVINGS: Final = 200


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
    Σ max(f(x) - p·x) + p·budget.
    """

    budget: float
    shares: tuple[Share, ...]
    brings: float
    price: float
    gap: float


def split_budget(curves: Sequence[tuple[Response, float, float]], budget: float) -> Split:
    """Split a budget over curves, each with the least and the most to spend on it. Raises BudgetOutOfReach.

    Every curve is concave, so a split is best when all channels bring the same for one unit more, but for those at
    an end of their range. The price at which the channels together take the whole budget is found by halving.
    """
    lo, hi = np.array([low for _, low, _ in curves]), np.array([high for _, _, high in curves])
    if not curves or not lo.sum() * (1 - 1e-12) <= budget <= hi.sum() * (1 + 1e-12):
        raise BudgetOutOfReach(least=f"{lo.sum():,.0f}", most=f"{hi.sum():,.0f}", budget=f"{budget:,.0f}")
    most = np.array([float(curve.most) for curve, _, _ in curves])
    half = np.array([float(curve.half) for curve, _, _ in curves])

    def taken(price: float) -> Floats:
        """What each channel takes while its next unit brings more than the price."""
        return np.asarray(np.clip(np.sqrt(most * half / price) - half, lo, hi), dtype=np.float64)

    low, high = float(np.min(most * half / (half + hi) ** 2)) / 2, float(np.max(most * half / (half + lo) ** 2)) * 2
    for _ in range(_HALVINGS):
        price = float(np.sqrt(low * high))
        low, high = (price, high) if taken(price).sum() > budget else (low, price)
    price = float(np.sqrt(low * high))
    spend = _exactly(taken(price), lo, hi, budget)
    brings = most * spend / (half + spend)
    marginal = most * half / (half + spend) ** 2
    at_price = taken(price)
    bound = float(np.sum(most * at_price / (half + at_price) - price * at_price) + price * budget)
    shares = tuple(
        Share(curve, float(low_end), float(high_end), float(spent), float(brought), float(more))
        for (curve, low_end, high_end), spent, brought, more in zip(curves, spend, brings, marginal, strict=True)
    )
    return Split(budget, shares, float(brings.sum()), price, max(bound - float(brings.sum()), 0.0))


def _exactly(spend: Floats, lo: Floats, hi: Floats, budget: float) -> Floats:
    """The same split with what rounding left over given to whoever has room."""
    left = budget - float(spend.sum())
    room = hi - spend if left > 0 else spend - lo
    total = float(room.sum())
    return spend if total <= 0 else spend + left * room / total
