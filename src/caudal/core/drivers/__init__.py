"""The driver tree: how the numbers of a plan follow from its drivers, month by month, and all that each can be."""

from caudal.core.drivers.growing import grow_tree
from caudal.core.drivers.spans import node_ranges
from caudal.core.drivers.trees import BEFORE, COMPUTED, Goal, Need, Node, NotADriver, Origin, Tree, UnknownNumber

__all__ = [
    "BEFORE",
    "COMPUTED",
    "Goal",
    "Need",
    "Node",
    "NotADriver",
    "Origin",
    "Tree",
    "UnknownNumber",
    "grow_tree",
    "node_ranges",
]
