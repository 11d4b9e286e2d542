"""Imports that a worker does: asked for on a page, rehearsed, then done for good, each as an operation of its own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from caudal.core.errors import Problem, msg
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import Found, Tally
from caudal.crm.imports.glimpses import uploads_of
from caudal.crm.imports.profiles import decisions_by, fit_of, headed, known_again
from caudal.crm.imports.running import OPERATION, Options, go_on_with, import_files, params_of, store
from caudal.crm.imports.undoing import UNDO, UNDO_REHEARSAL, carry_out_undo, start_undo
from caudal.crm.imports.uploads import StoredUpload, Upload
from caudal.crm.models import ImportProfile
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.workspace.actions import asker_of, finish_operation, start_operation, take_operation
from caudal.workspace.queries import operation_by_id

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from caudal.workspace.models import Operation

REHEARSAL: Final = "crm.rehearsal"
TASK: Final = "caudal.crm.tasks.work_on_import"
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


@action
def ask_for_rehearsal(
    *,
    actor: Actor,
    as_of: datetime,
    uploads: Sequence[Upload],
    source: str,
    profile: ImportProfile | None = None,
    is_known_again: bool = True,
) -> "Operation":
    """Keep files and have their import rehearsed: by a profile, or by one that has just their columns.

    Raises NothingGiven, NotAllowed, ProfileDoesNotFit.
    """
    if not uploads:
        raise NothingGiven
    require(actor, "operation", Verb.CREATE)
    for upload in uploads:
        store(actor, as_of, upload)
    params = params_of(Options(source=source), uploads)
    kept = [StoredUpload(*each) for each in params["files"]]
    decided = Decisions()
    if profile is not None:
        decided = decisions_by(fit_of(profile, headed(kept)))
    elif is_known_again:
        decided = known_again(actor, kept)
    return _ask(actor, as_of, REHEARSAL, source, {**params, "decisions": decided.to_json()})


@action
def ask_for_another(*, actor: Actor, as_of: datetime, operation: "Operation", decisions: Decisions) -> "Operation":
    """Have the import of the same files rehearsed again, as it was decided."""
    params = {**operation.params, "decisions": decisions.to_json()}
    return _ask(actor, as_of, REHEARSAL, str(params["source"]), params)


@action
def ask_for_profile(
    *, actor: Actor, as_of: datetime, operation: "Operation", profile: ImportProfile | None
) -> "Operation":
    """Have the same files rehearsed again as a profile says, or as their words do. Raises ProfileDoesNotFit."""
    decided = decisions_by(fit_of(profile, headed(uploads_of(operation)))) if profile else Decisions()
    return ask_for_another(actor=actor, as_of=as_of, operation=operation, decisions=decided)


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
