"""Reads of the people who work here and of their teams."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb
from caudal.workspace.models import Member, Team


def member(actor: Actor, member_id: UUID) -> Member:
    """Return somebody of the team. Raises NotFound."""
    return Member.one_for(actor, Verb.VIEW, member_id)


def team(actor: Actor, team_id: UUID) -> Team:
    """Return a team. Raises NotFound."""
    return Team.one_for(actor, Verb.VIEW, team_id)


def member_names(ids: set[UUID]) -> Mapping[UUID, str]:
    """Return the names of members."""
    return dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))


def active_members() -> list[tuple[UUID, str]]:
    """Return everybody who works here, by name: whom rows may be given to."""
    rows = Member.objects.filter(deleted_at=None, deactivated_at=None).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


def member_of_team(actor: Actor, member_id: UUID) -> Member:
    """Return somebody who works here. Raises NotFound."""
    return Member.one_for(actor, Verb.VIEW, member_id)


def member_directory() -> list[tuple[UUID, str]]:
    """Return id and name of everybody who works here or did, by name, then id."""
    return list(Member.objects.filter(deleted_at=None).order_by("name", "pk").values_list("pk", "name"))


def member_addresses() -> list[tuple[str, str]]:
    """Return e-mail address and name of everybody who works here or did and has an address, by address."""
    rows = Member.objects.filter(deleted_at=None).exclude(email=None).order_by("email", "pk")
    return [(str(email), name) for email, name in rows.values_list("email", "name")]


def members_for_export(actor: Actor) -> list[tuple[UUID, str, str, str]]:
    """Return id, name, address and team of everybody whom the actor sees, oldest first."""
    rows = Member.for_actor(actor).order_by("pk").values_list("pk", "name", "email", "team__name")
    return [(pk, name, email or "", team or "") for pk, name, email, team in rows]


def teams_by_name() -> dict[str, Team]:
    """Return the teams by their names, which are unique."""
    return {team.name: team for team in Team.objects.filter(deleted_at=None).order_by("name", "pk")}


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """A team, how deep inside others it is, and how many people are in it themselves."""

    team: Team
    depth: int
    members: int


def team_tree(actor: Actor) -> list[TeamPlace]:
    """Return the teams that an actor sees, each behind the one that it is inside, by name."""
    teams = Team.for_actor(actor).annotate(
        people=Count("members", filter=Q(members__deleted_at=None, members__deactivated_at=None))
    )
    inside: defaultdict[UUID | None, list[Any]] = defaultdict(list)
    for each in teams.order_by("name", "pk"):
        inside[each.parent_id].append(each)

    def below(parent: UUID | None, depth: int) -> Iterator[TeamPlace]:
        for each in inside[parent]:
            yield TeamPlace(each, depth, each.people)
            yield from below(each.pk, depth + 1)

    return list(below(None, 0))


def places_of(actor: Actor, team: Team | None) -> list[Team]:
    """Return the teams that a team can be inside: all but itself and those below it."""
    found = []
    deeper = -1  # how deep the team itself is, while those below it go by
    for place in team_tree(actor):
        if deeper >= 0 and place.depth > deeper:
            continue
        deeper = -1
        if team is not None and place.team.pk == team.pk:
            deeper = place.depth
        else:
            found.append(place.team)
    return found


class NoSuchMember(Problem):
    """Nobody of the team signs in with this address."""

    code = "member.no_such_address"
    status = 404
    message = msg("Nobody of the team has the address {email}.")
    hint = msg("The page of the team lists the addresses; --name adds an administrator with this one.")


def member_with_address(actor: Actor, email: str) -> Member:
    """Return the member who signs in with an address, in any case of letters. Raises NoSuchMember."""
    found = Member.for_actor(actor).filter(email__iexact=email.strip()).first()
    if found is None:
        raise NoSuchMember(email=email)
    return found
