"""The API: approvals. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class Approval(TypedDict):
    """A question that takes two people, and how it was decided."""

    id: str
    subject: str
    request: str
    amount: dict[str, str] | None
    reason: str
    asked_by: str
    granted: bool | None
    decided_by: str | None


class DecisionIn(TypedDict):
    """Whether the second person agrees."""

    granted: bool
    note: NotRequired[str]


class ApprovalsRoutes(Resource):
    """The routes of approvals."""

    def list(self) -> Sequence[Approval]:
        """List what waits for a second person, oldest first."""
        found: Sequence[Approval] = self._send("GET", "/api/v1/approvals")
        return found

    def decide(
        self,
        approval_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[DecisionIn],
    ) -> Approval:
        """Agree or refuse; never to one's own request."""
        found: Approval = self._send(
            "POST",
            f"/api/v1/approvals/{quoted(approval_id)}/decision",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
