"""What the plan does when something happens: those whom a draft concerns are told."""

from caudal.kit.outbox import RecordedFact, handler
from caudal.plan.events import DraftDecided, DraftProposed
from caudal.plan.queries import told_of_draft
from caudal.workspace.actions import Notice, notify
from caudal.workspace.queries import NoticeSort


@handler("plan.tell_of_drafts", on=(DraftProposed, DraftDecided))
def tell_of_drafts(fact: RecordedFact) -> None:
    """Tell those who may approve a draft that it waits for them, and its authors what was decided."""
    asked = fact.name == DraftProposed.name
    about = f"{fact.subject.id} {fact.data['round']}"
    notify(
        notices=[
            Notice(
                member_id=member_id,
                sort=NoticeSort.APPROVAL,
                key=f"draft asked {about}" if asked else f"draft decided {about} {fact.id}",
                subject=fact.subject,
                actor=fact.actor,
                happened_at=fact.occurred_at,
                fact=fact.id,
            )
            for member_id in told_of_draft(fact.subject.id, asked=asked)
        ]
    )
