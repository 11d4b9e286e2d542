"""Routes of imports: give files, see what they were taken for, decide, import for good, watch, undo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import findings_from_json
from caudal.crm.imports.glimpses import ColumnGlimpse, glimpses
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.sights import kinds_written, require_sight
from caudal.crm.imports.undoing import UNDO, UNDO_REHEARSAL, can_undo
from caudal.crm.imports.uploads import SentUpload, Upload
from caudal.crm.imports.vocabulary import in_words
from caudal.crm.imports.waiting import (
    REHEARSAL,
    ask_for_another,
    ask_for_import,
    ask_for_rehearsal,
    ask_for_undo,
    findings_of,
)
from caudal.crm.models import ImportProfile
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import in_sight
from caudal.kit.world import now
from caudal.workspace.actions import cancel_operation
from caudal.workspace.queries import operation_for, operations

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

router = Router()
LISTED: Final = 100
KNOWN_AGAIN: Final = "known"
NONE: Final = "none"
DOES: Final[Mapping[str, str]] = {
    REHEARSAL: "rehearsal",
    OPERATION: "import",
    UNDO_REHEARSAL: "undo_rehearsal",
    UNDO: "undo",
}


class ImportFileOut(Schema):
    """What becomes of one table."""

    file: str
    kind: str
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int


class ImportFindingOut(Schema):
    """Something worth knowing, a choice that was made, or a reason why rows are refused."""

    code: str
    severity: str
    place: str
    file: str
    lines: list[int]
    count: int
    message: str


class ImportWordOut(Schema):
    """A stage or an owner as the files write it, and what it is taken for."""

    text: str
    count: int
    taken: str
    chosen: str


class ImportKeptOut(Schema):
    """A record that undoing leaves, why, and the one that needs it."""

    ref: str
    reason: str
    by: str


class ImportOut(Schema):
    """A rehearsal, an import, or the undoing of one."""

    id: str
    does: str
    source: str
    state: str
    done: int
    total: int | None
    error: str
    begun_at: datetime
    finished_at: datetime | None
    can_undo: bool
    profile_id: str
    """The profile by which its files are read; nothing where their own words say it."""
    files: list[ImportFileOut]
    findings: list[ImportFindingOut]
    stages: list[ImportWordOut]
    owners: list[ImportWordOut]
    removed: dict[str, int]
    """Of an undoing: records that go, by kind."""
    put_back: dict[str, int]
    kept: dict[str, int]
    listed: list[ImportKeptOut]


class ImportsOut(Schema):
    """Rehearsals, imports and undoings, newest first."""

    items: list[ImportOut]


class ImportColumnOut(Schema):
    """A column, some of its values, and the field that it becomes: `custom` is kept as it is.

    `read_as` says of each sample what it is read as: a day, a number, true or false; nothing for words.
    """

    label: str
    samples: list[str]
    read_as: list[str]
    becomes: str
    empty: int | None
    """Cells without anything, once the file was read through."""
    reading: str
    """How its days or numbers are written, where there are two ways: as was decided, else as the column tells."""


class ImportTableOut(Schema):
    """A table of the files, the kind of its rows, its columns and its first rows."""

    name: str
    kind: str
    columns: list[ImportColumnOut]
    rows: list[list[str]]


class ImportTablesOut(Schema):
    """The tables of an import."""

    items: list[ImportTableOut]


class ImportRefusedOut(Schema):
    """Rows that are refused, each with its place and why."""

    items: list[ImportFindingOut]


class ImportTableIn(Body):
    """What becomes of a table: its kind, nothing to leave it out, and the field of each column by its label."""

    kind: str
    columns: Annotated[dict[str, str], Field(default_factory=dict)]
    readings: Annotated[dict[str, str], Field(default_factory=dict)]
    """How days and numbers are written, by the label: day_first, month_first, point, comma."""


class ImportDecisionsIn(Body):
    """What is decided; what is left out stays as the files say it."""

    tables: Annotated[dict[str, ImportTableIn], Field(default_factory=dict)]
    stages: Annotated[dict[str, str], Field(default_factory=dict)]
    owners: Annotated[dict[str, str], Field(default_factory=dict)]
    keeps_columns: bool = False


@router.get("/imports", response=ImportsOut)
@needs("operation", Verb.CREATE)
def list_imports(request: HttpRequest) -> ImportsOut:
    """Return the newest rehearsals, imports and undoings."""
    actor = actor_of(request)
    return ImportsOut(items=[import_out(actor, each) for each in operations(actor, tuple(DOES), limit=LISTED)])


@router.post("/imports", response={201: ImportOut})
@needs("operation", Verb.CREATE)
def rehearse_import(
    request: HttpRequest,
    files: File[list[UploadedFile]],
    source: Annotated[str, Field(max_length=80)] = "files",
    profile: Annotated[str, Field(max_length=80)] = KNOWN_AGAIN,
) -> Status[ImportOut]:
    """Take files and have their import rehearsed by a worker; the source is what the other system is called.

    They are read by the profile of an id, by none, or by the one, if any, that has just their columns.
    """
    uploads: list[Upload] = [SentUpload(each) for each in files]
    name = in_words(source).replace(" ", "-")[:80] or "files"
    actor = actor_of(request)
    by_id = profile not in {KNOWN_AGAIN, NONE}
    asked = ask_for_rehearsal(
        actor=actor,
        as_of=now(),
        uploads=uploads,
        source=name,
        profile=queries.import_profile(actor, row_id(ImportProfile.kind, profile)) if by_id else None,
        is_known_again=profile == KNOWN_AGAIN,
    )
    return Status(201, import_out(actor, asked))


@router.get("/imports/{import_id}", response=ImportOut)
@needs("operation", Verb.VIEW)
def get_import(request: HttpRequest, import_id: str) -> ImportOut:
    """Return how far it is, and what became of it."""
    actor = actor_of(request)
    return import_out(actor, called(actor, import_id, Verb.VIEW, *DOES))


@router.get("/imports/{import_id}/tables", response=ImportTablesOut)
@needs("operation", Verb.VIEW)
def get_import_tables(request: HttpRequest, import_id: str) -> ImportTablesOut:
    """Return the tables of the files, what their columns are taken for, and their first rows."""
    actor = actor_of(request)
    operation = called(actor, import_id, Verb.VIEW, REHEARSAL, OPERATION)
    tables = glimpses(operation)
    require_sight(actor, operation, (table.kind for table in tables))
    return ImportTablesOut(
        items=[
            ImportTableOut(
                name=table.name,
                kind=table.kind,
                columns=[_column(each) for each in table.columns],
                rows=[list(row) for row in table.rows],
            )
            for table in tables
        ]
    )


@router.get("/imports/{import_id}/refused", response=ImportRefusedOut)
@needs("operation", Verb.VIEW)
def get_import_refused(request: HttpRequest, import_id: str) -> ImportRefusedOut:
    """Return the rows that are refused, each with its place and why."""
    actor = actor_of(request)
    operation = called(actor, import_id, Verb.VIEW, REHEARSAL, OPERATION)
    require_sight(actor, operation, kinds_written(operation))
    found = findings_from_json(operation.result.get("refused") or operation.cursor.get("refused") or [])
    return ImportRefusedOut(items=[ImportFindingOut(**each.to_json(gettext)) for each in found])


@router.post("/imports/{import_id}/decisions", response={201: ImportOut})
@needs("operation", Verb.CREATE)
def decide_import(request: HttpRequest, import_id: str, body: ImportDecisionsIn) -> Status[ImportOut]:
    """Have the same files rehearsed again as it is decided."""
    actor = actor_of(request)
    operation = called(actor, import_id, Verb.VIEW, REHEARSAL)
    decided = Decisions.from_json(body.dict())
    return Status(
        201, import_out(actor, ask_for_another(actor=actor, as_of=now(), operation=operation, decisions=decided))
    )


@router.post("/imports/{import_id}/run", response={201: ImportOut})
@needs("operation", Verb.CREATE)
def run_import(request: HttpRequest, import_id: str) -> Status[ImportOut]:
    """Have what was rehearsed imported for good."""
    actor = actor_of(request)
    rehearsed = called(actor, import_id, Verb.VIEW, REHEARSAL)
    return Status(201, import_out(actor, ask_for_import(actor=actor, as_of=now(), operation=rehearsed)))


@router.post("/imports/{import_id}/cancellation", response=ImportOut)
@needs("operation", Verb.CHANGE)
def cancel_import(request: HttpRequest, import_id: str) -> ImportOut:
    """Ask that it stops between two batches."""
    actor = actor_of(request)
    operation = called(actor, import_id, Verb.CHANGE, *DOES)
    return import_out(actor, cancel_operation(actor=actor, as_of=now(), operation=operation))


@router.post("/imports/{import_id}/undo", response={201: ImportOut})
@needs("operation", Verb.CREATE)
def undo_import(request: HttpRequest, import_id: str, only: Literal["", "rehearsal"] = "") -> Status[ImportOut]:
    """Have an import undone, or only what that would do said."""
    actor = actor_of(request)
    batch = called(actor, import_id, Verb.CHANGE, OPERATION)
    name = UNDO_REHEARSAL if only else UNDO
    return Status(201, import_out(actor, ask_for_undo(actor=actor, as_of=now(), batch=batch, name=name)))


def _column(found: ColumnGlimpse) -> ImportColumnOut:
    return ImportColumnOut(
        label=found.label,
        samples=[each.text for each in found.samples],
        read_as=[each.plain for each in found.samples],
        becomes=found.becomes,
        empty=found.said.empty if found.said else None,
        reading=found.decided or (found.said.reading if found.said else ""),
    )


def called(actor: Actor, said: str, verb: Verb, *names: str) -> "Operation":
    """Return an operation of one of some names. Raises NotFound."""
    return operation_for(actor, verb, row_id("operation", said), names=names)


def import_out(actor: Actor, row: "Operation") -> ImportOut:
    """Return a rehearsal, an import or the undoing of one as the API tells it."""
    result: Mapping[str, Any] = row.result
    found = findings_of(row) if row.name in {REHEARSAL, OPERATION} else []
    return ImportOut(
        id=str(row.ref),
        does=DOES[row.name],
        source=str(row.params.get("source", "")),
        state=row.state,
        done=row.done,
        total=row.total,
        error=row.error,
        begun_at=row.created_at,
        finished_at=row.finished_at,
        can_undo=can_undo(actor, row),
        profile_id=str(row.params.get("decisions", {}).get("profile", "")),
        files=[ImportFileOut(**each) for each in result.get("files", [])],
        findings=[ImportFindingOut(**each.to_json(gettext)) for each in found],
        stages=[ImportWordOut(**each) for each in result.get("stages", [])],
        owners=[ImportWordOut(**each) for each in result.get("owners", [])],
        removed=result.get("removed", {}),
        put_back=result.get("put_back", {}),
        kept=result.get("kept", {}),
        listed=_kept_in_sight(actor, result.get("listed", [])),
    )


def _kept_in_sight(actor: Actor, listed: Sequence[Mapping[str, str]]) -> list[ImportKeptOut]:
    """Records that an undoing leaves, those that the reader may see; by what they are needed, likewise."""
    refs = [Ref.parse(each[part]) for each in listed for part in ("ref", "by") if each[part]]
    seen = set(map(str, in_sight(refs, actor)))
    return [
        ImportKeptOut(ref=each["ref"], reason=each["reason"], by=each["by"] if each["by"] in seen else "")
        for each in listed
        if each["ref"] in seen
    ]
