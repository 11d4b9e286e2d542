"""Long work as a row: taken by one worker at a time, resumed from its cursor, cancelled between two steps."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext

from caudal.core.errors import Problem, msg
from caudal.kit.access import SYSTEM, Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.workspace.events import OperationFinished
from caudal.workspace.models import Operation, OperationState
from caudal.workspace.queries import NotHereAnyMore, actor_called

LOST_AFTER: Final = timedelta(minutes=2)
"""A running operation that gave no sign for this long may be taken over."""
OPEN: Final = (OperationState.WAITING, OperationState.RUNNING)


class OperationTaken(Problem):
    """Another worker is at it, or it has ended."""

    code = "operation.taken"
    status = 409
    message = msg("“{title}” is {state} and cannot be taken up now.")


@action
def start_operation(
    *,
    actor: Actor,
    as_of: datetime,
    name: str,
    title: str,
    params: Mapping[str, Any],
    total: int | None = None,
    granted_by: tuple[str, Verb] = ("operation", Verb.CREATE),
) -> Operation:
    """Write down long work to be done; a worker takes it up with `take_operation`.

    `granted_by` is the noun and the verb that allow it: whoever may change deals may change many of them.
    """
    require(actor, *granted_by)
    operation = Operation.stamped(actor=actor, as_of=as_of, name=name, title=title, params=dict(params), total=total)
    operation.save(force_insert=True)
    return operation


@action
def take_operation(*, operation: Operation, as_of: datetime, worker_is_gone: bool = False) -> Operation:
    """Become the one who works on it. Raises OperationTaken unless it waits or its worker went silent.

    Whoever knows that the worker is gone, by a lock that died with it, need not wait for the silence to last.
    """
    taken = Operation.objects.select_for_update().get(pk=operation.pk)
    silent = taken.beat_at is not None and taken.beat_at <= as_of - LOST_AFTER
    if taken.state != OperationState.WAITING and not (
        taken.state == OperationState.RUNNING and (silent or worker_is_gone)
    ):
        raise OperationTaken(title=taken.title, state=taken.state)
    taken.state, taken.beat_at = OperationState.RUNNING, as_of
    taken.save(update_fields=["state", "beat_at"])
    return taken


@action
def progress_operation(
    *, operation: Operation, as_of: datetime, done: int, cursor: Mapping[str, Any], total: int | None = None
) -> bool:
    """Note how far the work is, in the transaction of the step itself; return False when it should stop."""
    kept = Operation.objects.select_for_update().get(pk=operation.pk)
    kept.done, kept.cursor, kept.beat_at = done, dict(cursor), as_of
    kept.total = total if total is not None else kept.total
    kept.save(update_fields=["done", "cursor", "beat_at", "total"])
    return kept.cancel_asked_at is None and kept.state == OperationState.RUNNING


@action
def finish_operation(
    *, actor: Actor, operation: Operation, as_of: datetime, result: Mapping[str, Any], error: str = ""
) -> Operation:
    """End the work: failed with an error, cancelled if somebody asked for it, done otherwise."""
    ended = Operation.objects.select_for_update().get(pk=operation.pk)
    if error:
        ended.state = OperationState.FAILED
    else:
        ended.state = OperationState.CANCELLED if ended.cancel_asked_at else OperationState.DONE
    ended.result, ended.error, ended.finished_at = dict(result), error, as_of
    ended.save(update_fields=["state", "result", "error", "finished_at"])
    publish(
        OperationFinished(subject=ended.ref, operation=ended.name, state=ended.state), actor=actor, occurred_at=as_of
    )
    return ended


@action
def asker_of(*, operation: Operation, as_of: datetime) -> Actor | None:
    """Return who asked for the work, as they may act now; None, and the work has failed, if they may not any more."""
    try:
        return actor_called(operation.created_by, as_of=as_of)
    except NotHereAnyMore as gone:
        told = gone.told(gettext)
        finish_operation(actor=SYSTEM, operation=operation, as_of=as_of, result=operation.result, error=told)
    return None


@action
def cancel_operation(*, actor: Actor, as_of: datetime, operation: Operation) -> Operation:
    """Ask that the work stops after its current step; work that nobody took up yet is cancelled at once."""
    asked = Operation.one_for(actor, Verb.CHANGE, operation.pk, lock=True)
    if asked.state in OPEN:
        asked.cancel_asked_at = asked.cancel_asked_at or as_of
        if asked.state == OperationState.WAITING:
            asked.state, asked.finished_at = OperationState.CANCELLED, as_of
        asked.save(update_fields=["cancel_asked_at", "state", "finished_at"])
    return asked
