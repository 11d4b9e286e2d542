"""The API: deals. Written by bin/client."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import (
    DealIn,
    Fact,
    ListFields,
    ListFileIn,
    ListGroups,
    ListTotal,
    MoneyBody,
    SalesModel,
    Touch,
)
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
    competitor_id: NotRequired[str | None]


class Close(TypedDict):
    """How and when a deal ended."""

    outcome: str
    reason: str
    note: str
    closed_at: str
    competitor_id: str | None


class DealChange(TypedDict):
    """What to change about a deal; what is left out stays."""

    name: NotRequired[str]
    company_id: NotRequired[str | None]
    person_id: NotRequired[str | None]
    product_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    amount: NotRequired[MoneyBody | None]
    sales_model: NotRequired[SalesModel | Literal[""]]
    expected_close_date: NotRequired[str | None]
    tags: NotRequired[list[str]]
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
    sales_model: str
    opened_at: str | None
    expected_close_date: str | None
    close: Close | None
    tags: list[str]
    custom: dict[str, Any]


class RateBody(TypedDict):
    """An exact price of one unit, of up to twelve decimals, as strings."""

    amount: str
    currency: str


class LineIn(TypedDict):
    """A line item. Without a price it takes the product's, without words its name."""

    id: NotRequired[str | None]
    product_id: NotRequired[str | None]
    description: NotRequired[str]
    quantity: NotRequired[str]
    unit_price: NotRequired[RateBody | None]
    discount_percent: NotRequired[str]


class Line(TypedDict):
    """A line item."""

    id: str
    product_id: str | None
    description: str
    quantity: str
    unit_price: RateBody
    discount_percent: str
    amount: MoneyBody


class LinesIn(TypedDict):
    """The lines of a deal, in their order."""

    lines: list[LineIn]


class Lines(TypedDict):
    """The lines of a deal, and what they come to."""

    lines: list[Line]
    amount: MoneyBody | None


class SeenIn(TypedDict):
    """Whom the buyer considers too."""

    competitor_id: str


class Seen(TypedDict):
    """A competitor whom the buyer of a deal considers."""

    competitor_id: str
    name: str
    seen_at: str


class StageIn(TypedDict):
    """The stage that a deal goes to."""

    stage_id: str


class TotalQuery(TypedDict):
    """What may be asked."""

    where: NotRequired[str]
    text: NotRequired[str]
    sum: NotRequired[str]


class GroupsQuery(TypedDict):
    """What may be asked."""

    where: NotRequired[str]
    text: NotRequired[str]
    sum: NotRequired[str]
    by: str


class TimelineQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


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

    def fields(self) -> ListFields:
        """List the fields of the deals that filters, orders and groups may name."""
        found: ListFields = self._send("GET", "/api/v1/deals/fields")
        return found

    def total(self, **query: Unpack[TotalQuery]) -> ListTotal:
        """Count deals, and add their amounts up."""
        found: ListTotal = self._send("GET", "/api/v1/deals/total", query=query)
        return found

    def groups(self, **query: Unpack[GroupsQuery]) -> ListGroups:
        """Put deals together by a field, with counts and sums."""
        found: ListGroups = self._send("GET", "/api/v1/deals/groups", query=query)
        return found

    def export(self, *, idempotency_key: str | None = None, **body: Unpack[ListFileIn]) -> bytes:
        """Return a list as a file. Each is made anew, whatever its Idempotency-Key, and noted."""
        found: bytes = self._send("POST", "/api/v1/deals/file", idempotency_key=idempotency_key, body=body)
        return found

    def timeline(self, record_id: str, **query: Unpack[TimelineQuery]) -> Iterator[Fact]:
        """Tell what happened to a deal, newest first."""
        found: Iterator[Fact] = self._pages(f"/api/v1/deals/{quoted(record_id)}/timeline", query)
        return found

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
        self,
        deal_id: str,
        *,
        version: Version = None,
        merge: bool = False,
        idempotency_key: str | None = None,
        **body: Unpack[DealChange],
    ) -> Deal:
        """Change a deal; If-Match says which version was read."""
        found: Deal = self._send(
            "PATCH",
            f"/api/v1/deals/{quoted(deal_id)}",
            idempotency_key=idempotency_key,
            version=version,
            merge=merge,
            body=body,
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

    def list_lines(self, deal_id: str) -> Lines:
        """Return the lines of a deal, in their order."""
        found: Lines = self._send("GET", f"/api/v1/deals/{quoted(deal_id)}/lines")
        return found

    def set_lines(
        self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[LinesIn]
    ) -> Lines:
        """Make these the lines of a deal, in this order; its amount becomes what they come to."""
        found: Lines = self._send(
            "PUT", f"/api/v1/deals/{quoted(deal_id)}/lines", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def add_line(
        self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[LineIn]
    ) -> Lines:
        """Put one more line behind those of a deal."""
        found: Lines = self._send(
            "POST",
            f"/api/v1/deals/{quoted(deal_id)}/lines",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def remove_line(
        self, deal_id: str, line_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> None:
        """Take a line out of a deal; one that is not there is out already."""
        self._send(
            "DELETE",
            f"/api/v1/deals/{quoted(deal_id)}/lines/{quoted(line_id)}",
            idempotency_key=idempotency_key,
            version=version,
        )

    def list_touches_of(self, deal_id: str) -> Sequence[Touch]:
        """List where those who buy met us: the lead that the deal came from, its person and its company."""
        found: Sequence[Touch] = self._send("GET", f"/api/v1/deals/{quoted(deal_id)}/touches")
        return found

    def list_competitors_of(self, deal_id: str) -> Sequence[Seen]:
        """List whom else the buyer of a deal considers, by name."""
        found: Sequence[Seen] = self._send("GET", f"/api/v1/deals/{quoted(deal_id)}/competitors")
        return found

    def see_competitor(
        self, deal_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[SeenIn]
    ) -> Seen:
        """Say that the buyer of a deal considers a competitor too."""
        found: Seen = self._send(
            "POST",
            f"/api/v1/deals/{quoted(deal_id)}/competitors",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def unsee_competitor(
        self, deal_id: str, competitor_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> None:
        """Say that the buyer of a deal does not consider a competitor."""
        self._send(
            "DELETE",
            f"/api/v1/deals/{quoted(deal_id)}/competitors/{quoted(competitor_id)}",
            idempotency_key=idempotency_key,
            version=version,
        )
