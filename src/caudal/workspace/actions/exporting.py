"""Noting that a list left the house."""

from collections.abc import Sequence
from datetime import datetime

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.workspace.events import ListExported


@action
def note_export(
    *, actor: Actor, as_of: datetime, record_kind: str, file_format: str, rows: int, columns: Sequence[str], where: str
) -> None:
    """Tell that the actor took rows of a kind out as a file. Raises NotAllowed."""
    require(actor, record_kind, Verb.EXPORT)
    publish(
        ListExported(
            subject=Ref.parse(actor.id),
            record_kind=record_kind,
            file_format=file_format,
            rows=rows,
            columns=tuple(columns),
            personal={"where": (None, where)} if where else {},
        ),
        actor=actor,
        occurred_at=as_of,
    )
