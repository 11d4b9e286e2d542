"""The API: competitors. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class CompetitorChange(TypedDict):
    """What to change about a competitor; what is left out stays."""

    name: NotRequired[str]
    domain: NotRequired[str]
    note: NotRequired[str]


class CompetitorIn(TypedDict):
    """A competitor to add."""

    name: str
    domain: NotRequired[str]
    note: NotRequired[str]


class Competitor(TypedDict):
    """A competitor."""

    id: str
    version: int
    name: str
    domain: str
    note: str


class CompetitorsRoutes(Resource):
    """The routes of competitors."""

    def list(self) -> Sequence[Competitor]:
        """List the competitors, by name."""
        found: Sequence[Competitor] = self._send("GET", "/api/v1/competitors")
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[CompetitorIn]) -> Competitor:
        """Add a competitor."""
        found: Competitor = self._send("POST", "/api/v1/competitors", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, competitor_id: str) -> Competitor:
        """Return a competitor."""
        found: Competitor = self._send("GET", f"/api/v1/competitors/{quoted(competitor_id)}")
        return found

    def change(
        self,
        competitor_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[CompetitorChange],
    ) -> Competitor:
        """Change a competitor; If-Match says which version was read."""
        found: Competitor = self._send(
            "PATCH",
            f"/api/v1/competitors/{quoted(competitor_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def delete(self, competitor_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take out a competitor that no deal knows."""
        self._send(
            "DELETE", f"/api/v1/competitors/{quoted(competitor_id)}", idempotency_key=idempotency_key, version=version
        )
