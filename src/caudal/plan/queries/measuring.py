"""Numbers for targets, asked of the metrics once each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection

from caudal.core.expressions import Field
from caudal.core.metrics import REGISTRY, Marts, MartShape, NotFed, Request, UnknownMetric, compile_query
from caudal.kit.marts import ColumnKind, marts


@dataclass(frozen=True, slots=True)
class Reading:
    """What a metric came to in one period; `missing` facts could not be counted in, for want of a rate say."""

    start: date
    value: Fraction | None
    missing: int


class Measuring:
    """Asks each question once, however many targets share it."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, Request], tuple[Reading, ...]] = {}

    def readings(self, metric_id: str, request: Request) -> tuple[Reading, ...]:
        """Return a metric by period, for the whole company. Raises UnknownMetric, NotFed."""
        key = (metric_id, request)
        if key not in self._answers:
            self._answers[key] = tuple(_reading(row) for row in _rows(metric_id, request))
        return self._answers[key]


def _reading(row: dict[str, Any]) -> Reading:
    below = row["denominator"]
    value = None if row["numerator"] is None or not below else Fraction(row["numerator"]) / Fraction(below)
    return Reading(row["period"], value, row["missing"])


def _rows(metric_id: str, request: Request) -> Sequence[dict[str, Any]]:
    metric = REGISTRY.metrics.get(metric_id)
    if metric is None:
        raise UnknownMetric(metric=metric_id)
    shapes = []
    for name, source in REGISTRY.sources.items():
        mart = marts().get(name)
        if mart is None:
            raise NotFed(metric=metric_id, source=name)
        aliases = {"lead": "id", "deal": "deal_id" if name == "leads" else "id"}
        fields = {}
        for field, given in source.schema.fields.items():
            column = mart.columns.get(field)
            divisor = "100" if column and column.kind is ColumnKind.MONEY else ""
            cast = "::text" if field in aliases else ""
            fields[field] = Field(given.type, f"f.{aliases.get(field, field)}{cast}", divisor)
        shapes.append(
            MartShape(source=name, relation=f"({mart.sql})", fields=fields, ref="f.id", currency="f.currency")
        )
    statement = compile_query(metric, request, Marts.of(*shapes))
    with connection.cursor() as cursor:
        cursor.execute(statement.text, dict(statement.parameters))
        return [dict(zip(statement.columns, row, strict=True)) for row in cursor.fetchall()]
