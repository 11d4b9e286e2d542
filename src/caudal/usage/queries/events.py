"""Reads of events: which were sent, what became of each, and what waits for what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from caudal.core.ids import Ref
from caudal.core.periods import Period
from caudal.crm.queries import company as company_of
from caudal.kit.access import Actor, Reach, Verb, policies, require
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.records import NotFound
from caudal.usage.models import Conflict, Correction, Event, Meter, Reading, Subject, Waiting, WaitingReason

BY_ARRIVAL: Final = Order("arrived", ("-recorded_at", "-id"))
BY_TIME: Final = Order("happened", ("-occurred_at", "-id"))
COUNTS: Final = "counts"
CORRECTED: Final = "corrected"
TAKEN_AWAY: Final = "taken_away"
LEFT_OUT: Final = "left_out"
"""What an event is when it neither counts nor waits: something stands in its place, it is nothing but a taking away, or
no meter wants it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a meter reads of an event now."""

    meter: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class EventSeen:
    """An event with what became of it."""

    event: Event
    state: str
    """`counts`, `corrected`, `taken_away`, `left_out`, or what it waits for: a `WaitingReason`."""
    counted: tuple[Counted, ...] = ()
    corrected_by: str = ""
    """The id of the last correction of it."""

    @property
    def id(self) -> str:
        """The public id of its receipt."""
        return str(Ref(Event.kind, self.event.id))


@dataclass(frozen=True, slots=True)
class EventsPage:
    """Some events, and the cursor of the next page."""

    events: tuple[EventSeen, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Events that wait for the same thing."""

    reason: WaitingReason
    what: str
    """The subject, the type, the code of the meter; of corrections the source."""
    count: int
    first_at: datetime | None
    last_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilters:
    """Which events."""

    company_id: UUID | None = None
    subject: str = ""
    type: str = ""
    meter: str = ""
    waiting: str = ""
    period: Period | None = None


def events(actor: Actor, filters: EventFilters, *, cursor: str | None = None, limit: int = LIMIT) -> EventsPage:
    """Return events within the actor's reach with what became of each: the last received first, of a period the latest.

    Whoever sees only some companies names one. Raises NotAllowed, NotFound, CursorUnreadable.
    """
    require(actor, "usage", Verb.VIEW)
    if filters.company_id is not None:
        company_of(actor, filters.company_id)
    elif policies()["usage"].reach(actor, Verb.VIEW) is not Reach.ALL:
        raise NotFound(kind="company", id="")
    order = BY_TIME if filters.period else BY_ARRIVAL
    found: Page[Event] = page(_chosen(filters), order, cursor=cursor, limit=limit)
    return EventsPage(seen(found.rows), found.next)


def event(actor: Actor, event_id: UUID) -> EventSeen:
    """Return one event with what became of it. Raises NotAllowed, NotFound."""
    require(actor, "usage", Verb.VIEW)
    found = Event.objects.filter(id=event_id).first()
    if found is None:
        raise NotFound(kind=Event.kind, id=Ref(Event.kind, event_id))
    if policies()["usage"].reach(actor, Verb.VIEW) is not Reach.ALL:
        subject = Subject.objects.filter(key=found.subject).first()
        if subject is None:
            raise NotFound(kind=Event.kind, id=Ref(Event.kind, event_id))
        company_of(actor, subject.company_id)
    return seen([found])[0]


def seen(rows: Sequence[Event]) -> tuple[EventSeen, ...]:
    """Return events with what became of each, in a few queries however many they are."""
    ids = [row.id for row in rows]
    counted: dict[UUID, list[Counted]] = {}
    codes = dict(Meter.objects.values_list("pk", "code"))
    readings = Reading.objects.filter(event__in=ids, known_until=None).order_by("id")
    for reading in readings.values_list("event", "meter", "quantity"):
        counted.setdefault(reading[0], []).append(Counted(codes[reading[1]], reading[2]))
    waiting = dict(Waiting.objects.filter(event__in=ids).values_list("event", "reason"))
    corrections = _corrections(rows)
    standing = set(Correction.objects.filter(event__in=ids, stands=True).values_list("event", flat=True))
    return tuple(
        EventSeen(
            row,
            _state(row, waiting.get(row.id, ""), corrections.get((row.source, row.key), ""), standing, counted),
            tuple(counted.get(row.id, ())),
            corrections.get((row.source, row.key), ""),
        )
        for row in rows
    )


def last_sent(actor: Actor, event_type: str) -> dict[str, Any] | None:
    """Return the event of a type that was received last, as it was sent; None for none. Raises NotAllowed."""
    require(actor, "usage_subject", Verb.VIEW)
    row = Event.objects.filter(type=event_type, data__isnull=False).order_by("-recorded_at", "-id").first()
    if row is None:
        return None
    time = row.occurred_at.isoformat() if row.occurred_at else None
    said = {"source": row.source, "id": row.key, "type": row.type, "subject": row.subject, "time": time}
    return said | {"data": row.data}


def waiting_groups(actor: Actor) -> list[WaitingGroup]:
    """Return what events wait for, by reason and then the largest first. Raises NotAllowed."""
    require(actor, "usage_subject", Verb.VIEW)
    codes = dict(Meter.objects.values_list("pk", "code"))
    groups = []
    for reason, column in REASONS:
        rows = Waiting.objects.filter(reason=reason).values(column)
        counts = rows.annotate(
            many=Count("pk"), first=Min("occurred_at"), last=Max("occurred_at"), since=Min("recorded_at")
        ).order_by("-many", column)
        groups += [
            WaitingGroup(
                reason, str(codes.get(row[column], row[column])), row["many"], row["first"], row["last"], row["since"]
            )
            for row in counts
        ]
    return groups


REASONS: Final = (
    (WaitingReason.SUBJECT, "subject"),
    (WaitingReason.METER, "type"),
    (WaitingReason.UNREADABLE, "meter"),
    (WaitingReason.TARGET, "source"),
)
"""What events wait for, and which column says what of it."""


def left_of(actor: Actor, until: datetime) -> int:
    """Return how many events before an instant, or of no known time, count for nothing as they wait or conflict."""
    waiting = Waiting.objects.filter(Q(occurred_at=None) | Q(occurred_at__lt=until)).count()
    return waiting + Conflict.for_actor(actor).filter(settled_at=None, created_at__lt=until).count()


def conflicts(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Page[Conflict]:
    """Return the open conflicts, the latest first."""
    return page(
        Conflict.for_actor(actor).filter(settled_at=None),
        Order.by("conflicts", "-created_at"),
        cursor=cursor,
        limit=limit,
    )


def first_contents(rows: Collection[Conflict]) -> dict[tuple[str, str], EventSeen]:
    """Return the events that count under the identities of conflicts."""
    chosen = Q(pk__in=[])
    for row in rows:
        chosen |= Q(source=row.source, key=row.key)
    found = seen(list(Event.objects.filter(chosen))) if rows else ()
    return {(each.event.source, each.event.key): each for each in found}


def _chosen(filters: EventFilters) -> "QuerySet[Event]":
    rows = Event.objects.all()
    if filters.company_id is not None:
        keys = Subject.objects.filter(company_id=filters.company_id).values("key")
        rows = rows.filter(subject__in=keys)
    if filters.subject:
        rows = rows.filter(subject=filters.subject)
    if filters.type:
        rows = rows.filter(type=filters.type)
    if filters.period is not None:
        rows = rows.filter(occurred_at__gte=filters.period.start, occurred_at__lt=filters.period.end)
    if filters.meter:
        read = Reading.objects.filter(event=OuterRef("id"), known_until=None)
        rows = rows.filter(Exists(read.filter(meter__in=Meter.objects.filter(code=filters.meter).values("pk"))))
    if filters.waiting:
        rows = rows.filter(Exists(Waiting.objects.filter(event=OuterRef("id"), reason=filters.waiting)))
    return rows


def _corrections(rows: Sequence[Event]) -> dict[tuple[str, str], str]:
    """The id of the last correction of each event that has one."""
    chosen = Q(pk__in=[])
    for source in {row.source for row in rows}:
        chosen |= Q(source=source, target__in=[row.key for row in rows if row.source == source])
    found = Correction.objects.filter(chosen).order_by("recorded_at", "key")
    return {(source, target): key for source, target, key in found.values_list("source", "target", "key")}


def _state(row: Event, waits: str, corrected_by: str, standing: Collection[UUID], counted: dict[UUID, Any]) -> str:
    if waits:
        return waits
    if corrected_by or (row.corrects and row.id not in standing):
        return CORRECTED
    if row.data is None:
        return TAKEN_AWAY
    return COUNTS if row.id in counted else LEFT_OUT
