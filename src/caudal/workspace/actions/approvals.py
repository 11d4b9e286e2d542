"""Four eyes: whoever asks is not whoever agrees."""

from datetime import datetime

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Actor, ActorKind, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.workspace.events import ApprovalAsked, ApprovalDecided, ApprovalWithdrawn
from caudal.workspace.models import Approval
from caudal.workspace.queries import actor_names, approval_to_decide, hands_of, open_approval


class OwnRequest(Problem):
    """Nobody approves their own request."""

    code = "approval.own_request"
    status = 403
    message = msg("You asked for this yourself.")
    hint = msg("Somebody else has to decide it.")


class NotAPerson(Problem):
    """A key is in the hands of somebody who may have asked."""

    code = "approval.not_a_person"
    status = 403
    message = msg("A key decides nothing: two people do.")
    hint = msg("Sign in and decide it on the page of approvals.")


class AlreadyDecided(Problem):
    """The approval was decided before."""

    code = "approval.already_decided"
    status = 409
    message = msg("This was decided by {actor} on {day}.")


@action
def ask_approval(
    *, actor: Actor, as_of: datetime, subject: Ref, request: str, amount: Money | None = None, reason: str = ""
) -> Approval:
    """Ask that a second person agrees to `request` on a row; the same open question is asked once."""
    require(actor, "approval", Verb.CREATE)
    existing = open_approval(subject, request)
    if existing is not None:
        return existing
    approval = Approval.stamped(
        actor=actor, as_of=as_of, subject_kind=subject.kind, subject_id=subject.id, request=request, reason=reason
    )
    approval.amount = amount
    approval.save(force_insert=True)
    publish(
        ApprovalAsked(
            subject=approval.ref,
            about=(subject,),
            request=request,
            personal={"reason": (None, reason)} if reason else {},
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return approval


@action
def decide_approval(*, actor: Actor, as_of: datetime, approval: Approval, granted: bool, note: str = "") -> Approval:
    """Agree or refuse, for somebody who may change the row that it is about.

    Raises NotFound, NotAPerson, OwnRequest (also for what a key asked that the actor issued), AlreadyDecided.
    """
    require(actor, "approval", Verb.CHANGE)
    approval = approval_to_decide(actor, approval.pk, lock=True)
    if actor.kind is not ActorKind.STAFF:
        raise NotAPerson
    if approval.decided_at is not None:
        decider = approval.decided_by or ""
        raise AlreadyDecided(actor=actor_names({decider}).get(decider, decider), day=f"{approval.decided_at:%Y-%m-%d}")
    if approval.created_by in hands_of(actor):
        raise OwnRequest
    approval.change(actor=actor, as_of=as_of, decided_at=as_of, decided_by=actor.id, granted=granted, note=note)
    publish(
        ApprovalDecided(
            subject=approval.ref,
            about=(approval.subject,),
            request=approval.request,
            granted=granted,
            personal={"note": (None, note)} if note else {},
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return approval


@action
def withdraw_approval(*, actor: Actor, as_of: datetime, subject: Ref, request: str) -> None:
    """Take back an open question that events have answered; there need not be one."""
    approval = open_approval(subject, request)
    if approval is None:
        return
    approval.delete_softly(actor=actor, as_of=as_of)
    publish(ApprovalWithdrawn(subject=approval.ref, about=(subject,), request=request), actor=actor, occurred_at=as_of)
