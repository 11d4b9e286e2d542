"""What the workspace does when something happens."""

from caudal.core.ids import Ref
from caudal.kit.outbox import RecordedFact, handler
from caudal.workspace.actions import Notice, notify
from caudal.workspace.events import (
    ApprovalAsked,
    ApprovalDecided,
    ApprovalWithdrawn,
    FieldAdded,
    FieldChanged,
    FieldRestored,
    FieldRetired,
    OperationFinished,
    WebhookEnded,
)
from caudal.workspace.models import Ending, Member, NoticeSort, OperationState, Role
from caudal.workspace.queries import (
    approval_by_id,
    deciders,
    index_formulas_on,
    index_own_field,
    member_actors,
    operation_by_id,
)


@handler("workspace.index_field", on=(FieldAdded, FieldRetired, FieldRestored))
def index_field(fact: RecordedFact) -> None:
    """Let the database find rows by a field, or no more once it is retired."""
    index_own_field(fact.subject.id)


@handler("workspace.index_formulas", on=(FieldChanged,))
def index_formulas(fact: RecordedFact) -> None:
    """Let the database find rows by what a formula yields now, and by the formulas that stand on it."""
    index_formulas_on(fact.subject.id)


@handler("workspace.tell_of_approval", on=(ApprovalAsked, ApprovalDecided, ApprovalWithdrawn))
def tell_of_approval(fact: RecordedFact) -> None:
    """Tell those who may decide that something waits, and whoever asked what was decided."""
    approval = approval_by_id(fact.subject.id)
    if approval is None or fact.name == ApprovalWithdrawn.name:
        return
    asked = fact.name == ApprovalAsked.name
    told = deciders(approval) if asked else [ref.id for ref in member_called(approval.created_by)]
    notify(
        notices=[
            Notice(
                member_id=member_id,
                sort=NoticeSort.APPROVAL,
                key=f"approval {'asked' if asked else 'decided'} {approval.pk}",
                subject=approval.subject,
                actor=fact.actor,
                happened_at=fact.occurred_at,
                fact=fact.id,
            )
            for member_id in told
        ]
    )


@handler("workspace.tell_of_work", on=(OperationFinished,))
def tell_of_work(fact: RecordedFact) -> None:
    """Tell whoever began long work that it is done or has failed; who cancelled it knows."""
    operation = operation_by_id(fact.subject.id)
    if operation is None or fact.data["state"] == OperationState.CANCELLED:
        return
    notify(
        notices=[
            Notice(
                member_id=ref.id,
                sort=NoticeSort.WORK,
                key=f"work {operation.pk}",
                subject=operation.ref,
                actor="system",
                happened_at=fact.occurred_at,
                fact=fact.id,
            )
            for ref in member_called(operation.created_by)
        ]
    )


@handler("workspace.tell_of_webhook", on=(WebhookEnded,))
def tell_of_webhook(fact: RecordedFact) -> None:
    """Tell the administrators that facts are not sent to an address any more; who switched it off knows."""
    if fact.data["why"] == Ending.BY_HAND:
        return
    notify(
        notices=[
            Notice(
                member_id=administrator.member,
                sort=NoticeSort.FOLLOWED,
                key=f"webhook ended {fact.id}",
                subject=fact.subject,
                actor="system",
                happened_at=fact.occurred_at,
                fact=fact.id,
            )
            for administrator in member_actors()
            if administrator.member and Role.ADMIN in administrator.roles
        ]
    )


def member_called(actor_id: str) -> list[Ref]:
    """Return the member behind the id of an actor; none behind a key or the system."""
    ref = Ref.parse(actor_id) if actor_id.startswith(f"{Member.kind}_") else None
    return [ref] if ref else []
