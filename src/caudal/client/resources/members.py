"""The API: members. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

Role: TypeAlias = Literal["admin", "manager", "rep"]
"""What a member may do; each context's policies say what that means for its rows."""


class MemberIn(TypedDict):
    """Somebody new."""

    name: str
    email: NotRequired[str | None]
    role: NotRequired[Role]


class Member(TypedDict):
    """Somebody of the team."""

    id: str
    version: int
    name: str
    email: str | None
    role: str
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

    def deactivate(self, member_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Member:
        """End a member's access; what they owned goes back to the pool."""
        found: Member = self._send(
            "POST",
            f"/api/v1/members/{quoted(member_id)}/deactivation",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found
