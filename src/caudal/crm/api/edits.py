"""Routes of bulk edits: rehearsed, done, taken back."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import model_validator

from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.actions import bulk
from caudal.crm.actions.bulk import EDIT, REHEARSAL, UNDO, Chosen, Edit, How
from caudal.crm.models import RowState
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, PageQuery, row_id
from caudal.kit.lists import Selection, chosen
from caudal.kit.pages import actor_of, needs
from caudal.kit.shapes import shape_of
from caudal.kit.world import now
from caudal.workspace.queries import operation_for

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

router = Router()

Ids = Annotated[list[str], Field(default=[], max_length=10_000)]


class BulkEditIn(Body):
    """Which records, and what they are to become. Name them by `ids`, or by `where` and `text`, or take `all`."""

    kind: Literal["deal", "lead", "company", "person"]
    how: How
    field: str = ""
    """A field of the kind that many can get; empty to delete or restore."""
    value: Any = None
    """As the record's own routes take it; null empties the field."""
    ids: Ids
    where: Annotated[str, Field(max_length=10_000, examples=['owner = "member_…" and state = "open"'])] = ""
    text: str = ""
    all: bool = False
    preview: bool = True
    """Only find out what would change; `application` then does it."""

    @model_validator(mode="after")
    def says_which(self) -> Self:
        """Refuse a body that says no records, or says them twice."""
        by_filter = bool(self.where or self.text or self.all)
        if bool(self.ids) == by_filter:
            raise ValueError("say which records: by ids, or by where and text, or all of them")
        if self.how is How.RESTORE and by_filter:
            raise ValueError("records in the recycle bin are named by ids")
        return self


class BulkEditOut(Schema):
    """A bulk edit, or its rehearsal, and how many records stand where."""

    id: str
    does: Literal["preview", "edit", "undo"]
    state: str
    kind: str
    how: str
    field: str
    total: int
    done: int
    counts: dict[str, int]
    """fits, waiting, done, undone, same, refused."""
    error: str
    created_at: datetime
    finished_at: datetime | None


class EditedOut(Schema):
    """A record of a bulk edit; `code` and `why` say what refuses it."""

    id: str
    state: str
    version: int
    version_after: int | None
    code: str
    why: str


class EditedPage(Schema):
    """Some records, and the cursor of the next page."""

    items: list[EditedOut]
    next: str | None


class EditedQuery(PageQuery):
    """Which records."""

    state: RowState | None = None


@router.post("/bulk-edits", response={201: BulkEditOut})
@needs("bulk_edit", Verb.CREATE)
def start_bulk_edit(request: HttpRequest, body: BulkEditIn) -> Status[BulkEditOut]:
    """Find out what an edit would do to many records, or do it; up to a hundred are done when this answers."""
    actor, as_of = actor_of(request), now()
    edit = Edit(kind=body.kind, how=body.how, field=body.field, value=body.value)
    begin = bulk.rehearse_edit if body.preview else bulk.edit_many
    return Status(201, _out(begin(actor=actor, as_of=as_of, edit=edit, chosen=_chosen(actor, as_of, edit, body))))


@router.get("/bulk-edits/{edit_id}", response=BulkEditOut)
@needs("bulk_edit", Verb.VIEW)
def get_bulk_edit(request: HttpRequest, edit_id: str) -> BulkEditOut:
    """Say how far a bulk edit is, and what became of its records."""
    return _out(_edit(actor_of(request), edit_id))


@router.get("/bulk-edits/{edit_id}/records", response=EditedPage)
@needs("bulk_edit", Verb.VIEW)
def list_edited_records(request: HttpRequest, edit_id: str, query: Query[EditedQuery]) -> EditedPage:
    """List those records of a bulk edit that you may see, and what keeps those that are refused."""
    actor = actor_of(request)
    operation = _edit(actor, edit_id)
    kind = operation.params["edit"]["kind"]
    states = [query.state] if query.state else RowState.values
    found = queries.edited_rows(operation, states, cursor=query.cursor, limit=query.limit)
    names = queries.names_of_edited(kind, [row.record for row in found.rows], actor, as_of=now())
    items = [
        EditedOut(
            id=str(Ref(kind, row.record)),
            state=row.state,
            version=row.version,
            version_after=row.version_after,
            code=row.why["code"] if row.why else "",
            why=queries.why_words(row, names[row.record]),
        )
        for row in found.rows
        if row.record in names
    ]
    return EditedPage(items=items, next=found.next)


@router.post("/bulk-edits/{edit_id}/application", response={201: BulkEditOut})
@needs("bulk_edit", Verb.CREATE)
def apply_bulk_edit(request: HttpRequest, edit_id: str) -> Status[BulkEditOut]:
    """Do what a preview found; records that were edited since are refused."""
    actor = actor_of(request)
    return Status(201, _out(bulk.apply_edit(actor=actor, as_of=now(), rehearsal=_edit(actor, edit_id))))


@router.post("/bulk-edits/{edit_id}/undo", response={201: BulkEditOut})
@needs("bulk_edit", Verb.CREATE)
def undo_bulk_edit(request: HttpRequest, edit_id: str) -> Status[BulkEditOut]:
    """Take a bulk edit back; records that were edited since are kept, and listed as refused."""
    actor = actor_of(request)
    return Status(201, _out(bulk.undo_edit(actor=actor, as_of=now(), done=_edit(actor, edit_id))))


def _chosen(actor: Actor, as_of: datetime, edit: Edit, body: BulkEditIn) -> Chosen:
    if body.ids:
        ids = [row_id(body.kind, each) for each in body.ids]
        if edit.how is How.RESTORE:
            return Chosen(bulk.records_in_reach(edit, actor, as_of, ids), {})
        edit.model.many_for(actor, Verb.VIEW, ids)
        return Chosen(edit.model.for_actor(actor).filter(pk__in=ids), {})
    reader = queries.Sought(Selection(), as_of).reader(actor)
    selection = Selection(where=body.where, text=body.text)
    return Chosen(chosen(shape_of(body.kind), selection, reader), {"where": body.where, "text": body.text})


def _edit(actor: Actor, edit_id: str) -> "Operation":
    return operation_for(actor, Verb.VIEW, row_id("operation", edit_id), names=(REHEARSAL, EDIT, UNDO))


def _out(operation: "Operation") -> BulkEditOut:
    edit = operation.params["edit"]
    does: dict[str, Literal["preview", "edit", "undo"]] = {REHEARSAL: "preview", EDIT: "edit", UNDO: "undo"}
    return BulkEditOut(
        id=str(operation.ref),
        does=does[operation.name],
        state=operation.state,
        kind=edit["kind"],
        how=edit["how"],
        field=edit["field"],
        total=operation.total or 0,
        done=operation.done,
        counts=dict(queries.edited_counts(operation)),
        error=operation.error,
        created_at=operation.created_at,
        finished_at=operation.finished_at,
    )
