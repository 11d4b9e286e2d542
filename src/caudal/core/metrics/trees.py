"""A metric as leaves and arithmetic over them: what SQL, the reference and the plan all start from."""

from dataclasses import dataclass
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.expressions import Apply, Expression, Field, Name, Node, Schema, Unit, number, parse, read, show
from caudal.core.metrics.definitions import Metric, Registry
from caudal.core.metrics.formulas import (
    Balance,
    Cohort,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Leaf,
    Part,
    Ratio,
    Sum,
)

MOST_LEAVES: Final = 50


class UnknownMetric(Problem):
    """There is no metric of this id."""

    code = "metric.unknown"
    status = 404
    message = msg("There is no metric “{metric}”.")


class CircularMetric(Problem):
    """A metric is made from itself."""

    code = "metric.circular"
    status = 422
    message = msg("The metric {metric} is made from itself: {path}.")


class NotCumulative(Problem):
    """Only sums, counts and distinct counts can be cumulated."""

    code = "metric.not_cumulative"
    status = 422
    message = msg("The metric {metric} cumulates {of}, which is neither a sum nor a count.")


@dataclass(frozen=True, slots=True)
class LeafUse:
    """A leaf of a tree and the unit of its numbers."""

    formula: Leaf
    unit: Unit


@dataclass(frozen=True, slots=True)
class Tree:
    """A metric over its leaves: expressions in `n0`, `n1`, … and, where a leaf has a denominator, `d0`, ….

    `below` is there for ratios, conversions and cohorts: their denominator is reported as it is.
    """

    metric: Metric
    leaves: tuple[LeafUse, ...]
    above: Expression
    below: Expression | None

    @property
    def cohort(self) -> Cohort | None:
        """The cohort formula, of a metric that is one: its cells have an age too."""
        found = self.leaves[0].formula
        return found if isinstance(found, Cohort) else None


@dataclass(frozen=True, slots=True)
class _Value:
    above: Node
    below: Node | None = None

    @property
    def node(self) -> Node:
        return self.above if self.below is None else Apply("/", (self.above, self.below))


def tree_of(metric: Metric, registry: Registry) -> Tree:
    """The tree of a metric. Raises UnknownMetric, CircularMetric, NotCumulative, Unreadable, Refused."""
    grower = _Grower(registry)
    value = grower.metric(metric)
    schema = Schema(
        {
            name: Field(number(leaf.unit if name.startswith("n") else Unit()), f"c.{name}")
            for position, leaf in enumerate(grower.leaves)
            for name in (f"n{position}", f"d{position}")
        }
    )
    below = None if value.below is None else read(show(value.below), schema)
    return Tree(metric, tuple(grower.leaves), read(show(value.above), schema), below)


def cumulated(formula: Cumulative, metric_id: str, registry: Registry) -> Sum | Count | Distinct:
    """The leaf that a cumulative formula cumulates. Raises UnknownMetric, NotCumulative."""
    if formula.of not in registry.metrics:
        raise UnknownMetric(metric=formula.of)
    found = registry.metrics[formula.of].formula
    if not isinstance(found, Sum | Count | Distinct):
        raise NotCumulative(metric=metric_id, of=formula.of)
    return found


class _Grower:
    """Collects the leaves of one metric, each once."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.leaves: list[LeafUse] = []
        self.path: list[str] = []

    def metric(self, metric: Metric) -> _Value:
        if metric.id in self.path:
            raise CircularMetric(metric=metric.id, path=" → ".join([*self.path, metric.id]))
        self.path.append(metric.id)
        unit = Unit.parse(metric.unit)
        match metric.formula:
            case Ratio(numerator=numerator, denominator=denominator):
                value = _Value(self.part(numerator).node, self.part(denominator).node)
            case Derived(expression=expression):
                value = self.derived(expression)
            case formula:
                value = self.leaf(formula, unit)
        self.path.pop()
        return value

    def part(self, part: Part) -> _Value:
        match part:
            case str():
                return self.derived(part)
            case Derived(expression=expression):
                return self.derived(expression)
            case Sum() | Balance():
                return self.leaf(part, self.measured(part))
            case _:
                return self.leaf(part, Unit())

    def measured(self, part: Sum | Balance) -> Unit:
        """The unit of an inner sum: that of its measure."""
        schema = self.registry.sources[part.source].schema
        return read(part.measure, schema).type.unit or Unit()

    def derived(self, expression: str) -> _Value:
        return _Value(self.replaced(parse(expression)))

    def replaced(self, node: Node) -> Node:
        """The tree with each metric's name replaced by what the metric is."""
        match node:
            case Name(name=name) if name != "as_of":
                if name not in self.registry.metrics:
                    raise UnknownMetric(metric=name)
                return self.metric(self.registry.metrics[name]).node
            case Apply(function=function, arguments=arguments):
                return Apply(function, tuple(self.replaced(argument) for argument in arguments), node.at)
        return node

    def leaf(self, formula: Leaf, unit: Unit) -> _Value:
        use = LeafUse(formula, Unit() if isinstance(formula, Conversion | Cohort) else unit)
        if use not in self.leaves:
            self.leaves.append(use)
        position = self.leaves.index(use)
        share = isinstance(formula, Conversion | Cohort)
        return _Value(Name(f"n{position}"), Name(f"d{position}") if share else None)
