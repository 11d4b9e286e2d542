"""Questions as addresses: what is asked is in the address bar, so that a link shows a colleague the same thing."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from caudal.core.metrics import Metric, Request
from caudal.insights.queries import UNKNOWN, Figure, Result, dimensions_of, written
from caudal.kit.marts import ColumnKind

_READERS: Final[dict[ColumnKind, Callable[[str], Any]]] = {
    ColumnKind.BOOLEAN: lambda text: text == "True",
    ColumnKind.DATE: date.fromisoformat,
    ColumnKind.INSTANT: datetime.fromisoformat,
    ColumnKind.NUMBER: Decimal,
}


def metric_address(metric: Metric, **asked: str) -> str:
    """Return the address of a metric's page."""
    query = urlencode({name: value for name, value in asked.items() if value})
    page = reverse("insights:metric", args=[metric.id])
    return f"{page}?{query}" if query else page


def rows_address(result: Result, figure: Figure, metric: Metric | None = None) -> str:
    """Return the address of the records behind one figure, or behind that of another metric in the same place."""
    return cell_address(metric or result.metric, result.request, figure)


def cell_address(metric: Metric, request: Request, figure: Figure) -> str:
    """Return the address of the records that make a metric where a figure stands."""
    asked = [("from", str(figure.period.start)), ("to", str(figure.period.end))]
    asked += [("where", request.where)] if request.where != "true" else []
    # The age of a cohort is counted in periods of the grain; every other figure is that of its days.
    asked += [("grain", str(request.grain)), ("age", str(figure.age))] if figure.age is not None else []
    asked += [("by", name) for name in request.by]
    asked += [("is", written(value)) for value in figure.dimensions]
    return f"{reverse('insights:rows', args=[metric.id])}?{urlencode(asked)}"


def read(metric: Metric, name: str, text: str) -> Any:
    """Read the value of a dimension out of an address. Raises ValueError and ArithmeticError for what it cannot be."""
    if text == UNKNOWN:
        return None
    plain = text.removeprefix(UNKNOWN)
    column = dimensions_of(metric).get(name)
    return _READERS[column.kind](plain) if column and column.kind in _READERS else plain
