"""One driver at a time: what a number does when it moves, and what it must be for a number to reach a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from caudal.core.drivers import Node, Tree
from caudal.core.plans import UnitKind
from caudal.core.simulate.playing import play
from caudal.core.simulate.quantiles import Floats, values_at

_GRID: Final = 257
_FINE: Final = 33
_ROUNDS: Final = 10
"""Each divides the place of a value by 32, after 256 at first: together that is more than doubles can tell apart."""
_BEYOND: Final = 10
"""How many times the upper end of a driver is looked at beyond its range."""
_CLOSE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Bar:
    """What a number is when one driver is low or high (its 5th and 95th percentile) and all others are as usual."""

    driver: Node
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        """How far apart the two are."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one driver must be, all others as they are, for a number to be `wanted`.

    `value` is None when no value reaches it, neither in the driver's range nor up to ten times beyond: then `best` is
    the driver's value that comes nearest, and `reached` what the number is there. `within` says that the value is in
    the range that the plan gives the driver.
    """

    driver: Node
    value: float | None
    within: bool
    best: float
    reached: float


def middles(tree: Tree, changed: Mapping[str, float] | None = None) -> dict[str, float]:
    """What every driver is as usual, or what it is changed to, in its unit and at its full value."""
    usual = {node.id: float(node.driver.middle) for node in tree.drivers if node.driver is not None}
    return usual | {name: value for name, value in (changed or {}).items() if name in usual}


def numbers_of(tree: Tree, months: int, changed: Mapping[str, float] | None = None) -> Mapping[str, float]:
    """Every number in a month when all drivers are as usual, but for those that are changed."""
    found = _numbers(tree, {name: np.array([value]) for name, value in middles(tree, changed).items()}, months)
    return {name: float(values[0]) for name, values in found.items()}


def tornado(tree: Tree, number_id: str, *, months: int, changed: Mapping[str, float] | None = None) -> tuple[Bar, ...]:
    """How far each driver alone moves a number in a month, the widest first. Raises UnknownNumber."""
    target = tree.number(number_id)
    moving = [node for node in tree.drivers if target.id in tree.above[node.id] and node.id not in (changed or {})]
    ends = {node.id: values_at(node.driver, np.array([0.05, 0.95])) for node in moving if node.driver is not None}
    usual = middles(tree, changed)
    runs = {name: np.full(2 * len(moving), value) for name, value in usual.items()}
    for place, node in enumerate(moving):
        runs[node.id][2 * place : 2 * place + 2] = ends[node.id]
    found = _numbers(tree, runs, months, target.id)[target.id] if moving else np.zeros(0)
    bars = [
        Bar(node, *map(float, ends[node.id]), *map(float, found[2 * place : 2 * place + 2]))
        for place, node in enumerate(moving)
    ]
    kept = [bar for bar in bars if np.isfinite(bar.swing) and bar.swing > 0]
    return tuple(sorted(kept, key=lambda bar: (-bar.swing, bar.driver.id)))


def solve(
    tree: Tree,
    number_id: str,
    wanted: float,
    driver_id: str,
    *,
    months: int,
    changed: Mapping[str, float] | None = None,
) -> Answer:
    """Find the value of a driver nearest to its usual one at which a number is `wanted` in a month.

    Raises UnknownNumber, NotADriver.
    """
    return _solved(tree, tree.number(number_id), wanted, [tree.driver(driver_id)], months, changed)[0]


def musts(
    tree: Tree, number_id: str, wanted: float, *, months: int, changed: Mapping[str, float] | None = None
) -> tuple[Answer, ...]:
    """What each driver alone must be for a number to be `wanted`: those that can first, the smallest move first."""
    target = tree.number(number_id)
    usual = middles(tree, changed)
    nodes = [node for node in tree.drivers if target.id in tree.above[node.id]]
    answers = _solved(tree, target, wanted, nodes, months, changed)

    def order(answer: Answer) -> tuple[int, float]:
        if answer.value is None:
            return 2, abs(answer.reached - wanted)
        base = usual[answer.driver.id]
        return int(not answer.within), abs(answer.value - base) / max(abs(base), 1e-300)

    return tuple(sorted(answers, key=order))


def _solved(
    tree: Tree, target: Node, wanted: float, nodes: Sequence[Node], months: int, changed: Mapping[str, float] | None
) -> list[Answer]:
    """The answers of several drivers, each alone: every round plays the points of all of them at once."""
    usual = middles(tree, changed)
    tried = [_Tried.of(node, usual[node.id]) for node in nodes]
    for each, found in zip(tried, _played(tree, target, usual, tried, months), strict=True):
        each.found = found
    for _ in range(_ROUNDS):
        open_ = [each for each in tried if each.closer(wanted)]
        if not open_:
            break
        for each, found in zip(open_, _played(tree, target, usual, open_, months), strict=True):
            each.found = found
    return [each.answer(wanted) for each in tried]


def _played(
    tree: Tree, target: Node, usual: Mapping[str, float], tried: Sequence["_Tried"], months: int
) -> list[Floats]:
    """What the number is at the points of each driver, all others as usual."""
    if not tried:
        return []
    cuts = [int(cut) for cut in np.cumsum([0, *(each.points.size for each in tried)])]
    runs: dict[str, Floats] = {name: np.broadcast_to(value, cuts[-1]) for name, value in usual.items()}
    for each, (start, end) in zip(tried, pairwise(cuts), strict=True):
        column = np.full(cuts[-1], usual[each.node.id])
        column[start:end] = each.points
        runs[each.node.id] = column
    found = _numbers(tree, runs, months, target.id)[target.id]
    return [found[start:end] for start, end in pairwise(cuts)]


@dataclass(slots=True)
class _Tried:
    """A driver, the points at which it is tried, and what the number is there."""

    node: Node
    usual: float
    own: tuple[float, float]
    points: Floats
    found: Floats

    @classmethod
    def of(cls, node: Node, usual: float) -> "_Tried":
        assert node.driver is not None, "only drivers are tried"  # noqa: S101  our mistake
        lo, hi = _reach(node)
        own = (float(node.driver.lo), hi if node.driver.hi is None else float(node.driver.hi))
        points = np.unique(np.concatenate((np.linspace(lo, hi, _GRID), np.linspace(*own, _GRID), [usual])))
        return cls(node, usual, own, points, np.zeros(0))

    def closer(self, wanted: float) -> bool:
        """Look between the two neighbours between which the number is wanted; False where there are none."""
        bracket = _bracket(self.points, self.found - wanted, self.usual)
        if bracket is not None:
            self.points = np.linspace(*bracket, _FINE)
        return bracket is not None

    def answer(self, wanted: float) -> Answer:
        """The point that is nearest to what is wanted, and whether it is that."""
        off = np.abs(self.found - wanted)
        if not np.any(np.isfinite(off)):
            return Answer(self.node, None, within=False, best=self.usual, reached=float("nan"))
        best = int(np.nanargmin(off))
        hit = bool(off[best] <= _CLOSE * max(abs(wanted), 1e-300))
        value = float(self.points[best])
        slack = _CLOSE * max(map(abs, self.own))
        within = hit and self.own[0] - slack <= value <= self.own[1] + slack
        return Answer(self.node, value if hit else None, within, value, float(self.found[best]))


def _numbers(tree: Tree, drivers: Mapping[str, Floats], months: int, only: str | None = None) -> Mapping[str, Floats]:
    found: Mapping[str, Floats] = {}
    for month in play(tree, drivers, months, only=only):
        found = month.values
    return found


def _reach(node: Node) -> tuple[float, float]:
    """From where to where a driver is looked at: its range and far beyond, a share within zero and one."""
    driver = node.driver
    assert driver is not None, "only drivers have a range"  # noqa: S101  our mistake
    top = max(abs(float(end)) for end in (driver.lo, driver.hi, driver.p95, driver.middle) if end is not None)
    lo = 0.0 if driver.lo >= 0 else -top * _BEYOND
    share = driver.unit.kind is UnitKind.PERCENT and driver.unit.text in {"ratio", "share"} and top <= 1
    return lo, 1.0 if share else (top or 1.0) * _BEYOND


def _bracket(points: Floats, off: Floats, near: float) -> tuple[float, float] | None:
    """Two neighbours between which the sign changes, those nearest to a value; None where it never does."""
    signs = np.sign(off)
    crossing = np.flatnonzero((signs[:-1] * signs[1:] <= 0) & np.isfinite(off[:-1]) & np.isfinite(off[1:]))
    if not crossing.size:
        return None
    middle = (points[crossing] + points[crossing + 1]) / 2
    chosen = crossing[int(np.argmin(np.abs(middle - near)))]
    return float(points[chosen]), float(points[chosen + 1])
