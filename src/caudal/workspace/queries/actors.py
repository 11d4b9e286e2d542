"""Who acts: members and keys as actors, and how they are called."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import connection

from caudal.core.ids import Ref
from caudal.kit.access import SYSTEM, Actor, ActorKind
from caudal.workspace.models import ApiKey, CompanySettings, Member, Role
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


def hands_of(actor: Actor) -> frozenset[str]:
    """Return the ids under which one person acts: their own, and those of the keys that they issued."""
    keys = ApiKey.objects.filter(created_by=actor.id)
    return frozenset({actor.id, *(str(key.ref) for key in keys)})


def actor_of_member(member: Member, settings: CompanySettings | None = None) -> Actor:
    """Return a member as an actor: the role, and for a manager the people of the teams below."""
    own = settings or company()
    return Actor(
        kind=ActorKind.STAFF,
        id=str(member.ref),
        name=member.name,
        roles=frozenset({member.role}),
        member=member.pk,
        team=members_below(member.team_id) if member.role == Role.MANAGER and member.team_id else frozenset(),
        zone=member.zone or (own.zone if own else "UTC"),
        language=member.language or (own.language if own else "en"),
    )


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


def actor_called(actor_id: str) -> Actor:
    """Return who asked for something, as they may act now: a member, a key, or the system."""
    if actor_id == SYSTEM.id:
        return SYSTEM
    ref = Ref.parse(actor_id)
    if ref.kind == ApiKey.kind:
        return actor_of_key(ApiKey.objects.get(pk=ref.id, revoked_at=None, deleted_at=None))
    return actor_of_member(Member.objects.get(pk=ref.id, deactivated_at=None, deleted_at=None))


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
