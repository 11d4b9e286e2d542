"""Two contents under one identity: somebody says which of them counts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.usage.actions.intake import Outcome, record_events
from caudal.usage.actions.turns import take_turn
from caudal.usage.events import ConflictSettled
from caudal.usage.models import KEY_LENGTH, Conflict, Event, Identity


class SettledBefore(Problem):
    """Somebody has said which content counts."""

    code = "usage.settled_before"
    status = 409
    message = msg("Which content of event {id} counts was settled on {day}.")
    hint = msg("Correct the event, if another content is right.")


class NotCountable(Problem):
    """The other content cannot be taken."""

    code = "usage.not_countable"
    status = 422
    message = msg("The other content of event {id} cannot count: {why}")
    hint = msg("Keep the first content, or send a correction.")


@action
def settle_conflict(*, actor: Actor, as_of: datetime, conflict_id: UUID, keep: bool) -> Conflict:
    """Keep the first content of an event, or let the other one count from now on, as a correction of the first.

    Raises NotFound, SettledBefore, NotCountable.
    """
    at = take_turn(as_of)
    conflict = Conflict.one_for(actor, Verb.CHANGE, conflict_id, lock=True)
    if conflict.settled_at is not None:
        raise SettledBefore(id=conflict.key, day=conflict.settled_at.date())
    key = "" if keep else _correct(conflict, actor, at)
    conflict.change(actor=actor, as_of=as_of, settled_at=as_of, settled_by=actor.id, settled_as=key)
    identity = Identity.objects.get(source=conflict.source, key=conflict.key)
    about = (Ref(Event.kind, identity.event),)
    publish(ConflictSettled(subject=conflict.ref, about=about, kept=keep), actor=actor, occurred_at=as_of)
    return conflict


def _correct(conflict: Conflict, actor: Actor, at: datetime) -> str:
    """Send the other content as a correction, under an identity that the same content always gets."""
    key = f"{conflict.key[: KEY_LENGTH - 33]}~{bytes(conflict.digest).hex()}"
    sent: dict[str, Any] = {**conflict.sent, "source": conflict.source, "id": key, "corrects": conflict.key}
    (answer,) = record_events(actor=actor, as_of=at, events=[sent])
    if answer.outcome is Outcome.REFUSED:
        raise NotCountable(id=conflict.key, why=answer.findings[0].told())
    return key
