"""Routes of the recycle bin."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.kit.bodies import PageQuery
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class BinnedOut(Schema):
    """A deleted record that can be restored."""

    id: str
    name: str
    deleted_at: datetime
    deleted_by: str


class BinnedPage(Schema):
    """Some deleted records, and the cursor of the next page."""

    items: list[BinnedOut]
    next: str | None


class RestoredOut(Schema):
    """A record that is back, at its new version."""

    id: str
    version: int


class BinQuery(PageQuery):
    """Which kind of records."""

    kind: Literal["deal", "lead", "company", "person"] = "deal"


@router.get("/bin", response=BinnedPage)
@needs("bin")
def list_bin(request: HttpRequest, query: Query[BinQuery]) -> BinnedPage:
    """List the deleted records of a kind that the caller may restore, latest first."""
    found = queries.binned(actor_of(request), query.kind, as_of=now(), cursor=query.cursor, limit=query.limit)
    items = [
        BinnedOut(id=str(row.ref), name=row.name, deleted_at=row.deleted_at, deleted_by=row.deleted_by or "")
        for row in found.rows
        if row.deleted_at is not None
    ]
    return BinnedPage(items=items, next=found.next)


@router.post("/bin/{record_id}/restoration", response=RestoredOut)
@needs("bin")
def restore_from_bin(request: HttpRequest, record_id: str) -> RestoredOut:
    """Take a record out of the recycle bin."""
    record = actions.restore_record(actor=actor_of(request), as_of=now(), ref=Ref.parse(record_id))
    return RestoredOut(id=str(record.ref), version=record.version)
