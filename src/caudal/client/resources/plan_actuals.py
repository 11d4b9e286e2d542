"""The API: plan actuals. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class ActualIn(TypedDict):
    """What a number came to: of a target, or of a metric (with its pillar where it has several targets)."""

    target: str
    period: str
    value: str
    pillar: NotRequired[str]
    unit: NotRequired[str]
    through: NotRequired[str | None]
    source: NotRequired[str]


class Actual(TypedDict):
    """An actual that somebody typed."""

    id: str
    number: str
    pillar: str | None
    unit: str
    period: str
    through: str
    revision: int
    value: str | None
    source: str
    typed_by: str
    typed_at: str
    counts: bool


class ActualsIn(TypedDict):
    """Actuals to keep, all or none of them."""

    actuals: list[ActualIn]


class Actuals(TypedDict):
    """Typed actuals, the newest first."""

    items: list[Actual]


class Taken(TypedDict):
    """How many actuals are new, and how many were known so before."""

    typed: int
    known: int


class ListActualsQuery(TypedDict):
    """What may be asked."""

    target: NotRequired[str | None]
    limit: NotRequired[int]


class PlanActualsRoutes(Resource):
    """The routes of plan actuals."""

    def list_actuals(self, **query: Unpack[ListActualsQuery]) -> Actuals:
        """List what was typed of a target, or lately."""
        found: Actuals = self._send("GET", "/api/v1/plan-actuals", query=query)
        return found

    def type_in(self, *, idempotency_key: str | None = None, **body: Unpack[ActualsIn]) -> Taken:
        """Keep what numbers came to; a refusal names every actual that cannot be taken, and takes none."""
        found: Taken = self._send("POST", "/api/v1/plan-actuals", idempotency_key=idempotency_key, body=body)
        return found

    def take_back(self, actual_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take back what was typed; it stays, and does not count."""
        self._send(
            "DELETE", f"/api/v1/plan-actuals/{quoted(actual_id)}", idempotency_key=idempotency_key, version=version
        )
