"""The API: leads. Written by bin/client."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import DealIn, Fact, ListFields, ListFileIn, ListGroups, ListTotal, Touch, TouchIn
from caudal.client.transport import Resource, Version, quoted


class ConversionIn(TypedDict):
    """What a lead becomes: a person, perhaps at a company, and perhaps a deal."""

    company_id: NotRequired[str | None]
    person_id: NotRequired[str | None]
    deal: NotRequired[DealIn | None]


DisqualifyReason: TypeAlias = Literal[
    "no_fit", "no_budget", "no_answer", "not_now", "unreachable", "duplicate", "spam", "other"
]
"""Why a lead goes no further."""


class DisqualificationIn(TypedDict):
    """Why a lead goes no further."""

    reason: DisqualifyReason
    note: NotRequired[str]


class LeadChange(TypedDict):
    """What to change about a lead; what is left out stays."""

    name: NotRequired[str]
    company_name: NotRequired[str]
    email: NotRequired[str | None]
    phone: NotRequired[str]
    channel: NotRequired[str]
    pillar_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    tags: NotRequired[list[str]]
    custom: NotRequired[dict[str, Any]]


class LeadIn(TypedDict):
    """Interest that somebody showed; an open lead with the same address is touched instead of doubled."""

    name: str
    company_name: NotRequired[str]
    email: NotRequired[str | None]
    phone: NotRequired[str]
    channel: NotRequired[str]
    campaign: NotRequired[str]
    source_url: NotRequired[str]
    pillar_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    captured_at: NotRequired[str | None]
    tags: NotRequired[list[str]]
    custom: NotRequired[dict[str, Any]]


class Lead(TypedDict):
    """A lead."""

    id: str
    version: int
    name: str
    company_name: str
    email: str | None
    phone: str
    channel: str
    pillar_id: str | None
    owner_id: str | None
    captured_at: str
    state: Literal["open", "converted", "disqualified"]
    person_id: str | None
    company_id: str | None
    deal_id: str | None
    disqualify_reason: str | None
    tags: list[str]
    custom: dict[str, Any]


class Remains(TypedDict):
    """A record that the lead had become, and whether it went or why it stays."""

    record: str
    removed: bool
    why: str


class Undone(TypedDict):
    """A lead that is open again."""

    lead: str
    records: list[Remains]


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
    channel: NotRequired[str]
    pillar_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    unowned: NotRequired[bool]
    state: NotRequired[Literal["open", "converted", "disqualified"] | None]
    order: NotRequired[Literal["newest", "name"]]


class LeadsRoutes(Resource):
    """The routes of leads."""

    def fields(self) -> ListFields:
        """List the fields of the leads that filters, orders and groups may name."""
        found: ListFields = self._send("GET", "/api/v1/leads/fields")
        return found

    def total(self, **query: Unpack[TotalQuery]) -> ListTotal:
        """Count leads, and add their amounts up."""
        found: ListTotal = self._send("GET", "/api/v1/leads/total", query=query)
        return found

    def groups(self, **query: Unpack[GroupsQuery]) -> ListGroups:
        """Put leads together by a field, with counts and sums."""
        found: ListGroups = self._send("GET", "/api/v1/leads/groups", query=query)
        return found

    def export(self, *, idempotency_key: str | None = None, **body: Unpack[ListFileIn]) -> bytes:
        """Return a list as a file. Each is made anew, whatever its Idempotency-Key, and noted."""
        found: bytes = self._send("POST", "/api/v1/leads/file", idempotency_key=idempotency_key, body=body)
        return found

    def timeline(self, record_id: str, **query: Unpack[TimelineQuery]) -> Iterator[Fact]:
        """Tell what happened to a lead, newest first."""
        found: Iterator[Fact] = self._pages(f"/api/v1/leads/{quoted(record_id)}/timeline", query)
        return found

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Lead]:
        """List leads, newest first or by name."""
        found: Iterator[Lead] = self._pages("/api/v1/leads", query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[LeadIn]) -> Lead:
        """Capture a lead: 201 for a new one, 200 when an open lead with the same address was touched."""
        found: Lead = self._send("POST", "/api/v1/leads", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, lead_id: str) -> Lead:
        """Return a lead."""
        found: Lead = self._send("GET", f"/api/v1/leads/{quoted(lead_id)}")
        return found

    def change(
        self,
        lead_id: str,
        *,
        version: Version = None,
        merge: bool = False,
        idempotency_key: str | None = None,
        **body: Unpack[LeadChange],
    ) -> Lead:
        """Change a lead; If-Match says which version was read."""
        found: Lead = self._send(
            "PATCH",
            f"/api/v1/leads/{quoted(lead_id)}",
            idempotency_key=idempotency_key,
            version=version,
            merge=merge,
            body=body,
        )
        return found

    def delete(self, lead_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a lead out."""
        self._send("DELETE", f"/api/v1/leads/{quoted(lead_id)}", idempotency_key=idempotency_key, version=version)

    def convert(
        self, lead_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ConversionIn]
    ) -> Lead:
        """Turn a lead into a person, perhaps at a company, and perhaps a deal."""
        found: Lead = self._send(
            "POST",
            f"/api/v1/leads/{quoted(lead_id)}/conversion",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def undo_conversion(self, lead_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Undone:
        """Open a converted lead again; what the conversion made goes, unless something was done with it since."""
        found: Undone = self._send(
            "DELETE", f"/api/v1/leads/{quoted(lead_id)}/conversion", idempotency_key=idempotency_key, version=version
        )
        return found

    def disqualify(
        self,
        lead_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[DisqualificationIn],
    ) -> Lead:
        """Give a lead up, saying why."""
        found: Lead = self._send(
            "POST",
            f"/api/v1/leads/{quoted(lead_id)}/disqualification",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_touches_of(self, lead_id: str) -> Sequence[Touch]:
        """List where a lead met us, first to last."""
        found: Sequence[Touch] = self._send("GET", f"/api/v1/leads/{quoted(lead_id)}/touches")
        return found

    def note_touch_of(
        self, lead_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[TouchIn]
    ) -> Touch:
        """Note that a lead met us on a channel."""
        found: Touch = self._send(
            "POST",
            f"/api/v1/leads/{quoted(lead_id)}/touches",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
