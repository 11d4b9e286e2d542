"""Costs that recur every month: they post themselves, until they end or become another one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.money import Money
from caudal.core.periods import add_months
from caudal.kit.access import SYSTEM, Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.ledger.actions.costs import CostDraft, faults_of, post_costs
from caudal.ledger.events import RecurringCostAdded, RecurringCostEnded
from caudal.ledger.models import RecurringCost
from caudal.ledger.queries.payables import Due, due_costs, first, in_month, recurring_cost


class EndedBefore(Problem):
    """The cost does not recur any more."""

    code = "ledger.recurring_ended"
    status = 409
    message = msg("It ended on {day} already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringDraft:
    """A cost as it is posted the first time; later ones are on the same day of the month as `cost.day`."""

    cost: CostDraft
    last_day: date | None = None


@action
def add_recurring_cost(
    *, actor: Actor, as_of: datetime, draft: RecurringDraft, follows_id: UUID | None = None, anchor: int = 0
) -> RecurringCost:
    """Let a cost recur every month from its day on; what is due already is posted by the next run. Raises BadInput.

    `anchor` is the day of the month where the first one fell into a shorter month.
    """
    require(actor, "recurring_cost", Verb.CREATE)
    cost = draft.cost
    wrong = faults_of(cost)
    if draft.last_day and draft.last_day < cost.day:
        wrong["last_day"] = msg("It cannot end before its first day.")
    if wrong:
        raise BadInput(wrong)
    row = RecurringCost.stamped(
        actor=actor,
        as_of=as_of,
        account=cost.account,
        paid_from=cost.paid_from,
        note=cost.note,
        pillar_id=cost.pillar_id,
        party=cost.party,
        channel=cost.channel,
        entity_id=cost.entity_id,
        first_day=cost.day,
        anchor=anchor or cost.day.day,
        last_day=draft.last_day,
        follows_id=follows_id,
    )
    row.amount = cost.amount
    row.save(force_insert=True)
    said = first_values({"account": cost.account.code, "amount": str(cost.amount), "first_day": cost.day.isoformat()})
    publish(RecurringCostAdded(subject=row.ref, changes=said), actor=actor, occurred_at=as_of)
    return row


@action
def end_recurring_cost(*, actor: Actor, as_of: datetime, cost_id: UUID, last_day: date) -> RecurringCost:
    """Let a cost recur up to a day and no longer; what was posted stays. Raises NotFound, EndedBefore, BadInput."""
    row = recurring_cost(actor, cost_id, Verb.CHANGE)
    if row.last_day is not None and row.last_day < last_day:
        raise EndedBefore(day=row.last_day)
    if last_day < row.first_day - timedelta(days=1):
        raise BadInput({"last_day": msg("It cannot end before its first day.")})
    row.touch(actor=actor, as_of=as_of, last_day=last_day)
    publish(RecurringCostEnded(subject=row.ref, last_day=last_day.isoformat()), actor=actor, occurred_at=as_of)
    return row


@action
def change_recurring_cost(
    *, actor: Actor, as_of: datetime, cost_id: UUID, from_day: date, amount: Money
) -> RecurringCost:
    """Let another amount recur from a day on, on the same day of the month; earlier ones stay as they were.

    Raises NotFound, EndedBefore, BadInput.
    """
    row = end_recurring_cost(actor=actor, as_of=as_of, cost_id=cost_id, last_day=from_day - timedelta(days=1))
    begins = next_day(row, from_day)
    cost = cost_of(Due(row, begins))
    draft = RecurringDraft(
        cost=CostDraft(
            key=cost.key,
            day=begins,
            amount=amount,
            account=cost.account,
            paid_from=cost.paid_from,
            note=cost.note,
            pillar_id=cost.pillar_id,
            party=cost.party,
            channel=cost.channel,
            entity_id=cost.entity_id,
        )
    )
    return add_recurring_cost(actor=actor, as_of=as_of, draft=draft, follows_id=row.pk, anchor=row.anchor)


@action
def post_due_costs(*, as_of: datetime, today: date) -> int:
    """Post what recurring costs are due up to a day, each once, and return how many; closed months wait."""
    due, _barred = due_costs(SYSTEM, today)
    post_costs(actor=SYSTEM, as_of=as_of, costs=[cost_of(each) for each in due])
    return len(due)


def next_day(row: RecurringCost, from_day: date) -> date:
    """Return the first day on or after another one that a cost recurs on."""
    day = in_month(first(from_day), row.anchor)
    return day if day >= from_day else in_month(add_months(first(from_day), 1), row.anchor)


def cost_of(due: Due) -> CostDraft:
    """Return a recurring cost as it is posted on a day."""
    row = due.cost
    return CostDraft(
        key=due.key,
        day=due.day,
        amount=row.amount,
        account=row.account,
        paid_from=row.paid_from,
        note=row.note,
        pillar_id=row.pillar_id,
        party=row.party,
        channel=row.channel,
        entity_id=row.entity_id,
    )
