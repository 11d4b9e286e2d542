"""Teams, one inside another."""

from datetime import datetime
from typing import Any

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.workspace.events import TeamAdded, TeamChanged, TeamDeleted
from caudal.workspace.models import Member, Team

NAME_MOST = 120


class TeamInItself(Problem):
    """A team would be inside itself, over one or more steps."""

    code = "team.in_itself"
    status = 409
    message = msg("{team} cannot be inside {parent}, which is inside {team}.")
    hint = msg("Choose a team that is not below it.")


class TeamNotEmpty(Problem):
    """A team with people or teams in it stays."""

    code = "team.not_empty"
    status = 409
    message = msg("{team} still has people or teams in it: {names}.")
    hint = msg("Give them another team first.")


@action
def add_team(*, actor: Actor, as_of: datetime, name: str, parent: Team | None = None) -> Team:
    """Add a team, perhaps inside another. Raises BadInput."""
    require(actor, "team", Verb.CREATE)
    team = Team.stamped(actor=actor, as_of=as_of, name=_name(name), parent=parent)
    team.save(force_insert=True)
    publish(TeamAdded(subject=team.ref), actor=actor, occurred_at=as_of)
    return team


@action
def change_team(
    *, actor: Actor, as_of: datetime, team: Team, expected_version: int | None = None, **values: Any
) -> Team:
    """Give a team another name or place. Raises BadInput, TeamInItself, VersionConflict."""
    require(actor, "team", Verb.CHANGE)
    if "name" in values:
        values["name"] = _name(values["name"])
    above = values.get("parent")
    # Two who move two teams at once could close a circle that neither of them sees.
    list(Team.objects.select_for_update().order_by("pk"))
    while above is not None:
        if above.pk == team.pk:
            raise TeamInItself(team=team.name, parent=values["parent"].name)
        above = above.parent
    changes = team.change(actor=actor, as_of=as_of, expected_version=expected_version, **values)
    if changes:
        publish(TeamChanged(subject=team.ref, changes=changes), actor=actor, occurred_at=as_of)
    return team


@action
def delete_team(*, actor: Actor, as_of: datetime, team: Team) -> Team:
    """Take a team away that nobody is in. Raises TeamNotEmpty."""
    require(actor, "team", Verb.DELETE)
    inside = [
        *Member.objects.filter(team=team, deleted_at=None).order_by("name", "pk").values_list("name", flat=True)[:4],
        *Team.objects.filter(parent=team, deleted_at=None).order_by("name", "pk").values_list("name", flat=True)[:4],
    ]
    if inside:
        raise TeamNotEmpty(team=team.name, names=", ".join(inside))
    team.delete_softly(actor=actor, as_of=as_of)
    publish(TeamDeleted(subject=team.ref), actor=actor, occurred_at=as_of)
    return team


def _name(said: str) -> str:
    name = " ".join(said.split())
    if not 0 < len(name) <= NAME_MOST:
        raise BadInput({"name": msg("A team needs a name of at most 120 letters.")})
    return name
