"""What happened to a record, as far as a reader may see what it happened to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.outbox import RecordedFact, timeline
from caudal.kit.records import in_sight


class NoSuchFact(Problem):
    """The address names a moment that is not there."""

    code = "timeline.no_such_fact"
    status = 404
    message = msg("The timeline has no such moment.")
    hint = msg("Start again from the latest.")


@dataclass(frozen=True, slots=True)
class Told:
    """Some facts about a record, newest first, and the id of the last of them where there are earlier ones."""

    facts: Sequence[RecordedFact]
    subjects: Mapping[Ref, str]
    """The other records that they happened to, with their names."""
    earlier: UUID | None


def told(ref: Ref, actor: Actor, *, before: str = "", limit: int) -> Told:
    """Return what happened to a record that the reader has reached. Raises NoSuchFact.

    What happened to others that it is about is told as far as the reader may see those.
    """
    try:
        facts = timeline(ref, limit=limit + 1, before=UUID(before) if before else None)
    except (ValueError, ObjectDoesNotExist) as error:
        raise NoSuchFact from error
    subjects = in_sight({fact.subject for fact in facts[:limit]} - {ref}, actor)
    return Told(
        facts=[fact for fact in facts[:limit] if fact.subject == ref or fact.subject in subjects],
        subjects=subjects,
        earlier=facts[limit - 1].id if len(facts) > limit else None,
    )
