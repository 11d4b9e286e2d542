"""Telling members what concerns them, and what they do about it: read, follow, choose how to be told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import SYSTEM, Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, in_sight
from caudal.kit.world import new_id
from caudal.workspace.events import NoticeWaysChosen, NotificationsRead, RecordFollowed, RecordUnfollowed
from caudal.workspace.models import (
    REMIND_MINUTES_MAX,
    DigestPlan,
    Following,
    Member,
    NoticeSort,
    NoticeWay,
    Notification,
    Rhythm,
    Way,
)
from caudal.workspace.queries import actor_of_member, company, digest_plan, ways_of

# One doing that touches many records is told once, with how many; a fact that comes twice counts once.
TELL: Final = """
INSERT INTO workspace_notification AS told (
    id, version, custom, created_at, created_by, changed_at, changed_by,
    member_id, sort, key, subject_kind, subject_id, fact, many, actor, happened_at, by_mail, in_digest
)
SELECT id, 1, '{}', happened_at, %s, happened_at, %s,
       member_id, sort, key, subject_kind, subject_id, fact, many, actor, happened_at, by_mail, in_digest
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::bigint[],
            %s::text[], %s::timestamptz[], %s::boolean[], %s::boolean[])
     AS new (id, member_id, sort, key, subject_kind, subject_id, fact, many, actor, happened_at, by_mail, in_digest)
ON CONFLICT (member_id, key) DO UPDATE
SET many = told.many + excluded.many, read_at = NULL, version = told.version + 1
WHERE told.fact IS DISTINCT FROM excluded.fact
"""
KEY_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one member is to be told, and under which business key."""

    member_id: UUID
    sort: NoticeSort
    key: str
    subject: Ref
    actor: str
    happened_at: datetime
    fact: UUID | None = None
    many: int = 1


class NotAMember(Problem):
    """Keys and the system are told nothing."""

    code = "notification.not_a_member"
    status = 403
    message = msg("{actor} is nobody of the team, and is told nothing.")
    hint = msg("Sign in as a member.")


@action
def notify(*, notices: Iterable[Notice]) -> int:
    """Tell members, each once under a key, as they wish to be told, and only of what they may see.

    Notices of one key in one call become one, which counts them. Nobody is told of their own doings.
    """
    told = _together(each for each in notices if each.actor != str(Ref(Member.kind, each.member_id)))
    members = {
        each.pk: each
        for each in Member.objects.filter(
            pk__in={each.member_id for each in told}, deleted_at=None, deactivated_at=None
        ).order_by("pk")
    }
    ways, own = ways_of(members), company()
    wished = [
        (each, way)
        for each in told
        if each.member_id in members and (way := ways[each.member_id][each.sort]) is not Way.NONE
    ]
    seen = {
        pk: in_sight({each.subject for each, _way in wished if each.member_id == pk}, actor_of_member(member, own))
        for pk, member in members.items()
    }
    _insert([(each, way) for each, way in wished if each.subject in seen[each.member_id]])
    return len(wished)


@action
def read_notification(*, actor: Actor, as_of: datetime, notification_id: UUID, unread: bool = False) -> Notification:
    """Note that a notification was read, or is to be read again. Raises NotFound."""
    row = Notification.one_for(actor, Verb.CHANGE, notification_id, lock=True)
    if (row.read_at is None) != unread:
        row.touch(actor=actor, as_of=as_of, read_at=None if unread else as_of)
        publish(NotificationsRead(subject=_ref_of(actor), count=-1 if unread else 1), actor=actor, occurred_at=as_of)
    return row


@action
def read_notifications(*, actor: Actor, as_of: datetime, until: datetime | None = None) -> int:
    """Note that everything was read that happened until an instant, or until now; return how many those are."""
    rows = Notification.for_actor(actor, Verb.CHANGE).filter(read_at=None, happened_at__lte=until or as_of)
    count = rows.update(read_at=as_of, changed_at=as_of, changed_by=actor.id)
    if count:
        publish(NotificationsRead(subject=_ref_of(actor), count=count), actor=actor, occurred_at=as_of)
    return count


@action
def follow_record(*, actor: Actor, as_of: datetime, record: Ref, hears: bool = True) -> None:
    """Hear from now on what happens to a record, or no more of it. Raises NotFound, NotAMember."""
    member = _ref_of(actor)
    if record not in in_sight({record}, actor):
        raise NotFound(kind=record.kind, id=record)
    found = Following.objects.filter(member_id=member.id, record_kind=record.kind, record=record.id)
    if found.filter(hears=hears).exists():
        return
    Following.objects.update_or_create(
        member_id=member.id, record_kind=record.kind, record=record.id, defaults={"hears": hears, "since": as_of}
    )
    fact = RecordFollowed(subject=member, record=record) if hears else RecordUnfollowed(subject=member, record=record)
    publish(fact, actor=actor, occurred_at=as_of)


@action
def follow_by_mention(*, as_of: datetime, pairs: Iterable[tuple[UUID, Ref]]) -> None:
    """Let members who were mentioned on records follow these, unless they have said whether they wish to."""
    Following.objects.bulk_create(
        (
            Following(member_id=member_id, record_kind=ref.kind, record=ref.id, hears=True, since=as_of)
            for member_id, ref in sorted(set(pairs))
        ),
        ignore_conflicts=True,
    )


@action
def choose_ways(
    *, actor: Actor, as_of: datetime, ways: Mapping[str, str] | None = None, **plan: str | int
) -> Mapping[str, Way]:
    """Say how the actor wishes to be told of some sorts, and when; return all ways. Raises BadInput, NotAMember.

    The plan says when the digest comes (`rhythm`, `hour`, `weekday`) and the reminder (`remind_minutes`); what is left
    out stays.
    """
    member_id = _ref_of(actor).id
    _check(ways or {}, plan)
    before, before_plan = ways_of([member_id])[member_id], digest_plan(member_id)
    changes: dict[str, tuple[object, object]] = {
        sort: (before[sort].value, str(way)) for sort, way in (ways or {}).items() if before[sort] != way
    }
    for sort in list(changes):
        NoticeWay.objects.update_or_create(member_id=member_id, sort=sort, defaults={"way": str(changes[sort][1])})
    timing = {name: value for name, value in plan.items() if getattr(before_plan, name) != value}
    changes |= {name: (getattr(before_plan, name), value) for name, value in timing.items()}
    if timing:
        DigestPlan.objects.update_or_create(member_id=member_id, defaults=timing)
    if changes:
        publish(NoticeWaysChosen(subject=_ref_of(actor), changes=changes), actor=actor, occurred_at=as_of)
    return ways_of([member_id])[member_id]


@action
def unsubscribe(*, as_of: datetime, member_id: UUID, what: str) -> None:
    """Send a member no more letters: no digest, or none at once of one sort. A signed link is the proof of who asks."""
    member = Member.objects.get(pk=member_id)
    actor = actor_of_member(member)
    if what == "digest":
        choose_ways(actor=actor, as_of=as_of, rhythm=Rhythm.NEVER)
    elif what in NoticeSort.values:
        choose_ways(actor=actor, as_of=as_of, ways={what: Way.PAGE})


def _check(ways: Mapping[str, str], plan: Mapping[str, str | int]) -> None:
    wrong = {
        f"ways.{sort}": msg("This is not one of the choices.")
        for sort, way in ways.items()
        if sort not in NoticeSort.values or way not in Way.values
    }
    if plan.get("rhythm", Rhythm.NEVER) not in Rhythm.values:
        wrong["rhythm"] = msg("This is not one of the choices.")
    for name, most in {"hour": 23, "weekday": 6, "remind_minutes": REMIND_MINUTES_MAX}.items():
        value = plan.get(name, 0)
        if not (isinstance(value, int) and 0 <= value <= most):
            wrong[name] = msg("This is not one of the choices.")
    if wrong:
        raise BadInput(wrong)


def _together(notices: Iterable[Notice]) -> list[Notice]:
    """Notices of one key as one, which counts them; its subject is the first."""
    found: dict[tuple[UUID, str], Notice] = {}
    for each in notices:
        place = (each.member_id, each.key)
        known = found.get(place)
        found[place] = each if known is None else replace(known, many=known.many + each.many)
    return list(found.values())


def _insert(told: Sequence[tuple[Notice, Way]]) -> None:
    if not told:
        return
    columns = zip(
        *(
            (
                new_id(),
                each.member_id,
                each.sort.value,
                each.key[:KEY_MAX],
                each.subject.kind,
                each.subject.id,
                each.fact,
                each.many,
                each.actor,
                each.happened_at,
                way is Way.MAIL,
                way is Way.DIGEST,
            )
            for each, way in told
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(TELL, [SYSTEM.id, SYSTEM.id, *map(list, columns)])


def _ref_of(actor: Actor) -> Ref:
    if actor.member is None:
        raise NotAMember(actor=actor.name)
    return Ref(Member.kind, actor.member)
