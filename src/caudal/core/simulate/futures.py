"""Monte Carlo over a driver tree: quantiles of every number in every month, chances of targets, and what matters."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from caudal.core.drivers import Goal, Need, Node, Tree
from caudal.core.errors import Problem, msg
from caudal.core.metrics import Direction
from caudal.core.plans import Driver
from caudal.core.simulate.playing import Played, play
from caudal.core.simulate.quantiles import Floats, draw

BINS: Final = 50
"""Into how many parts of equal size a driver is cut to see how much of a number it explains."""
_SLACK: Final = 1e-9
"""A number that misses its target by this share of it is taken to reach it: it was rounded on the way."""
_RANKS_FROM: Final = 100
"""Runs below which nothing is said of what matters."""


class NothingToSimulate(Problem):
    """The tree has no drivers."""

    code = "simulation.no_drivers"
    status = 409
    message = msg("Nothing in this plan is a driver, so there is nothing to simulate.")
    hint = msg("Say in [drivers] of the plan file what may vary, and how much.")


@dataclass(frozen=True, slots=True)
class Quantiles:
    """A number over all runs in one month; None where it has no value in any. `chance` is that of its target."""

    p5: float | None
    p50: float | None
    p95: float | None
    mean: float | None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Influence:
    """How much of the variance of a number one driver explains by itself (first-order Sobol' index), and which way.

    `rank` is Spearman's rank correlation: above zero, more of the driver is more of the number.
    """

    driver: str
    share: float
    rank: float


@dataclass(frozen=True, slots=True)
class Series:
    """One number over the months, and what it rests on at the end."""

    node: Node
    months: tuple[Quantiles, ...]
    influences: tuple[Influence, ...] = ()

    @property
    def last(self) -> Quantiles:
        """The number in the last month."""
        return self.months[-1]


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is needed and what there is, month by month, and the chance that it is not enough."""

    need: Need
    needs: tuple[Quantiles, ...]
    has: tuple[Quantiles, ...]
    short: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """By how much a number is other in one plan than in another in the same runs, and in which share it is better."""

    p5: float
    p50: float
    p95: float
    better: float
    worse: float


@dataclass(frozen=True, slots=True)
class Futures:
    """What became of a plan in many runs."""

    runs: int
    months: int
    series: tuple[Series, ...]
    capacities: tuple[Capacity, ...]
    together: float | None
    """The chance that all targets that are computed are reached at once in the last month."""
    kept: Mapping[str, Floats] = field(default_factory=dict)
    """What some numbers came to in the last month, run by run."""

    def of(self, number_id: str) -> Series:
        """The series of a number of the tree."""
        return next(each for each in self.series if each.node.id == number_id)

    def to_json(self) -> dict[str, Any]:
        """All of it as data."""
        return {
            "runs": self.runs,
            "months": self.months,
            "all_targets_at_once": self.together,
            "numbers": [
                {
                    "id": each.node.id,
                    "unit": each.node.unit.text,
                    "origin": each.node.origin.value,
                    "months": [_told(month) for month in each.months],
                    "influences": [
                        {"driver": one.driver, "share": one.share, "rank": one.rank} for one in each.influences
                    ],
                }
                for each in self.series
            ],
            "capacities": [
                {
                    "id": each.need.id,
                    "unit": each.need.unit.text,
                    "needs": [_told(month) for month in each.needs],
                    "has": [_told(month) for month in each.has],
                    "short": list(each.short),
                }
                for each in self.capacities
            ],
        }


def simulate(
    tree: Tree,
    *,
    runs: int,
    months: int,
    generator: np.random.Generator,
    fixed: Mapping[str, float] | None = None,
    on_month: Callable[[int], bool] | None = None,
    keep: Collection[str] = (),
) -> Futures:
    """Play a tree `runs` times over `months`. Raises NothingToSimulate.

    `fixed` gives drivers one value, in their units; `on_month` hears of each month and stops the work by False: what
    is returned then ends with that month. `keep` names numbers that are kept run by run.

    Chance is dealt to the drivers in the order of their ids: plans with the same drivers meet the same fortune.
    """
    if not tree.drivers:
        raise NothingToSimulate
    drivers = sorted((_driver(node) for node in tree.drivers), key=lambda driver: driver.id)
    drawn = draw(drivers, runs=runs, generator=generator, together=tree.together)
    samples = dict(zip((driver.id for driver in drivers), drawn, strict=True))
    values = {
        node.id: np.full(runs, fixed[node.id]) if fixed and node.id in fixed else samples[node.id]
        for node in tree.drivers
    }
    told: dict[str, list[Quantiles]] = {node.id: [] for node in tree.nodes}
    short: dict[str, list[float]] = {need.id: [] for need in tree.needs}
    last: Played | None = None
    for month in play(tree, values, months):
        for node in tree.nodes:
            same = node.id not in month.fresh
            told[node.id].append(told[node.id][-1] if same else _quantiles(month.values[node.id], node.goal))
        for need in tree.needs:
            short[need.id].append(float(np.mean(month.values[need.needs] > month.values[need.has] * (1 + _SLACK))))
        last = month
        if on_month is not None and not on_month(month.month):
            break
    assert last is not None, "a plan has months"  # noqa: S101  our mistake
    influences = dict(_influences(tree, values, last)) if runs >= _RANKS_FROM else {}
    return Futures(
        runs,
        last.month,
        tuple(Series(node, tuple(told[node.id]), influences.get(node.id, ())) for node in tree.nodes),
        tuple(
            Capacity(need, tuple(told[need.needs]), tuple(told[need.has]), tuple(short[need.id])) for need in tree.needs
        ),
        _all_at_once(tree, last),
        {name: last.values[name] for name in keep},
    )


def contrast(before: Futures, after: Futures, number_id: str, *, better: Direction) -> Contrast | None:
    """What the same fortune makes of a number in two plans; None where it has no value in any run of both.

    Both were played with the same seed, as often, and kept the number. Of a band, less is neither better nor worse.
    """
    moved = after.kept[number_id] - before.kept[number_id]
    known = moved[np.isfinite(moved)]
    if not known.size:
        return None
    p5, p50, p95 = _parted(known)
    slack = np.abs(before.kept[number_id][np.isfinite(moved)]) * _SLACK
    above, below = float(np.mean(known > slack)), float(np.mean(known < -slack))
    up, down = (below, above) if better is Direction.LOWER else (above, below)
    return Contrast(p5, p50, p95, better=up, worse=down)


def reaches(values: Floats, goal: Goal) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """In which runs a number reaches its target; one without a value does not."""
    lo, hi = float(goal.lo), None if goal.hi is None else float(goal.hi)
    low = values >= lo - abs(lo) * _SLACK
    high = np.isfinite(values) if hi is None else values <= hi + abs(hi) * _SLACK
    match goal.direction:
        case Direction.HIGHER:
            return np.asarray(low)
        case Direction.LOWER:
            return np.asarray(high)
    return np.asarray(low & high)


def _driver(node: Node) -> Driver:
    assert node.driver is not None, "drivers have one"  # noqa: S101  our mistake
    return node.driver


def _quantiles(values: Floats, goal: Goal | None) -> Quantiles:
    chance = None if goal is None else float(np.mean(reaches(values, goal)))
    finite = np.isfinite(values)
    known = values if finite.all() else values[finite]
    if not known.size:
        return Quantiles(None, None, None, None, chance)
    p5, p50, p95 = _parted(known)
    return Quantiles(p5, p50, p95, float(known.mean()), chance)


def _parted(values: Floats) -> tuple[float, float, float]:
    """The quantiles at 5, 50 and 95 %, between the two nearest values, as NumPy's default has it."""
    if values[0] == values[-1] and values.min() == values.max():
        one = float(values[0])
        return one, one, one
    p5, p50, p95 = np.quantile(values, (0.05, 0.5, 0.95))
    return float(p5), float(p50), float(p95)


def _all_at_once(tree: Tree, last: Played) -> float | None:
    goals = [(last.values[node.id], node.goal) for node in tree.computed if node.goal is not None]
    if not goals:
        return None
    reached = np.ones_like(goals[0][0], dtype=np.bool_)
    for values, goal in goals:
        reached &= reaches(values, goal)
    return float(np.mean(reached))


def _influences(tree: Tree, drivers: Mapping[str, Floats], last: Played) -> Iterator[tuple[str, tuple[Influence, ...]]]:
    """For each computed number, the drivers that explain some of it, the most important first."""
    ranked = {name: _ranks(values) for name, values in drivers.items() if values.min() < values.max()}
    resting = tree.above
    for node in tree.computed:
        values = last.values[node.id]
        if not np.all(np.isfinite(values)) or values.min() == values.max():
            continue
        order = _ranks(values)
        found = [
            Influence(name, _explained(values, ranks), _correlation(order, ranks))
            for name, ranks in ranked.items()
            if node.id in resting[name]
        ]
        yield node.id, tuple(sorted(found, key=lambda each: -each.share))


def _ranks(values: Floats) -> Floats:
    ranks = np.empty(values.size)
    ranks[np.argsort(values)] = np.arange(values.size)
    return ranks


def _explained(values: Floats, ranks: Floats) -> float:
    """The share of the variance between parts of the driver of equal size, less what chance alone puts there."""
    parts = (ranks * (BINS / ranks.size)).astype(np.int64)
    counts = np.bincount(parts, minlength=BINS)
    means = np.bincount(parts, weights=values, minlength=BINS) / counts
    total = float(np.var(values))
    between = float(np.sum(counts * (means - values.mean()) ** 2) / ranks.size)
    noise = (total - between) * (BINS - 1) / (ranks.size - BINS)
    return min(max((between - noise) / total, 0.0), 1.0)


def _correlation(one: Floats, other: Floats) -> float:
    middle = (one.size - 1) / 2
    return float(np.mean((one - middle) * (other - middle)) / ((one.size**2 - 1) / 12))


def _told(month: Quantiles) -> dict[str, float | None]:
    told = {"p5": month.p5, "p50": month.p50, "p95": month.p95, "mean": month.mean}
    return told if month.chance is None else told | {"chance": month.chance}
