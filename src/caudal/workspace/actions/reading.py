"""What auditors look at is told, like everything that others do."""

from collections.abc import Iterable
from datetime import datetime

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.workspace.events import PageRead


@action
def note_reading(*, actor: Actor, as_of: datetime, page: str, about: Iterable[Ref], asked: str) -> None:
    """Write down which page somebody looked at, with the records that its address names and what it asks for."""
    personal = {"asked": (None, asked)} if asked else {}
    fact = PageRead(subject=Ref.parse(actor.id), about=tuple(about), page=page, personal=personal)
    publish(fact, actor=actor, occurred_at=as_of)
