"""Costs: what was spent on something, paid from an account, as an entry of two lines."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from caudal.core.errors import msg
from caudal.core.journal import Entry, Nature, Posting
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.problems import BadInput
from caudal.ledger.actions.posting import EntryDraft, post_entry
from caudal.ledger.models import Account, JournalEntry


@dataclass(frozen=True, slots=True)
class CostDraft:
    """What was spent: on which account, paid from (or owed on) which one, for which line of business if for one."""

    key: str
    """Of the cost: it is posted once."""
    day: date
    amount: Money
    account: Account
    paid_from: Account
    note: str = ""
    pillar_id: UUID | None = None


@action
def post_cost(*, actor: Actor, as_of: datetime, cost: CostDraft) -> JournalEntry:
    """Post a cost, or return the entry that it was posted as. Raises BadInput, and what `post_entry` raises."""
    require(actor, "entry", Verb.CREATE)
    wrong = {}
    if cost.amount <= Money.zero(cost.amount.currency):
        wrong["amount"] = msg("A cost is more than zero. To take one back, reverse its entry.")
    if cost.account.nature != Nature.EXPENSE:
        wrong["account"] = msg("A cost goes to an account of expenses.")
    if cost.paid_from.nature not in {Nature.ASSET, Nature.LIABILITY}:
        wrong["paid_from"] = msg("A cost is paid from what is owned, or owed.")
    if wrong:
        raise BadInput(wrong)
    about = {"note": cost.note} if cost.note else {}
    if cost.pillar_id is not None:
        about["pillar"] = str(cost.pillar_id)
    postings = (
        Posting(cost.account.code, cost.amount, about),
        Posting(cost.paid_from.code, -cost.amount, about),
    )
    return post_entry(
        actor=actor, as_of=as_of, draft=EntryDraft(f"cost:{cost.key}", Entry(cost.day, postings, cost.note))
    )
