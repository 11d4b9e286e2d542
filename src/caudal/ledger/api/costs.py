"""Routes of costs: posted at once or every month, owed to suppliers, and paid."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from caudal.core.money import Money
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, public_id, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.actions import CostDraft
from caudal.ledger.api.books import DAY, NOTE, OPAQUE
from caudal.ledger.models import CODE_LENGTH, Account, RecurringCost
from caudal.workspace.queries import company_day

router = Router()

COSTS_MAX = 1_000
KEY_LENGTH = 150
CODE = Annotated[str, Field(pattern=r"^\d+$", max_length=CODE_LENGTH, examples=["6200"])]
KEY = Annotated[str, Field(min_length=1, max_length=KEY_LENGTH, examples=["figma-2026-03"])]


class LedgerCostIn(Body):
    """A cost: its key is posted once; owed to a supplier where it is paid from an account of debts."""

    key: KEY
    day: DAY
    amount: MoneyBody
    account: CODE
    paid_from: Annotated[str | None, Field(default=None, pattern=r"^\d+$", max_length=CODE_LENGTH)]
    pillar_id: str | None = None
    party: OPAQUE
    channel: OPAQUE
    document: OPAQUE
    note: NOTE


class CostsIn(Body):
    """Costs to post, all or none."""

    costs: Annotated[list[LedgerCostIn], Field(min_length=1, max_length=COSTS_MAX)]


class CostsOut(Schema):
    """The entries that the costs were posted as, in their order."""

    entry_ids: list[str]


class RecurringIn(Body):
    """A cost that is posted every month from its day on, up to a last one if there is one."""

    cost: LedgerCostIn
    last_day: DAY | None = None


class RecurringOut(Schema):
    """A cost that recurs; `follows_id` is the one that it took the place of."""

    id: str
    account: str
    paid_from: str
    amount: MoneyBody
    party: str
    channel: str
    note: str
    first_day: date
    last_day: date | None
    follows_id: str | None


class RecurringList(Schema):
    """Costs that recur, those that go on first."""

    items: list[RecurringOut]


class RecurringEnd(Body):
    """The last day that a cost recurs on."""

    last_day: DAY


class RecurringAmount(Body):
    """Another amount, from a day on."""

    from_day: DAY
    amount: MoneyBody


class PayableOut(Schema):
    """What is still owed to a supplier for a document."""

    document: str
    party: str
    owed: MoneyBody
    since: date
    entry_id: str


class PayableList(Schema):
    """What is owed to suppliers, the oldest first."""

    items: list[PayableOut]


class SupplierPaymentIn(Body):
    """A payment of what is owed for a document, in whole or in part; its key pays once."""

    key: KEY
    document: Annotated[str, Field(min_length=1, max_length=64)]
    amount: MoneyBody
    day: DAY
    paid_from: Annotated[str | None, Field(default=None, pattern=r"^\d+$", max_length=CODE_LENGTH)]


class PaidOut(Schema):
    """The entry of a payment."""

    entry_id: str


@router.post("/ledger/costs", response={201: CostsOut})
@needs("entry", Verb.CREATE)
def post_ledger_costs(request: HttpRequest, body: CostsIn) -> Status[CostsOut]:
    """Post costs, all or none, each once. Without `paid_from` they are paid from the bank."""
    actor = actor_of(request)
    accounts = _accounts(queries.chart(actor))
    costs = [_cost(each, accounts) for each in body.costs]
    rows = actions.post_costs(actor=actor, as_of=now(), costs=costs)
    return Status(201, CostsOut(entry_ids=[str(row.ref) for row in rows]))


@router.get("/ledger/recurring-costs", response=RecurringList)
@needs("recurring_cost")
def list_ledger_recurring_costs(request: HttpRequest) -> RecurringList:
    """List the costs that recur every month."""
    return RecurringList(items=[_recurring(each) for each in queries.recurring_costs(actor_of(request))])


@router.post("/ledger/recurring-costs", response={201: RecurringOut})
@needs("recurring_cost", Verb.CREATE)
def add_ledger_recurring_cost(request: HttpRequest, body: RecurringIn) -> Status[RecurringOut]:
    """Let a cost recur every month; what is due already is posted."""
    actor, as_of = actor_of(request), now()
    cost = _cost(body.cost, _accounts(queries.chart(actor)))
    draft = actions.RecurringDraft(cost=cost, last_day=body.last_day)
    row = actions.add_recurring_cost(actor=actor, as_of=as_of, draft=draft)
    actions.post_due_costs(as_of=as_of, today=company_day(as_of))
    return Status(201, _recurring(row))


@router.post("/ledger/recurring-costs/{cost_id}/end", response=RecurringOut)
@needs("recurring_cost", Verb.CHANGE)
def end_ledger_recurring_cost(request: HttpRequest, cost_id: str, body: RecurringEnd) -> RecurringOut:
    """Let a cost recur up to a day and no longer."""
    key = row_id("recurring_cost", cost_id)
    row = actions.end_recurring_cost(actor=actor_of(request), as_of=now(), cost_id=key, last_day=body.last_day)
    return _recurring(row)


@router.post("/ledger/recurring-costs/{cost_id}/amount", response={201: RecurringOut})
@needs("recurring_cost", Verb.CHANGE)
def change_ledger_recurring_cost(request: HttpRequest, cost_id: str, body: RecurringAmount) -> Status[RecurringOut]:
    """Let another amount recur from a day on; return the cost that recurs then."""
    row = actions.change_recurring_cost(
        actor=actor_of(request),
        as_of=now(),
        cost_id=row_id("recurring_cost", cost_id),
        from_day=body.from_day,
        amount=body.amount.money(),
    )
    return Status(201, _recurring(row))


@router.get("/ledger/payables", response=PayableList)
@needs("entry")
def list_ledger_payables(request: HttpRequest) -> PayableList:
    """List what is owed to suppliers, the oldest first."""
    return PayableList(
        items=[
            PayableOut(
                document=each.document,
                party=each.party,
                owed=_body(each.owed),
                since=each.since,
                entry_id=str(each.entry),
            )
            for each in queries.payables(actor_of(request))
        ]
    )


@router.post("/ledger/payments", response={201: PaidOut})
@needs("entry", Verb.CREATE)
def pay_ledger_supplier(request: HttpRequest, body: SupplierPaymentIn) -> Status[PaidOut]:
    """Pay a supplier what is owed for a document, in whole or in part."""
    actor = actor_of(request)
    row = actions.pay_supplier(
        actor=actor,
        as_of=now(),
        key=body.key,
        document=body.document,
        amount=body.amount.money(),
        day=body.day,
        paid_from=_account(body.paid_from or BANK, _accounts(queries.chart(actor))),
    )
    return Status(201, PaidOut(entry_id=str(row.ref)))


BANK = "bank"


def _accounts(chart: list[Account]) -> dict[str, Account]:
    found = {each.code: each for each in chart}
    return found | {each.purpose: each for each in chart if each.purpose}


def _account(name: str, accounts: Mapping[str, Account]) -> Account:
    if name not in accounts:
        raise actions.NoSuchAccount(account=name)
    return accounts[name]


def _cost(said: LedgerCostIn, accounts: Mapping[str, Account]) -> CostDraft:
    return CostDraft(
        key=said.key,
        day=said.day,
        amount=said.amount.money(),
        account=_account(said.account, accounts),
        paid_from=_account(said.paid_from or BANK, accounts),
        note=said.note,
        pillar_id=row_id("pillar", said.pillar_id) if said.pillar_id else None,
        party=said.party,
        channel=said.channel,
        document=said.document,
    )


def _recurring(row: RecurringCost) -> RecurringOut:
    return RecurringOut(
        id=str(row.ref),
        account=row.account.code,
        paid_from=row.paid_from.code,
        amount=_body(row.amount),
        party=row.party,
        channel=row.channel,
        note=row.note,
        first_day=row.first_day,
        last_day=row.last_day,
        follows_id=public_id("recurring_cost", row.follows_id),
    )


def _body(amount: Money) -> MoneyBody:
    return MoneyBody(**amount.to_json())
