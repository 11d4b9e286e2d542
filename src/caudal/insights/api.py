"""Routes of numbers."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, JsonResponse
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from caudal.core.metrics import METRICS, Cell, Request
from caudal.core.periods import Grain
from caudal.insights import queries
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

LIMIT_MAX = 1_000


class Text(Schema):
    """One text in the languages of the interface."""

    en: str
    es: str


class TermOut(Schema):
    """A metric that a number adds up, and how often: `-1` for what is taken off."""

    metric: str
    factor: str


class MetricOut(Schema):
    """The definition of a number. A `unit` of `money` is the company's currency; an empty one is a share of 1.

    `numerator` and `denominator` are the ids of the two sides of a ratio, which can be asked for like every metric:
    `nrr.denominator` has its values and rows. `terms` are what a number adds up, `window` says of which days it is:
    those of the `period`, all up to its `end`, the `last 90 days`, the `year to date`.
    """

    id: str
    label: Text
    description: Text
    kind: str
    unit: str
    direction: Literal["higher", "lower", "band"]
    formula: str
    numerator: str | None
    denominator: str | None
    terms: list[TermOut]
    window: str
    drivers: list[str]
    sources: list[str]
    fed: bool
    dimensions: list[str]
    source: str


class MetricList(Schema):
    """Every metric there is."""

    items: list[MetricOut]


class FindingOut(Schema):
    """Something to know about an answer: a rate that is missing, and how many records were left out for it."""

    code: str
    severity: str
    message: str
    params: dict[str, Any]


class FigureOut(Schema):
    """One number: its period, each dimension under its own name, and what it is made of.

    Money is a text in major units. A share is a fraction of 1.
    """

    model_config = ConfigDict(extra="allow")

    period: str
    period_start: date
    period_end: date
    value: str | int | float | None
    numerator: str | int | None
    denominator: str | int | None
    missing: int
    complete: bool
    currency: str | None


class ValuesOut(Schema):
    """The answer to a question: the days `[from, to)` cut by `grain`."""

    metric: str
    unit: str
    currency: str | None
    from_: Annotated[date, Field(alias="from")]
    to: date
    grain: str | None
    rows: list[FigureOut]
    findings: list[FindingOut]


class ContributionOut(Schema):
    """One record behind a number and what it adds. One that is out of your reach has no `ref` and no `label`."""

    ref: str | None
    kind: str
    label: str | None
    day: date
    numerator: str | int | None
    denominator: str | int | None
    missing: bool


class RowsOut(Schema):
    """The records behind a number, by day; `total` counts all of them."""

    metric: str
    currency: str | None
    total: int
    rows: list[ContributionOut]


class Stretch(Schema):
    """Which days and records: `[from, to)` in the company's zone, and an expression that is true of the records."""

    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    where: Annotated[str, Field(max_length=10_000)] = ""


class ValuesQuery(Stretch):
    """How the number is cut: by a grain, and by dimensions with commas between them."""

    grain: Grain | None = None
    by: str = ""


class RowsQuery(Stretch):
    """Which of the records: so many, after the first so many."""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 200
    first: Annotated[int, Field(ge=0)] = 0


@router.get("/metrics", response=MetricList)
@needs("metric", Verb.VIEW)
def list_metrics(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  the framework passes it
    """List the metrics, in the order of the registry."""
    return {"items": [queries.definition_json(metric) for metric in METRICS]}


@router.get("/metrics/{metric_id}", response=MetricOut)
@needs("metric", Verb.VIEW)
def get_metric(request: HttpRequest, metric_id: str) -> dict[str, Any]:  # noqa: ARG001  the framework passes it
    """Return the definition of a metric."""
    return queries.definition_json(queries.metric_named(metric_id))


@router.get("/metrics/{metric_id}/values", response=ValuesOut, by_alias=True)
@needs("metric", Verb.VIEW)
def metric_values(request: HttpRequest, metric_id: str, query: Query[ValuesQuery]) -> JsonResponse:
    """Return what a metric comes to, made of the records that the caller may count."""
    by = tuple(name.strip() for name in query.by.split(",") if name.strip())
    asked = _asked(request, metric_id, query, grain=query.grain, by=by)
    # Written as it is: a schema would drop the dimensions, which only the question knows.
    return JsonResponse(queries.result_json(queries.measure(actor_of(request), metric_id, asked)))


@router.get("/metrics/{metric_id}/rows", response=RowsOut)
@needs("metric", Verb.VIEW)
def metric_rows(request: HttpRequest, metric_id: str, query: Query[RowsQuery]) -> dict[str, Any]:
    """Return the records that make the number of all these days."""
    asked = _asked(request, metric_id, query)
    found = queries.drill(actor_of(request), metric_id, asked, Cell(asked.start), first=query.first, limit=query.limit)
    return queries.drill_json(found)


def _asked(request: HttpRequest, metric_id: str, query: Stretch, **how: Any) -> Request:
    return queries.question(
        actor_of(request), metric_id, as_of=now(), start=query.from_, end=query.to, where=query.where, **how
    )
