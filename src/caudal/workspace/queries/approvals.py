"""What takes two people, and what waits for the second one."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Actor, Reach, Verb, policies
from caudal.kit.records import NotFound, in_sight
from caudal.workspace.models import Approval, Member
from caudal.workspace.queries.actors import actor_of_member, hands_of
from caudal.workspace.queries.company import company, founded


def needs_second_person(amount: Money | None) -> bool:
    """Say whether something worth this takes two people. An amount in another currency than the threshold's does."""
    return second_person_rule()(amount)


def second_person_rule() -> Callable[[Money | None], bool]:
    """Return what `needs_second_person` says, the threshold read once for many amounts."""
    own = company()
    return _rule(own.approval_above if own else None)


def refund_needs_second_person(amount: Money) -> bool:
    """Say whether giving so much up, by a refund, a credit note or a write-off, takes two people. Raises NotFounded.

    What holds for everything else holds for it where no limit of its own is set.
    """
    own = founded()
    refunds: Money | None = own.refund_above
    return _rule(own.approval_above if refunds is None else refunds)(amount)


def _rule(limit: Money | None) -> Callable[[Money | None], bool]:
    def takes_two(amount: Money | None) -> bool:
        return limit is not None and amount is not None and (amount.currency != limit.currency or amount > limit)

    return takes_two


def granted(subject: Ref, request: str, *, since: datetime) -> bool:
    """Say whether a second person agreed to a request on a row after an instant."""
    return Approval.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, request=request, granted=True, decided_at__gte=since
    ).exists()


def open_approvals(actor: Actor) -> list[Approval]:
    """Return what waits for a decision, oldest first, as far as it is about rows that the actor may change."""
    waiting = list(Approval.for_actor(actor).filter(decided_at=None).order_by("created_at", "pk"))
    reached = in_sight({each.subject for each in waiting}, actor, Verb.CHANGE)
    return [each for each in waiting if each.subject in reached]


def approval_to_decide(actor: Actor, approval_id: UUID, *, lock: bool = False) -> Approval:
    """Return a question about a row that the actor may change. Raises NotFound."""
    found = Approval.one_for(actor, Verb.CHANGE, approval_id, lock=lock)
    if found.subject not in in_sight({found.subject}, actor, Verb.CHANGE):
        raise NotFound(kind=Approval.kind, id=found.ref)
    return found


def open_approval(subject: Ref, request: str) -> Approval | None:
    """Return the question about a row, already reached, that waits for a decision, if there is one."""
    return Approval.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, request=request, decided_at=None, deleted_at=None
    ).first()


def approval_by_id(approval_id: UUID) -> Approval | None:
    """Return an approval to the handler that was told of it."""
    return Approval.objects.filter(pk=approval_id, deleted_at=None).first()


def deciders(approval: Approval) -> list[UUID]:
    """Return the members who may decide a question: they may change the row that it is about, and did not ask."""
    policy, own = policies().get(approval.subject_kind), company()
    asker = approval.created_by
    found = []
    for member in Member.objects.filter(deleted_at=None, deactivated_at=None).order_by("pk"):
        actor = actor_of_member(member, own)
        # Whoever reaches no rows but their own cannot decide for others, and is not looked up.
        if policy is None or policy.reach(actor, Verb.CHANGE) < Reach.TEAM or asker in hands_of(actor):
            continue
        if in_sight({approval.subject}, actor, Verb.CHANGE):
            found.append(member.pk)
    return found
