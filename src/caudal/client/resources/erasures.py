"""The API: erasures. Written by bin/client."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from caudal.client.resources.shared import Erasure
from caudal.client.transport import Resource


class ReleaseIn(TypedDict):
    """An address of somebody who was erased and came again."""

    address: str


class ErasuresRoutes(Resource):
    """The routes of erasures."""

    def list(self) -> Sequence[Erasure]:
        """List what was erased, without saying who it was, the last first."""
        found: Sequence[Erasure] = self._send("GET", "/api/v1/erasures")
        return found

    def release_address(self, *, idempotency_key: str | None = None, **body: Unpack[ReleaseIn]) -> None:
        """Let an address of somebody who was erased be written down again."""
        self._send("POST", "/api/v1/erasures/releases", idempotency_key=idempotency_key, body=body)
