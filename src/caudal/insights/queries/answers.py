"""What a metric comes to, within the reach of whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from caudal.core.errors import Finding
from caudal.core.metrics import REGISTRY, Cell, Marts, Metric, Request, Sql, compile_query
from caudal.core.metrics.requests import Dimension
from caudal.core.metrics.statements import settled
from caudal.core.periods import CalendarPeriod, Days
from caudal.insights.queries.binding import marts_for
from caudal.insights.queries.gaps import gaps
from caudal.insights.queries.questions import check_dimensions, metric_named
from caudal.insights.queries.statements import fetch
from caudal.kit.access import Actor


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of an answer, exact.

    `value` is None where nothing is below the line. `missing` counts the facts whose measure is unknown; a figure that
    is not `complete` lacks them, or belongs to an age that has not ended.
    """

    period: Days
    dimensions: tuple[Dimension, ...]
    age: int | None
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    missing: int
    complete: bool

    @property
    def cell(self) -> Cell:
        """Its place in the answer: what drilling down is asked for."""
        return Cell(self.period.start, self.dimensions, self.age)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a question: its figures by period (and age) and dimensions, and what is to be said of them."""

    metric: Metric
    request: Request
    rows: tuple[Figure, ...]
    findings: tuple[Finding, ...]

    @property
    def currency(self) -> str | None:
        """The currency of the figures, of a metric in money."""
        return self.request.currency if self.metric.is_money else None

    @property
    def whole(self) -> Figure:
        """The only figure of a question without grain and dimensions."""
        (figure,) = self.rows
        return figure

    def label(self, figure: Figure) -> str:
        """The period of a figure as ISO writes it: `2017-Q1`; `2017-01-01/2017-03-15` where there is no grain."""
        grain = self.request.grain
        if grain is None:
            return str(figure.period)
        return CalendarPeriod.of(grain, figure.period.start, self.request.fiscal_start).label


def measure(actor: Actor, metric_id: str, request: Request) -> Result:
    """Return what a metric comes to, made of the rows that the actor may count.

    Raises NoSuchMetric, NotFed, NotAllowed, NoSuchDimension, TooManyDimensions, EmptyPeriod, TooManyPeriods, TooSlow,
    Refused and Unreadable (the filter).
    """
    metric, marts, sql = _question(actor, metric_id, request)
    asked = settled(metric, request, REGISTRY)
    figures = tuple(_figure(dict(zip(sql.columns, row, strict=True)), row, asked) for row in fetch(sql))
    return Result(metric, asked, figures, tuple(gaps(metric, asked, marts, sum(one.missing for one in figures))))


@lru_cache(maxsize=512)
def _question(actor: Actor, metric_id: str, request: Request) -> tuple[Metric, Marts, Sql]:
    """Return a question with its statement. Kept, because pages ask the same ones all day."""
    metric = metric_named(metric_id)
    marts = marts_for(actor, metric)
    check_dimensions(metric, request.by)
    return metric, marts, compile_query(metric, request, marts)


def _figure(named: dict[str, Any], row: Sequence[Any], request: Request) -> Figure:
    # Dimensions stand by position: a company may have called one of its own `value`.
    first = 3 if "age" in named else 2
    numerator, denominator = _exact(named["numerator"]), _exact(named["denominator"])
    return Figure(
        period=Days(named["period"], named["period_end"]),
        dimensions=tuple(row[first : first + len(request.by)]),
        age=named.get("age"),
        value=None if numerator is None or not denominator else numerator / denominator,
        numerator=numerator,
        denominator=denominator,
        missing=named["missing"],
        complete=named["complete"],
    )


def _exact(number: Any) -> Fraction | None:
    return None if number is None else Fraction(number)
