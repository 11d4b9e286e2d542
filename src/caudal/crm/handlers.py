"""What customer relations do when something happens below."""

from contextlib import suppress

from caudal.crm.actions import release_work, reopen_deal
from caudal.crm.actions.closing import NotClosed
from caudal.crm.queries import REOPEN
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import RecordedFact, handler
from caudal.workspace.events import ApprovalDecided, MemberDeactivated


@handler("crm.release_work", on=(MemberDeactivated,))
def release_work_of_leaver(fact: RecordedFact) -> None:
    """Give the work of somebody who left back to the pool."""
    release_work(actor=SYSTEM, as_of=fact.occurred_at, member_id=fact.subject.id)


@handler("crm.reopen_approved", on=(ApprovalDecided,))
def reopen_approved_deal(fact: RecordedFact) -> None:
    """Open a deal again once a second person agreed; one that somebody opened meanwhile is open already."""
    if fact.data["request"] != REOPEN or not fact.data["granted"]:
        return
    with suppress(NotClosed):
        reopen_deal(actor=SYSTEM, as_of=fact.occurred_at, deal_id=fact.about[0].id)
