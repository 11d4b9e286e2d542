"""Members."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.workspace.actions.access import issue_link
from caudal.workspace.events import (
    MemberAdded,
    MemberChanged,
    MemberDeactivated,
    MemberInvited,
    MemberReactivated,
    SignInLinkMade,
)
from caudal.workspace.models import LinkPurpose, Member, Role, Team

PERSONAL = frozenset({"name", "email", "custom"})


class CannotLeave(Problem):
    """The last administrator stays."""

    code = "member.last_administrator"
    status = 409
    message = msg("{member} is the only administrator who can sign in.")
    hint = msg("Make somebody else an administrator first.")


class MayNotSignIn(Problem):
    """The member's access was ended."""

    code = "member.may_not_sign_in"
    status = 409
    message = msg("{member} may not sign in any more.")
    hint = msg("Let somebody else of the team come in.")


class NoSuccessor(Problem):
    """Work goes to somebody else who works here."""

    code = "member.no_successor"
    status = 409
    message = msg("{member} cannot take over the work.")
    hint = msg("Choose somebody else who may sign in.")


class EndIsOver(Problem):
    """An auditor's time is over."""

    code = "member.end_is_over"
    status = 409
    message = msg("{member} is an auditor whose last day is over.")
    hint = msg("Give another last day first.")


class NoAddress(Problem):
    """A link goes to somebody with an e-mail address."""

    code = "member.no_address"
    status = 409
    message = msg("{member} has no e-mail address.")
    hint = msg("Add one, then invite.")


@action
def add_member(
    *,
    actor: Actor,
    as_of: datetime,
    name: str,
    email: str | None = None,
    role: str = Role.REP,
    team: Team | None = None,
    language: str = "",
    span: str = "",
    access_ends_at: datetime | None = None,
    custom: Mapping[str, Any] | None = None,
) -> Member:
    """Add somebody to the team, without a way to sign in: `invite_member` gives one."""
    require(actor, "member", Verb.CREATE)
    member = Member.stamped(
        actor=actor,
        as_of=as_of,
        name=name,
        email=email,
        role=role,
        team=team,
        language=language,
        span=span,
        access_ends_at=access_ends_at,
        custom=dict(custom or {}),
        password=make_password(None),
    )
    member.save(force_insert=True)
    publish(
        MemberAdded(subject=member.ref, role=role, personal={"name": (None, name), "email": (None, email)}),
        actor=actor,
        occurred_at=as_of,
    )
    return member


@action
def change_member(
    *, actor: Actor, as_of: datetime, member: Member, expected_version: int | None = None, **values: object
) -> Member:
    """Change a member's name, address, role, team, reach, last day or language. Raises CannotLeave, VersionConflict."""
    require(actor, "member", Verb.CHANGE)
    if values.get("role", member.role) != Role.ADMIN:
        _keep_an_administrator(member)
    changes = member.change(actor=actor, as_of=as_of, expected_version=expected_version, **values)
    if changes:
        publish(
            MemberChanged(
                subject=member.ref,
                changes={field: change for field, change in changes.items() if field not in PERSONAL},
                personal={field: change for field, change in changes.items() if field in PERSONAL},
            ),
            actor=actor,
            occurred_at=as_of,
        )
    return member


@action
def invite_member(*, actor: Actor, as_of: datetime, member: Member) -> str:
    """Make a link by which a member sets a password and comes in, and return its token, which is not kept."""
    require(actor, "member", Verb.CREATE)
    if not member.email:
        raise NoAddress(member=member.name)
    token = issue_link(actor=actor, as_of=as_of, member=member, purpose=LinkPurpose.INVITATION)
    publish(MemberInvited(subject=member.ref), actor=actor, occurred_at=as_of)
    return token


@action
def make_sign_in_link(*, actor: Actor, as_of: datetime, member: Member) -> str:
    """Make a link that signs a member in, once, and return its token, which is not kept. Raises MayNotSignIn."""
    require(actor, "member", Verb.CREATE)
    if member.deactivated_at is not None:
        raise MayNotSignIn(member=member.name)
    token = issue_link(actor=actor, as_of=as_of, member=member, purpose=LinkPurpose.SIGN_IN)
    publish(SignInLinkMade(subject=member.ref), actor=actor, occurred_at=as_of)
    return token


@action
def deactivate_member(*, actor: Actor, as_of: datetime, member: Member, successor: Member | None = None) -> Member:
    """End a member's access: sessions, links and passwords stop working at once. Raises CannotLeave, NoSuccessor.

    Open work becomes the successor's, or nobody's.
    """
    require(actor, "member", Verb.CHANGE)
    _keep_an_administrator(member)
    if successor is not None and (successor.pk == member.pk or not successor.is_active):
        raise NoSuccessor(member=successor.name)
    if member.change(actor=actor, as_of=as_of, deactivated_at=as_of, deactivated_by=actor.id):
        whose = str(successor.ref) if successor else ""
        publish(MemberDeactivated(subject=member.ref, successor=whose), actor=actor, occurred_at=as_of)
    return member


@action
def reactivate_member(*, actor: Actor, as_of: datetime, member: Member) -> Member:
    """Let a member come in again, with the password of before; what they worked on does not come back by itself.

    A last day that is over is no last day any more, but for auditors, who need one. Raises EndIsOver.
    """
    require(actor, "member", Verb.CHANGE)
    ends = member.access_ends_at
    is_over = ends is not None and ends <= as_of
    if is_over and member.role == Role.AUDITOR:
        raise EndIsOver(member=member.name)
    if member.change(
        actor=actor,
        as_of=as_of,
        deactivated_at=None,
        deactivated_by=None,
        access_ends_at=None if is_over else ends,
    ):
        publish(MemberReactivated(subject=member.ref), actor=actor, occurred_at=as_of)
    return member


@action
def end_access(*, actor: Actor, as_of: datetime) -> int:
    """Deactivate everybody whose time is over, and return how many that were."""
    over = Member.for_actor(actor, Verb.CHANGE).filter(deactivated_at=None, access_ends_at__lte=as_of)
    gone = list(over.order_by("pk").select_for_update(of=("self",)))
    for member in gone:
        deactivate_member(actor=actor, as_of=as_of, member=member)
    return len(gone)


def _keep_an_administrator(member: Member) -> None:
    if member.role != Role.ADMIN:
        return
    others = Member.objects.select_for_update().filter(
        role=Role.ADMIN, deactivated_at=None, deleted_at=None, email__isnull=False
    )
    if {each.pk for each in others} == {member.pk}:
        raise CannotLeave(member=member.name)
