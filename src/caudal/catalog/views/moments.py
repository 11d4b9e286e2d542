"""What happened to a record of the catalogue, as its page tells it."""

from caudal.core.ids import Ref
from caudal.kit.outbox import timeline
from caudal.kit.panels import fact_words
from caudal.ui.timelines import Moment
from caudal.workspace.queries import actor_names


def moments(ref: Ref) -> list[Moment]:
    """Return what happened to a record, the latest first."""
    facts, words = timeline(ref), fact_words()
    who = actor_names({fact.actor for fact in facts})
    return [
        Moment(
            at=fact.occurred_at,
            words=words[fact.name].words(fact),
            who=who.get(fact.actor, "Caudal"),
            icon=words[fact.name].icon,
        )
        for fact in facts
        if fact.name in words
    ]
