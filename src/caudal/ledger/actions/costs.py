"""Costs: what was spent on something, paid at once or owed to a supplier and paid later, as entries of two lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.journal import Entry, Nature, Posting
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.problems import BadInput
from caudal.ledger.actions.posting import EntryDraft, post_entries, post_entry
from caudal.ledger.models import Account, JournalEntry
from caudal.ledger.queries import entry_posted_for, payables
from caudal.ledger.queries.payables import PAYABLE

SOURCE: Final = "cost"


class NothingOwed(Problem):
    """There is no such debt, or it was paid."""

    code = "ledger.nothing_owed"
    status = 409
    message = msg("Nothing is owed for “{document}” any more.")


class PaysTooMuch(Problem):
    """More is paid than is owed."""

    code = "ledger.pays_too_much"
    status = 422
    message = msg("{amount} is more than the {owed} that is owed for “{document}”.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDraft:
    """What was spent: on which account, paid from (or owed on) which one, and what it is about.

    `document` is what a supplier's later payment names: without one it is named by the key of the cost.
    """

    key: str
    """Of the cost: it is posted once."""
    day: date
    amount: Money
    account: Account
    paid_from: Account
    note: str = ""
    pillar_id: UUID | None = None
    party: str = ""
    channel: str = ""
    document: str = ""
    entity_id: UUID | None = None

    @property
    def source(self) -> str:
        """The key of its entry."""
        return f"{SOURCE}:{self.key}"

    def keyed(self, key: str) -> "CostDraft":
        """Return the same cost under another key."""
        return replace(self, key=key)


@action
def post_cost(*, actor: Actor, as_of: datetime, cost: CostDraft) -> JournalEntry:
    """Post a cost, or return the entry that it was posted as. Raises as `post_costs`."""
    return post_costs(actor=actor, as_of=as_of, costs=[cost])[0]


@action
def post_costs(*, actor: Actor, as_of: datetime, costs: Sequence[CostDraft]) -> list[JournalEntry]:
    """Post costs, all or none, each once. Raises BadInput, and what `post_entries` raises."""
    require(actor, "entry", Verb.CREATE)
    for cost in costs:
        if wrong := faults_of(cost):
            raise BadInput(wrong)
    return post_entries(actor=actor, as_of=as_of, drafts=[_draft(each) for each in costs])


def faults_of(cost: CostDraft) -> dict[str, str]:
    """Return what is wrong with a cost, by field."""
    wrong = {}
    if cost.amount <= Money.zero(cost.amount.currency):
        wrong["amount"] = msg("A cost is more than zero. To take one back, reverse its entry.")
    if cost.account.nature != Nature.EXPENSE:
        wrong["account"] = msg("A cost goes to an account of expenses.")
    if cost.paid_from.nature not in {Nature.ASSET, Nature.LIABILITY}:
        wrong["paid_from"] = msg("A cost is paid from what is owned, or owed.")
    return wrong


@action
def pay_supplier(
    *, actor: Actor, as_of: datetime, key: str, document: str, amount: Money, day: date, paid_from: Account
) -> JournalEntry:
    """Pay what is owed to a supplier for something, in whole or in part; the same key again pays nothing more.

    Raises NotAllowed, NotFound, BadInput, NothingOwed, PaysTooMuch, and what `post_entries` raises.
    """
    require(actor, "entry", Verb.CREATE)
    source = f"payment:{key}"
    if known := entry_posted_for(source):
        return known
    if paid_from.nature != Nature.ASSET:
        raise BadInput({"paid_from": msg("It is paid from what is owned.")})
    # Whoever pays the same at the same time waits here, and then finds less owed.
    account = Account.objects.select_for_update().get(purpose=PAYABLE, deleted_at=None)
    owed = [each for each in payables(actor, document) if each.owed.currency == amount.currency]
    if not owed:
        raise NothingOwed(document=document)
    if not Money.zero(amount.currency) < amount <= owed[0].owed:
        raise PaysTooMuch(amount=amount, owed=owed[0].owed, document=document)
    about = {"document": document} | ({"party": owed[0].party} if owed[0].party else {})
    lines = (Posting(account.code, amount, about), Posting(paid_from.code, -amount, about))
    draft = EntryDraft(source, Entry(day, lines, owed[0].text), owed[0].entity_id)
    return post_entry(actor=actor, as_of=as_of, draft=draft)


def _draft(cost: CostDraft) -> EntryDraft:
    said = {"note": cost.note, "party": cost.party, "channel": cost.channel, "document": cost.document}
    about = {name: value for name, value in said.items() if value}
    if cost.pillar_id is not None:
        about["pillar"] = str(cost.pillar_id)
    paid = about | ({"document": cost.document or cost.source} if cost.paid_from.purpose == PAYABLE else {})
    lines = (Posting(cost.account.code, cost.amount, about), Posting(cost.paid_from.code, -cost.amount, paid))
    return EntryDraft(cost.source, Entry(cost.day, lines, cost.note), cost.entity_id)
