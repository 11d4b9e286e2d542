"""What customer relations do when something happens below."""

from collections.abc import Sequence
from contextlib import suppress

from caudal.core.ids import Ref
from caudal.crm.actions import release_work, reopen_deal
from caudal.crm.actions.closing import NotClosed
from caudal.crm.queries import NEWS, REOPEN, mentions_in, news_in
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import RecordedFact, batch_handler, handler
from caudal.workspace.actions import Notice, follow_by_mention, notify
from caudal.workspace.events import ApprovalDecided, MemberDeactivated


@handler("crm.release_work", on=(MemberDeactivated,))
def release_work_of_leaver(fact: RecordedFact) -> None:
    """Give the work of somebody who left to their successor, or back to the pool."""
    successor = fact.data.get("successor")
    to = Ref.parse(successor).id if successor else None
    release_work(actor=SYSTEM, as_of=fact.occurred_at, member_id=fact.subject.id, to=to)


@handler("crm.reopen_approved", on=(ApprovalDecided,))
def reopen_approved_deal(fact: RecordedFact) -> None:
    """Open a deal again once a second person agreed; one that somebody opened meanwhile is open already."""
    if fact.data["request"] != REOPEN or not fact.data["granted"]:
        return
    with suppress(NotClosed):
        reopen_deal(actor=SYSTEM, as_of=fact.occurred_at, deal_id=fact.about[0].id)


@batch_handler("crm.tell_members", on=NEWS)
def tell_members(facts: Sequence[RecordedFact]) -> None:
    """Tell members who are mentioned, who are given something, and who follow what something happened to.

    Whoever is mentioned on a record follows it from then on.
    """
    mentions = mentions_in(facts)
    if mentions:
        pairs = [(each.member_id, each.record) for each in mentions if each.record is not None]
        follow_by_mention(as_of=facts[-1].occurred_at, pairs=pairs)
    notify(
        notices=[
            Notice(
                member_id=each.member_id,
                sort=each.sort,
                key=each.key,
                subject=each.fact.subject,
                actor=each.fact.actor,
                happened_at=each.fact.occurred_at,
                fact=each.fact.id,
            )
            for each in (*mentions, *news_in(facts, without={(each.member_id, each.fact.id) for each in mentions}))
        ]
    )
