"""Routes of the team, its keys, approvals and long operations."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.models import ApiKey, Approval, Member, Operation, Role, Span, Team
from caudal.workspace.queries import approval_to_decide, open_approvals

router = Router()


class MemberOut(Schema):
    """Somebody of the team."""

    id: str
    version: int
    name: str
    email: str | None
    role: str
    team_id: str | None
    span: str
    access_ends_at: datetime | None
    active: bool


class MemberIn(Schema, extra="forbid"):
    """Somebody new."""

    name: str = Field(min_length=1, max_length=200)
    email: str | None = None
    role: Role = Role.REP
    team_id: str | None = None
    span: Span | Literal[""] = ""
    """How far they see, whatever the role; empty leaves it to the role."""
    access_ends_at: AwareDatetime | None = None
    """Auditors need one."""


class MemberChange(Body):
    """What to change about somebody; what is left out stays."""

    name: Annotated[str, Field(default="", min_length=1, max_length=200)]
    email: str | None = None
    role: Annotated[Role, Field(default=Role.REP)]
    team_id: str | None = None
    span: Annotated[Span | Literal[""], Field(default="")]
    access_ends_at: AwareDatetime | None = None


class LeavingIn(Body):
    """Who takes over what somebody worked on."""

    successor_id: str | None = None


TO_NOBODY: Final = LeavingIn()


class KeyIn(Schema, extra="forbid"):
    """What a new key is to open."""

    name: str = Field(min_length=1, max_length=120)
    role: Role
    scopes: list[str]
    expires_at: datetime | None = None


class KeyOut(Schema):
    """A key; its token is shown once."""

    id: str
    name: str
    prefix: str
    role: str
    scopes: list[str]
    expires_at: datetime | None
    token: str | None = None


class ApprovalOut(Schema):
    """A question that takes two people, and how it was decided."""

    id: str
    subject: str
    request: str
    amount: dict[str, str] | None
    reason: str
    asked_by: str
    granted: bool | None
    decided_by: str | None


class DecisionIn(Schema, extra="forbid"):
    """Whether the second person agrees."""

    granted: bool
    note: str = ""


class OperationOut(Schema):
    """Long work and how far it is."""

    id: str
    title: str
    state: str
    done: int
    total: int | None
    result: dict[str, object]
    error: str


@router.get("/members", response=list[MemberOut])
@needs("member")
def list_members(request: HttpRequest) -> list[MemberOut]:
    """List the team by name."""
    return [member_out(each) for each in Member.for_actor(actor_of(request)).order_by("name", "pk")]


@router.post("/members", response={201: MemberOut})
@needs("member", Verb.CREATE)
def add_member(request: HttpRequest, body: MemberIn) -> Status[MemberOut]:
    """Add somebody to the team, without a way to sign in yet."""
    actor = actor_of(request)
    member = actions.add_member(actor=actor, as_of=now(), **member_values(actor, body.dict()))
    return Status(201, member_out(member))


@router.patch("/members/{member_id}", response=MemberOut)
@needs("member", Verb.CHANGE)
def change_member(request: HttpRequest, response: HttpResponse, member_id: str, body: MemberChange) -> MemberOut:
    """Change what somebody is called, may do and sees, and until when; If-Match says which version was read."""
    actor = actor_of(request)
    changed = actions.change_member(
        actor=actor,
        as_of=now(),
        member=Member.one_for(actor, Verb.CHANGE, row_id("member", member_id), lock=True),
        expected_version=version_of(request, required=True),
        **member_values(actor, body.dict(exclude_unset=True)),
    )
    tag(response, changed)
    return member_out(changed)


@router.post("/members/{member_id}/deactivation", response=MemberOut)
@needs("member", Verb.CHANGE)
def deactivate_member(request: HttpRequest, member_id: str, body: LeavingIn = TO_NOBODY) -> MemberOut:
    """End a member's access; their open work goes to a successor, or back to the pool."""
    actor = actor_of(request)
    member = Member.one_for(actor, Verb.CHANGE, Ref.parse(member_id, "member").id, lock=True)
    named = body.successor_id
    successor = None if named is None else Member.one_for(actor, Verb.VIEW, row_id("member", named))
    return member_out(actions.deactivate_member(actor=actor, as_of=now(), member=member, successor=successor))


@router.delete("/members/{member_id}/deactivation", response=MemberOut)
@needs("member", Verb.CHANGE)
def reactivate_member(request: HttpRequest, member_id: str) -> MemberOut:
    """Let a member come in again; what they worked on stays with those who have it now."""
    actor = actor_of(request)
    member = Member.one_for(actor, Verb.CHANGE, Ref.parse(member_id, "member").id, lock=True)
    return member_out(actions.reactivate_member(actor=actor, as_of=now(), member=member))


@router.post("/keys", response={201: KeyOut})
@needs("key", Verb.CREATE)
def issue_key(request: HttpRequest, body: KeyIn) -> Status[KeyOut]:
    """Issue a key for a program."""
    key, token = actions.issue_key(
        actor=actor_of(request),
        as_of=now(),
        name=body.name,
        role=body.role,
        scopes=tuple(body.scopes),
        expires_at=body.expires_at,
    )
    return Status(201, key_out(key, token))


@router.get("/keys", response=list[KeyOut])
@needs("key")
def list_keys(request: HttpRequest) -> list[KeyOut]:
    """List the keys that still open something, newest first."""
    rows = ApiKey.for_actor(actor_of(request)).filter(revoked_at=None).order_by("-created_at", "pk")
    return [key_out(key) for key in rows]


@router.delete("/keys/{key_id}", response={204: None})
@needs("key", Verb.CHANGE)
def revoke_key(request: HttpRequest, key_id: str) -> Status[None]:
    """Stop a key from opening anything."""
    actor = actor_of(request)
    key = ApiKey.one_for(actor, Verb.CHANGE, Ref.parse(key_id, "key").id)
    actions.revoke_key(actor=actor, as_of=now(), key=key)
    return Status(204, None)


@router.get("/approvals", response=list[ApprovalOut])
@needs("approval")
def list_approvals(request: HttpRequest) -> list[ApprovalOut]:
    """List what waits for a second person, oldest first."""
    return [approval_out(each) for each in open_approvals(actor_of(request))]


@router.post("/approvals/{approval_id}/decision", response=ApprovalOut)
@needs("approval", Verb.CHANGE)
def decide_approval(request: HttpRequest, approval_id: str, body: DecisionIn) -> ApprovalOut:
    """Agree or refuse; never to one's own request."""
    actor = actor_of(request)
    approval = approval_to_decide(actor, Ref.parse(approval_id, "approval").id)
    decided = actions.decide_approval(actor=actor, as_of=now(), approval=approval, granted=body.granted, note=body.note)
    return approval_out(decided)


@router.get("/operations/{operation_id}", response=OperationOut)
@needs("operation")
def get_operation(request: HttpRequest, operation_id: str) -> OperationOut:
    """Say how far a long operation is."""
    row = Operation.one_for(actor_of(request), Verb.VIEW, Ref.parse(operation_id, "operation").id)
    return operation_out(row)


@router.post("/operations/{operation_id}/cancellation", response=OperationOut)
@needs("operation", Verb.CHANGE)
def cancel_operation(request: HttpRequest, operation_id: str) -> OperationOut:
    """Ask a long operation to stop after its current step."""
    actor = actor_of(request)
    row = Operation.one_for(actor, Verb.CHANGE, Ref.parse(operation_id, "operation").id)
    return operation_out(actions.cancel_operation(actor=actor, as_of=now(), operation=row))


def member_values(actor: Actor, said: dict[str, Any]) -> dict[str, Any]:
    """Return what was said of a member, as actions take it: the team as its row."""
    if "team_id" not in said:
        return said
    team_id = said.pop("team_id")
    team = None if team_id is None else Team.one_for(actor, Verb.VIEW, row_id("team", team_id))
    return said | {"team": team}


def member_out(member: Member) -> MemberOut:
    """Return a member as the API shows it."""
    return MemberOut(
        id=str(member.ref),
        version=member.version,
        name=member.name,
        email=member.email,
        role=member.role,
        team_id=public_id("team", member.team_id),
        span=member.span,
        access_ends_at=member.access_ends_at,
        active=member.is_active,
    )


def key_out(key: ApiKey, token: str | None = None) -> KeyOut:
    """Return a key as the API shows it."""
    return KeyOut(
        id=str(key.ref),
        name=key.name,
        prefix=key.prefix,
        role=key.role,
        scopes=key.scopes,
        expires_at=key.expires_at,
        token=token,
    )


def approval_out(approval: Approval) -> ApprovalOut:
    """Return an approval as the API shows it."""
    return ApprovalOut(
        id=str(approval.ref),
        subject=str(approval.subject),
        request=approval.request,
        amount=None if approval.amount is None else approval.amount.to_json(),
        reason=approval.reason,
        asked_by=approval.created_by,
        granted=approval.granted,
        decided_by=approval.decided_by,
    )


def operation_out(row: Operation) -> OperationOut:
    """Return a long operation as the API shows it."""
    return OperationOut(
        id=str(row.ref),
        title=row.title,
        state=row.state,
        done=row.done,
        total=row.total,
        result=row.result,
        error=row.error,
    )
