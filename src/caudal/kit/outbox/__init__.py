"""Facts: what happened, append-only, written in the transaction of what they tell of.

They are the timeline and the audit trail, and the way news travels up the stack: an action publishes, contexts above
react in their `handlers`. Personal values sit beside the fact, sealed under a key of the subject; erasing a person
destroys the key and the fact stays.
"""

from caudal.kit.outbox.deliveries import batch_handler, drain, handler, pending, retry
from caudal.kit.outbox.effects import Effect, effects_of
from caudal.kit.outbox.facts import Fact, RecordedFact
from caudal.kit.outbox.journal import Place, Stretch, end_of_journal, journal
from caudal.kit.outbox.publishing import publish, publish_many
from caudal.kit.outbox.sealing import erase, erase_past
from caudal.kit.outbox.since import FieldChange, Since, since
from caudal.kit.outbox.timeline import count_about, counts_about, facts_after, facts_of, last_sequence, timeline

__all__ = [
    "Effect",
    "Fact",
    "FieldChange",
    "Place",
    "RecordedFact",
    "Since",
    "Stretch",
    "batch_handler",
    "count_about",
    "counts_about",
    "drain",
    "effects_of",
    "end_of_journal",
    "erase",
    "erase_past",
    "facts_after",
    "facts_of",
    "handler",
    "journal",
    "last_sequence",
    "pending",
    "publish",
    "publish_many",
    "retry",
    "since",
    "timeline",
]
