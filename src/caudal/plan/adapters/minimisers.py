"""The cheapest set that touches every core: by HiGHS, or by a search that is exact and slower."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from caudal.kit.lazy import lazy
from caudal.plan.ports import Minimiser

_HALF = 0.5


class HighsMinimiser(Minimiser):
    """A mixed-integer programme for HiGHS: one switch for every name, one row for every core."""

    @override
    def cheapest(
        self, cores: Sequence[frozenset[str]], weights: Mapping[str, int], excluded: Sequence[frozenset[str]]
    ) -> frozenset[str] | None:
        highspy = lazy("highspy")
        names = sorted({name for core in cores for name in core} & weights.keys())
        if any(not core & set(names) for core in cores):
            return None
        if not cores:
            return frozenset()
        at = {name: position for position, name in enumerate(names)}
        # It greets on the standard output while it is made, unless it is told to be quiet at its first step.
        model = type("Quiet", (highspy.Highs,), {"enableCallbacks": _quiet})()
        model.setOptionValue("mip_rel_gap", 0.0)
        for name in names:
            model.addVar(0, 1)
            model.changeColCost(at[name], float(weights[name]))
            model.changeColIntegrality(at[name], highspy.HighsVarType.kInteger)
        for core in cores:
            columns = [at[name] for name in sorted(core) if name in at]
            model.addRow(1, highspy.kHighsInf, len(columns), columns, [1.0] * len(columns))
        for one in excluded:
            columns = [at[name] for name in sorted(one) if name in at]
            if len(columns) == len(one):
                model.addRow(-highspy.kHighsInf, len(columns) - 1, len(columns), columns, [1.0] * len(columns))
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        values = list(model.getSolution().col_value)
        return frozenset(name for name in names if values[at[name]] > _HALF)


def _quiet(model: Any) -> None:
    model.setOptionValue("output_flag", False)


class NullMinimiser(Minimiser):
    """Branches on the smallest core that is not touched, and gives up a branch that cannot get cheaper."""

    @override
    def cheapest(
        self, cores: Sequence[frozenset[str]], weights: Mapping[str, int], excluded: Sequence[frozenset[str]]
    ) -> frozenset[str] | None:
        search = _Branches([core & weights.keys() for core in cores], weights, excluded)
        search.go(frozenset(), frozenset(), 0)
        return search.best


class _Branches:
    """Branch and bound: a disjoint packing of cores says how much at least is still to be paid."""

    def __init__(
        self, cores: Sequence[frozenset[str]], weights: Mapping[str, int], excluded: Sequence[frozenset[str]]
    ) -> None:
        self.cores, self.weights, self.excluded = sorted(cores, key=len), weights, excluded
        self.best: frozenset[str] | None = None
        self.cost: int | None = None

    def go(self, chosen: frozenset[str], banned: frozenset[str], cost: int) -> None:
        """Try everything that holds `chosen` and nothing of `banned`."""
        left = [core - banned for core in self.cores if not core & chosen]
        if any(not core for core in left) or any(one <= chosen for one in self.excluded):
            return
        if self.cost is not None and cost + self._least(left) >= self.cost:
            return
        if not left:
            self.best, self.cost = chosen, cost
            return
        core = min(left, key=len)
        tried: frozenset[str] = frozenset()
        for name in sorted(core, key=lambda each: (self.weights[each], -sum(each in other for other in left), each)):
            self.go(chosen | {name}, banned | tried, cost + self.weights[name])
            tried |= {name}

    def _least(self, left: Sequence[frozenset[str]]) -> int:
        used: frozenset[str] = frozenset()
        least = 0
        for core in sorted(left, key=len):
            if not core & used:
                least, used = least + min(self.weights[name] for name in core), used | core
        return least
