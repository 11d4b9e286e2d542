"""The API: usage. Written by bin/client."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

Aggregation: TypeAlias = Literal["count", "sum", "maximum", "latest", "unique", "weighted"]
"""How a meter makes one quantity of many events."""


class Conflict(TypedDict):
    """A second content under the identity of an event; the first one counts until somebody decides."""

    id: str
    source: str
    event: str
    received_at: str
    first: dict[str, Any] | None
    other: dict[str, Any]


class Counted(TypedDict):
    """What a meter reads of an event."""

    meter: str
    quantity: str


class EventFinding(TypedDict):
    """What is wrong with an event, and where."""

    code: str
    place: str
    message: str


class EventAnswer(TypedDict):
    """What became of an event: `accepted`, `duplicate`, `conflicting` or `refused`."""

    outcome: str
    event_id: str | None
    recorded_at: str | None
    waiting: str
    findings: list[EventFinding]


class EventIn(TypedDict):
    """An event: CloudEvents 1.0 in structured JSON, or these names alone."""

    source: str
    id: str
    type: NotRequired[str]
    subject: NotRequired[str]
    time: NotRequired[str | None]
    data: NotRequired[dict[str, Any] | None]
    corrects: NotRequired[str]


class EventsIn(TypedDict):
    """Events to record, up to ten thousand."""

    events: list[EventIn]


Rounding: TypeAlias = Literal["half_up", "half_even", "down", "up"]
"""How an exact amount becomes whole minor units. The name is stored on the document that was rounded by it."""


class MeterChange(TypedDict):
    """What to change about a meter; what is left out stays. Everything is read anew from now on."""

    label_en: NotRequired[str]
    label_es: NotRequired[str]
    unit: NotRequired[str]
    event_type: NotRequired[str]
    filter: NotRequired[str]
    aggregation: NotRequired[Aggregation]
    quantity_property: NotRequired[str]
    value_property: NotRequired[str]
    amount_property: NotRequired[str]
    dimensions: NotRequired[list[str]]
    takes_negative: NotRequired[bool]
    rounding: NotRequired[Rounding | None]
    places: NotRequired[int]


class MeterIn(TypedDict):
    """A meter to add; without a property for the quantity each event is 1."""

    code: str
    label_en: str
    label_es: NotRequired[str]
    unit: NotRequired[str]
    event_type: str
    filter: NotRequired[str]
    aggregation: Aggregation
    quantity_property: NotRequired[str]
    value_property: NotRequired[str]
    amount_property: NotRequired[str]
    dimensions: NotRequired[list[str]]
    takes_negative: NotRequired[bool]
    rounding: NotRequired[Rounding | None]
    places: NotRequired[int]


class Meter(TypedDict):
    """A meter; charges name it by its code."""

    id: str
    version: int
    code: str
    label_en: str
    label_es: str
    unit: str
    event_type: str
    filter: str
    aggregation: str
    quantity_property: str
    value_property: str
    amount_property: str
    dimensions: list[str]
    takes_negative: bool
    rounding: str | None
    places: int


class Quantity(TypedDict):
    """The quantity of a meter, exact up to twelve decimal places."""

    meter: str
    unit: str
    quantity: str


class Quantities(TypedDict):
    """How much was used, as it was known at `as_of`: the same whenever it is asked again."""

    as_of: str
    quantities: list[Quantity]


class Recorded(TypedDict):
    """What became of a batch; one answer for each event, in its order."""

    accepted: int
    duplicate: int
    conflicting: int
    refused: int
    answers: list[EventAnswer]


class SettlementIn(TypedDict):
    """Which content of an event counts."""

    keep: bool


class SubjectIn(TypedDict):
    """Whose usage the events of a key are."""

    key: str
    company_id: str
    note: NotRequired[str]


class SubjectMove(TypedDict):
    """Whose usage it is, as we know from now on."""

    company_id: str


class UsageSubject(TypedDict):
    """A subject and its company."""

    id: str
    version: int
    key: str
    company_id: str
    note: str


class UsageEvent(TypedDict):
    """An event as it was sent, and what became of it."""

    id: str
    source: str
    event: str
    type: str
    subject: str
    occurred_at: str | None
    recorded_at: str
    corrects: str
    corrected_by: str
    state: str
    counted: list[Counted]
    data: dict[str, Any] | None


class Waiting(TypedDict):
    """Events that wait for the same subject, meter or corrected event."""

    reason: str
    what: str
    count: int
    first_at: str | None
    last_at: str | None
    since: str


class ListEventsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    company_id: NotRequired[str | None]
    subject: NotRequired[str]
    type: NotRequired[str]
    meter: NotRequired[str]
    waiting: NotRequired[str]
    start: NotRequired[str | None]
    end: NotRequired[str | None]


class ListConflictsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class GetQuantitiesQuery(TypedDict):
    """What may be asked."""

    company_id: str
    start: str
    end: str
    as_of: NotRequired[str | None]
    meter: NotRequired[str]
    subject: NotRequired[str]


class ListSubjectsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    company_id: NotRequired[str | None]
    text: NotRequired[str]


class UsageRoutes(Resource):
    """The routes of usage."""

    def record(self, *, idempotency_key: str | None = None, **body: Unpack[EventsIn]) -> Recorded:
        """Record events, each answered by itself. Sending a batch again does no harm."""
        found: Recorded = self._send("POST", "/api/v1/usage/events", idempotency_key=idempotency_key, body=body)
        return found

    def list_events(self, **query: Unpack[ListEventsQuery]) -> Iterator[UsageEvent]:
        """List events with what became of them; whoever sees only some companies names one."""
        found: Iterator[UsageEvent] = self._pages("/api/v1/usage/events", query)
        return found

    def get_event(self, usage_event_id: str) -> UsageEvent:
        """Return an event with what became of it."""
        found: UsageEvent = self._send("GET", f"/api/v1/usage/events/{quoted(usage_event_id)}")
        return found

    def list_waiting(self) -> Sequence[Waiting]:
        """List what events wait for before they count."""
        found: Sequence[Waiting] = self._send("GET", "/api/v1/usage/waiting")
        return found

    def list_conflicts(self, **query: Unpack[ListConflictsQuery]) -> Iterator[Conflict]:
        """List the open conflicts."""
        found: Iterator[Conflict] = self._pages("/api/v1/usage/conflicts", query)
        return found

    def settle_conflict(
        self,
        usage_conflict_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[SettlementIn],
    ) -> None:
        """Say which content of an event counts from now on."""
        self._send(
            "POST",
            f"/api/v1/usage/conflicts/{quoted(usage_conflict_id)}/settle",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )

    def get_quantities(self, **query: Unpack[GetQuantitiesQuery]) -> Quantities:
        """Return how much a company used, by meter."""
        found: Quantities = self._send("GET", "/api/v1/usage/quantities", query=query)
        return found

    def list_meters(self) -> Sequence[Meter]:
        """List the meters, by code."""
        found: Sequence[Meter] = self._send("GET", "/api/v1/usage/meters")
        return found

    def create_meter(self, *, idempotency_key: str | None = None, **body: Unpack[MeterIn]) -> Meter:
        """Count usage in a new way; events that were kept before count from now on."""
        found: Meter = self._send("POST", "/api/v1/usage/meters", idempotency_key=idempotency_key, body=body)
        return found

    def change_meter(
        self, meter_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[MeterChange]
    ) -> Meter:
        """Change a meter; If-Match says which version was read."""
        found: Meter = self._send(
            "PATCH",
            f"/api/v1/usage/meters/{quoted(meter_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_subjects(self, **query: Unpack[ListSubjectsQuery]) -> Iterator[UsageSubject]:
        """List the subjects, by key."""
        found: Iterator[UsageSubject] = self._pages("/api/v1/usage/subjects", query)
        return found

    def create_subject(self, *, idempotency_key: str | None = None, **body: Unpack[SubjectIn]) -> UsageSubject:
        """Say whose usage the events of a key are; those that wait for it count from now on."""
        found: UsageSubject = self._send("POST", "/api/v1/usage/subjects", idempotency_key=idempotency_key, body=body)
        return found

    def move_subject(
        self,
        usage_subject_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[SubjectMove],
    ) -> UsageSubject:
        """Give a subject and all its usage to another company; If-Match says which version was read."""
        found: UsageSubject = self._send(
            "PATCH",
            f"/api/v1/usage/subjects/{quoted(usage_subject_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
