"""Reads of what members are told: in words, as far as the reader may still see what they are about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.outbox import RecordedFact, facts_of
from caudal.kit.pages import etag_of
from caudal.kit.panels import fact_words, kind_words, list_of, operation_page, page_of, request_words
from caudal.kit.records import in_sight
from caudal.ui.context import Bell
from caudal.ui.formats import due_text, reader_locale
from caudal.workspace.models import (
    DEFAULT_WAYS,
    DigestPlan,
    Following,
    Member,
    NoticeSort,
    NoticeWay,
    Notification,
    Operation,
    OperationState,
    Way,
)
from caudal.workspace.queries.actors import actor_names
from caudal.workspace.queries.company import company

NEWEST: Final = Order.by("newest", "-happened_at")
EXCERPT: Final = 240
"""Letters of a note that a notification quotes."""
ICONS: Final[Mapping[str, str]] = {
    NoticeSort.MENTION: "note",
    NoticeSort.ASSIGNED: "person",
    NoticeSort.TASK: "task",
    NoticeSort.REMINDER: "clock",
    NoticeSort.APPROVAL: "check",
    NoticeSort.WORK: "refresh",
}

Which = Literal["unread", "read", "all"]
When: TypeAlias = Callable[[Notification], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notification in words; `hidden` when the reader may no longer see what it is about, and then nothing else."""

    id: str
    version: int
    sort: str
    at: datetime
    unread: bool
    words: str
    who: str = ""
    name: str = ""
    href: str = ""
    about: str = ""
    about_href: str = ""
    body: str = ""
    icon: str = "bell"
    record: str = ""
    """The public id of the record that could be followed no more."""
    hidden: bool = False


def ways_of(member_ids: Iterable[UUID]) -> dict[UUID, dict[str, Way]]:
    """Return how members wish to be told of every sort, in one query."""
    ids = list(member_ids)
    found = {member_id: {sort: DEFAULT_WAYS[sort] for sort in NoticeSort.values} for member_id in ids}
    for row in NoticeWay.objects.filter(member_id__in=ids).order_by("pk"):
        found[row.member_id][row.sort] = Way(row.way)
    return found


def digest_plan(member_id: UUID) -> DigestPlan:
    """Return when a member's digest comes; the usual plan for whoever has chosen none."""
    return DigestPlan.objects.filter(member_id=member_id).first() or DigestPlan(member_id=member_id)


def digest_plans(member_ids: Iterable[UUID]) -> dict[UUID, DigestPlan]:
    """Return the plans of members, in one query; the usual one for those who have chosen none."""
    ids = list(member_ids)
    known = {plan.member_id: plan for plan in DigestPlan.objects.filter(member_id__in=ids).order_by("pk")}
    return {member_id: known.get(member_id) or DigestPlan(member_id=member_id) for member_id in ids}


def members_in_zones() -> dict[UUID, ZoneInfo]:
    """Return everybody who works here with the time zone that they work in."""
    own = company()
    usual = own.zone if own else "UTC"
    rows = Member.objects.filter(deleted_at=None, deactivated_at=None).order_by("pk").values_list("pk", "zone")
    return {pk: ZoneInfo(zone or usual) for pk, zone in rows}


def bell(actor: Actor) -> Bell:
    """Return what the bell shows, in one query."""
    found = Notification.for_actor(actor).filter(read_at=None).aggregate(count=Count("pk"), last=Max("happened_at"))
    return Bell(
        count=found["count"],
        etag=etag_of(found["count"], found["last"]),
        url=reverse("workspace:bell"),
        page_url=reverse("workspace:notifications"),
        panel_url=reverse("workspace:notice_panel"),
    )


def notifications(
    actor: Actor, which: Which = "unread", *, cursor: str | None = None, limit: int = LIMIT
) -> Page[Notification]:
    """Return a page of the actor's notifications, newest first. Raises CursorUnreadable."""
    rows = Notification.for_actor(actor)
    if which != "all":
        rows = rows.filter(read_at__isnull=which == "unread")
    return page(rows, NEWEST, cursor=cursor, limit=limit)


def told(actor: Actor, rows: Sequence[Notification], *, as_of: datetime) -> list[Told]:
    """Return notifications in words of the active language; one query for each kind that they name."""
    facts = facts_of(row.fact for row in rows if row.fact)
    abouts = {ref for fact in facts.values() for ref in fact.about if page_of(ref)}
    seen = in_sight({row.subject for row in rows} | abouts, actor)
    names = actor_names({row.actor for row in rows})
    ended = [row.subject_id for row in rows if row.sort == NoticeSort.WORK]
    works = {each.ref: each for each in Operation.for_actor(actor).filter(pk__in=ended)} if ended else {}

    def when(row: Notification) -> str:
        return _when(row, actor, as_of)

    return [_told(row, facts.get(row.fact) if row.fact else None, seen, names, works, when) for row in rows]


def following(actor: Actor, record: Ref, *, owner_id: UUID | None = None) -> bool:
    """Say whether the actor hears what happens to a record, which its owner does unless they said no."""
    if actor.member is None:
        return False
    said = Following.objects.filter(member_id=actor.member, record_kind=record.kind, record=record.id)
    hears = said.values_list("hears", flat=True).first()
    return owner_id == actor.member if hears is None else hears


def who_follows(refs: Iterable[Ref]) -> dict[Ref, dict[UUID, bool]]:
    """Return which members have said of records that they wish to hear what happens to them, or not."""
    found: dict[Ref, dict[UUID, bool]] = {}
    kinds: dict[str, set[UUID]] = {}
    for ref in refs:
        kinds.setdefault(ref.kind, set()).add(ref.id)
    for kind, ids in kinds.items():
        for row in Following.objects.filter(record_kind=kind, record__in=ids).order_by("pk"):
            found.setdefault(Ref(kind, row.record), {})[row.member_id] = row.hears
    return found


def to_be_mailed(*, since: datetime, until: datetime) -> list[Notification]:
    """Return what was to be told at once by mail and nobody has read yet, oldest first."""
    rows = Notification.objects.filter(
        by_mail=True, mailed_at=None, read_at=None, happened_at__gte=since, happened_at__lte=until
    )
    return list(rows.select_related("member").order_by("happened_at", "pk"))


def for_digest(member_id: UUID, *, since: datetime) -> list[Notification]:
    """Return a member's unread news that no letter has told, newest first."""
    rows = Notification.objects.filter(
        in_digest=True, member_id=member_id, mailed_at=None, read_at=None, happened_at__gte=since
    )
    return list(rows.order_by("-happened_at", "-pk"))


def _told(
    row: Notification,
    fact: RecordedFact | None,
    seen: Mapping[Ref, str],
    names: Mapping[str, str],
    works: Mapping[Ref, Operation],
    when: When,
) -> Told:
    head: dict[str, Any] = {"id": str(row.ref), "version": row.version, "sort": row.sort, "at": row.happened_at}
    if row.subject not in seen:
        words = _("Something about which you may no longer know")
        return Told(**head, unread=row.read_at is None, words=words, icon="lock", hidden=True)
    who = names.get(row.actor, "Caudal") if row.sort != NoticeSort.REMINDER else ""
    about = _about(row, fact, seen)
    work = works.get(row.subject)
    return Told(
        **head,
        unread=row.read_at is None,
        who="" if row.sort == NoticeSort.WORK else who,
        words=_words(row, fact, work, when),
        name=work.title if work else seen[row.subject] if row.many == 1 else "",
        href=_href(row, fact, work),
        about=seen[about] if about else "",
        about_href=page_of(about) if about else "",
        body=_quoted(fact) if row.sort == NoticeSort.MENTION else "",
        icon=_icon(row, fact),
        record=str(about or row.subject) if row.sort == NoticeSort.FOLLOWED else "",
    )


def _href(row: Notification, fact: RecordedFact | None, work: Operation | None) -> str:
    if work:
        return operation_page(work.name, row.subject)
    asked = fact is not None and _is_question(fact) and "granted" not in fact.data
    if row.sort == NoticeSort.APPROVAL and asked:
        return reverse("workspace:approvals")
    return page_of(row.subject) if row.many == 1 else list_of(row.subject_kind)


def _about(row: Notification, fact: RecordedFact | None, seen: Mapping[Ref, str]) -> Ref | None:
    """The first record besides the subject that a fact is about and the reader may see."""
    if fact is None or row.many > 1:
        return None
    return next((ref for ref in fact.about if ref in seen and ref != row.subject and page_of(ref)), None)


def _words(row: Notification, fact: RecordedFact | None, work: Operation | None, when: When) -> str:
    """What happened, after the name of who did it."""
    match row.sort:
        case NoticeSort.MENTION:
            said = _("mentioned you")
        case NoticeSort.ASSIGNED:
            said = _("gave you %(what)s") % {"what": kind_words(row.subject_kind, row.many)}
        case NoticeSort.TASK:
            words = ngettext("gave you something to do", "gave you %(count)s things to do", row.many)
            said = words % {"count": row.many}
        case NoticeSort.REMINDER:
            words = ngettext("Due %(when)s", "Due %(when)s: %(count)s things", row.many)
            said = words % {"when": when(row), "count": row.many}
        case NoticeSort.WORK:
            failed = work is not None and work.state == OperationState.FAILED
            said = _("It has failed") if failed else _("It is done")
        case NoticeSort.APPROVAL if fact is not None and _is_question(fact):
            said = _approval_words(fact)
        case _:
            found = fact_words().get(fact.name) if fact else None
            happened = found.words(fact) if found and fact else row.sort
            said = happened if row.many == 1 else f"{happened} ({kind_words(row.subject_kind, row.many)})"
    return said


def _is_question(fact: RecordedFact) -> bool:
    """Whether it is one of the questions that a second person decides; what else is approved has its own page."""
    return "request" in fact.data


def _approval_words(fact: RecordedFact) -> str:
    if "granted" not in fact.data:
        words = _("asks you to decide: %(request)s")
    else:
        words = _("agreed: %(request)s") if fact.data["granted"] else _("refused: %(request)s")
    return words % {"request": request_words(fact.data["request"])}


def _when(row: Notification, actor: Actor, as_of: datetime) -> str:
    """The day or the instant that a reminder tells of; its key ends with it."""
    text = row.key.rpartition(" ")[2]
    zone = ZoneInfo(actor.zone)
    if "T" not in text:
        return due_text(date.fromisoformat(text), None, reader_locale(), zone, now=as_of)
    return due_text(None, datetime.fromisoformat(text), reader_locale(), zone, now=as_of)


def _quoted(fact: RecordedFact | None) -> str:
    """The beginning of what was written."""
    said = fact.personal or {} if fact else {}
    text = (said.get("body") or (None, ""))[1] or (said.get("subject") or (None, ""))[1] or ""
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()} …"


def _icon(row: Notification, fact: RecordedFact | None) -> str:
    if row.sort in ICONS:
        return ICONS[row.sort]
    found = fact_words().get(fact.name) if fact else None
    return found.icon if found else "bell"
