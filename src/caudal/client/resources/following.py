"""The API: following. Written by bin/client."""

from typing import TypedDict

from caudal.client.transport import Resource, Version, quoted


class Following(TypedDict):
    """Whether the caller hears what happens to a record."""

    record: str
    hears: bool


class FollowingRoutes(Resource):
    """The routes of following."""

    def follow_record(
        self, record_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Following:
        """Hear from now on what happens to a record."""
        found: Following = self._send(
            "PUT", f"/api/v1/following/{quoted(record_id)}", idempotency_key=idempotency_key, version=version
        )
        return found

    def unfollow_record(
        self, record_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Following:
        """Hear no more of what happens to a record."""
        found: Following = self._send(
            "DELETE", f"/api/v1/following/{quoted(record_id)}", idempotency_key=idempotency_key, version=version
        )
        return found
