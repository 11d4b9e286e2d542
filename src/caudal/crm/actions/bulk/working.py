"""Bulk edits as operations: rehearsed, done and taken back in batches, each one transaction; small ones at once.

An operation has its rows (`EditedRow`): which records, at which versions, and what became of each. A batch locks the
next rows that wait, then their records, writes, and marks the rows, all in one transaction: whoever goes on after a
crash finds done what was done, and two who work on one operation wait for each other.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Count, QuerySet
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.bulk.edits import ROWS_MOST, Edit, How, NothingSelected, TooMany
from caudal.crm.actions.bulk.taking_back import work_back, work_of
from caudal.crm.actions.bulk.writing import By, Verdict
from caudal.crm.models import NAMED, EditedRow, RowState
from caudal.crm.queries import kept_since
from caudal.kit.access import Actor, Reach, Verb, policies, require
from caudal.kit.actions import action
from caudal.kit.failpoints import failpoint
from caudal.kit.problems import BadInput, conflict_of
from caudal.kit.records import NotFound, Record
from caudal.workspace.actions import asker_of, finish_operation, progress_operation, start_operation, take_operation
from caudal.workspace.queries import operation_by_id

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

REHEARSAL: Final = "crm.bulk_rehearsal"
EDIT: Final = "crm.bulk_edit"
UNDO: Final = "crm.bulk_undo"
TASK: Final = "caudal.crm.tasks.work_on_bulk_edit"
BATCH: Final = 1000
AT_ONCE_MOST: Final = 100
"""Records that are edited within the request; more are the worker's."""
MARK: Final = """
UPDATE crm_editedrow AS kept SET state = new.state, version_after = new.version_after, why = new.why
FROM jsonb_to_recordset(%s::jsonb) AS new (id bigint, state text, version_after int, why jsonb)
WHERE kept.id = new.id
"""
CHOOSE: Final = """
INSERT INTO crm_editedrow (operation_id, place, record, version, state)
SELECT %s, row_number() OVER (ORDER BY chosen.id), chosen.id, chosen.version, 'waiting'
FROM ({rows}) AS chosen (id, version)
"""


TAKE_BACK: Final = """
INSERT INTO crm_editedrow (operation_id, place, record, version, state)
SELECT %s, place, record, version_after, 'waiting' FROM crm_editedrow
WHERE operation_id = %s AND state = 'done' AND why IS NULL
"""
"""Gives the rows of an edit to the operation that takes them back; each is marked when that has written it."""


class ChangedMeanwhile(Problem):
    """Somebody edited the record between the choice and the edit."""

    code = "bulk_edit.changed_meanwhile"
    status = 409
    message = msg("It was edited by somebody else meanwhile, and stays as it is.")


class OutOfReach(Problem):
    """The actor may see the record, and not do this with it."""

    code = "bulk_edit.out_of_reach"
    status = 403
    message = msg("You may see it, but not change it.")


class AlreadyDone(Problem):
    """A rehearsal is for one edit, an edit is taken back once."""

    code = "bulk_edit.already_done"
    status = 409
    message = msg("This was done already, or cannot be done.")
    hint = msg("Look at what became of it.")


class NotFinished(Problem):
    """A preview that is still being made, or was stopped, has not looked at every record."""

    code = "bulk_edit.not_finished"
    status = 409
    message = msg("The preview has not come to its end, and nothing was written.")
    hint = msg("Wait until it is done, or make another one.")


class OfAnother(Problem):
    """Somebody goes on with an edit that somebody else began, without reaching all that it may be about."""

    code = "bulk_edit.of_another"
    status = 403
    message = msg("Somebody else began this bulk edit.")
    hint = msg("Ask whoever began it, or an administrator.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which records, as rows in the reach of whoever chose them, and what says so."""

    rows: "QuerySet[Any]"
    said: Mapping[str, Any]
    """The filter or the ids, for the operation's page."""


@action
def rehearse_edit(*, actor: Actor, as_of: datetime, edit: Edit, chosen: Chosen) -> "Operation":
    """Find out what an edit would do to the chosen records, and write nothing of it.

    Raises NotAllowed, NothingSelected, TooMany, and what refuses the edit as a whole: NotForMany, BadInput, NotFound,
    OwnerOutOfReach. More than `AT_ONCE_MOST` records are looked at by a worker.
    """
    return _begin(REHEARSAL, actor, as_of, edit, chosen)


@action
def edit_many(*, actor: Actor, as_of: datetime, edit: Edit, chosen: Chosen) -> "Operation":
    """Edit the chosen records without a rehearsal; see `rehearse_edit`."""
    return _begin(EDIT, actor, as_of, edit, chosen)


@action
def apply_edit(*, actor: Actor, as_of: datetime, rehearsal: "Operation") -> "Operation":
    """Do what was rehearsed, to the records as they were then. Raises AlreadyDone, NotFinished, OfAnother.

    What is asked for twice is done once: the rows go over from the rehearsal to the edit.
    """
    _theirs(actor, rehearsal)
    edit = Edit.from_json(rehearsal.params["edit"])
    if rehearsal.name == REHEARSAL and rehearsal.state != "done":
        raise NotFinished
    operation = _start(EDIT, actor, as_of, edit, rehearsal.params["said"], total=rehearsal.total)
    rows = EditedRow.objects.filter(operation=rehearsal)
    fitting = rows.filter(state=RowState.FITS).update(operation=operation, state=RowState.WAITING)
    if not fitting:
        raise AlreadyDone
    rows.update(operation=operation)
    return _go(operation, actor, as_of, fitting)


@action
def undo_edit(*, actor: Actor, as_of: datetime, done: "Operation") -> "Operation":
    """Take an edit back: of every record that nobody edited since; the others are listed and kept.

    What was refused for another reason can be tried again. Raises AlreadyDone, OfAnother.
    """
    _theirs(actor, done)
    edit = Edit.from_json(done.params["edit"])
    if done.name != EDIT or done.finished_at is None:
        raise AlreadyDone
    type(done).one_for(actor, Verb.VIEW, done.pk, lock=True)
    if _is_being_undone(done):
        raise AlreadyDone
    said = {**done.params["said"], "undoes": str(done.ref)}
    operation = _start(UNDO, actor, as_of, edit, said, total=_to_undo(done).count())
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, [operation.pk, done.pk])
        count = int(cursor.rowcount)
    if not count:
        raise AlreadyDone
    return _go(operation, actor, as_of, count)


def may_go_on(actor: Actor, operation: "Operation") -> bool:
    """Say whether somebody may do what was rehearsed or take it back: whoever began it, or reaches every record."""
    edit = Edit.from_json(operation.params["edit"])
    return operation.created_by == actor.id or policies()[edit.kind].reach(actor, edit.verb) is Reach.ALL


def can_undo(actor: Actor, operation: "Operation") -> bool:
    """Say whether something is left of an edit that the actor may take back."""
    ended = operation.name == EDIT and operation.finished_at is not None
    return ended and may_go_on(actor, operation) and _to_undo(operation).exists()


def carry_out_edit(operation_id: UUID, *, clock: Callable[[], datetime]) -> None:
    """Do an operation that was asked for, or go on with it where it was; one that has ended stays as it is."""
    operation = operation_by_id(operation_id)
    if operation is None or operation.finished_at is not None:
        return
    actor = asker_of(operation=operation, as_of=clock())
    if actor is None:
        return
    taken = take_operation(operation=operation, as_of=clock(), worker_is_gone=True)
    error = ""
    try:
        _work(taken, actor, clock)
    except Problem as problem:
        error = problem.told(gettext)
    except IntegrityError as refused:
        conflict = conflict_of(refused)
        if conflict is None:
            raise
        error = conflict.told(gettext)
    finish_operation(actor=actor, operation=taken, as_of=clock(), result=counts(taken), error=error)


def forget_edits(*, before: datetime) -> int:
    """Forget which records old edits were about, and return how many rows that were: they cannot be taken back."""
    gone, _by_model = EditedRow.objects.filter(operation__created_at__lt=before).delete()
    return gone


def _theirs(actor: Actor, operation: "Operation") -> None:
    if not may_go_on(actor, operation):
        raise OfAnother


def _to_undo(done: "Operation") -> "QuerySet[EditedRow]":
    return EditedRow.objects.filter(operation=done, state=RowState.DONE, why__isnull=True)


def _is_being_undone(done: "Operation") -> bool:
    undoing = EditedRow.objects.filter(operation__name=UNDO, operation__params__said__undoes=str(done.ref))
    return undoing.filter(state=RowState.WAITING, operation__finished_at=None).exists()


def _begin(name: str, actor: Actor, as_of: datetime, edit: Edit, chosen: Chosen) -> "Operation":
    require(actor, edit.kind, edit.verb)
    work_of(edit, By(actor, as_of))
    operation = _start(name, actor, as_of, edit, chosen.said)
    total = _choose(operation, chosen.rows)
    if not total:
        raise NothingSelected
    operation.total = total
    operation.save(update_fields=["total"])
    return _go(operation, actor, as_of, total)


def _start(
    name: str, actor: Actor, as_of: datetime, edit: Edit, said: Mapping[str, Any], total: int | None = None
) -> "Operation":
    return start_operation(
        actor=actor,
        as_of=as_of,
        name=name,
        title=f"{edit.kind}.{edit.field or edit.how.value}",
        params={"edit": edit.to_json(), "said": dict(said)},
        total=total,
        granted_by=(edit.kind, edit.verb),
    )


def _choose(operation: "Operation", rows: "QuerySet[Any]") -> int:
    count = rows.count()
    if count > ROWS_MOST:
        raise TooMany(count=count, most=ROWS_MOST)
    sql, values = rows.order_by().values_list("pk", "version").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(CHOOSE.format(rows=sql), [operation.pk, *values])
        return int(cursor.rowcount)


def _go(operation: "Operation", actor: Actor, as_of: datetime, count: int) -> "Operation":
    """Do it at once where it is small, else let a worker do it."""
    if count > AT_ONCE_MOST:
        app.configure_task(TASK, queue="imports").defer(operation=str(operation.pk))
        return operation
    taken = take_operation(operation=operation, as_of=as_of)
    _work(taken, actor, lambda: as_of)
    return finish_operation(actor=actor, operation=taken, as_of=as_of, result=counts(taken))


def _work(operation: "Operation", actor: Actor, clock: Callable[[], datetime]) -> None:
    edit, done, goes_on = Edit.from_json(operation.params["edit"]), operation.done, True
    while goes_on:
        taken, goes_on = _batch(operation, edit, actor, clock(), done)
        done += taken
        failpoint("bulk_edit.after_batch")


@action
def _batch(operation: "Operation", edit: Edit, actor: Actor, as_of: datetime, done: int) -> tuple[int, bool]:
    """Do the next rows; return how many, and whether to go on."""
    by = By(actor, as_of, operation.pk)
    waiting = EditedRow.objects.filter(operation=operation, state=RowState.WAITING).order_by("place")
    rows = list(waiting.select_for_update()[:BATCH])
    if not rows:
        return 0, False
    rehearsing, undoing = operation.name == REHEARSAL, operation.name == UNDO
    ids = [row.record for row in rows]
    work = work_back(edit, _undone(operation), ids, by) if undoing else work_of(edit, by)
    if not rehearsing:
        work.ready(by)
    verdicts = _judged(rows, edit, work, by, locking=not rehearsing, undoing=undoing)
    writing = [each for each in verdicts.values() if each.values and each.problem is None]
    if not rehearsing:
        work.write(writing, by)
    _mark(rows, verdicts, RowState.FITS if rehearsing else RowState.DONE)
    if undoing:
        _settle(_undone(operation), verdicts)
    goes_on = progress_operation(operation=operation, as_of=as_of, done=done + len(rows), cursor={})
    return len(rows), goes_on


def _undone(operation: "Operation") -> UUID:
    found = operation_by_id(_ref_id(operation.params["said"]["undoes"]))
    if found is None:
        raise NotFound(kind="operation", id=operation.params["said"]["undoes"])
    return found.pk


def _ref_id(text: str) -> UUID:
    return Ref.parse(text, "operation").id


def _judged(
    rows: Sequence[EditedRow], edit: Edit, work: Any, by: By, *, locking: bool, undoing: bool
) -> dict[UUID, Verdict]:
    """Return what becomes of each record of a batch."""
    versions = {row.record: row.version for row in rows}
    found = records_in_reach(edit, by.actor, by.as_of, versions, undoing=undoing)
    ordered = found.order_by("pk")
    records: list[Record] = list(ordered.select_for_update(of=("self",)) if locking else ordered)
    verdicts = {
        record.pk: Verdict(record, problem=ChangedMeanwhile())
        for record in records
        if record.version != versions[record.pk]
    }
    as_chosen = [record for record in records if record.pk not in verdicts]
    verdicts |= {each.row.pk: each for each in work.judge(as_chosen)} if as_chosen else {}
    missing = Verdict(None, problem=OutOfReach())
    return {row.record: verdicts.get(row.record, missing) for row in rows}


def records_in_reach(
    edit: Edit, actor: Actor, as_of: datetime, ids: Mapping[UUID, Any] | Sequence[UUID], *, undoing: bool = False
) -> "QuerySet[Any]":
    """Return those of some records that an actor may do an edit to: in the bin, for what is done there."""
    in_bin = (edit.how is How.RESTORE) != (undoing and edit.how in {How.DELETE, How.RESTORE})
    if in_bin:
        return edit.model.deleted_for(actor, edit.verb, since=kept_since(as_of)).filter(pk__in=list(ids))
    return edit.model.for_actor(actor, edit.verb).filter(pk__in=list(ids))


def _mark(rows: Sequence[EditedRow], verdicts: Mapping[UUID, Verdict], written: RowState) -> None:
    marks = []
    for row in rows:
        verdict = verdicts[row.record]
        state = written if verdict.values else RowState.SAME
        mark: dict[str, Any] = {"id": row.pk, "state": state, "version_after": None, "why": None}
        if verdict.problem is not None:
            mark |= {"state": RowState.REFUSED, "why": why_of(verdict)}
        elif state == RowState.DONE:
            mark["version_after"] = verdict.row.version
        marks.append(mark)
    with connection.cursor() as cursor:
        cursor.execute(MARK, [json.dumps(marks)])


def _settle(done: UUID, verdicts: Mapping[UUID, Verdict]) -> None:
    """Mark the rows of an edit that are taken back, and those that never will be: somebody edited them since."""
    rows = EditedRow.objects.filter(operation=done, state=RowState.DONE)
    back = [record for record, each in verdicts.items() if each.problem is None]
    late = [record for record, each in verdicts.items() if isinstance(each.problem, ChangedMeanwhile)]
    rows.filter(record__in=back).update(state=RowState.UNDONE, version_after=None)
    rows.filter(record__in=late).update(why=why_of(Verdict(None, problem=ChangedMeanwhile())))


def why_of(verdict: Verdict) -> dict[str, Any]:
    """Return what refuses a row, without the name of its record: that is read anew when it is told."""
    problem, name = verdict.problem, getattr(verdict.row, "name", None)
    if problem is None:
        return {}
    fields = " ".join(problem.fields.values()) if problem.code == BadInput.code else ""
    params = {key: NAMED if str(value) == name else str(value) for key, value in problem.params.items()}
    return {"code": problem.code, "message": fields or problem.message, "params": params}


def counts(operation: "Operation") -> dict[str, int]:
    """Return how many rows of an operation stand where."""
    found = EditedRow.objects.filter(operation=operation).order_by().values_list("state").annotate(count=Count("pk"))
    return dict(found)
