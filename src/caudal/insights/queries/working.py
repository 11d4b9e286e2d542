"""How a figure is worked out: its sides and the metrics that those add up, each with its own figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from caudal.core.metrics import REGISTRY, Cell, Metric, Request, Side, UnknownCell, terms_of
from caudal.insights.queries.answers import Figure, measure
from caudal.insights.queries.definitions import sides_of
from caudal.kit.access import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """One number that a figure is worked out from: a side of it, or a term that is added so often, to a side maybe."""

    metric: Metric
    value: Fraction | None
    side: Side | None = None
    factor: Fraction | None = None


def figure_at(actor: Actor, metric_id: str, request: Request, cell: Cell) -> Figure:
    """Return one figure of the answer to a question. Raises UnknownCell and what `measure` raises."""
    for figure in measure(actor, metric_id, request).rows:
        if figure.cell == cell:
            return figure
    raise UnknownCell(metric=metric_id, period=cell.period)


def worked(actor: Actor, metric: Metric, request: Request, figure: Figure) -> tuple[Line, ...]:
    """Return what a figure is worked out from, in the order of its formula; nothing for what facts make directly.

    A side that is no metric by itself is followed by the metrics that it adds up.
    """
    sides = sides_of(metric)
    if sides is None:
        return tuple(_terms(actor, metric, request, figure.cell, None))
    found: list[Line] = []
    for one, side, value in zip(sides, Side, (figure.numerator, figure.denominator), strict=True):
        found.append(Line(one, value, side))
        if one.id not in REGISTRY.metrics:
            found += _terms(actor, one, request, figure.cell, side)
    return tuple(found)


def _terms(actor: Actor, metric: Metric, request: Request, cell: Cell, side: Side | None) -> Iterator[Line]:
    for term in terms_of(metric, REGISTRY):
        rows = measure(actor, term.metric.id, request).rows
        value = next((figure.value for figure in rows if figure.cell == cell), None)
        yield Line(term.metric, value, side, term.factor)
