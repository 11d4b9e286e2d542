"""All that the numbers of a tree can be, month by month: exact, and never narrower than what chance can draw."""

from collections.abc import Mapping

from caudal.core.drivers.trees import BEFORE, Node, Tree
from caudal.core.expressions import Possible, evaluate_ranges
from caudal.core.intervals import Interval, TooLarge

NEVER = Possible(frozenset(), null=True)
ANYTHING = Possible(Interval(None, None), null=True)


def node_ranges(tree: Tree, months: int) -> tuple[Mapping[str, Interval | None], ...]:
    """For each month, the interval of every number; None where it can have no value at all.

    What is drawn is rounded to floating point, so it may leave the interval by a part in 10¹² and no more.
    """
    found: list[Mapping[str, Interval | None]] = []
    last: dict[str, Possible] = {}
    for month in range(1, months + 1):
        now: dict[str, Interval | Possible] = {}
        for node in tree.nodes:
            now[node.id] = _span(tree, node, month, now, last)
        last = {name: one if isinstance(one, Possible) else Possible(one) for name, one in now.items()}
        found.append({name: one.content if isinstance(one.content, Interval) else None for name, one in last.items()})
    return tuple(found)


def _span(
    tree: Tree, node: Node, month: int, now: Mapping[str, Interval | Possible], last: Mapping[str, Possible]
) -> Interval | Possible:
    if node.driver is not None:
        return node.driver.range * Interval.point(tree.level(node, month))
    assert node.term is not None, "what is no driver is computed"  # noqa: S101  our mistake
    earlier = {f"{name}{BEFORE}": _before(tree.by_id[name], now, last) for name in node.before}
    try:
        return evaluate_ranges(node.term, {**now, **earlier})
    except TooLarge:
        return ANYTHING


def _before(node: Node, now: Mapping[str, Interval | Possible], last: Mapping[str, Possible]) -> Possible:
    if last:
        return last[node.id]
    return NEVER if node.starts is None else evaluate_ranges(node.starts, now)
