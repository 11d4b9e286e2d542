"""The API: teams. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class TeamChange(TypedDict):
    """What to change about a team; what is left out stays."""

    name: NotRequired[str]
    parent_id: NotRequired[str | None]


class TeamIn(TypedDict):
    """A team to add, perhaps inside another."""

    name: str
    parent_id: NotRequired[str | None]


class Team(TypedDict):
    """A team."""

    id: str
    version: int
    name: str
    parent_id: str | None


class TeamsRoutes(Resource):
    """The routes of teams."""

    def list(self) -> Sequence[Team]:
        """List the teams, each behind the one that it is inside, by name."""
        found: Sequence[Team] = self._send("GET", "/api/v1/teams")
        return found

    def add(self, *, idempotency_key: str | None = None, **body: Unpack[TeamIn]) -> Team:
        """Add a team."""
        found: Team = self._send("POST", "/api/v1/teams", idempotency_key=idempotency_key, body=body)
        return found

    def change(
        self, team_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[TeamChange]
    ) -> Team:
        """Give a team another name or place; If-Match says which version was read."""
        found: Team = self._send(
            "PATCH", f"/api/v1/teams/{quoted(team_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def delete(self, team_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a team away that nobody is in."""
        self._send("DELETE", f"/api/v1/teams/{quoted(team_id)}", idempotency_key=idempotency_key, version=version)
