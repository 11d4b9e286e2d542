"""The API: shares. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class ShareIn(TypedDict):
    """A record, whom it is to be shared with (a member or a team), for what and until when."""

    record_id: str
    holder_id: str
    may_change: NotRequired[bool]
    ends_at: NotRequired[str | None]


class Share(TypedDict):
    """A share that opens a record."""

    id: str
    version: int
    record_id: str
    holder_id: str
    holder: str
    may_change: bool
    ends_at: str | None


class ListQuery(TypedDict):
    """What may be asked."""

    record_id: str


class SharesRoutes(Resource):
    """The routes of shares."""

    def list(self, **query: Unpack[ListQuery]) -> Sequence[Share]:
        """List whom a record is shared with, by when it was."""
        found: Sequence[Share] = self._send("GET", "/api/v1/shares", query=query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[ShareIn]) -> Share:
        """Share a record with a member or a team; said again for the same, the terms are those from now on."""
        found: Share = self._send("POST", "/api/v1/shares", idempotency_key=idempotency_key, body=body)
        return found

    def end(self, share_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a share back; it opens nothing from now on."""
        self._send("DELETE", f"/api/v1/shares/{quoted(share_id)}", idempotency_key=idempotency_key, version=version)
