"""What customer relations do when something happens below."""

from caudal.crm.actions.releasing import release_work
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import RecordedFact, handler
from caudal.workspace.events import MemberDeactivated


@handler("crm.release_work", on=(MemberDeactivated,))
def release_work_of_leaver(fact: RecordedFact) -> None:
    """Give the work of somebody who left back to the pool."""
    release_work(actor=SYSTEM, as_of=fact.occurred_at, member_id=fact.subject.id)
