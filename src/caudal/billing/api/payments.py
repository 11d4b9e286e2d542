"""Routes of payments, of what settles what, and of what waits for a second person."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.billing import actions, queries
from caudal.billing.models import Invoice, MoneyRequest, Payment, PaymentMethod, Settlement
from caudal.billing.models.documents import TEXT_LENGTH
from caudal.billing.models.payments import REFERENCE_LENGTH
from caudal.core.money import Currency, Money
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, PageQuery, public_id, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

DAY = Annotated[date, Field(le=date(2999, 12, 31))]
REASON = Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]
REFERENCE = Annotated[str, Field(max_length=REFERENCE_LENGTH)]
PARTS_MAX = 500


class AllocationIn(Body):
    """How much is for which invoice."""

    invoice_id: str
    amount: MoneyBody


class PaymentIn(Body):
    """Money that came. Without `allocations` the oldest invoices are paid first; an empty list pays none."""

    customer_id: str
    amount: MoneyBody
    day: DAY
    method: PaymentMethod = PaymentMethod.TRANSFER
    reference: REFERENCE = ""
    note: Annotated[str, Field(max_length=TEXT_LENGTH)] = ""
    allocations: Annotated[list[AllocationIn], Field(max_length=PARTS_MAX)] | None = None


class AllocationsIn(Body):
    """For what an open amount is used, on which day; without `allocations` for the oldest invoices first."""

    day: DAY
    allocations: Annotated[list[AllocationIn], Field(max_length=PARTS_MAX)] | None = None


class UndoingIn(Body):
    """On which day something is undone, and why."""

    day: DAY
    reason: Annotated[str, Field(max_length=TEXT_LENGTH)] = ""


class TakingBackIn(Body):
    """On which day a payment that was wrong is taken back, and why."""

    day: DAY
    reason: REASON


class RefundIn(Body):
    """What goes back, all that is open without an amount."""

    day: DAY
    reason: REASON
    amount: MoneyBody | None = None
    method: PaymentMethod = PaymentMethod.TRANSFER
    reference: REFERENCE = ""


class WriteOffIn(Body):
    """What is given up, all that is open without an amount."""

    day: DAY
    reason: REASON
    amount: MoneyBody | None = None


class CreditLineIn(Body):
    """What is credited of a line: so many units, an amount before tax, or all that is left."""

    line_id: str
    quantity: Annotated[Decimal, Field(gt=0, max_digits=38, decimal_places=12)] | None = None
    amount: MoneyBody | None = None


class CreditIn(Body):
    """What is credited: an amount before tax, a percentage, single lines, or all that is left."""

    day: DAY
    reason: REASON
    amount: MoneyBody | None = None
    percent: Annotated[Decimal, Field(gt=0, le=100, max_digits=9, decimal_places=6)] | None = None
    lines: Annotated[list[CreditLineIn], Field(max_length=PARTS_MAX)] = []


class SettlementOut(Schema):
    """An amount that settles; one of less than nothing undoes another."""

    id: str
    sort: str
    day: date
    amount: MoneyBody
    payment_id: str | None
    credit_note_id: str | None
    invoice_id: str | None
    undoes_id: str | None
    method: str
    reference: str
    reason: str


class PaymentOut(Schema):
    """A payment, what is open of it, and all that was done with it."""

    id: str
    customer_id: str
    day: date
    method: str
    reference: str
    note: str
    amount: MoneyBody
    open: MoneyBody
    taken_back_at: datetime | None
    settlements: list[SettlementOut]


class PaymentPage(Schema):
    """Some payments, the latest first."""

    items: list[PaymentOut]
    next: str | None


class RequestOut(Schema):
    """What waits for a second person, or what became of it."""

    id: str
    sort: str
    name: str
    customer_id: str
    payment_id: str | None
    invoice_id: str | None
    amount: MoneyBody
    day: date
    reason: str
    outcome: str
    made: str
    problem: str


class RequestList(Schema):
    """What waits for a second person, the oldest first."""

    requests: list[RequestOut]


class MoneyDoneOut(Schema):
    """What was written, or the request that waits for a second person: one of them is there."""

    settlement: SettlementOut | None = None
    credit_note_id: str | None = None
    request: RequestOut | None = None


class SettledOut(Schema):
    """What was settled."""

    settlements: list[SettlementOut]


@router.get("/payments", response=PaymentPage)
@needs("payment")
def list_billing_payments(request: HttpRequest, query: Query[PageQuery]) -> PaymentPage:
    """List payments, the latest first."""
    found = queries.payments(actor_of(request), cursor=query.cursor, limit=query.limit)
    return PaymentPage(items=_payments(found.rows), next=found.next)


@router.post("/payments", response={201: PaymentOut})
@needs("payment", Verb.CREATE)
def record_billing_payment(request: HttpRequest, body: PaymentIn) -> Status[PaymentOut]:
    """Record a payment and allocate it; a reference of a method is recorded once."""
    row = actions.record_payment(
        actor=actor_of(request),
        as_of=now(),
        customer_id=row_id("customer", body.customer_id),
        amount=body.amount.money(),
        day=body.day,
        method=body.method,
        reference=body.reference,
        note=body.note,
        allocations=_allocations(body.allocations),
    )
    return Status(201, _payments([row])[0])


@router.get("/payments/{payment_id}", response=PaymentOut)
@needs("payment")
def get_billing_payment(request: HttpRequest, payment_id: str) -> PaymentOut:
    """Return a payment with what it settled."""
    return _payments([Payment.one_for(actor_of(request), Verb.VIEW, row_id("payment", payment_id))])[0]


@router.post("/payments/{payment_id}/allocations", response={201: SettledOut})
@needs("payment", Verb.CHANGE)
def allocate_billing_payment(request: HttpRequest, payment_id: str, body: AllocationsIn) -> Status[SettledOut]:
    """Allocate what is open of a payment."""
    rows = actions.allocate_payment(
        actor=actor_of(request),
        as_of=now(),
        payment_id=row_id("payment", payment_id),
        day=body.day,
        allocations=_allocations(body.allocations),
    )
    return Status(201, SettledOut(settlements=[settlement_out(row) for row in rows]))


@router.post("/payments/{payment_id}/refund", response={201: MoneyDoneOut})
@needs("payment", Verb.CHANGE)
def refund_billing_payment(request: HttpRequest, payment_id: str, body: RefundIn) -> Status[MoneyDoneOut]:
    """Pay back what is open of a payment; above the company's limit a request waits for a second person."""
    return _refund(request, row_id("payment", payment_id), body, of_payment=True)


@router.post("/payments/{payment_id}/taking-back", response=PaymentOut)
@needs("payment", Verb.CHANGE)
def take_back_billing_payment(request: HttpRequest, payment_id: str, body: TakingBackIn) -> PaymentOut:
    """Take back a payment that was recorded wrongly; what it settled is open again."""
    row = actions.take_back_payment(
        actor=actor_of(request),
        as_of=now(),
        payment_id=row_id("payment", payment_id),
        day=body.day,
        why=body.reason,
    )
    return _payments([row])[0]


@router.post("/invoices/{invoice_id}/credit", response={201: MoneyDoneOut})
@needs("invoice", Verb.CREATE)
def credit_billing_invoice(request: HttpRequest, invoice_id: str, body: CreditIn) -> Status[MoneyDoneOut]:
    """Credit an invoice; above the company's limit a request waits for a second person."""
    lines = tuple(
        queries.LineCredit(row_id("line", each.line_id), each.quantity, _amount(each.amount)) for each in body.lines
    )
    credit = queries.Credit(_amount(body.amount), body.percent, lines)
    made = actions.credit_invoice(
        actor=actor_of(request),
        as_of=now(),
        invoice_id=row_id("invoice", invoice_id),
        day=body.day,
        reason=body.reason,
        credit=credit,
    )
    return Status(201, _done(made))


@router.post("/invoices/{invoice_id}/write-off", response={201: MoneyDoneOut})
@needs("invoice", Verb.CHANGE)
def write_off_billing_invoice(request: HttpRequest, invoice_id: str, body: WriteOffIn) -> Status[MoneyDoneOut]:
    """Give up what is open of an invoice; above the company's limit a request waits for a second person."""
    made = actions.write_off(
        actor=actor_of(request),
        as_of=now(),
        invoice_id=row_id("invoice", invoice_id),
        day=body.day,
        reason=body.reason,
        amount=_amount(body.amount),
    )
    return Status(201, _done(made))


@router.post("/invoices/{invoice_id}/refund", response={201: MoneyDoneOut})
@needs("invoice", Verb.CHANGE)
def refund_billing_credit_note(request: HttpRequest, invoice_id: str, body: RefundIn) -> Status[MoneyDoneOut]:
    """Pay back what is open of a credit note; above the company's limit a request waits for a second person."""
    return _refund(request, row_id("invoice", invoice_id), body, of_payment=False)


@router.post("/invoices/{invoice_id}/uses", response={201: SettledOut})
@needs("invoice", Verb.CHANGE)
def use_billing_credit_note(request: HttpRequest, invoice_id: str, body: AllocationsIn) -> Status[SettledOut]:
    """Use what is open of a credit note for invoices."""
    rows = actions.use_credit_note(
        actor=actor_of(request),
        as_of=now(),
        credit_note_id=row_id("invoice", invoice_id),
        day=body.day,
        allocations=_allocations(body.allocations),
    )
    return Status(201, SettledOut(settlements=[settlement_out(row) for row in rows]))


@router.post("/settlements/{settlement_id}/undoing", response={201: SettlementOut})
@needs("settlement", Verb.CHANGE)
def undo_billing_settlement(request: HttpRequest, settlement_id: str, body: UndoingIn) -> Status[SettlementOut]:
    """Undo an allocation, the use of a credit note, a write-off or a refund, once."""
    row = actions.undo_settlement(
        actor=actor_of(request),
        as_of=now(),
        settlement_id=row_id("settlement", settlement_id),
        day=body.day,
        reason=body.reason,
    )
    return Status(201, settlement_out(row))


@router.get("/requests", response=RequestList)
@needs("money_request")
def list_billing_requests(request: HttpRequest) -> RequestList:
    """List what waits for a second person, the oldest first."""
    return RequestList(requests=[_request(row) for row in queries.waiting_requests(actor_of(request))])


@router.post("/requests/{money_request_id}/withdrawal", response=RequestOut)
@needs("money_request", Verb.CHANGE)
def withdraw_billing_request(request: HttpRequest, money_request_id: str) -> RequestOut:
    """Take back what waits for a second person."""
    found = row_id("money_request", money_request_id)
    return _request(actions.withdraw_request(actor=actor_of(request), as_of=now(), request_id=found))


def settlement_out(row: Settlement) -> SettlementOut:
    """Return a settlement as the API says it."""
    return SettlementOut(
        id=str(row.ref),
        sort=row.sort,
        day=row.day,
        amount=_money(row.minor, row.currency),
        payment_id=public_id("payment", row.payment_id),
        credit_note_id=public_id("invoice", row.credit_note_id),
        invoice_id=public_id("invoice", row.invoice_id),
        undoes_id=public_id("settlement", row.undoes_id),
        method=row.method,
        reference=row.reference,
        reason=row.reason,
    )


def _amount(said: MoneyBody | None) -> Money | None:
    return None if said is None else said.money()


def _refund(request: HttpRequest, of_id: Any, body: RefundIn, *, of_payment: bool) -> Status[MoneyDoneOut]:
    made = actions.refund(
        actor=actor_of(request),
        as_of=now(),
        of_id=of_id,
        of_payment=of_payment,
        day=body.day,
        reason=body.reason,
        amount=_amount(body.amount),
        method=body.method,
        reference=body.reference,
    )
    return Status(201, _done(made))


def _done(made: Invoice | Settlement | MoneyRequest) -> MoneyDoneOut:
    if isinstance(made, MoneyRequest):
        return MoneyDoneOut(request=_request(made))
    if isinstance(made, Invoice):
        return MoneyDoneOut(credit_note_id=str(made.ref))
    return MoneyDoneOut(settlement=settlement_out(made))


def _allocations(said: list[AllocationIn] | None) -> list[actions.Allocation] | None:
    if said is None:
        return None
    return [actions.Allocation(row_id("invoice", each.invoice_id), each.amount.money()) for each in said]


def _payments(rows: Iterable[Payment]) -> list[PaymentOut]:
    listed = list(rows)
    settled = queries.settlements_of_payments([row.pk for row in listed])
    return [
        PaymentOut(
            id=str(row.ref),
            customer_id=str(public_id("customer", row.customer_id)),
            day=row.day,
            method=row.method,
            reference=row.reference,
            note=row.note,
            amount=_money(row.amount_minor, row.currency),
            open=_money(row.open_minor, row.currency),
            taken_back_at=row.taken_back_at,
            settlements=[settlement_out(each) for each in settled[row.pk]],
        )
        for row in listed
    ]


def _request(row: MoneyRequest) -> RequestOut:
    return RequestOut(
        id=str(row.ref),
        sort=row.sort,
        name=row.name,
        customer_id=str(public_id("customer", row.customer_id)),
        payment_id=public_id("payment", row.payment_id),
        invoice_id=public_id("invoice", row.invoice_id),
        amount=_money(row.minor, row.currency),
        day=row.day,
        reason=row.reason,
        outcome=row.outcome,
        made=row.made,
        problem=row.problem,
    )


def _money(minor: int, currency: str) -> MoneyBody:
    return MoneyBody(**Money(minor, Currency(currency)).to_json())
