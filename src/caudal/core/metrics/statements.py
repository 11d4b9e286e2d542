# ruff: noqa: S608  making SQL is what this file is for: names are ours, values are bound
"""Metrics to SQL text for PostgreSQL 15 and later.

A cell is the sum of its contributions, and drilling down is the list of them, so the two cannot differ. Cells are laid
over a grid of all periods and all combinations of dimensions that occur, and the metric's arithmetic is done in one
place, at the end, on exact quotients.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from caudal.core.expressions import Expression, Kind, Parameters, Quotient, sql_term
from caudal.core.expressions.functions import quotients
from caudal.core.metrics.catalogue import REGISTRY
from caudal.core.metrics.contributions import Contributions
from caudal.core.metrics.definitions import Metric, Registry
from caudal.core.metrics.requests import Cell, Dimension, Marts, Request, UnknownCell
from caudal.core.metrics.trees import Tree, tree_of
from caudal.core.periods import Grain

COHORT_GRAIN: Final = Grain.MONTH
"""The grain of cohorts when the request names none."""
_CASTS: Final = {Kind.BOOLEAN: "boolean", Kind.DATE: "date", Kind.INSTANT: "timestamptz", Kind.NUMBER: "numeric"}


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement, its named parameters, and the columns of its rows."""

    text: str
    parameters: Mapping[str, Any]
    columns: tuple[str, ...]


def compile_query(metric: Metric, request: Request, marts: Marts, registry: Registry = REGISTRY) -> Sql:
    """The statement whose rows are the cells of a metric, by period (and age) and dimensions.

    Columns: `period`, `period_end`, `age` (cohorts only), the dimensions, `value`, `numerator`, `denominator`,
    `missing` (facts whose measure is unknown), `complete` (false when facts are missing, or an age has not ended) and
    `currency` (of metrics in money). `value` is numerator over denominator, to 18 places; null when nothing is below
    the line. Raises NotFed, UnknownDimension, Refused (the filter), EmptyPeriod, TooManyPeriods.
    """
    return _Statement(metric, request, marts, registry).cells()


def compile_rows(metric: Metric, request: Request, cell: Cell, marts: Marts, registry: Registry = REGISTRY) -> Sql:
    """The statement whose rows make up one cell of the answer to `request`.

    Columns: `leaf` (which part of the metric: its position in the tree), `ref` (the record), `day`, `n` and `d` (what
    it adds above and below the line) and `missing`. Raises UnknownCell, and what `compile_query` raises.
    """
    asked = settled(metric, request, registry)
    period = next((one for one in asked.periods() if one.start == cell.period), None)
    if period is None or len(cell.dimensions) != len(request.by):
        raise UnknownCell(metric=metric.id, period=cell.period)
    narrowed = replace(asked, start=period.start, end=period.end)
    return _Statement(metric, narrowed, marts, registry).rows(cell)


def settled(metric: Metric, request: Request, registry: Registry) -> Request:
    """The request with the grain that cohorts need."""
    if request.grain is None and tree_of(metric, registry).cohort is not None:
        return replace(request, grain=COHORT_GRAIN)
    return request


class _Statement:
    """One statement in the making: its parameters and what its parts share."""

    def __init__(self, metric: Metric, request: Request, marts: Marts, registry: Registry) -> None:
        self.metric, self.marts = metric, marts
        self.tree: Tree = tree_of(metric, registry)
        self.request = settled(metric, request, registry)
        self.parameters = Parameters(request.setting)
        self.contributions = Contributions(metric, self.request, marts, registry, self.parameters)
        self.places = range(len(self.tree.leaves))
        self.age = ["age"] if self.tree.cohort is not None else []
        self.keys = ["period", *self.age, *self.contributions.dimensions]

    def cells(self) -> Sql:
        keys = ", ".join(self.keys)
        added = "sum(n) as n, sum(d) as d, sum(m) as m"
        leaves = [
            f"l{place} as (select {keys}, {added} from ({self.leaf(place, listed=False)}) b group by {keys})"
            for place in self.places
        ]
        laid = " union all ".join([*(self.laid(place) for place in self.places), self.grid()])
        sums = ", ".join(f"sum({name}{place}) as {name}{place}" for place in self.places for name in "ndm")
        cells = f"cells as (select {keys}, {sums} from ({laid}) b group by {keys})"
        dimensions = list(zip(self.contributions.dimensions, self.request.by, strict=True))
        shown = [
            "c.period",
            f"{self.end_of('c.period')} as period_end",
            *(f"c.{age}" for age in self.age),
            *(f'c.{key} as "{name}"' for key, name in dimensions),
            *self.results(),
        ]
        order = ", ".join(["c.period", *(f"c.{key} nulls last" for key in self.keys[1:])])
        text = f"with {', '.join([*leaves, cells])} select {', '.join(shown)} from cells c order by {order}"
        told = ("value", "numerator", "denominator", "missing", "complete", "currency")
        return self.statement(text, ("period", "period_end", *self.age, *self.request.by, *told))

    def rows(self, cell: Cell) -> Sql:
        bind = self.parameters.bind
        wanted = [
            f"period = {bind(cell.period, 'date')}",
            *([f"age = {bind(cell.age, 'integer')}"] if self.age else []),
        ]
        names = zip(self.contributions.dimensions, self.request.by, cell.dimensions, strict=True)
        wanted += [f"{key} is not distinct from {self.dimension(name, value)}" for key, name, value in names]
        listed = " union all ".join(
            f"select {place} as leaf, ref, day, n, d, m as missing from ({self.leaf(place, listed=True)}) b "
            f"where {' and '.join(wanted)}"
            for place in self.places
        )
        return self.statement(f"{listed} order by leaf, day, ref", ("leaf", "ref", "day", "n", "d", "missing"))

    def leaf(self, place: int, *, listed: bool) -> str:
        return self.contributions.of(self.tree.leaves[place].formula, listed=listed)

    def laid(self, place: int) -> str:
        """A leaf's sums in columns of their own, beside the empty ones of the others."""
        own = ", ".join(
            f"{name if other == place else 'null::numeric'} as {name}{other}" for other in self.places for name in "ndm"
        )
        return f"select {', '.join(self.keys)}, {own} from l{place}"

    def grid(self) -> str:
        """A zero for every period (and age) and every combination of dimensions that occurs."""
        zeros = ", ".join(f"0::numeric as {name}{place}" for place in self.places for name in "ndm")
        found = self.contributions.dimensions
        combined = " union ".join(f"select {', '.join(found)} from l{place}" for place in self.places)
        combinations = f"({combined}) k" if found else "(select) k"
        ages = ""
        if self.age:
            last = self.parameters.bind(len(self.ages()), "integer")
            ages = f" cross join lateral generate_series(0, {last} - p.place::integer) a(age)"
        keys = ", ".join(["p.period", *(f"a.{age}" for age in self.age), *(f"k.{key}" for key in found)])
        starts = self.contributions.starts()
        periods = f"unnest({starts}) with ordinality p(period, place)"
        return f"select {keys}, {zeros} from {periods}{ages} cross join {combinations}"

    def results(self) -> list[str]:
        """The arithmetic of the metric over the sums of its leaves, and what is to be said beside it."""
        above = self.quotient(self.tree.above)
        if self.tree.below is None:
            value, numerator, denominator = quotients.left(above), above.above, above.below or "1::numeric"
        else:
            below = self.quotient(self.tree.below)
            value = quotients.left(quotients.divided(above, below))
            numerator, denominator = (
                quotients.times(above.above, below.below),
                quotients.times(below.above, above.below),
            )
        missing = " + ".join(f"c.m{place}" for place in self.places)
        currency = self.parameters.bind(self.request.currency if self.metric.is_money else None, "text")
        return [
            f"trim_scale({value}) as value",
            f"trim_scale({numerator}) as numerator",
            f"trim_scale({denominator}) as denominator",
            f"({missing})::bigint as missing",
            f"({missing} = 0{self.age_ended()}) as complete",
            f"{currency} as currency",
        ]

    def age_ended(self) -> str:
        """The condition that the period of an age is over."""
        if not self.age:
            return ""
        ends = self.parameters.bind([period.end for period in self.ages()], "date[]")
        place = f"array_position({self.contributions.starts()}, c.period) + c.age"
        return f" and ({ends})[{place}] <= {self.parameters.bind(self.request.as_of, 'date')} + 1"

    def ages(self) -> tuple[Any, ...]:
        return self.request.ages(self.request.grain or COHORT_GRAIN)

    def quotient(self, expression: Expression) -> Quotient:
        made = sql_term(expression.term, self.parameters)
        assert isinstance(made, Quotient)  # noqa: S101  the definition was checked
        return made

    def end_of(self, period: str) -> str:
        ends = self.parameters.bind([one.end for one in self.request.periods()], "date[]")
        return f"({ends})[array_position({self.contributions.starts()}, {period})]"

    def dimension(self, name: str, value: Dimension) -> str:
        """A value of a dimension, bound as its field's type."""
        kinds = [shape.fields[name].type.kind for shape in self.marts.shapes.values() if name in shape.fields]
        return self.parameters.bind(value, _CASTS.get(kinds[0], "text"))

    def statement(self, text: str, columns: tuple[str, ...]) -> Sql:
        """The statement with its parameters and those of the relations in it."""
        values = dict(self.parameters.values)
        for shape in self.marts.shapes.values():
            values |= {name: value for name, value in shape.parameters.items() if f"%({name})s" in text}
        return Sql(text, values, columns)
