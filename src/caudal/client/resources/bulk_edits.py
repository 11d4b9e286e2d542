"""The API: bulk edits. Written by bin/client."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

How: TypeAlias = Literal["set", "add", "remove", "delete", "restore"]
"""What a bulk edit does."""


class BulkEditIn(TypedDict):
    """Which records, and what they are to become. Name them by `ids`, or by `where` and `text`, or take `all`."""

    kind: Literal["deal", "lead", "company", "person"]
    how: How
    field: NotRequired[str]
    value: NotRequired[Any]
    ids: NotRequired[list[str]]
    where: NotRequired[str]
    text: NotRequired[str]
    all: NotRequired[bool]
    preview: NotRequired[bool]


class BulkEdit(TypedDict):
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
    error: str
    created_at: str
    finished_at: str | None


class Edited(TypedDict):
    """A record of a bulk edit; `code` and `why` say what refuses it."""

    id: str
    state: str
    version: int
    version_after: int | None
    code: str
    why: str


RowState: TypeAlias = Literal["waiting", "fits", "same", "refused", "done", "undone"]
"""Where a record of a bulk edit stands."""


class ListEditedRecordsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    state: NotRequired[RowState | None]


class BulkEditsRoutes(Resource):
    """The routes of bulk edits."""

    def start_bulk_edit(self, *, idempotency_key: str | None = None, **body: Unpack[BulkEditIn]) -> BulkEdit:
        """Find out what an edit would do to many records, or do it; up to a hundred are done when this answers."""
        found: BulkEdit = self._send("POST", "/api/v1/bulk-edits", idempotency_key=idempotency_key, body=body)
        return found

    def get_bulk_edit(self, edit_id: str) -> BulkEdit:
        """Say how far a bulk edit is, and what became of its records."""
        found: BulkEdit = self._send("GET", f"/api/v1/bulk-edits/{quoted(edit_id)}")
        return found

    def list_edited_records(self, edit_id: str, **query: Unpack[ListEditedRecordsQuery]) -> Iterator[Edited]:
        """List those records of a bulk edit that you may see, and what keeps those that are refused."""
        found: Iterator[Edited] = self._pages(f"/api/v1/bulk-edits/{quoted(edit_id)}/records", query)
        return found

    def apply_bulk_edit(self, edit_id: str, *, version: Version = None, idempotency_key: str | None = None) -> BulkEdit:
        """Do what a preview found; records that were edited since are refused."""
        found: BulkEdit = self._send(
            "POST",
            f"/api/v1/bulk-edits/{quoted(edit_id)}/application",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def undo_bulk_edit(self, edit_id: str, *, version: Version = None, idempotency_key: str | None = None) -> BulkEdit:
        """Take a bulk edit back; records that were edited since are kept, and listed as refused."""
        found: BulkEdit = self._send(
            "POST", f"/api/v1/bulk-edits/{quoted(edit_id)}/undo", idempotency_key=idempotency_key, version=version
        )
        return found
