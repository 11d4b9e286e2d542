"""Who is to be told of what happened: those who are named in a text, those who are given something, and followers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from caudal.core.ids import Ref
from caudal.crm.models import Activity, Company, Deal, Lead, Person
from caudal.kit.outbox import RecordedFact
from caudal.workspace.queries import DigestPlan, NoticeSort, digest_plans, members_in_zones, who_follows

NEWS: Final = (
    "crm.company_added",
    "crm.company_changed",
    "crm.person_added",
    "crm.person_changed",
    "crm.lead_captured",
    "crm.lead_touched",
    "crm.lead_changed",
    "crm.lead_converted",
    "crm.conversion_undone",
    "crm.lead_disqualified",
    "crm.deal_opened",
    "crm.deal_changed",
    "crm.deal_lines_set",
    "crm.deal_moved",
    "crm.deal_won",
    "crm.deal_lost",
    "crm.deal_reopened",
    "crm.competitor_seen",
    "crm.activity_planned",
    "crm.activity_logged",
    "crm.activity_changed",
    "crm.activity_completed",
    "crm.activity_reassigned",
    "crm.record_restored",
)
"""Facts that members may be told of: those who are named, those who are given something, and those who follow."""
FOLLOWED: Final = {"deal": Deal, "lead": Lead, "company": Company, "person": Person}
"""Kinds of records that can be followed."""
NEWS_FOR: Final = timedelta(days=1)
"""What is written down later than this after it happened is history: an import, say."""
MENTIONS_FOR: Final = timedelta(days=30)
"""A name in what is written about an earlier day is a message all the same."""
GIVEN: Final = {
    "crm.company_added": NoticeSort.ASSIGNED,
    "crm.company_changed": NoticeSort.ASSIGNED,
    "crm.person_added": NoticeSort.ASSIGNED,
    "crm.person_changed": NoticeSort.ASSIGNED,
    "crm.lead_captured": NoticeSort.ASSIGNED,
    "crm.lead_changed": NoticeSort.ASSIGNED,
    "crm.deal_opened": NoticeSort.ASSIGNED,
    "crm.deal_changed": NoticeSort.ASSIGNED,
    "crm.activity_planned": NoticeSort.TASK,
    "crm.activity_reassigned": NoticeSort.TASK,
}
"""Facts by which something becomes somebody's, and how those are told."""
UNHEARD: Final = frozenset(
    {"crm.company_added", "crm.person_added", "crm.lead_captured", "crm.deal_opened", "crm.activity_changed"}
    | {"crm.activity_reassigned"}
)
"""Facts that are no news of the record to those who follow it."""


@dataclass(frozen=True, slots=True)
class News:
    """A fact that a member is to be told of, why, and under which key."""

    member_id: UUID
    sort: NoticeSort
    key: str
    fact: RecordedFact
    record: Ref | None = None
    """The record that it is about, besides the subject."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a member's that is due, and the day or instant as the key of a reminder has it."""

    member_id: UUID
    activity: Activity
    key: str


def mentions_in(facts: Sequence[RecordedFact]) -> list[News]:
    """Return which members facts name. What a batch wrote, which is its facts' cause, is no news to anybody."""
    return [
        News(Ref.parse(name, "member").id, NoticeSort.MENTION, f"mention {fact.id}", fact, _record_of(fact))
        for fact in facts
        if fact.cause is None and fact.recorded_at - fact.occurred_at <= MENTIONS_FOR
        for name in fact.data.get("mentions", ())
    ]


def news_in(facts: Sequence[RecordedFact], *, without: set[tuple[UUID, UUID]]) -> list[News]:
    """Return who is given something by facts, and who follows what they happened to.

    One doing of one person that touches many records has one key, so that it is told once, with how many. Whoever
    hears of a fact for one reason does not hear of it again for another; `without` are members and facts told before.
    """
    news = [fact for fact in facts if fact.cause is None and fact.recorded_at - fact.occurred_at <= NEWS_FOR]
    given = [
        News(owner, GIVEN[fact.name], _key("given", fact), fact)
        for fact in news
        if fact.name in GIVEN and (owner := _owner_after(fact)) and (owner, fact.id) not in without
    ]
    known = without | {(each.member_id, each.fact.id) for each in given}
    heard = [fact for fact in news if fact.name not in UNHEARD]
    owners = owners_of(ref for fact in heard for ref in (fact.subject, *fact.about))
    said = who_follows(owners)
    return given + [
        News(member_id, NoticeSort.FOLLOWED, _key(f"followed {fact.name}", fact), fact)
        for fact in heard
        for member_id in sorted(_hearing(fact, owners, said))
        if (member_id, fact.id) not in known
    ]


def owners_of(refs: Iterable[Ref]) -> dict[Ref, UUID | None]:
    """Return whose records are that can be followed, one query for each kind."""
    kinds: dict[str, set[UUID]] = {}
    for ref in refs:
        if ref.kind in FOLLOWED:
            kinds.setdefault(ref.kind, set()).add(ref.id)
    found: dict[Ref, UUID | None] = {}
    for kind, ids in kinds.items():
        rows: QuerySet[Any] = FOLLOWED[kind]._default_manager.filter(pk__in=ids, deleted_at=None)
        found |= {Ref(kind, pk): owner_id for pk, owner_id in rows.values_list("pk", "owner_id")}
    return found


def due_soon(*, as_of: datetime) -> list[Due]:
    """Return what is due at an instant that its people are to be reminded of by now: its owner and who takes part."""
    rows = Activity.objects.filter(
        deleted_at=None, completion=None, due_at__gt=as_of, due_at__lte=as_of + timedelta(days=1)
    )
    listed = list(rows.order_by("due_at", "pk").prefetch_related("links"))
    people = {each.pk: {each.owner_id, *(link.member_id for link in each.links.all())} - {None} for each in listed}
    plans = digest_plans({member_id for several in people.values() for member_id in several if member_id})
    return [
        Due(member_id, each, f"reminder {each.pk} {each.due_at.isoformat()}")
        for each in listed
        for member_id in people[each.pk]
        if member_id and each.due_at and _is_near(plans[member_id], each.due_at, as_of)
    ]


def due_today(*, as_of: datetime) -> list[Due]:
    """Return what is due on the day that it is where its owner works, once the hour of the owner's digest has come."""
    zones = members_in_zones()
    plans = digest_plans(zones)
    local = {member_id: as_of.astimezone(zone) for member_id, zone in zones.items()}
    up = {member_id: each.date() for member_id, each in local.items() if each.hour >= plans[member_id].hour}
    rows = Activity.objects.filter(
        deleted_at=None, completion=None, owner_id__in=up, due_date__in=set(up.values())
    ).order_by("due_date", "pk")
    return [
        Due(each.owner_id, each, f"reminder {each.due_date}")
        for each in rows
        if each.owner_id and each.due_date == up[each.owner_id]
    ]


def _hearing(
    fact: RecordedFact, owners: Mapping[Ref, UUID | None], said: Mapping[Ref, Mapping[UUID, bool]]
) -> set[UUID]:
    """Who hears of a fact: who follows any record of it, and the owner of what it happened to or was done about.

    The owner of a company need not hear of every deal there. Whoever wants to hear no more of one of the records does
    not.
    """
    refs = (fact.subject, *fact.about)
    near = fact.about if fact.subject.kind == "activity" else (fact.subject,)
    wish = [(member_id, hears) for ref in refs for member_id, hears in said.get(ref, {}).items()]
    hearing = {owner for ref in near if (owner := owners.get(ref))} | {each for each, hears in wish if hears}
    return hearing - {each for each, hears in wish if not hears}


def _is_near(plan: DigestPlan, due_at: datetime, as_of: datetime) -> bool:
    return bool(plan.remind_minutes) and due_at - as_of <= timedelta(minutes=plan.remind_minutes)


def _key(why: str, fact: RecordedFact) -> str:
    return f"{why} {fact.subject.kind} {fact.actor} {fact.occurred_at.isoformat()}"


def _owner_after(fact: RecordedFact) -> UUID | None:
    after = fact.data.get("changes", {}).get("owner_id", (None, None))[1]
    return UUID(after) if after else None


def _record_of(fact: RecordedFact) -> Ref | None:
    order = list(FOLLOWED)
    found = sorted((ref for ref in fact.about if ref.kind in FOLLOWED), key=lambda ref: order.index(ref.kind))
    return found[0] if found else None
