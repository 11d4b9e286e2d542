"""Bulk edits: their rows, how many stand where, and what the records are called."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext

from caudal.crm.models import NAMED, EditedRow
from caudal.crm.queries.bin import kept_since
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.shapes import shape_of

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

BY_PLACE = Order.by("place", "place")


def edited_rows(
    operation: "Operation", states: Iterable[str], *, cursor: str | None = None, limit: int = LIMIT
) -> Page[EditedRow]:
    """Return the rows of an operation, already reached, that stand somewhere. Raises CursorUnreadable."""
    rows = EditedRow.objects.filter(operation=operation, state__in=list(states))
    return page(rows, BY_PLACE, cursor=cursor, limit=limit)


def edited_counts(operation: "Operation") -> Mapping[str, int]:
    """Return how many rows of an operation, already reached, stand where."""
    rows = EditedRow.objects.filter(operation=operation).order_by()
    return dict(rows.values_list("state").annotate(count=Count("pk")))


def why_words(row: EditedRow, name: str) -> str:
    """Return what refuses a row in the reader's language, with the name that its record has now; "" for others."""
    if not row.why:
        return ""
    params = {key: name if value == NAMED else value for key, value in row.why["params"].items()}
    template: str = row.why["message"]
    return gettext(template).format(**params)


def names_of_edited(kind: str, ids: Iterable[UUID], actor: Actor, *, as_of: datetime) -> dict[UUID, str]:
    """Return what those records of a bulk edit are called that the actor may see, those in the bin among them."""
    model: Any = shape_of(kind).model
    wanted = list(ids)
    doors = (model.for_actor(actor), model.deleted_for(actor, Verb.VIEW, since=kept_since(as_of)))
    return {pk: name for rows in doors for pk, name in rows.filter(pk__in=wanted).values_list("pk", "name")}
