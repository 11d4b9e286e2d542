"""Routes of events: how systems send them, and what became of each."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, Query, Router, Schema, Status

from caudal.core.decimals import plain_decimal
from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.periods import Period
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, PageQuery, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.usage import actions, queries
from caudal.usage.models import KEY_LENGTH, Conflict, Event
from caudal.usage.offline import parsed
from caudal.usage.queries import EventFilters, EventSeen

router = Router()

LINES: Final = re.compile(r"application/(x-)?(nd-?json|jsonl|jsonlines)", re.IGNORECASE)
JSON: Final = re.compile(r"(application/(json|[\w.+-]+\+json))?", re.IGNORECASE)
SHORT = Annotated[str, Field(max_length=KEY_LENGTH)]


class NotEvents(Problem):
    """The body of the request is nothing in which events are sent."""

    code = "usage.not_events"
    status = 400
    message = msg("Events come as JSON or as lines of JSON, not as {kind}.")
    hint = msg('Send {{"events": […]}}, a list of events, or one event on each line as application/x-ndjson.')


class EventIn(Schema):
    """An event: CloudEvents 1.0 in structured JSON, or these names alone."""

    source: SHORT
    id: SHORT
    type: SHORT = ""
    subject: SHORT = ""
    time: str | None = None
    data: dict[str, Any] | None = None
    corrects: SHORT = ""


class EventsIn(Schema):
    """Events to record, up to ten thousand."""

    events: list[EventIn]


class EventFinding(Schema):
    """What is wrong with an event, and where."""

    code: str
    place: str
    message: str


class EventAnswer(Schema):
    """What became of an event: `accepted`, `duplicate`, `conflicting` or `refused`."""

    outcome: str
    event_id: str | None
    """The receipt: the same whenever the event is sent again."""
    recorded_at: datetime | None
    waiting: str
    """What an accepted event waits for before it counts."""
    findings: list[EventFinding]


class RecordedOut(Schema):
    """What became of a batch; one answer for each event, in its order."""

    accepted: int
    duplicate: int
    conflicting: int
    refused: int
    answers: list[EventAnswer]


class CountedOut(Schema):
    """What a meter reads of an event."""

    meter: str
    quantity: str


class UsageEventOut(Schema):
    """An event as it was sent, and what became of it."""

    id: str
    source: str
    event: str
    type: str
    subject: str
    occurred_at: datetime | None
    recorded_at: datetime
    corrects: str
    corrected_by: str
    state: str
    counted: list[CountedOut]
    data: dict[str, Any] | None


class UsageEventPage(Schema):
    """Some events, the last received first."""

    items: list[UsageEventOut]
    next: str | None


class EventQuery(PageQuery):
    """Which events."""

    company_id: str | None = None
    subject: SHORT = ""
    type: SHORT = ""
    meter: SHORT = ""
    waiting: SHORT = ""
    start: datetime | None = None
    end: datetime | None = None


class WaitingOut(Schema):
    """Events that wait for the same subject, meter or corrected event."""

    reason: str
    what: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    since: datetime


class ConflictOut(Schema):
    """A second content under the identity of an event; the first one counts until somebody decides."""

    id: str
    source: str
    event: str
    received_at: datetime
    first: dict[str, Any] | None
    other: dict[str, Any]


class ConflictPage(Schema):
    """Some open conflicts, the latest first."""

    items: list[ConflictOut]
    next: str | None


class SettlementIn(Body):
    """Which content of an event counts."""

    keep: bool
    """True keeps the first one; false lets the other count, as a correction."""


SENT: Final = {
    "requestBody": {
        "required": True,
        "description": "JSON or, as application/x-ndjson, one event on each line. A list of events and a single event "
        "do as well, with the media types of CloudEvents too.",
        "content": {"application/json": {"schema": EventsIn.model_json_schema()}},
    }
}


@router.post("/events", response=RecordedOut, openapi_extra=SENT)
@needs("usage", Verb.CREATE)
def record_usage(request: HttpRequest) -> RecordedOut:
    """Record events, each answered by itself. Sending a batch again does no harm."""
    sent = _sent(request)
    actions.wait_for_turn()  # before the time is asked: nothing is recorded before an instant that was asked about
    answers = actions.record_events(actor=actor_of(request), as_of=now(), events=sent)
    outcomes = [each.outcome for each in answers]
    return RecordedOut(
        **{each.value: outcomes.count(each) for each in actions.Outcome}, answers=[_answer(each) for each in answers]
    )


@router.get("/events", response=UsageEventPage)
@needs("usage", Verb.VIEW)
def list_usage_events(request: HttpRequest, query: Query[EventQuery]) -> UsageEventPage:
    """List events with what became of them; whoever sees only some companies names one."""
    period = Period(query.start, query.end) if query.start and query.end else None
    filters = EventFilters(
        company_id=row_id("company", query.company_id) if query.company_id else None,
        subject=query.subject,
        type=query.type,
        meter=query.meter,
        waiting=query.waiting,
        period=period,
    )
    found = queries.events(actor_of(request), filters, cursor=query.cursor, limit=query.limit)
    return UsageEventPage(items=[_event(each) for each in found.events], next=found.next)


@router.get("/events/{usage_event_id}", response=UsageEventOut)
@needs("usage", Verb.VIEW)
def get_usage_event(request: HttpRequest, usage_event_id: str) -> UsageEventOut:
    """Return an event with what became of it."""
    return _event(queries.event(actor_of(request), row_id(Event.kind, usage_event_id)))


@router.get("/waiting", response=list[WaitingOut])
@needs("usage_subject", Verb.VIEW)
def list_waiting_usage(request: HttpRequest) -> list[WaitingOut]:
    """List what events wait for before they count."""
    return [
        WaitingOut(
            reason=each.reason.value,
            what=each.what,
            count=each.count,
            first_at=each.first_at,
            last_at=each.last_at,
            since=each.since,
        )
        for each in queries.waiting_groups(actor_of(request))
    ]


@router.get("/conflicts", response=ConflictPage)
@needs("usage_conflict", Verb.VIEW)
def list_usage_conflicts(request: HttpRequest, query: Query[PageQuery]) -> ConflictPage:
    """List the open conflicts."""
    found = queries.conflicts(actor_of(request), cursor=query.cursor, limit=query.limit)
    first = queries.first_contents(found.rows)
    items = [_conflict(each, first.get((each.source, each.key))) for each in found.rows]
    return ConflictPage(items=items, next=found.next)


@router.post("/conflicts/{usage_conflict_id}/settle", response={204: None})
@needs("usage_conflict", Verb.CHANGE)
def settle_usage_conflict(request: HttpRequest, usage_conflict_id: str, body: SettlementIn) -> Status[None]:
    """Say which content of an event counts from now on."""
    actions.wait_for_turn()
    actions.settle_conflict(
        actor=actor_of(request),
        as_of=now(),
        conflict_id=row_id(Conflict.kind, usage_conflict_id),
        keep=body.keep,
    )
    return Status(204, None)


def _sent(request: HttpRequest) -> list[Any]:
    """The events of a request as JSON values. Raises NotEvents, UnreadableJson."""
    kind = (request.content_type or "").strip()
    if LINES.fullmatch(kind):
        return [parsed(line) for line in request.body.splitlines() if line.strip()]
    if not JSON.fullmatch(kind):
        raise NotEvents(kind=kind[:KEY_LENGTH])
    found = parsed(request.body)
    if isinstance(found, list):
        return found
    if isinstance(found, Mapping) and isinstance(found.get("events"), list):
        return list(found["events"])
    return [found]


def _answer(found: actions.Answer) -> EventAnswer:
    return EventAnswer(
        outcome=found.outcome.value,
        event_id=found.receipt.id if found.receipt else None,
        recorded_at=found.receipt.recorded_at if found.receipt else None,
        waiting=found.waiting,
        findings=[
            EventFinding(code=each.code, place=each.place.name, message=each.told(gettext)) for each in found.findings
        ],
    )


def _event(found: EventSeen) -> UsageEventOut:
    row = found.event
    return UsageEventOut(
        id=found.id,
        source=row.source,
        event=row.key,
        type=row.type,
        subject=row.subject,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        corrects=row.corrects,
        corrected_by=found.corrected_by,
        state=found.state,
        counted=[CountedOut(meter=each.meter, quantity=plain_decimal(each.quantity)) for each in found.counted],
        data=row.data,
    )


def _conflict(row: Conflict, first: EventSeen | None) -> ConflictOut:
    return ConflictOut(
        id=str(Ref(Conflict.kind, row.pk)),
        source=row.source,
        event=row.key,
        received_at=row.created_at,
        first=first.event.data if first else None,
        other=row.sent,
    )
