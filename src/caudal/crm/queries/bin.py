"""The recycle bin: what was deleted, by whom, and how long it is kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from caudal.crm.models import Company, Deal, Lead, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page

BIN_DAYS: Final = 30
"""How long what was deleted can be taken back."""
BINNED: Final[Mapping[str, type[Company] | type[Person] | type[Lead] | type[Deal]]] = {
    model.kind: model for model in (Deal, Lead, Company, Person)
}
"""What the bin keeps, by kind."""
LATEST: Final = Order.by("deleted", "-deleted_at")


def kept_since(as_of: datetime) -> datetime:
    """Return the instant since which deleted records are kept."""
    return as_of - timedelta(days=BIN_DAYS)


def binned(actor: Actor, kind: str, *, as_of: datetime, cursor: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return deleted records of a kind that an actor may restore, latest first. Raises CursorUnreadable."""
    rows = BINNED[kind].deleted_for(actor, Verb.DELETE, since=kept_since(as_of))
    return page(rows, LATEST, cursor=cursor, limit=limit)
