"""Who and what the script speaks of, as rows: its keys and their ids, colleagues as actors."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.demo import market
from caudal.kit.access import SYSTEM, Actor
from caudal.workspace import queries as workspace

if TYPE_CHECKING:
    from caudal.workspace.models import Member

MEMBER: Final = "member"


class Gone(Problem):
    """A step of the story speaks of a row that it never made, or has done with."""

    code = "demo.gone"
    status = 404
    message = msg("The story of the demo company knows no {key}.")


class Cast:
    """Ids by key, kept between steps and between starts."""

    def __init__(self, ids: Mapping[str, str] | None = None) -> None:
        self.ids: dict[str, str] = dict(ids or {})
        self._actors: dict[str, Actor] = {}

    def __getitem__(self, key: str) -> UUID:
        """Return the id of a row by its key. Raises Gone."""
        if key not in self.ids:
            raise Gone(key=key)
        return UUID(self.ids[key])

    def __setitem__(self, key: str, row_id: UUID) -> None:
        self.ids[key] = str(row_id)

    def done_with(self, key: str) -> None:
        """Forget a row that no later step speaks of."""
        self.ids.pop(key, None)

    def member_id(self, key: str) -> UUID:
        """Return the id of a colleague. Raises Gone."""
        return self[f"{MEMBER} {key}"]

    def member(self, key: str) -> "Member":
        """Return a colleague's row. Raises NotFound, Gone."""
        return workspace.member(SYSTEM, self.member_id(key))

    def actor(self, key: str | None) -> Actor:
        """Return a colleague as an actor; without one, the company's own site. Raises NotFound, Gone."""
        if key is None:
            return SYSTEM
        if key not in self._actors:
            self._actors[key] = workspace.actor_of_member(self.member(key))
        return self._actors[key]

    def joined(self, key: str, member_id: UUID) -> None:
        """Note that somebody is there from now on; managers look after one more."""
        self[f"{MEMBER} {key}"] = member_id
        self._actors.pop(market.MANAGER.key, None)
