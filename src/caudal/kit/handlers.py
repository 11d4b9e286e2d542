"""What the plumbing itself does when something happens: the search index follows the facts."""

from collections.abc import Sequence

from caudal.kit.outbox.facts import RecordedFact
from caudal.kit.outbox.handlers import batch_handler
from caudal.kit.search.findable import news
from caudal.kit.search.index import HANDLER, refresh


@batch_handler(HANDLER, on=news())
def follow(facts: Sequence[RecordedFact]) -> None:
    """Bring the records that facts tell of up to date in the index, each once however many facts there are."""
    refresh(fact.subject for fact in facts)
