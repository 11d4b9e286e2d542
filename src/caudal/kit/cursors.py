"""Lists in pages: a cursor says after which row the next page begins, so that nothing is skipped or shown twice.

A cursor holds the last row's own values of the columns that order the list. Rows without a value come last, in either
direction; the last column is the primary key, so that no two rows stand in one place. A column may be that of a row
which the row names (`company__name_key`), or a key of its JSON (`custom__size`).
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, Generic, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Field, JSONField, Model, OrderBy, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

from caudal.core.errors import Problem, msg
from caudal.kit.records import plain

M = TypeVar("M", bound=Model)

LIMIT: Final = 50
LIMIT_MAX: Final = 200
WHOLE_NUMBERS: Final = 2**63
"""What a column of whole numbers holds is smaller than this."""


class CursorUnreadable(Problem):
    """The cursor is not one of this list in this order."""

    code = "cursor.unreadable"
    status = 422
    message = msg("The cursor does not belong to this list.")
    hint = msg("Take the first page again, and its cursor from there.")


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: a name, and columns of the model with a minus in front of those that descend.

    The primary key is added at the end, in the direction of the column before it. A column may also be one of
    `computed`: what the rows are annotated with, and the field that holds it.
    """

    name: str
    columns: tuple[str, ...]
    computed: "Mapping[str, Field[Any, Any]]" = field(default_factory=dict, compare=False)

    @classmethod
    def by(cls, name: str, *columns: str, computed: "Mapping[str, Field[Any, Any]] | None" = None) -> Self:
        """Return an order that ends with the primary key."""
        last = "-pk" if columns and columns[-1].startswith("-") else "pk"
        return cls(name, (*columns, last), computed or {})

    def column(self, model: type[Model], name: str) -> "_Column":
        """Return what is known of a column."""
        return _Column(self.computed[name], null=True) if name in self.computed else _column(model, name)

    def terms(self, model: type[Model]) -> list[OrderBy]:
        """Return what ORDER BY takes; an index with the same terms serves it."""
        return [
            OrderBy(F(name), descending=falls, nulls_last=True if self.column(model, name).null else None)
            for name, falls in self.steps()
        ]

    def steps(self) -> list[tuple[str, bool]]:
        """Return the columns, each with whether it descends."""
        return [(column.lstrip("-"), column.startswith("-")) for column in self.columns]


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows of a list, and the cursor of the next page, None on the last one."""

    rows: Sequence[M]
    next: str | None


def page(rows: "QuerySet[M]", order: Order, *, cursor: str | None = None, limit: int = LIMIT) -> Page[M]:
    """Return the rows after a cursor, at most `limit` of them, in one query. Raises CursorUnreadable."""
    wanted = max(1, min(limit, LIMIT_MAX))
    ordered = rows.order_by(*order.terms(rows.model))
    if cursor:
        ordered = ordered.filter(_after(rows.model, order, _read(cursor, rows.model, order)))
    found = list(ordered[: wanted + 1])
    more = len(found) > wanted
    return Page(found[:wanted], _written(found[wanted - 1], order) if more else None)


def _after(model: type[Model], order: Order, values: Mapping[str, Any]) -> Q:
    """Return the condition on rows behind one row: equal in the first columns, behind it in the next."""
    behind, equal = Q(pk__in=[]), Q()
    for name, falls in order.steps():
        value = values[name]
        if value is not None:
            further = Q(**{f"{name}__lt" if falls else f"{name}__gt": value})
            if order.column(model, name).null:
                further |= Q(**{f"{name}__isnull": True})
            behind |= equal & further
        equal &= Q(**{f"{name}__isnull": True} if value is None else {name: value})
    return behind


def _written(row: Model, order: Order) -> str:
    values = [plain(_held(row, name)) for name, _ in order.steps()]
    return urlsafe_b64encode(json.dumps([order.name, *values], separators=(",", ":")).encode()).decode().rstrip("=")


def _read(cursor: str, model: type[Model], order: Order) -> dict[str, Any]:
    try:
        name, *values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name != order.name or len(values) != len(order.columns):
            raise CursorUnreadable
        return {
            column: None if value is None else _value(order.column(model, column), value)
            for (column, _), value in zip(order.steps(), values, strict=True)
        }
    except (ValueError, TypeError, ValidationError) as error:
        raise CursorUnreadable from error


def _value(column: "_Column", value: Any) -> Any:
    readable = abs(value) < WHOLE_NUMBERS if isinstance(value, int) else isinstance(value, str) and "\0" not in value
    if column.inside and (readable or isinstance(value, float)):
        return value
    found = column.field.to_python(value) if readable else None
    if found is None or (isinstance(found, datetime) and found.tzinfo is None):
        raise CursorUnreadable
    return found


@dataclass(frozen=True, slots=True)
class _Column:
    """The field at the end of a path, whether a row may lack it, and whether it is a key inside a JSON column."""

    field: "Field[Any, Any]"
    null: bool
    inside: bool = False


@cache
def _column(model: type[Model], path: str) -> _Column:
    here, null = model, False
    steps = path.split(LOOKUP_SEP)
    for place, name in enumerate(steps, 1):
        found = here._meta.pk if name == "pk" else here._meta.get_field(name)
        if isinstance(found, JSONField) and place < len(steps):
            return _Column(found, null=True, inside=True)
        if place < len(steps) and found.related_model is not None:
            # What points back at the row may not be there at all.
            null = null or not isinstance(found, Field) or found.null
            here = found.related_model
        elif place == len(steps) and isinstance(found, Field):
            return _Column(found, null or found.null)
    raise TypeError(f"{model.__name__}.{path} is not a column")


def _held(row: Model, path: str) -> Any:
    """The value of a row at the end of a path; None where a row on the way is missing."""
    found: Any = row
    for name in path.split(LOOKUP_SEP):
        found = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
        if found is None:
            return None
    return found
