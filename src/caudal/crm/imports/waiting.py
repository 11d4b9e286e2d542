"""Imports that a worker does: asked for on a page, rehearsed, then done for good, each as an operation of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from caudal.core.errors import Problem, msg
from caudal.crm.imports.decisions import KEEP, LEAVE, Decisions
from caudal.crm.imports.findings import Found, Tally
from caudal.crm.imports.headers import labels_of
from caudal.crm.imports.reading import rows_of, tables_in
from caudal.crm.imports.running import OPERATION, Options, go_on_with, import_files, params_of, store
from caudal.crm.imports.undoing import UNDO, UNDO_REHEARSAL, carry_out_undo, start_undo
from caudal.crm.imports.uploads import StoredUpload, Upload, unpacked
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.workspace.actions import asker_of, finish_operation, start_operation, take_operation
from caudal.workspace.queries import operation_by_id

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from caudal.workspace.models import Operation

REHEARSAL: Final = "crm.rehearsal"
TASK: Final = "caudal.crm.tasks.work_on_import"
SAMPLES: Final = 3
SAMPLE_LENGTH: Final = 60
BEAT: Final = """
UPDATE workspace_operation SET done = %s, total = %s, beat_at = %s WHERE id = %s RETURNING cancel_asked_at
"""


class NothingGiven(Problem):
    """There is no file."""

    code = "import.nothing_given"
    status = 422
    message = msg("Choose at least one file.")


class _Stopped(Exception):  # noqa: N818  a signal: somebody asked a rehearsal to stop
    """The rehearsal is to stop."""


@dataclass(frozen=True, slots=True)
class ColumnGlimpse:
    """A column of a table: its header, some of its values, and what becomes of it."""

    label: str
    samples: tuple[str, ...]
    becomes: str
    """A field, KEEP or LEAVE."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A table as somebody who decides about it sees it."""

    name: str
    kind: str
    columns: tuple[ColumnGlimpse, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows as they stand."""


@action
def ask_for_rehearsal(*, actor: Actor, as_of: datetime, uploads: Sequence[Upload], source: str) -> "Operation":
    """Keep files and have their import rehearsed. Raises NothingGiven, NotAllowed."""
    if not uploads:
        raise NothingGiven
    require(actor, "operation", Verb.CREATE)
    for upload in uploads:
        store(actor, as_of, upload)
    return _ask(actor, as_of, REHEARSAL, source, params_of(Options(source=source), uploads))


@action
def ask_for_another(*, actor: Actor, as_of: datetime, operation: "Operation", decisions: Decisions) -> "Operation":
    """Have the import of the same files rehearsed again, as it was decided."""
    params = {**operation.params, "decisions": decisions.to_json()}
    return _ask(actor, as_of, REHEARSAL, str(params["source"]), params)


@action
def ask_for_undo(*, actor: Actor, as_of: datetime, batch: "Operation", name: str) -> "Operation":
    """Have an import undone, or what that would do said. Raises NotAllowed, StillRunning, NotUndoable."""
    operation = start_undo(actor=actor, as_of=as_of, batch=batch, name=name)
    app.configure_task(TASK, queue="imports").defer(operation=str(operation.pk))
    return operation


@action
def ask_for_import(*, actor: Actor, as_of: datetime, operation: "Operation") -> "Operation":
    """Have what was rehearsed done for good."""
    return _ask(actor, as_of, OPERATION, str(operation.params["source"]), operation.params)


def _ask(actor: Actor, as_of: datetime, name: str, source: str, params: Mapping[str, Any]) -> "Operation":
    words = gettext("Import of {source}") if name == OPERATION else gettext("Rehearsal of the import of {source}")
    operation = start_operation(
        actor=actor, as_of=as_of, name=name, title=words.format(source=source)[:200], params=params
    )
    app.configure_task(TASK, queue="imports").defer(operation=str(operation.pk))
    return operation


def carry_out(operation_id: UUID, *, clock: Callable[[], datetime]) -> None:
    """Do what an operation asks for, or go on with it; one that has ended stays as it is. Raises ImportRunning."""
    operation = operation_by_id(operation_id)
    if operation is None or operation.finished_at is not None:
        return
    actor = asker_of(operation=operation, as_of=clock())
    if actor is None:
        return
    if operation.name == OPERATION:
        go_on_with(actor=actor, operation=operation, clock=clock)
    elif operation.name in {UNDO, UNDO_REHEARSAL}:
        _undo(actor, operation, clock)
    else:
        _rehearse(actor, operation, clock)


def findings_of(operation: "Operation") -> list[Found]:
    """Return what an operation found, the gravest first."""
    rows = operation.result.get("found") or operation.cursor.get("findings") or []
    return list(Tally.from_json(rows, is_strict=bool(operation.params.get("is_strict"))))


def glimpses(operation: "Operation") -> list[Glimpse]:
    """Return the tables of an operation's files, with samples of every column and what becomes of it."""
    decided = Decisions.from_json(operation.params["decisions"])
    found = []
    for upload in unpacked(uploads_of(operation), Tally()):
        for layout, recognition in tables_in(upload, Tally(), decided):
            rows = list(islice(rows_of(upload, layout), 40))
            fields = {place: name for name, place in recognition.places.items()} if recognition else {}
            kept = recognition.kept if recognition else {}
            columns = (
                ColumnGlimpse(label, _samples(rows_at(rows, at)), fields.get(at, KEEP if at in kept else LEAVE))
                for at, label in enumerate(labels_of(layout.header))
            )
            kind = recognition.kind.value if recognition else ""
            first = tuple(tuple(cell[:SAMPLE_LENGTH] for cell in row.cells) for row in rows[:SAMPLES])
            found.append(Glimpse(layout.called(upload), kind, tuple(columns), first))
    return found


def uploads_of(operation: "Operation") -> list[Upload]:
    """Return the files of an operation."""
    return [StoredUpload(name, sha256) for name, sha256 in operation.params["files"]]


def rows_at(rows: Iterable[Any], at: int) -> list[str]:
    """Return the cells of one column."""
    return [row.cells[at].strip() for row in rows if at < len(row.cells)]


def _samples(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(cell[:SAMPLE_LENGTH] for cell in cells if cell))[:SAMPLES])


def _rehearse(actor: Actor, operation: "Operation", clock: Callable[[], datetime]) -> None:
    """Do all of it in a transaction that is undone; a connection of its own says how far it is."""
    taken = take_operation(operation=operation, as_of=clock(), worker_is_gone=True)
    options = _options(taken, is_dry_run=True)
    result: dict[str, Any] = {}
    error = ""
    beat, watch = _beating(taken, clock)
    try:
        report = import_files(actor=actor, uploads=uploads_of(taken), options=options, clock=clock, watch=watch)
        result = report.stored()
    except _Stopped:
        result = {}
    except Problem as problem:
        error = problem.told(gettext)
    finally:
        beat.close()
    finish_operation(actor=actor, operation=taken, as_of=clock(), result=result, error=error)


def _undo(actor: Actor, operation: "Operation", clock: Callable[[], datetime]) -> None:
    """Take an import back, or say what that would do; a connection of its own says how far it is."""
    beat, watch = _beating(operation, clock)
    try:
        carry_out_undo(actor=actor, operation=operation, clock=clock, watch=watch)
    except _Stopped:
        finish_operation(actor=actor, operation=operation, as_of=clock(), result={})
    finally:
        beat.close()


def _beating(
    operation: "Operation", clock: Callable[[], datetime]
) -> tuple["BaseDatabaseWrapper", Callable[[int, int], None]]:
    """Return a connection outside the work's transaction, and what tells through it how far the work is."""
    beat = connection.copy()

    def watch(done: int, total: int) -> None:
        with beat.cursor() as cursor:
            cursor.execute(BEAT, [done, total, clock(), operation.pk])
            row = cursor.fetchone()
        if row and row[0]:
            raise _Stopped

    return beat, watch


def _options(operation: "Operation", *, is_dry_run: bool) -> Options:
    params = operation.params
    return Options(
        source=str(params["source"]),
        zone=str(params["zone"]),
        is_strict=bool(params["is_strict"]),
        is_dry_run=is_dry_run,
        decisions=Decisions.from_json(params["decisions"]),
    )
