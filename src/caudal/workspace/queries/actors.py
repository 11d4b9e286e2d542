"""Who acts: members and keys as actors, and how they are called."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import SYSTEM, Actor, ActorKind, Reach
from caudal.workspace.models import ApiKey, CompanySettings, Member, Role, Span
from caudal.workspace.queries.company import company
from caudal.workspace.queries.team import member_names

MEMBERS_BELOW: Final = """
WITH RECURSIVE below AS (
    SELECT id FROM workspace_team WHERE id = %s
    UNION
    SELECT team.id FROM workspace_team AS team JOIN below ON team.parent_id = below.id
)
SELECT member.id FROM workspace_member AS member JOIN below ON member.team_id = below.id
"""
STANDING: Final = """
WITH RECURSIVE above AS (
    SELECT id, parent_id FROM workspace_team WHERE id = %(team)s
    UNION
    SELECT team.id, team.parent_id FROM workspace_team AS team JOIN above ON above.parent_id = team.id
), below AS (
    SELECT id FROM workspace_team WHERE id = %(team)s AND %(span)s <> 'own'
    UNION
    SELECT team.id FROM workspace_team AS team JOIN below ON team.parent_id = below.id WHERE %(span)s <> 'team'
)
SELECT ARRAY(SELECT id FROM above),
       ARRAY(SELECT DISTINCT record_kind FROM workspace_share
             WHERE deleted_at IS NULL AND (member_id = %(member)s OR team_id IN (SELECT id FROM above))),
       ARRAY(SELECT member.id FROM workspace_member AS member JOIN below ON member.team_id = below.id)
"""
REACHES: Final = {Span.OWN: Reach.OWN, Span.TEAM: Reach.TEAM, Span.SUBTREE: Reach.TEAM, Span.ALL: Reach.ALL}


def hands_of(actor: Actor) -> frozenset[str]:
    """Return the ids under which one person acts: their own, and those of the keys that they issued."""
    keys = ApiKey.objects.filter(created_by=actor.id)
    return frozenset({actor.id, *(str(key.ref) for key in keys)})


def actor_of_member(member: Member, settings: CompanySettings | None = None) -> Actor:
    """Return a member as an actor: the role, how far it reaches, the people it reaches, and what is shared with it."""
    own = settings or company()
    teams, shared, people = standing_of(member)
    return Actor(
        kind=ActorKind.STAFF,
        id=str(member.ref),
        name=member.name,
        roles=frozenset({member.role}),
        member=member.pk,
        team=people,
        teams=teams,
        shared=shared,
        limit=REACHES[Span(member.span)] if member.span else None,
        zone=member.zone or (own.zone if own else "UTC"),
        language=member.language or (own.language if own else "en"),
    )


def member_actors() -> Iterator[Actor]:
    """Return those who work here as actors, one by one, in the order of their ids."""
    own = company()
    for member in Member.objects.filter(deleted_at=None, deactivated_at=None).order_by("pk"):
        yield actor_of_member(member, own)


def members_called(actor_ids: Iterable[str]) -> list[UUID]:
    """Return the members among those who did something: a key stands for whoever issued it, the system for nobody."""
    ids = set(actor_ids)
    issued = ApiKey.objects.filter(pk__in=_ids(ids, ApiKey.kind)).values_list("created_by", flat=True)
    return sorted(_ids(ids | set(issued), Member.kind))


def _ids(actor_ids: Iterable[str], kind: str) -> set[UUID]:
    return {Ref.parse(each).id for each in actor_ids if each.startswith(f"{kind}_")}


def actor_of_key(key: ApiKey, settings: CompanySettings | None = None) -> Actor:
    """Return a key as an actor: its role, narrowed by its scopes."""
    own = settings or company()
    return Actor(
        kind=ActorKind.KEY,
        id=str(key.ref),
        name=key.name,
        roles=frozenset({key.role}),
        scopes=frozenset(key.scopes),
        zone=own.zone if own else "UTC",
    )


class NotHereAnyMore(Problem):
    """Whoever asked for long work may not come in any more, so nothing more is done in their name."""

    code = "actor.not_here_any_more"
    status = 409
    message = msg("{actor} may not come in any more, so nothing more is done in that name.")
    hint = msg("Somebody who may do it can ask for it again.")


def actor_called(actor_id: str, *, as_of: datetime) -> Actor:
    """Return who asked for something, as they may act now: a member, a key, or the system. Raises NotHereAnyMore."""
    if actor_id == SYSTEM.id:
        return SYSTEM
    ref = Ref.parse(actor_id)
    if ref.kind == ApiKey.kind:
        lasting = _lasts("expires_at", as_of)
        key = ApiKey.objects.filter(lasting, pk=ref.id, revoked_at=None, deleted_at=None).first()
        if key is not None:
            return actor_of_key(key)
    else:
        here = _lasts("access_ends_at", as_of)
        member = Member.objects.filter(here, pk=ref.id, deactivated_at=None, deleted_at=None).first()
        if member is not None:
            return actor_of_member(member)
    raise NotHereAnyMore(actor=actor_names({actor_id}).get(actor_id, actor_id))


def _lasts(end: str, as_of: datetime) -> Q:
    return Q(**{end: None}) | Q(**{f"{end}__gt": as_of})


def standing_of(member: Member) -> tuple[frozenset[UUID], frozenset[str], frozenset[UUID]]:
    """Return a member's teams upwards, the kinds of records shared with the member, and whose rows a team means.

    Managers look after their team and those below, unless they were told otherwise; who was given a reach of their
    own sees the people of it; everybody else's team is themselves.
    """
    span = member.span or (Span.SUBTREE if member.role == Role.MANAGER else Span.OWN)
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"team": member.team_id, "member": member.pk, "span": span})
        teams, shared, people = cursor.fetchone()
    return frozenset(teams), frozenset(shared), frozenset(people)


def members_below(team_id: UUID) -> frozenset[UUID]:
    """Return everybody in a team and the teams below it."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS_BELOW, [team_id])
        return frozenset(row[0] for row in cursor.fetchall())


def actor_names(ids: set[str]) -> Mapping[str, str]:
    """Return how the actors of facts and stamps are called, by the id that they carry."""
    refs = [Ref.parse(each) for each in ids if "_" in each]
    found = {str(Ref("member", pk)): name for pk, name in member_names({ref.id for ref in refs}).items()}
    keys = ApiKey.objects.filter(pk__in=[ref.id for ref in refs if ref.kind == "key"])
    return found | {str(key.ref): key.name for key in keys}
