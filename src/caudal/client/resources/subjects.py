"""The API: subjects. Written by bin/client."""

from typing import Any, Literal, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import Erasure
from caudal.client.transport import Resource, Version, quoted

EraseReason: TypeAlias = Literal["asked", "withdrawn", "not_needed", "unlawful"]
"""Why somebody is erased."""


class ErasureIn(TypedDict):
    """Whom to erase is confirmed by name."""

    confirmation: str
    reason: EraseReason


class SubjectsRoutes(Resource):
    """The routes of subjects."""

    def export(self, record_id: str, *, version: Version = None, idempotency_key: str | None = None) -> dict[str, Any]:
        """Return everything that is known of a person, and tell that it was taken."""
        found: dict[str, Any] = self._send(
            "POST", f"/api/v1/subjects/{quoted(record_id)}/export", idempotency_key=idempotency_key, version=version
        )
        return found

    def erase(
        self, record_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ErasureIn]
    ) -> Erasure:
        """Erase a person for good: what is theirs, what speaks of them, and the past of both."""
        found: Erasure = self._send(
            "POST",
            f"/api/v1/subjects/{quoted(record_id)}/erasure",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
