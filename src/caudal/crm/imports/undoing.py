"""Taking an import back: what it would do, then for good; each as an operation of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.imports.locks import alone
from caudal.crm.imports.planning import NOUNS
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.vocabulary import LABELS
from caudal.kit.access import Actor, Reach, Verb, policies, require
from caudal.kit.actions import action
from caudal.kit.failpoints import failpoint
from caudal.kit.records import NotFound
from caudal.kit.traces import Retreat, Value, is_traced, take_back, traced_nouns
from caudal.workspace.actions import finish_operation, start_operation, take_operation
from caudal.workspace.queries import operation_for, operations, unfinished_operations

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

LAST: Final = "last"
UNDO: Final = "crm.import_undo"
UNDO_REHEARSAL: Final = "crm.import_undo_rehearsal"
BEARERS: Final = ("crm_company", "crm_person", "crm_lead", "crm_deal")
BY_VALUE: Final = (
    *(Value(bearer, "tags", "crm_tag", "name", is_array=True) for bearer in BEARERS),
    Value("crm_lead", "channel", "crm_channel", "name"),
    Value("workspace_externalid", "record", "", "", is_part=True),
)
"""Rows that name others by a value: tags and channels by name, keys of other systems by the id of their row."""


KINDS: Final[Mapping[str, str]] = {
    **{NOUNS[kind]: words for kind, words in LABELS.items()},
    "team": msg("teams"),
    "pipeline": msg("pipelines"),
    "stage": msg("stages"),
    "channel": msg("channels"),
    "tag": msg("tags"),
    "competitor": msg("competitors"),
}
"""What records of each kind are called, in the order in which they are listed."""
REASONS: Final[Mapping[str, str]] = {
    "edited": msg("changed since"),
    "needed": msg("needed by {name}"),
    "reach": msg("out of reach of whoever undid it"),
    "stranded": msg("what it named before is gone"),
    "taken": msg("its name or key was taken since"),
}
"""Why a record stays."""


class NotUndoable(Problem):
    """It is not known any more, or not yet, what an import wrote."""

    code = "import.not_undoable"
    status = 409
    message = msg("“{title}” cannot be undone: it was undone already, wrote nothing, or is too long ago.")


class OutOfReach(Problem):
    """Whoever may change and delete nothing of what an import wrote would undo nothing."""

    code = "import.out_of_reach"
    status = 403
    message = msg("“{title}” wrote nothing that {actor} may change and delete.")
    hint = msg("Ask an administrator to undo it.")


class StillRunning(Problem):
    """An import is undone when it has ended."""

    code = "import.still_running"
    status = 409
    message = msg("“{title}” has not ended yet.")
    hint = msg("Stop it first.")


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did, or would do."""

    removed: Mapping[str, int]
    """Kind of record → how many that it made are removed."""
    put_back: Mapping[str, int]
    """Kind → how many that it changed say again what they said before."""
    kept: Mapping[str, int]
    listed: tuple[Mapping[str, str], ...]
    """Records that stay: reference, reason, and the reference of the one that needs it."""

    @classmethod
    def of(cls, found: Retreat) -> "Undone":
        """Return it from what became of the batch."""
        listed = tuple(
            {"ref": str(each.ref), "reason": each.reason, "by": str(each.by) if each.by else ""}
            for each in found.listed
        )
        return cls(found.removed, found.put_back, found.kept, listed)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "removed": dict(self.removed),
            "put_back": dict(self.put_back),
            "kept": dict(self.kept),
            "listed": [dict(each) for each in self.listed],
        }


def undo_import(
    *,
    actor: Actor,
    batch: "Operation",
    clock: Callable[[], datetime],
    is_dry_run: bool = False,
    watch: Callable[[int, int], None] = lambda _done, _total: None,
) -> Undone:
    """Take an import back, or go on with an undoing of it that was interrupted; a dry run says what it would do.

    Raises NotAllowed, StillRunning, NotUndoable, OutOfReach, ImportRunning.
    """
    check_undoable(actor, batch)
    with alone():
        if is_dry_run:
            with transaction.atomic():
                found = _take_back(actor, clock(), batch.pk, watch)
                transaction.set_rollback(True)
            return found
        known = [each for each in unfinished_operations(actor, UNDO) if each.params.get("batch") == str(batch.pk)]
        operation = known[0] if known else start_undo(actor=actor, as_of=clock(), batch=batch, name=UNDO)
        return _work(actor, operation, batch.pk, clock, watch)


@action
def start_undo(*, actor: Actor, as_of: datetime, batch: "Operation", name: str) -> "Operation":
    """Write down that an import is to be undone, or that this is to be rehearsed. Raises as `undo_import` does."""
    check_undoable(actor, batch)
    words = gettext("Undoing of “{title}”") if name == UNDO else gettext("What undoing “{title}” would do")
    return start_operation(
        actor=actor,
        as_of=as_of,
        name=name,
        title=words.format(title=batch.title)[:200],
        params={"batch": str(batch.pk), "source": batch.params.get("source", "")},
    )


def carry_out_undo(
    *, actor: Actor, operation: "Operation", clock: Callable[[], datetime], watch: Callable[[int, int], None]
) -> None:
    """Do an undoing that was asked for, or its rehearsal; what refuses it is told in its row. Raises ImportRunning."""
    batch_id = UUID(str(operation.params["batch"]))
    with alone():
        if operation.name == UNDO:
            _work(actor, operation, batch_id, clock, watch)
            return
        taken = take_operation(operation=operation, as_of=clock(), worker_is_gone=True)
        with transaction.atomic():
            found = _take_back(actor, clock(), batch_id, watch)
            transaction.set_rollback(True)
        finish_operation(actor=actor, operation=taken, as_of=clock(), result=found.to_json())


def check_undoable(actor: Actor, batch: "Operation") -> None:
    """Refuse an import that cannot be undone. Raises NotAllowed, StillRunning, NotUndoable, OutOfReach."""
    require(actor, "operation", Verb.CREATE)
    if batch.finished_at is None:
        raise StillRunning(title=batch.title)
    if not is_traced(batch.pk):
        raise NotUndoable(title=batch.title)
    if not may_undo_any(actor, batch.pk):
        raise OutOfReach(title=batch.title, actor=actor.name)


def can_undo(actor: Actor, batch: "Operation") -> bool:
    """Say whether an import may be undone now, by this actor, as far as the actor's reach goes."""
    has_ended = batch.name == OPERATION and batch.finished_at is not None
    return has_ended and is_traced(batch.pk) and may_undo_any(actor, batch.pk)


def may_undo_any(actor: Actor, batch_id: UUID) -> bool:
    """Say whether an actor may change and delete rows of any kind that an import wrote; which, is asked row by row."""
    verbs = (Verb.CHANGE, Verb.DELETE)
    return any(
        all(policies()[noun].reach(actor, verb) is not Reach.NONE for verb in verbs) for noun in traced_nouns(batch_id)
    )


def import_called(actor: Actor, said: str) -> "Operation":
    """Return the import of a reference, or the latest. Raises NotFound."""
    if said == LAST:
        latest = operations(actor, (OPERATION,), limit=1)
        if latest:
            return latest[0]
        raise NotFound(kind="operation", id=said)
    return operation_for(actor, Verb.CHANGE, Ref.parse(said, "operation").id, names=(OPERATION,))


def _work(
    actor: Actor,
    operation: "Operation",
    batch_id: UUID,
    clock: Callable[[], datetime],
    watch: Callable[[int, int], None],
) -> Undone:
    """Take back and say so in one transaction: both are done, or neither is."""
    taken = take_operation(operation=operation, as_of=clock(), worker_is_gone=True)
    with transaction.atomic():
        found = _take_back(actor, clock(), batch_id, watch)
        finish_operation(actor=actor, operation=taken, as_of=clock(), result=found.to_json())
        failpoint("undo.before_commit")
    return found


def _take_back(actor: Actor, as_of: datetime, batch_id: UUID, watch: Callable[[int, int], None]) -> Undone:
    return Undone.of(take_back(actor=actor, as_of=as_of, batch=batch_id, values=BY_VALUE, watch=watch))
