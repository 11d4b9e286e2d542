"""What the workspace does when something happens."""

from caudal.kit.outbox import RecordedFact, handler
from caudal.workspace.events import FieldAdded, FieldRestored, FieldRetired
from caudal.workspace.queries import index_own_field


@handler("workspace.index_field", on=(FieldAdded, FieldRetired, FieldRestored))
def index_field(fact: RecordedFact) -> None:
    """Let the database find rows by a field, or no more once it is retired."""
    index_own_field(fact.subject.id)
