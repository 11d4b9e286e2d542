"""The API: members. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import Role
from caudal.client.transport import Resource, Version, quoted


class LeavingIn(TypedDict):
    """Who takes over what somebody worked on."""

    successor_id: NotRequired[str | None]


Span: TypeAlias = Literal["own", "team", "subtree", "all"]
"""How far somebody sees who was given a reach of their own."""


class MemberChange(TypedDict):
    """What to change about somebody; what is left out stays."""

    name: NotRequired[str]
    email: NotRequired[str | None]
    role: NotRequired[Role]
    team_id: NotRequired[str | None]
    span: NotRequired[Span | Literal[""]]
    access_ends_at: NotRequired[str | None]


class MemberIn(TypedDict):
    """Somebody new."""

    name: str
    email: NotRequired[str | None]
    role: NotRequired[Role]
    team_id: NotRequired[str | None]
    span: NotRequired[Span | Literal[""]]
    access_ends_at: NotRequired[str | None]


class Member(TypedDict):
    """Somebody of the team."""

    id: str
    version: int
    name: str
    email: str | None
    role: str
    team_id: str | None
    span: str
    access_ends_at: str | None
    active: bool


class MembersRoutes(Resource):
    """The routes of members."""

    def list(self) -> Sequence[Member]:
        """List the team by name."""
        found: Sequence[Member] = self._send("GET", "/api/v1/members")
        return found

    def add(self, *, idempotency_key: str | None = None, **body: Unpack[MemberIn]) -> Member:
        """Add somebody to the team, without a way to sign in yet."""
        found: Member = self._send("POST", "/api/v1/members", idempotency_key=idempotency_key, body=body)
        return found

    def change(
        self,
        member_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[MemberChange],
    ) -> Member:
        """Change what somebody is called, may do and sees, and until when; If-Match says which version was read."""
        found: Member = self._send(
            "PATCH", f"/api/v1/members/{quoted(member_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def deactivate(
        self, member_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[LeavingIn]
    ) -> Member:
        """End a member's access; their open work goes to a successor, or back to the pool."""
        found: Member = self._send(
            "POST",
            f"/api/v1/members/{quoted(member_id)}/deactivation",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def reactivate(self, member_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Member:
        """Let a member come in again; what they worked on stays with those who have it now."""
        found: Member = self._send(
            "DELETE",
            f"/api/v1/members/{quoted(member_id)}/deactivation",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found
