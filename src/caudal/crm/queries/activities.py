"""Reads of activities: lists of them, one with what it is about, and deals without a next step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, Literal
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from caudal.core.ids import Ref
from caudal.core.periods import start_of_day
from caudal.crm.models import ABOUT, Activity, ActivityKind, ActivityLink, Deal
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.records import NotFound, in_sight

ACTIVITY_ORDERS: Final[Mapping[str, Order]] = {
    order.name: order for order in (Order.by("newest", "-changed_at"), Order.by("due", "due_date", "due_at"))
}
PLANNED: Final = Q(completion=None)
SHOWN: Final = 20

ActivityState = Literal["planned", "done", "overdue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilters:
    """Which activities; what is None or empty does not narrow. Days are those of the zone in force."""

    about: Ref | None = None
    owner_id: UUID | None = None
    does: str = ""
    outcome: str = ""
    state: ActivityState | None = None
    due_from: date | None = None
    due_before: date | None = None
    done_from: date | None = None
    done_before: date | None = None
    text: str = ""

    def condition(self, *, as_of: datetime) -> Q:
        """Return the condition on activities."""
        found = Q()
        if self.about is not None:
            found &= about(self.about)
        if self.owner_id is not None:
            found &= Q(owner_id=self.owner_id)
        if self.does:
            found &= Q(does=self.does)
        if self.outcome:
            found &= Q(completion__outcome=self.outcome)
        if self.text:
            found &= Q(subject__icontains=self.text) | Q(body__icontains=self.text)
        if self.state == "done":
            found &= ~PLANNED
        elif self.state is not None:
            found &= PLANNED
        if self.state == "overdue":
            found &= overdue(as_of)
        return found & self._in_time()

    def _in_time(self) -> Q:
        zone = timezone.get_current_timezone()
        found = Q()
        if self.due_from is not None:
            found &= Q(due_date__gte=self.due_from) | Q(due_at__gte=start_of_day(self.due_from, zone))
        if self.due_before is not None:
            found &= due_before(self.due_before)
        if self.done_from is not None:
            found &= Q(completion__done_at__gte=start_of_day(self.done_from, zone))
        if self.done_before is not None:
            found &= Q(completion__done_at__lt=start_of_day(self.done_before, zone))
        return found


@dataclass(frozen=True, slots=True)
class Linked:
    """What an activity is about and who takes part, as far as the reader may see it, with names."""

    ref: Ref
    name: str


def activities(
    actor: Actor,
    filters: ActivityFilters = ActivityFilters(),
    *,
    as_of: datetime,
    order: str = "newest",
    cursor: str | None = None,
    limit: int = LIMIT,
) -> Page[Activity]:
    """Return a page of activities with their links, in two queries; newest first means changed last.

    Orders: see `ACTIVITY_ORDERS`. Raises CursorUnreadable.
    """
    rows = with_links(Activity.for_actor(actor).filter(filters.condition(as_of=as_of)))
    return page(rows, ACTIVITY_ORDERS[order], cursor=cursor, limit=limit)


def activity(actor: Actor, activity_id: UUID, verb: Verb = Verb.VIEW) -> Activity:
    """Return an activity with what came of it and its links. Raises NotFound."""
    found = with_links(Activity.for_actor(actor, verb)).filter(pk=activity_id).first()
    if found is None:
        raise NotFound(kind=Activity.kind, id=Ref(Activity.kind, activity_id))
    return found


def next_steps(actor: Actor, ref: Ref, *, limit: int = SHOWN) -> list[Activity]:
    """Return what is planned about a record, the soonest first, in two queries; what has no day comes last."""
    rows = with_links(Activity.for_actor(actor).filter(PLANNED, about(ref)))
    soonest = F("due_at").asc(nulls_last=True)
    listed = list(rows.order_by(F("due_date").asc(nulls_last=True), soonest, "pk")[:limit])
    zone = timezone.get_current_timezone()
    return sorted(listed, key=lambda each: (when(each, zone) is None, when(each, zone) or date.min, each.pk))


def activities_named(actor: Actor, ids: Sequence[UUID]) -> list[Activity]:
    """Return activities by their ids, in the order given, in two queries."""
    found = {each.pk: each for each in with_links(Activity.for_actor(actor).filter(pk__in=ids))}
    return [found[pk] for pk in ids if pk in found]


def changeable(actor: Actor, found: Iterable[Activity]) -> set[UUID]:
    """Return which of some activities the actor may change, in one query."""
    ids = [each.pk for each in found]
    return set(Activity.for_actor(actor, Verb.CHANGE).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def when(found: Activity, zone: tzinfo) -> date | None:
    """Return the day on which an activity is due, in a zone."""
    return found.due_at.astimezone(zone).date() if found.due_at else found.due_date


def is_overdue(found: Activity, *, as_of: datetime) -> bool:
    """Say whether an activity should have been done by an instant."""
    if getattr(found, "completion", None) is not None:
        return False
    if found.due_at:
        return found.due_at < as_of
    return found.due_date is not None and found.due_date < as_of.astimezone(timezone.get_current_timezone()).date()


def linked(actor: Actor, found: Iterable[Activity]) -> dict[UUID, list[Linked]]:
    """Return, by activity, what each is about and who takes part, one query for each kind that they name."""
    refs = {each.pk: refs_of_links(each) for each in found}
    names = in_sight({ref for several in refs.values() for ref in several}, actor)
    return {pk: [Linked(ref, names[ref]) for ref in several if ref in names] for pk, several in refs.items()}


def refs_of_links(found: Activity) -> list[Ref]:
    """Return what an activity is about and who takes part; its links were read with it."""
    rows = sorted(found.links.all(), key=lambda link: link.pk)
    return [Ref(name, row_id) for row in rows for name in ABOUT if (row_id := getattr(row, f"{name}_id"))]


def about(ref: Ref) -> Q:
    """Return the condition on activities about a record, or in which a member takes part."""
    if ref.kind not in ABOUT:
        return Q(pk__in=[])
    links = ActivityLink.objects.filter(**{f"{ref.kind}_id": ref.id})
    return Q(pk__in=links.values("activity"))


def overdue(as_of: datetime) -> Q:
    """Return the condition on activities that should have been done by an instant, in the zone in force."""
    today = as_of.astimezone(timezone.get_current_timezone()).date()
    return Q(due_date__lt=today) | Q(due_at__lt=as_of)


def due_before(day: date) -> Q:
    """Return the condition on activities that are due before a day begins, in the zone in force."""
    return Q(due_date__lt=day) | Q(due_at__lt=start_of_day(day, timezone.get_current_timezone()))


def without_next_step(rows: "QuerySet[Deal]") -> "QuerySet[Deal]":
    """Narrow deals to the open ones about which nothing is planned."""
    return rows.filter(~Exists(steps_of_deal()), close=None)


def steps_of_deal() -> "QuerySet[ActivityLink]":
    """Return the links of what is planned about the deal of an outer query."""
    return ActivityLink.objects.filter(
        deal=OuterRef("pk"), activity__deleted_at=None, activity__completion=None
    ).exclude(activity__does=ActivityKind.NOTE)


def with_links(rows: "QuerySet[Activity]") -> "QuerySet[Activity]":
    """Let activities come with what came of them, whose they are, and their links."""
    return rows.select_related("owner", "completion").prefetch_related(Prefetch("links", ActivityLink.objects.all()))
