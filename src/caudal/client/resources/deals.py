"""The API: deals. Written by bin/client."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import DealIn, MoneyBody
from caudal.client.transport import Resource, Version, quoted


class AskIn(TypedDict):
    """Why a closed deal should open again."""

    reason: str


class Asked(TypedDict):
    """The approval that was asked for; /approvals has it until it is decided."""

    id: str
    deal_id: str
    reason: str


CloseReason: TypeAlias = Literal[
    "price", "value", "features", "trust", "competitor", "no_budget", "no_decision", "timing", "no_answer", "other"
]
"""What decided a deal."""


Outcome: TypeAlias = Literal["won", "lost"]
"""How a deal ended."""


class CloseIn(TypedDict):
    """How a deal ended."""

    outcome: Outcome
    reason: NotRequired[CloseReason | Literal[""]]
    note: NotRequired[str]


class Close(TypedDict):
    """How and when a deal ended."""

    outcome: str
    reason: str
    note: str
    closed_at: str


class DealChange(TypedDict):
    """What to change about a deal; what is left out stays."""

    name: NotRequired[str]
    company_id: NotRequired[str | None]
    person_id: NotRequired[str | None]
    product_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    amount: NotRequired[MoneyBody | None]
    expected_close_date: NotRequired[str | None]
    custom: NotRequired[dict[str, Any]]


class Deal(TypedDict):
    """A deal."""

    id: str
    version: int
    name: str
    company_id: str | None
    person_id: str | None
    product_id: str | None
    owner_id: str | None
    pipeline_id: str
    stage_id: str
    amount: MoneyBody | None
    opened_at: str | None
    expected_close_date: str | None
    close: Close | None
    custom: dict[str, Any]


class StageIn(TypedDict):
    """The stage that a deal goes to."""

    stage_id: str


class ListQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    where: NotRequired[str]
    sort: NotRequired[str]
    fields: NotRequired[str]
    text: NotRequired[str]
    pipeline_id: NotRequired[str | None]
    stage_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    company_id: NotRequired[str | None]
    person_id: NotRequired[str | None]
    product_id: NotRequired[str | None]
    state: NotRequired[Literal["open", "won", "lost"] | None]
    closed_from: NotRequired[str | None]
    closed_before: NotRequired[str | None]
    order: NotRequired[Literal["newest", "name", "amount", "expected_close", "changed"]]


class DealsRoutes(Resource):
    """The routes of deals."""

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Deal]:
        """List deals in the order asked for, by default those that were opened last first."""
        found: Iterator[Deal] = self._pages("/api/v1/deals", query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[DealIn]) -> Deal:
        """Open a deal."""
        found: Deal = self._send("POST", "/api/v1/deals", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, deal_id: str) -> Deal:
        """Return a deal."""
        found: Deal = self._send("GET", f"/api/v1/deals/{quoted(deal_id)}")
        return found

    def change(
        self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[DealChange]
    ) -> Deal:
        """Change a deal; If-Match says which version was read."""
        found: Deal = self._send(
            "PATCH", f"/api/v1/deals/{quoted(deal_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def delete(self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a deal out."""
        self._send("DELETE", f"/api/v1/deals/{quoted(deal_id)}", idempotency_key=idempotency_key, version=version)

    def move(
        self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[StageIn]
    ) -> Deal:
        """Move an open deal to another stage of its pipeline."""
        found: Deal = self._send(
            "POST",
            f"/api/v1/deals/{quoted(deal_id)}/stage",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def close(
        self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[CloseIn]
    ) -> Deal:
        """Close a deal as won or lost."""
        found: Deal = self._send(
            "POST",
            f"/api/v1/deals/{quoted(deal_id)}/close",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def reopen(self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Deal:
        """Open a closed deal again, in the stage it was in."""
        found: Deal = self._send(
            "DELETE", f"/api/v1/deals/{quoted(deal_id)}/close", idempotency_key=idempotency_key, version=version
        )
        return found

    def ask_to_reopen(
        self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[AskIn]
    ) -> Asked:
        """Ask that a second person agrees to opening a closed deal again; it opens as soon as somebody does."""
        found: Asked = self._send(
            "POST",
            f"/api/v1/deals/{quoted(deal_id)}/close/approval",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
