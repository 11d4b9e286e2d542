"""Many futures of a plan at once: drawn from its drivers, computed by its tree, counted against its targets.

All of it is floating point and none of it draws by itself: the generator is an argument, so one seed gives one answer.
"""

from caudal.core.simulate.futures import (
    Capacity,
    Contrast,
    Futures,
    Influence,
    NothingToSimulate,
    Quantiles,
    Series,
    contrast,
    simulate,
)
from caudal.core.simulate.playing import Played, play
from caudal.core.simulate.quantiles import draw, normal_share, values_at
from caudal.core.simulate.splitting import BudgetOutOfReach, Share, Split, brought, split_budget
from caudal.core.simulate.trying import Answer, Bar, middles, musts, numbers_of, solve, tornado

__all__ = [
    "Answer",
    "Bar",
    "BudgetOutOfReach",
    "Capacity",
    "Contrast",
    "Futures",
    "Influence",
    "NothingToSimulate",
    "Played",
    "Quantiles",
    "Series",
    "Share",
    "Split",
    "brought",
    "contrast",
    "draw",
    "middles",
    "musts",
    "normal_share",
    "numbers_of",
    "play",
    "simulate",
    "solve",
    "split_budget",
    "tornado",
    "values_at",
]
