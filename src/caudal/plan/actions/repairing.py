"""Repairs: found by a worker where that takes long, and made the plan or a draft of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext
from procrastinate.contrib.django import app

from caudal.core.errors import Problem, msg
from caudal.core.intervals import Reading
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.plan.actions.adopting import adopt_plan
from caudal.plan.actions.drafting import begin_draft
from caudal.plan.models import FoundRepair, Origin, PlanDraft, PlanVersion
from caudal.plan.ports import Minimiser
from caudal.plan.queries import (
    OFFERS,
    LeastChange,
    RepairAsked,
    Source,
    least_change,
    rebased_text,
    repair_found,
    repaired_text,
)
from caudal.workspace.actions import asker_of, finish_operation, progress_operation, start_operation, take_operation
from caudal.workspace.queries import operation_by_id, unfinished_operations

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

REPAIR_SEARCH: Final = "plan.repair_search"
REPAIR_TASK: Final = "caudal.plan.tasks.search_repair"
KEPT_FOR: Final = timedelta(days=90)


class PlanMoved(Problem):
    """The plan that counts is another one than the repair was found for."""

    code = "plan.moved"
    status = 409
    message = msg("The plan was changed in the meantime.")
    hint = msg("Look at its findings again and choose a repair.")


class NoSuchRepair(Problem):
    """There is no repair of that number."""

    code = "plan.no_such_repair"
    status = 404
    message = msg("There is no repair number {number}; {count} were found.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairChoice:
    """One of the repairs that were offered: for which file it was found, with what, and its number from 1.

    With `rebase` it is the number of a target that may be told for another time, and not of a repair.
    """

    sha256: str
    reading: Reading
    checks: str
    take: int
    locked: tuple[str, ...] = ()
    rebase: bool = False


@action
def start_repair_search(*, actor: Actor, as_of: datetime, asked: RepairAsked) -> "Operation":
    """Let a worker find the least to change; whoever waits for the same already waits on. Raises UnknownChecks."""
    _ = asked.chosen
    for waiting in unfinished_operations(actor, REPAIR_SEARCH):
        if waiting.created_by == actor.id and waiting.params["key"] == asked.key:
            return waiting
    operation = start_operation(
        actor=actor,
        as_of=as_of,
        name=REPAIR_SEARCH,
        title=asked.plan.name.en,
        params={
            "key": asked.key,
            "version": str(asked.version.pk),
            "reading": asked.reading.value,
            "checks": asked.checks,
            "locked": list(asked.locked),
        },
        granted_by=("plan", Verb.VIEW),
    )
    app.configure_task(REPAIR_TASK, queue="plan").defer(operation=str(operation.pk))
    return operation


def carry_out_repair_search(operation_id: UUID, *, minimiser: Minimiser, clock: Callable[[], datetime]) -> None:
    """Find what was asked for and keep it for everybody; a search that has ended stays as it is."""
    operation = operation_by_id(operation_id)
    if operation is None or operation.finished_at is not None:
        return
    actor = asker_of(operation=operation, as_of=clock())
    if actor is None:
        return
    taken = take_operation(operation=operation, as_of=clock(), worker_is_gone=True)
    params, error, go_on = taken.params, "", True

    def on_step(cores: int, repairs: int) -> bool:
        nonlocal go_on
        found = {"cores": cores, "repairs": repairs}
        go_on = progress_operation(operation=taken, as_of=clock(), done=cores + repairs, cursor=found)
        return go_on

    try:
        asked = RepairAsked.of(
            actor,
            reading=Reading(params["reading"]),
            checks=params["checks"],
            locked=params["locked"],
            version_id=UUID(params["version"]),
        )
        found = least_change(
            asked.plan,
            asked.chosen,
            asked.reading,
            minimiser=minimiser,
            locked=asked.locked,
            alternatives=OFFERS,
            on_step=on_step,
        )
        if go_on:
            keep_repair(key=asked.key, found=found, as_of=clock())
    except Problem as problem:
        error = problem.told(gettext)
    finish_operation(actor=actor, operation=taken, as_of=clock(), result={}, error=error)


@action
def keep_repair(*, key: str, found: LeastChange, as_of: datetime) -> None:
    """Keep what was found; what somebody else found first is the same. What is old was of plans that changed since."""
    FoundRepair.objects.filter(found_at__lt=as_of - KEPT_FOR).delete()
    kept = FoundRepair(key=key, found=found.to_json(), found_at=as_of)
    FoundRepair.objects.bulk_create([kept], ignore_conflicts=True)


@action
def apply_repair(*, actor: Actor, as_of: datetime, choice: RepairChoice, minimiser: Minimiser) -> PlanVersion:
    """Make a repair of the plan that counts the plan that counts: the same file with a few targets changed.

    Raises NoPlan, PlanMoved, NoSuchRepair, CannotRepair, PlanRefused.
    """
    require(actor, "plan", Verb.CREATE)
    version, text = mended(actor, choice, minimiser)
    return adopt_plan(actor=actor, as_of=as_of, text=text, starts_on=version.starts_on, version=version.version_name)


@action
def draft_repair(*, actor: Actor, as_of: datetime, choice: RepairChoice, minimiser: Minimiser, name: str) -> PlanDraft:
    """Begin a draft with a repair made in it. Raises NoPlan, PlanMoved, NoSuchRepair, CannotRepair."""
    require(actor, "plan_draft", Verb.CREATE)
    version, text = mended(actor, choice, minimiser)
    source = Source(text, name, Origin.ADOPTED, str(version.ref), version.starts_on, version.version_name)
    return begin_draft(actor=actor, as_of=as_of, source=source)


def mended(actor: Actor, choice: RepairChoice, minimiser: Minimiser) -> tuple[PlanVersion, str]:
    """Return the version that counts and its text with the chosen repair made."""
    asked = RepairAsked.of(actor, reading=choice.reading, checks=choice.checks, locked=choice.locked)
    version, plan = asked.version, asked.plan
    if version.sha256 != choice.sha256:
        raise PlanMoved
    found = repair_found(asked, minimiser)
    count = len(found.rebases if choice.rebase else found.proposals)
    if not 1 <= choice.take <= count:
        raise NoSuchRepair(number=choice.take, count=count)
    if choice.rebase:
        return version, rebased_text(version.text, plan, found.rebases[choice.take - 1])
    return version, repaired_text(version.text, plan, found.proposals[choice.take - 1])
