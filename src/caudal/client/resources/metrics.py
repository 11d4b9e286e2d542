"""The API: metrics. Written by bin/client."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, quoted


class Contribution(TypedDict):
    """One record behind a number and what it adds. One that is out of your reach has no `ref` and no `label`."""

    ref: str | None
    kind: str
    label: str | None
    day: str
    numerator: str | int | None
    denominator: str | int | None
    missing: bool


class Figure(TypedDict):
    """One number: its period, each dimension under its own name, and what it is made of."""

    period: str
    period_start: str
    period_end: str
    value: str | int | float | None
    numerator: str | int | None
    denominator: str | int | None
    missing: int
    complete: bool
    currency: str | None


class Finding(TypedDict):
    """Something to know about an answer: a rate that is missing, and how many records were left out for it."""

    code: str
    severity: str
    message: str
    params: dict[str, Any]


Grain: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
"""The sizes of calendar periods."""


class Term(TypedDict):
    """A metric that a number adds up, and how often: `-1` for what is taken off."""

    metric: str
    factor: str


class Text(TypedDict):
    """One text in the languages of the interface."""

    en: str
    es: str


class Metric(TypedDict):
    """The definition of a number. A `unit` of `money` is the company's currency; an empty one is a share of 1."""

    id: str
    label: Text
    description: Text
    kind: str
    unit: str
    direction: Literal["higher", "lower", "band"]
    formula: str
    numerator: str | None
    denominator: str | None
    terms: list[Term]
    window: str
    drivers: list[str]
    sources: list[str]
    fed: bool
    dimensions: list[str]
    source: str


class MetricList(TypedDict):
    """Every metric there is."""

    items: list[Metric]


class Rows(TypedDict):
    """The records behind a number, by day; `total` counts all of them."""

    metric: str
    currency: str | None
    total: int
    rows: list[Contribution]


Values = TypedDict(
    "Values",
    {
        "metric": str,
        "unit": str,
        "currency": str | None,
        "from": str,
        "to": str,
        "grain": str | None,
        "rows": list[Figure],
        "findings": list[Finding],
    },
)
"""The answer to a question: the days `[from, to)` cut by `grain`."""


ValuesQuery = TypedDict(
    "ValuesQuery",
    {
        "from": NotRequired[str | None],
        "to": NotRequired[str | None],
        "where": NotRequired[str],
        "grain": NotRequired[Grain | None],
        "by": NotRequired[str],
    },
)
"""What may be asked."""


RowsQuery = TypedDict(
    "RowsQuery",
    {
        "from": NotRequired[str | None],
        "to": NotRequired[str | None],
        "where": NotRequired[str],
        "limit": NotRequired[int],
        "first": NotRequired[int],
    },
)
"""What may be asked."""


class MetricsRoutes(Resource):
    """The routes of metrics."""

    def list(self) -> MetricList:
        """List the metrics, in the order of the registry."""
        found: MetricList = self._send("GET", "/api/v1/metrics")
        return found

    def get(self, metric_id: str) -> Metric:
        """Return the definition of a metric."""
        found: Metric = self._send("GET", f"/api/v1/metrics/{quoted(metric_id)}")
        return found

    def values(self, metric_id: str, **query: Unpack[ValuesQuery]) -> Values:
        """Return what a metric comes to, made of the records that the caller may count."""
        found: Values = self._send("GET", f"/api/v1/metrics/{quoted(metric_id)}/values", query=query)
        return found

    def rows(self, metric_id: str, **query: Unpack[RowsQuery]) -> Rows:
        """Return the records that make the number of all these days."""
        found: Rows = self._send("GET", f"/api/v1/metrics/{quoted(metric_id)}/rows", query=query)
        return found
