"""How a number is worked out: the two sides of a ratio, each a metric by itself, and the metrics that a number adds up.

A side that is a metric already is that metric. Any other one is called by the words of its ratio, has an id of its own
(`nrr.denominator`), and is measured and opened into its rows like every metric.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from caudal.core.expressions import Apply, Literal, Name, Node, parse
from caudal.core.metrics.definitions import Metric, Registry, Words
from caudal.core.metrics.formulas import (
    Balance,
    Cohort,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Formula,
    Part,
    Ratio,
    Sum,
)
from caudal.core.metrics.trees import tree_of


class Side(StrEnum):
    """Above or below the line of a ratio."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


class Window(StrEnum):
    """The days whose facts a number is made of, seen from the period it is told of."""

    PERIOD = "period"
    """Those of the period."""
    END = "end"
    """All up to the end of the period."""
    DAYS = "days"
    """So many, the last of them the last of the period."""
    SINCE = "since"
    """From the beginning of the month, quarter or year that the last day of the period is in."""


@dataclass(frozen=True, slots=True)
class Term:
    """A metric that a number adds up, and how often: once, less than nothing for what is taken off, `90` times."""

    metric: Metric
    factor: Fraction


def side_of(metric: Metric, side: Side, registry: Registry) -> Metric | None:
    """Return what stands above or below the line of a ratio, as a metric; None for what is no ratio."""
    if not isinstance(metric.formula, Ratio):
        return None
    above = side is Side.NUMERATOR
    part: Part = metric.formula.numerator if above else metric.formula.denominator
    if isinstance(part, str) and part in registry.metrics:
        return registry.metrics[part]
    words = metric.above if above else metric.below
    assert words is not None, f"{metric.id}: the {side} has no name"  # noqa: S101  ours, and checked of definitions
    tree = tree_of(metric, registry)
    unit = (tree.above if above or tree.below is None else tree.below).type.unit
    formula: Formula = Derived(part) if isinstance(part, str) else part
    counted = registry.sources[part.source].entity if isinstance(part, Count | Distinct) else ""
    return Metric(
        id=f"{metric.id}.{side}",
        label=words,
        description=Words(
            f"What “{metric.label.en}” is worked out from: its {side}.",
            f"De donde sale «{metric.label.es}»: su {'numerador' if above else 'denominador'}.",
        ),
        formula=formula,
        unit=counted or ("" if unit is None or not unit.powers else str(unit)),
        direction=metric.direction,
        drivers=tuple(dict.fromkeys(term.metric.id for term in _terms(formula, registry))),
    )


def found_metric(metric_id: str, registry: Registry) -> Metric | None:
    """Return a metric by its id, or a side of one by `nrr.numerator`; None where there is none."""
    name, _, side = metric_id.partition(".")
    metric = registry.metrics.get(name)
    if metric is None or not side:
        return metric
    found = side_of(metric, Side(side), registry) if side in set(Side) else None
    return found if found is not None and found.id == metric_id else None


def terms_of(metric: Metric, registry: Registry) -> Sequence[Term]:
    """Return the metrics that a number adds up; none where it is no such sum.

    Ratios have none: their sides do.
    """
    return tuple(_terms(metric.formula, registry))


def window_of(metric: Metric) -> tuple[Window, int | str | None] | None:
    """Return the days whose facts a number is made of, and how many or since what; None where it has no own."""
    match metric.formula:
        case Balance():
            return Window.END, None
        case Sum() | Count() | Distinct() | Conversion() | Cohort():
            return Window.PERIOD, None
        case Cumulative(days=days) if days is not None:
            return Window.DAYS, days
        case Cumulative(since=since) if since is not None:
            return Window.SINCE, since.value
        case Cumulative():
            return Window.END, None
    return None


def _terms(formula: Formula, registry: Registry) -> list[Term]:
    if not isinstance(formula, Derived):
        return []
    found = _added(parse(formula.expression), Fraction(1)) or []
    return [Term(registry.metrics[name], factor) for name, factor in found if name in registry.metrics]


def _added(node: Node, factor: Fraction) -> list[tuple[str, Fraction]] | None:
    """The names that an expression adds up, each with how often; None where it does something else with them."""
    match node:
        case Name(name=name):
            return [(name, factor)]
        case Apply(function="+" | "-" as sign, arguments=(one, other)):
            found = _added(one, factor), _added(other, factor if sign == "+" else -factor)
            return None if None in found else [term for terms in found for term in terms or ()]
        case Apply(
            function="*",
            arguments=(Literal(value=Fraction() as times), other) | (other, Literal(value=Fraction() as times)),
        ):
            return _added(other, factor * times)
        case Apply(function="/", arguments=(other, Literal(value=Fraction() as parts))) if parts:
            return _added(other, factor / parts)
    return None
