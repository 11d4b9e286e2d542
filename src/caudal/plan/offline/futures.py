"""The driver tree of a plan, played: once as usual, one driver at a time, and many times by chance."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from caudal.core.drivers import Tree, UnknownNumber, grow_tree
from caudal.core.errors import Problem, msg
from caudal.core.intervals import UnreadableNumber, exact
from caudal.core.plans import Plan, Response
from caudal.kit.lazy import lazy

if TYPE_CHECKING:
    from caudal.core.simulate import Answer, Bar, Futures, Split

SEED: Final = 1
"""The chance that pages play by, so that a link shows everybody the same futures."""
RUNS: Final = 5000
RUNS_AT_ONCE: Final = 10_000
"""Runs that are played while somebody waits; more are work for a worker."""
RUNS_MOST: Final = 1_000_000
MONTHS_MOST: Final = 120
_KEPT: Final = 16
_SEEDS: Final = 2**64


class TooManyRuns(Problem):
    """Nobody needs so many."""

    code = "simulation.too_many"
    status = 422
    message = msg("A simulation has from 1 to {runs} runs over 1 to {months} months.")


class UnreadableChange(Problem):
    """What a driver is set to is no number."""

    code = "simulation.unreadable_change"
    status = 422
    message = msg("“{text}” sets no driver: write its id, an equals sign and a number, such as leads=12000.")


@lru_cache(maxsize=_KEPT)
def tree_of(plan: Plan) -> Tree:
    """Return the driver tree of a plan."""
    return grow_tree(plan)


def changes_of(tree: Tree, texts: Sequence[str]) -> dict[str, float]:
    """Read changes such as leads=12000. Raises UnreadableChange, UnknownNumber, NotADriver."""
    changed = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        try:
            number = exact(value) if equals else None
        except UnreadableNumber:
            number = None
        if number is None:
            raise UnreadableChange(text=text[:100])
        changed[tree.driver(name).id] = float(number)
    return changed


def futures_of(
    tree: Tree,
    *,
    runs: int = RUNS,
    months: int | None = None,
    seed: int = SEED,
    changed: Mapping[str, float] | None = None,
    on_month: Callable[[int], bool] | None = None,
    keep: Sequence[str] = (),
) -> "Futures":
    """Play a tree many times; `keep` names numbers that are kept run by run. Raises TooManyRuns, NothingToSimulate."""
    months = tree.plan.months if months is None else months
    refuse_too_many(runs, months, seed)
    random = lazy("numpy").random
    found: Futures = lazy("caudal.core.simulate").simulate(
        tree,
        runs=runs,
        months=months,
        generator=random.Generator(random.PCG64(seed)),
        fixed=changed,
        on_month=on_month,
        keep=keep,
    )
    return found


def refuse_too_many(runs: int, months: int, seed: int) -> None:
    """Refuse what nobody needs. Raises TooManyRuns."""
    if not (0 < runs <= RUNS_MOST and 0 < months <= MONTHS_MOST and 0 <= seed < _SEEDS):
        raise TooManyRuns(runs=f"{RUNS_MOST:,}", months=MONTHS_MOST)


def kept_futures(tree: Tree, *, runs: int, months: int, seed: int, changed: Mapping[str, float]) -> "Futures":
    """Return the same, played once while it is asked for again and again."""
    return _kept(tree.plan, runs, months, seed, tuple(sorted(changed.items())))


@lru_cache(maxsize=_KEPT)
def _kept(plan: Plan, runs: int, months: int, seed: int, changed: tuple[tuple[str, float], ...]) -> "Futures":
    return futures_of(tree_of(plan), runs=runs, months=months, seed=seed, changed=dict(changed))


def numbers_of(tree: Tree, month: int, changed: Mapping[str, float] | None = None) -> Mapping[str, float]:
    """Return every number in a month when all drivers are as usual, but for those that are changed."""
    found: Mapping[str, float] = lazy("caudal.core.simulate").numbers_of(tree, month, changed)
    return found


def usual(tree: Tree) -> Mapping[str, float]:
    """Return what every driver usually is, at its full value."""
    return _usual(tree.plan)


@lru_cache(maxsize=_KEPT)
def _usual(plan: Plan) -> Mapping[str, float]:
    found: Mapping[str, float] = lazy("caudal.core.simulate").middles(tree_of(plan))
    return found


def musts_of(
    tree: Tree, number_id: str, wanted: float, *, month: int, changed: Mapping[str, float] | None = None
) -> "tuple[Answer, ...]":
    """Return what each driver alone must be for a number to be `wanted` in a month. Raises UnknownNumber."""
    return _musts(tree.plan, number_id, wanted, month, tuple(sorted((changed or {}).items())))


@lru_cache(maxsize=_KEPT)
def _musts(
    plan: Plan, number_id: str, wanted: float, month: int, changed: tuple[tuple[str, float], ...]
) -> "tuple[Answer, ...]":
    found: tuple[Answer, ...] = lazy("caudal.core.simulate").musts(
        tree_of(plan), number_id, wanted, months=month, changed=dict(changed)
    )
    return found


def wanted_of(tree: Tree, number_id: str, asked: float | None = None) -> float | None:
    """Return what a number should be: what is asked, else the end of its target. Raises UnknownNumber."""
    goal = tree.number(number_id).goal
    if asked is not None or goal is None or goal.bound is None:
        return asked
    return float(goal.bound)


def bars_of(tree: Tree, number_id: str, *, month: int, changed: Mapping[str, float] | None = None) -> "tuple[Bar, ...]":
    """Return how far each driver alone moves a number in a month, the widest first. Raises UnknownNumber."""
    return _bars(tree.plan, number_id, month, tuple(sorted((changed or {}).items())))


@lru_cache(maxsize=_KEPT)
def _bars(plan: Plan, number_id: str, month: int, changed: tuple[tuple[str, float], ...]) -> "tuple[Bar, ...]":
    found: tuple[Bar, ...] = lazy("caudal.core.simulate").tornado(
        tree_of(plan), number_id, months=month, changed=dict(changed)
    )
    return found


def split_range(tree: Tree) -> tuple[float, float, float]:
    """Return the least, the usual and the most that all channels with a curve can spend together."""
    ends = _spending(tree)
    middles = usual(tree)
    asked = [min(max(middles[curve.spend], lo), hi) for curve, lo, hi in ends]
    return sum(lo for _, lo, _ in ends), sum(asked), sum(hi for _, _, hi in ends)


def split_of(tree: Tree, budget: float) -> "Split":
    """Return the best split of a budget over the channels with a curve. Raises BudgetOutOfReach, UnknownNumber."""
    if not tree.responses:
        raise UnknownNumber(number="responses", known=", ".join(tree.by_id) or "-")
    found: Split = lazy("caudal.core.simulate").split_budget(_spending(tree), budget)
    return found


def _spending(tree: Tree) -> list[tuple[Any, float, float]]:
    """The curves, each with the least and the most to spend: its own ends, else those of the driver."""
    found = []
    for curve in tree.responses:
        driver = tree.driver(curve.spend).driver
        assert driver is not None  # noqa: S101  it is one
        lo = curve.lo if curve.lo is not None else driver.lo
        hi = curve.hi if curve.hi is not None else driver.hi
        most = hi if hi is not None else driver.p95 or driver.middle
        found.append((curve, max(float(lo), 0.0), float(most)))
    return found


def brought(curve: Response, spend: float) -> float:
    """Return what a channel brings for a sum."""
    return float(lazy("caudal.core.simulate").brought(curve, spend))


def split_data(split: "Split") -> dict[str, Any]:
    """Return a split as data."""
    return {
        "budget": split.budget,
        "brings": split.brings,
        "price": split.price,
        "gap": split.gap,
        "slow": [curve.id for curve in split.slow],
        "shares": [
            {
                "id": each.response.id,
                "spend": each.spend,
                "least": each.lo,
                "most": each.hi,
                "brings": each.brings,
                "next_brings": known(each.marginal),
            }
            for each in split.shares
        ],
    }


def tree_data(tree: Tree, month: int, changed: Mapping[str, float]) -> dict[str, Any]:
    """Return a tree as data: each number with what it usually is in a month, and what it is with the changes."""
    before, after = numbers_of(tree, month), numbers_of(tree, month, changed)
    return {
        "plan": tree.plan.id,
        "month": month,
        "changed": dict(changed),
        "numbers": [
            node.to_json() | {"usually": known(before[node.id]), "value": known(after[node.id])} for node in tree.nodes
        ],
        "findings": [str(finding) for finding in tree.findings],
    }


def must_rows(answers: "Sequence[Answer]") -> list[dict[str, Any]]:
    """Return what must be true as data."""
    return [
        {
            "driver": each.driver.id,
            "value": each.value,
            "within": each.within,
            "best": each.best,
            "reached": known(each.reached),
        }
        for each in answers
    ]


def bar_rows(bars: "Sequence[Bar]") -> list[dict[str, Any]]:
    """Return how far each driver moves a number as data."""
    return [
        {
            "driver": each.driver.id,
            "low": each.low,
            "high": each.high,
            "at_low": each.at_low,
            "at_high": each.at_high,
        }
        for each in bars
    ]


def known(value: float) -> float | None:
    """Return a number, or nothing where there is none."""
    return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124  what is not a number differs from itself
