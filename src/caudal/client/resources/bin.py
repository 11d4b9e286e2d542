"""The API: bin. Written by bin/client."""

from collections.abc import Iterator
from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class Binned(TypedDict):
    """A deleted record that can be restored."""

    id: str
    name: str
    deleted_at: str
    deleted_by: str


class Restored(TypedDict):
    """A record that is back, at its new version."""

    id: str
    version: int


class ListQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    kind: NotRequired[Literal["deal", "lead", "company", "person"]]


class BinRoutes(Resource):
    """The routes of bin."""

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Binned]:
        """List the deleted records of a kind that the caller may restore, latest first."""
        found: Iterator[Binned] = self._pages("/api/v1/bin", query)
        return found

    def restore_from(self, record_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Restored:
        """Take a record out of the recycle bin."""
        found: Restored = self._send(
            "POST", f"/api/v1/bin/{quoted(record_id)}/restoration", idempotency_key=idempotency_key, version=version
        )
        return found
