"""What happened to a record, as its page tells it."""

from collections.abc import Callable, Sequence

from caudal.core.ids import Ref
from caudal.kit.outbox import RecordedFact, timeline
from caudal.kit.panels import fact_words
from caudal.ui.timelines import Change, Moment
from caudal.workspace.queries.actors import actor_names


def moments(
    ref: Ref,
    *,
    body: Callable[[RecordedFact], str] = lambda _fact: "",
    changes: Callable[[RecordedFact], Sequence[Change]] = lambda _fact: (),
) -> list[Moment]:
    """Return what happened to a record, which the caller may see, as far as there are words for it."""
    facts, words = timeline(ref), fact_words()
    who = actor_names({fact.actor for fact in facts})
    return [
        Moment(
            at=fact.occurred_at,
            words=words[fact.name].words(fact),
            who=who.get(fact.actor, "Caudal"),
            icon=words[fact.name].icon,
            body=body(fact),
            changes=changes(fact),
        )
        for fact in facts
        if fact.name in words
    ]
