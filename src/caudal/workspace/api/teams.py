"""Routes of teams."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.models import Team
from caudal.workspace.queries import team_tree

router = Router()


class TeamIn(Body):
    """A team to add, perhaps inside another."""

    name: str = Field(min_length=1, max_length=120)
    parent_id: str | None = None


class TeamChange(Body):
    """What to change about a team; what is left out stays."""

    name: Annotated[str, Field(default="", min_length=1, max_length=120)]
    parent_id: str | None = None


class TeamOut(Schema):
    """A team."""

    id: str
    version: int
    name: str
    parent_id: str | None


@router.get("/teams", response=list[TeamOut])
@needs("team")
def list_teams(request: HttpRequest) -> list[TeamOut]:
    """List the teams, each behind the one that it is inside, by name."""
    return [team_out(place.team) for place in team_tree(actor_of(request))]


@router.post("/teams", response={201: TeamOut})
@needs("team", Verb.CREATE)
def add_team(request: HttpRequest, body: TeamIn) -> Status[TeamOut]:
    """Add a team."""
    actor = actor_of(request)
    return Status(201, team_out(actions.add_team(actor=actor, as_of=now(), **team_values(actor, body.dict()))))


@router.patch("/teams/{team_id}", response=TeamOut)
@needs("team", Verb.CHANGE)
def change_team(request: HttpRequest, response: HttpResponse, team_id: str, body: TeamChange) -> TeamOut:
    """Give a team another name or place; If-Match says which version was read."""
    actor = actor_of(request)
    changed = actions.change_team(
        actor=actor,
        as_of=now(),
        team=Team.one_for(actor, Verb.CHANGE, row_id("team", team_id), lock=True),
        expected_version=version_of(request, required=True),
        **team_values(actor, body.dict(exclude_unset=True)),
    )
    tag(response, changed)
    return team_out(changed)


@router.delete("/teams/{team_id}", response={204: None})
@needs("team", Verb.DELETE)
def delete_team(request: HttpRequest, team_id: str) -> Status[None]:
    """Take a team away that nobody is in."""
    actor = actor_of(request)
    team = Team.one_for(actor, Verb.DELETE, row_id("team", team_id), lock=True)
    actions.delete_team(actor=actor, as_of=now(), team=team)
    return Status(204, None)


def team_values(actor: Actor, said: dict[str, Any]) -> dict[str, Any]:
    """Return what was said of a team, as actions take it: the one that it is inside as its row."""
    if "parent_id" not in said:
        return said
    parent_id = said.pop("parent_id")
    parent = None if parent_id is None else Team.one_for(actor, Verb.VIEW, row_id("team", parent_id))
    return said | {"parent": parent}


def team_out(team: Team) -> TeamOut:
    """Return a team as the API shows it."""
    return TeamOut(id=str(team.ref), version=team.version, name=team.name, parent_id=public_id("team", team.parent_id))
