"""Four eyes: whoever asks is not whoever agrees."""

from datetime import datetime

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.workspace.events import ApprovalAsked, ApprovalDecided
from caudal.workspace.models import Approval


class OwnRequest(Problem):
    """Nobody approves their own request."""

    code = "approval.own_request"
    status = 403
    message = msg("You asked for this yourself.")
    hint = msg("Somebody else has to decide it.")


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
    existing = Approval.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, request=request, decided_at=None, deleted_at=None
    ).first()
    if existing is not None:
        return existing
    approval = Approval.stamped(
        actor=actor, as_of=as_of, subject_kind=subject.kind, subject_id=subject.id, request=request, reason=reason
    )
    approval.amount = amount
    approval.save(force_insert=True)
    publish(ApprovalAsked(subject=approval.ref, about=(subject,), request=request), actor=actor, occurred_at=as_of)
    return approval


@action
def decide_approval(*, actor: Actor, as_of: datetime, approval: Approval, granted: bool, note: str = "") -> Approval:
    """Agree or refuse. Raises OwnRequest, AlreadyDecided."""
    require(actor, "approval", Verb.CHANGE)
    approval = Approval.one_for(actor, Verb.CHANGE, approval.pk, lock=True)
    if approval.decided_at is not None:
        raise AlreadyDecided(actor=approval.decided_by, day=f"{approval.decided_at:%Y-%m-%d}")
    if approval.created_by == actor.id:
        raise OwnRequest
    approval.change(actor=actor, as_of=as_of, decided_at=as_of, decided_by=actor.id, granted=granted, note=note)
    publish(
        ApprovalDecided(
            subject=approval.ref,
            about=(Ref(approval.subject_kind, approval.subject_id),),
            request=approval.request,
            granted=granted,
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return approval
