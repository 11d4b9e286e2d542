"""The tree of teams that a file of members describes: a region, inside it the team of each manager."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from caudal.core.errors import msg
from caudal.crm.imports.findings import Tally
from caudal.kit.access import Actor
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.workspace.actions import add_member, add_team
from caudal.workspace.queries import company, teams_by_name

if TYPE_CHECKING:
    from caudal.workspace.models import Team


@dataclass(frozen=True, slots=True)
class Post:
    """What a file says of a member: under which manager, in which region."""

    member: str
    """Key of the member's name."""
    manager: str | None
    region: str
    file: str
    line: int


@dataclass(slots=True)
class Placing:
    """Who belongs to which team."""

    posts: dict[str, Post]
    own: "dict[str, Team]" = field(default_factory=dict)
    """Manager → the team that they lead."""
    regions: "dict[str, Team]" = field(default_factory=dict)

    def leads(self, member: str) -> bool:
        """Say whether somebody is a manager of others."""
        return member in self.own

    def team_of(self, member: str) -> "Team | None":
        """Return the team of a member: a manager is in the team that they lead."""
        post = self.posts.get(member)
        if member in self.own:
            return self.own[member]
        if post is None:
            return None
        return self.own[post.manager] if post.manager else self.regions.get(post.region)


@action
def set_up_teams(
    *,
    actor: Actor,
    as_of: datetime,
    posts: Iterable[Post],
    names: dict[str, str],
    members: dict[str, UUID],
    tally: Tally,
) -> Placing:
    """Make the teams that are missing, and members of managers whom no row of their own names.

    `names` says how managers are written, `members` who is here already and takes who is made. A team that is there
    stays where it is in the tree.
    """
    placing = Placing({post.member: post for post in posts})
    existing = teams_by_name()
    for region in sorted({post.region for post in placing.posts.values() if post.region}):
        placing.regions[region] = existing.get(region) or add_team(actor=actor, as_of=as_of, name=region)
    regions = _regions_of_managers(placing.posts, tally, names)
    for manager in _from_the_top(placing.posts):
        settled = placing.posts.get(manager)
        above = placing.own.get(settled.manager) if settled and settled.manager else None
        label = _team_label(names.get(manager, manager))
        placing.own[manager] = existing.get(label) or add_team(
            actor=actor, as_of=as_of, name=label, parent=above or placing.regions.get(regions[manager])
        )
        if manager not in placing.posts and manager not in members:
            made = add_member(
                actor=actor,
                as_of=as_of,
                name=names.get(manager, manager),
                role="manager",
                team=placing.own[manager],
            )
            members[name_key(made.name)] = made.pk
    return placing


def _regions_of_managers(posts: dict[str, Post], tally: Tally, names: dict[str, str]) -> dict[str, str]:
    """The region of each manager: their own, else the first in the alphabet of those whom they lead."""
    found: dict[str, set[str]] = {}
    for post in posts.values():
        if post.manager:
            found.setdefault(post.manager, set()).add(post.region)
    regions = {}
    for manager, named in sorted(found.items()):
        own = posts.get(manager)
        regions[manager] = own.region if own and own.region else min(named)
        if len(named) > 1:
            first = min((post for post in posts.values() if post.manager == manager), key=lambda post: post.line)
            tally.note(
                "import.manager_of_regions",
                msg("{manager} leads people in {regions}; the team was put into {region}."),
                file=first.file,
                line=first.line,
                manager=names.get(manager, manager),
                regions=", ".join(sorted(filter(None, named))),
                region=regions[manager],
            )
    return regions


def _from_the_top(posts: dict[str, Post]) -> list[str]:
    """Managers, each after their own manager; of a circle, the first in the alphabet is the top."""
    managers = sorted({post.manager for post in posts.values() if post.manager})
    ordered: list[str] = []
    for manager in managers:
        chain: list[str] = []
        above: str | None = manager
        while above and above not in ordered and above not in chain:
            chain.append(above)
            above = posts[above].manager if above in posts else None
        ordered += reversed(chain)
    return ordered


def _team_label(name: str) -> str:
    """What the team of a manager is called, in the company's language; its name has 120 letters at most."""
    settings = company()
    with translation.override(settings.language if settings else "en"):
        return gettext("Team of {name}").format(name=name)[:120]
