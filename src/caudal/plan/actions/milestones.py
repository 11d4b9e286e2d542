"""Milestones: who sees to one, and that it is done."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.plans import milestone_called
from caudal.kit.access import SYSTEM, Actor, NotAllowed, Verb, policies, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.plan.events import MilestoneChanged
from caudal.plan.models import MilestoneWork
from caudal.plan.queries import NoPlan, adopted_plan, company_day, late_milestones, milestone_work
from caudal.workspace.actions import Notice, notify
from caudal.workspace.queries import NoticeSort, member_of_team


class MilestoneGone(Problem):
    """The plan that counts has no such milestone."""

    code = "plan.no_such_milestone"
    status = 404
    message = msg("The plan has no milestone “{milestone}” in a phase “{phase}”.")


class NotGiven(Problem):
    """Whoever may only change milestones of their own gives one to somebody."""

    code = "plan.milestone_not_given"
    status = 403
    message = msg("Only administrators and managers give milestones to people.")
    hint = msg("Leave the owner as it is.")


@action
def remind_of_milestones(*, as_of: datetime) -> int:
    """Tell the owners of milestones that these have become late, each once; return how many are late and owned."""
    try:
        late = late_milestones(SYSTEM, as_of)
    except NoPlan:
        return 0
    return notify(
        notices=[
            Notice(
                member_id=each.owner_id,
                sort=NoticeSort.REMINDER,
                key=f"late milestone {each.row_id} {each.due.days.last.isoformat()}",
                subject=Ref(MilestoneWork.kind, each.row_id),
                actor=SYSTEM.id,
                happened_at=as_of,
            )
            for each in late
            if each.owner_id is not None and each.row_id is not None
        ]
    )


@action
def change_milestone(
    *,
    actor: Actor,
    as_of: datetime,
    phase: str,
    milestone: str,
    owner_id: UUID | None,
    done_on: date | None,
    expected_version: int | None = None,
) -> MilestoneWork | None:
    """Say who sees to a milestone of the plan that counts, and on which day it was done; None while it is not.

    Returns its row, or None where nobody has it, it is not done and nobody ever said anything of it. Raises NoPlan,
    MilestoneGone, NotAllowed, NotGiven, BadInput for a day that has not come, NotFound for an owner, VersionConflict.
    """
    require(actor, "milestone", Verb.CHANGE)
    _version, plan = adopted_plan(actor)
    if milestone_called(plan.passages.phases, phase, milestone) is None:
        raise MilestoneGone(phase=phase, milestone=milestone)
    if done_on is not None and done_on > company_day(as_of):
        raise BadInput({"done_on": msg("This day has not come yet.")})
    work = milestone_work(plan.id, phase, milestone, lock=True)
    before = work.owner_id if work else None
    policy = policies()["milestone"]
    if not policy.covers(actor, Verb.CHANGE, before):
        raise NotAllowed(actor=actor.name, verb=Verb.CHANGE.value, noun="milestone")
    if owner_id != before and not policy.covers(actor, Verb.CHANGE, None):
        raise NotGiven
    if owner_id is not None and owner_id != before:
        member_of_team(actor, owner_id)
    said: dict[str, Any] = {"owner_id": owner_id, "done_on": done_on}
    if work is None:
        if owner_id is None and done_on is None:
            return None
        work = MilestoneWork.stamped(actor=actor, as_of=as_of, plan=plan.id, phase=phase, milestone=milestone)
        work.save(force_insert=True)
    changes = work.change(actor=actor, as_of=as_of, expected_version=expected_version, **said)
    if changes:
        publish(
            MilestoneChanged(subject=work.ref, plan=plan.id, phase=phase, milestone=milestone, changes=changes),
            actor=actor,
            occurred_at=as_of,
        )
    return work
