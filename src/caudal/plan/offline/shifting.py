"""What a change of a plan does to its chances: the futures of both, played by the same chance, and why they differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language, gettext

from caudal.core.checks import with_targets
from caudal.core.drivers import Node, Tree
from caudal.core.plans import Plan
from caudal.plan.offline.figures import interval
from caudal.plan.offline.futures import RUNS, SEED, kept_futures, tree_of
from caudal.plan.offline.prospects import chance_words, is_fine

HEADLINES: Final = ("revenue_gross", "revenue_net", "revenue_recurring", "profit_net", "customers_new")
"""Metrics that people ask for first, where nobody asks for another one."""
_NEWS: Final = 0.005
"""Chances that move by less are as they were."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The chance of one target before and after, in the last month of the plan, and why it is another one."""

    node: Node
    before: float
    after: float
    goal_before: str
    goal_after: str
    because: tuple[str, ...]

    @property
    def is_news(self) -> bool:
        """Whether the chance is another one."""
        return abs(self.after - self.before) >= _NEWS

    @property
    def is_better(self) -> bool:
        """Whether it became more likely."""
        return self.after > self.before

    @property
    def before_words(self) -> str:
        """The chance before."""
        return chance_words(self.before, fine=is_fine(self.after))

    @property
    def after_words(self) -> str:
        """The chance after."""
        return chance_words(self.after, fine=is_fine(self.before))

    def told(self) -> tuple[str, ...]:
        """Say it in lines: the target with both chances, and why."""
        said = {
            "what": self.node.label.told(get_language() or "en"),
            "goal": self.goal_after,
            "before": self.before_words,
            "after": self.after_words,
        }
        words = gettext("%(what)s, %(goal)s: from %(before)s to %(after)s") % said
        return (words, *self.because)

    def to_json(self) -> dict[str, Any]:
        """Return it for programs, chances as shares of one."""
        return {
            "target": self.node.id,
            "before": self.before,
            "after": self.after,
            "because": list(self.because),
        }


def headline(tree: Tree, asked: str = "") -> Node | None:
    """Return the number that is looked at: what was asked for, else revenue, else whatever has a target."""
    computed = [node for node in tree.computed if node.goal is not None] or list(tree.computed)
    named = tree.by_id.get(asked)
    if named is not None and named.driver is None:
        return named
    metrics = {target.id: target.metric for target in tree.plan.targets}
    for metric in HEADLINES:
        for node in computed:
            if metrics.get(node.id) == metric and node.pillar is None:
                return node
    return computed[0] if computed else None


def shifts(before: Plan, after: Plan) -> tuple[Shift, ...]:
    """Return what happens to the chance of each computed target that both plans have, the headline first.

    After it stand the others whose chance is another one, those that move most first.
    """
    old, new = tree_of(before), tree_of(after)
    first = headline(new)
    if not old.drivers or not new.drivers or first is None:
        return ()
    chances = [_chances(tree) for tree in (old, new)]
    goals = _chances(tree_of(_with_goals(before, after, old)))
    found = [
        Shift(
            node,
            chances[0][node.id],
            chances[1][node.id],
            interval(before.target(node.id)),
            interval(after.target(node.id)),
            _because(old, new, node, chances, goals),
        )
        for node in new.computed
        if node.goal is not None and node.id in chances[0] and node.id in chances[1]
    ]
    found.sort(key=lambda shift: (shift.node is not first, -abs(shift.after - shift.before)))
    return tuple(shift for shift in found if shift.node is first or shift.is_news)


def _chances(tree: Tree) -> Mapping[str, float]:
    futures = kept_futures(tree, runs=RUNS, months=tree.plan.months, seed=SEED, changed={})
    return {one.node.id: one.last.chance for one in futures.series if one.last.chance is not None}


def _with_goals(before: Plan, after: Plan, tree: Tree) -> Plan:
    """The plan before that asks for what the one after asks for, with its own drivers."""
    drawn = {node.id for node in tree.drivers}
    there = {target.id for target in before.targets}
    return with_targets(before, [one for one in after.targets if one.id in there and one.id not in drawn])


def _because(
    old: Tree, new: Tree, node: Node, chances: Sequence[Mapping[str, float]], goals: Mapping[str, float]
) -> tuple[str, ...]:
    """Say which part of a shift is that the target asks for something else, and which drivers make the rest."""
    before, after = chances[0][node.id], chances[1][node.id]
    if abs(after - before) < _NEWS:
        return ()
    language, said = get_language() or "en", []
    alone = goals.get(node.id, before)
    if abs(alone - before) >= _NEWS:
        words = gettext("Because it asks for %(after)s instead of %(before)s: that alone makes it %(chance)s.")
        ranges = {name: interval(tree.plan.target(node.id)) for name, tree in (("before", old), ("after", new))}
        said.append(words % {**ranges, "chance": chance_words(alone)})
    moved = [
        each.label.told(language)
        for each in new.drivers
        if each.id in _below(new, node.id) and _drawn(old, each.id) != _drawn(new, each.id)
    ]
    if moved:
        words = gettext("Because something else is expected of what it follows from: %(drivers)s.")
        said.append(words % {"drivers": ", ".join(moved)})
    if not said:
        said.append(gettext("Because the plan computes it in another way."))
    return tuple(said)


def _drawn(tree: Tree, name: str) -> object:
    """What is drawn of a driver, without where it stands in the file."""
    node = tree.by_id.get(name)
    return None if node is None or node.driver is None else node.driver.to_json()


def _below(tree: Tree, name: str) -> frozenset[str]:
    """Everything that a number follows from."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        node = tree.by_id[waiting.pop()]
        fresh = {*node.inputs, *node.before} - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)
