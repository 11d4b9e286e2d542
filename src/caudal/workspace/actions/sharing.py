"""Sharing single records with members and teams, and taking shares back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Reach, Verb, policies, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.workspace.events import RecordShared, ShareEnded
from caudal.workspace.models import Member, Share, Team
from caudal.workspace.queries import shareable


class CannotHold(Problem):
    """What a role may not do with any row, a share does not let it do."""

    code = "share.role_may_not"
    status = 409
    message = msg("The role of {member} does not allow this: {noun}, {verb}.")
    hint = msg("Share it to view only, or ask an administrator for another role.")


class WithOwner(Problem):
    """The owner has the record already."""

    code = "share.with_owner"
    status = 409
    message = msg("{member} owns this already.")


@action
def share_record(
    *,
    actor: Actor,
    as_of: datetime,
    record: Ref,
    holder: Ref,
    may_change: bool = False,
    ends_at: datetime | None = None,
) -> Share:
    """Let a member or a team see a record, perhaps change it, perhaps until an instant; said again, it is so from now.

    Whoever may change the record without a share may share it. Raises NotFound, BadInput, CannotHold, WithOwner.
    """
    require(actor, "share", Verb.CREATE)
    row = shareable(actor, record)
    if ends_at is not None and ends_at <= as_of:
        raise BadInput({"ends_at": msg("This is over already.")})
    with_whom = _holder(actor, holder)
    if isinstance(with_whom, Member):
        _may_hold(with_whom, record, Verb.CHANGE if may_change else Verb.VIEW)
        if getattr(row, "owner_id", None) == with_whom.pk:
            raise WithOwner(member=with_whom.name)
    named = {"member": with_whom} if isinstance(with_whom, Member) else {"team": with_whom}
    terms: dict[str, Any] = {"may_change": may_change, "ends_at": ends_at}
    shares = Share.objects.select_for_update().filter(record_kind=record.kind, record=record.id, deleted_at=None)
    share = shares.filter(**named).first()
    if share is None:
        share = Share.stamped(actor=actor, as_of=as_of, record_kind=record.kind, record=record.id, **named, **terms)
        share.save(force_insert=True)
    elif not share.change(actor=actor, as_of=as_of, **terms):
        return share
    publish(
        RecordShared(subject=record, about=(with_whom.ref,), holder=with_whom.ref, **terms),
        actor=actor,
        occurred_at=as_of,
    )
    return share


@action
def end_share(*, actor: Actor, as_of: datetime, share_id: UUID) -> Share:
    """Take a share back; it opens nothing from now on. Raises NotFound."""
    require(actor, "share", Verb.DELETE)
    share = Share.objects.select_for_update(of=("self",)).filter(pk=share_id, deleted_at=None).first()
    if share is None:
        raise NotFound(kind=Share.kind, id=Ref(Share.kind, share_id))
    shareable(actor, share.shared)
    share.delete_softly(actor=actor, as_of=as_of)
    publish(
        ShareEnded(subject=share.shared, about=(share.holder.ref,), holder=share.holder.ref),
        actor=actor,
        occurred_at=as_of,
    )
    return share


def _holder(actor: Actor, holder: Ref) -> Member | Team:
    if holder.kind == Team.kind:
        return Team.one_for(actor, Verb.VIEW, holder.id)
    return Member.one_for(actor, Verb.VIEW, Ref.parse(str(holder), Member.kind).id)


def _may_hold(member: Member, record: Ref, verb: Verb) -> None:
    if policies()[record.kind].grants.get(member.role, {}).get(verb, Reach.NONE) is Reach.NONE:
        raise CannotHold(member=member.name, verb=verb.value, noun=record.kind)
