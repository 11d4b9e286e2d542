"""What the plan needs of the outside: a solver that chooses the cheapest set."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from typing_extensions import override


class Minimiser(Protocol):
    """Chooses a cheapest set that touches every core."""

    @override
    def __hash__(self) -> int:
        """Let what a solver found be kept beside it."""
        return hash(type(self))

    def cheapest(
        self, cores: Sequence[frozenset[str]], weights: Mapping[str, int], excluded: Sequence[frozenset[str]]
    ) -> frozenset[str] | None:
        """Return a set of the least weight that has something of every core, and does not hold any excluded set.

        Only names with a weight are chosen. None when there is no such set.
        """
