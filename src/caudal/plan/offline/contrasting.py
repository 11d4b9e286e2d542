"""Scenarios beside the plan that they are laid over: what each comes to, how likely, and what it breaks or mends."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext, override

from caudal.core.drivers import Tree
from caudal.core.intervals import Reading
from caudal.core.metrics import Direction
from caudal.core.plans import Plan, PlanDifference, difference
from caudal.kit.lazy import lazy
from caudal.plan.offline.futures import RUNS, SEED, futures_of, known, numbers_of, tree_of
from caudal.plan.offline.prospects import chance_words
from caudal.plan.offline.reviewing import Remark, Review, checks_of, review
from caudal.plan.offline.shifting import HEADLINES

if TYPE_CHECKING:
    from caudal.core.simulate import Contrast, Futures

SIDES_MOST: Final = 4
"""So many scenarios stand side by side."""
NUMBERS: Final = 3
"""So many numbers are compared where nobody chooses any."""
_KEPT: Final = 16
_ALIKE: Final = 1e-9


@dataclass(frozen=True)
class Beside:
    """One scenario, or the plan itself where `changes` is None: played by the same chance as the others."""

    called: str
    name: str
    tree: Tree
    usually: Mapping[str, float]
    """Every number in the last month when all drivers are as usual."""
    futures: "Futures"
    changes: PlanDifference | None
    contrasts: "Mapping[str, Contrast | None]"
    """By how much the numbers are other than in the plan, future by future."""
    breaks: tuple[Remark, ...]
    """What cannot hold in it, and can in the plan."""
    mends: tuple[Remark, ...]
    """What cannot hold in the plan, and can in it."""


def side_by_side(
    base: tuple[str, Plan], scenarios: Sequence[tuple[str, str, Plan]], numbers: Sequence[str], *, runs: int = RUNS
) -> tuple[Beside, ...]:
    """Play a plan and its scenarios, each given as its id, its name and the plan that it makes; the plan comes first.

    All meet the same fortune, so a scenario that changes nothing comes to exactly what the plan does.
    """
    name, plan = base
    tree, ids = tree_of(plan), tuple(numbers)
    played, found = _played(plan, ids, runs), _review(plan, get_language() or "en")
    broken = {remark.result.check.id for remark in found.broken}
    sides = [Beside("", name, tree, numbers_of(tree, plan.months), played, None, {}, (), ())]
    for called, told, made in scenarios:
        other, theirs = _played(made, ids, runs), _review(made, get_language() or "en")
        cannot = {remark.result.check.id for remark in theirs.broken}
        compare = lazy("caudal.core.simulate").contrast
        sides.append(
            Beside(
                called=called,
                name=told,
                tree=tree_of(made),
                usually=numbers_of(tree_of(made), made.months),
                futures=other,
                changes=difference(plan, made),
                contrasts={each: compare(played, other, each, better=better_of(tree, each)) for each in ids},
                breaks=tuple(each for each in theirs.broken if each.result.check.id not in broken),
                mends=tuple(each for each in found.broken if each.result.check.id not in cannot),
            )
        )
    return tuple(sides)


def key_numbers(tree: Tree, asked: Sequence[str] = (), others: Sequence[Tree] = ()) -> tuple[str, ...]:
    """Return which numbers to compare: those that are asked for, else revenue, and of each scenario what it moves most.

    `others` are the trees of the scenarios.
    """
    chosen = tuple(name for name in dict.fromkeys(asked) if name in tree.by_id)
    if chosen:
        return chosen
    computed = [node.id for node in tree.computed if node.goal is not None] or [node.id for node in tree.computed]
    metrics = {target.id: target.metric for target in tree.plan.targets}
    first = [
        name for metric in HEADLINES for name in computed if metrics.get(name) == metric and not tree.by_id[name].pillar
    ]
    usually = numbers_of(tree, tree.plan.months)
    found = [*first, *computed][:1]
    for other in others:
        moves = _moves(usually, numbers_of(other, other.plan.months), computed)
        if moves and not set(moves) & set(found):
            found.append(next((name for name in first if name in moves), moves[0]))
    return tuple(dict.fromkeys((*found, *first, *computed)))[: max(NUMBERS, len(found))]


def _moves(before: Mapping[str, float], after: Mapping[str, float], numbers: Sequence[str]) -> list[str]:
    """The numbers that a scenario moves, the most moved first."""
    by = {
        name: abs(after[name] / before[name] - 1)
        for name in numbers
        if known(before[name]) and known(after.get(name, math.nan)) is not None
    }
    return sorted((name for name in by if by[name] > _ALIKE), key=lambda name: -by[name])


def contrast_words(side: Beside, number_id: str) -> str:
    """Say how a scenario does against the plan, future by future; nothing of the plan itself."""
    found = side.contrasts.get(number_id)
    if found is None:
        return ""
    if not found.better and not found.worse:
        return gettext("the same in every future")
    if not found.worse:
        return gettext("better in %(chance)s") % {"chance": chance_words(found.better)}
    if not found.better:
        return gettext("worse in %(chance)s") % {"chance": chance_words(found.worse)}
    said = {"better": chance_words(found.better), "worse": chance_words(found.worse)}
    return gettext("better in %(better)s, worse in %(worse)s") % said


def better_of(tree: Tree, number_id: str) -> Direction:
    """Return which way is better for a number: as its target has it, else more."""
    goal = tree.by_id[number_id].goal
    return goal.direction if goal is not None else Direction.HIGHER


def contrast_data(sides: Sequence[Beside], numbers: Sequence[str]) -> dict[str, Any]:
    """Return scenarios beside their plan as data."""
    return {
        "runs": sides[0].futures.runs,
        "month": sides[0].futures.months,
        "seed": SEED,
        "numbers": [sides[0].tree.by_id[each].to_json() for each in numbers],
        "sides": [
            {
                "id": side.called,
                "name": side.name,
                "all_targets_at_once": side.futures.together,
                "numbers": [_number(side, each) for each in numbers],
                "changes": side.changes.to_json()["differences"] if side.changes else [],
                "breaks": [remark.result.check.id for remark in side.breaks],
                "mends": [remark.result.check.id for remark in side.mends],
            }
            for side in sides
        ],
    }


def _number(side: Beside, number_id: str) -> dict[str, Any]:
    last, contrast = side.futures.of(number_id).last, side.contrasts.get(number_id)
    return {
        "id": number_id,
        "usually": known(side.usually[number_id]),
        "p5": last.p5,
        "p50": last.p50,
        "p95": last.p95,
        "chance": last.chance,
        "against_plan": contrast
        and {
            "p5": contrast.p5,
            "p50": contrast.p50,
            "p95": contrast.p95,
            "better": contrast.better,
            "worse": contrast.worse,
        },
    }


@lru_cache(maxsize=_KEPT)
def _played(plan: Plan, numbers: tuple[str, ...], runs: int) -> "Futures":
    return futures_of(tree_of(plan), runs=runs, seed=SEED, keep=numbers)


@lru_cache(maxsize=_KEPT)
def _review(plan: Plan, language: str) -> Review:
    with override(language):
        return review(plan, checks_of(plan), Reading.TARGET)
