"""What is given to customers: credit notes, refunds and debts written off; `asking` says when that takes two people."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from caudal.billing.actions.issuing import write_documents
from caudal.billing.actions.paying import TakenBack, check_day, one_line
from caudal.billing.actions.settling import (
    Piece,
    check_credit_note,
    check_invoice,
    check_piece,
    customer_locked,
    open_of,
    settle,
)
from caudal.billing.models import Customer, Invoice, Payment, PaymentMethod, Settlement, SettlementSort
from caudal.billing.models.documents import TEXT_LENGTH
from caudal.billing.models.payments import REFERENCE_LENGTH
from caudal.billing.queries.crediting import Credit, credit_draft
from caudal.billing.queries.drafting import DocumentDraft
from caudal.core.errors import msg
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.problems import BadInput


@dataclass(frozen=True, slots=True)
class CreditPlan:
    """A credit note that could be issued."""

    invoice: Invoice
    draft: DocumentDraft
    day: date
    reason: str

    @property
    def amount(self) -> Money:
        """What is credited, with taxes."""
        return self.draft.gross

    def carry_out(self, *, actor: Actor, as_of: datetime) -> Invoice:
        """Issue the note, and settle the invoice with it as far as that is open."""
        note = write_documents([self.draft], actor=actor, as_of=as_of, issue_day=self.day)[0]
        minor = min(note.open_minor, self.invoice.open_minor)
        if minor:
            amount = Money(minor, Currency(note.currency))
            sort = SettlementSort.CREDIT
            piece = Piece(
                sort,
                self.invoice.customer,
                amount,
                self.day,
                credit_note=note,
                invoice=self.invoice,
                reason=self.reason,
            )
            settle([piece], actor=actor, as_of=as_of)
        return note


@dataclass(frozen=True, slots=True)
class SettlePlan:
    """A refund or a write-off that could be done."""

    piece: Piece

    @property
    def amount(self) -> Money:
        """What goes back, or is given up."""
        return self.piece.amount

    def carry_out(self, *, actor: Actor, as_of: datetime) -> Settlement:
        """Write it."""
        return settle([self.piece], actor=actor, as_of=as_of)[0]


def plan_credit(
    *, actor: Actor, as_of: datetime, invoice_id: UUID, day: date, reason: str, credit: Credit
) -> CreditPlan:
    """Return the credit note that would be issued; customer and invoice are held; see `credit_invoice`."""
    require(actor, "invoice", Verb.CREATE)
    found = Invoice.one_for(actor, Verb.CHANGE, invoice_id)
    customer = customer_locked(actor, found.customer_id)
    row = Invoice.one_for(actor, Verb.CHANGE, invoice_id, lock=True)
    row.customer = customer
    check_invoice(row)
    words = _reason(reason)
    assert row.issue_day is not None  # noqa: S101  it is issued
    _not_before(day, row.issue_day, as_of)
    return CreditPlan(row, credit_draft(row, credit, reason=words), day, words)


def plan_refund(
    *,
    actor: Actor,
    as_of: datetime,
    of_id: UUID,
    of_payment: bool,
    amount: Money | None,
    day: date,
    method: str,
    reference: str,
    reason: str,
) -> SettlePlan:
    """Return the refund that would be paid of what is open of a payment or a credit note. Raises as `refund`."""
    require(actor, "settlement", Verb.CREATE)
    kind: type[Payment | Invoice] = Payment if of_payment else Invoice
    found = kind.one_for(actor, Verb.CHANGE, of_id)
    customer = customer_locked(actor, found.customer_id)
    row: Payment | Invoice = kind.one_for(actor, Verb.CHANGE, of_id, lock=True)
    if method not in PaymentMethod.values:
        raise BadInput({"method": msg("Choose how the money goes back.")})
    if isinstance(row, Payment):
        if row.taken_back_at is not None:
            raise TakenBack
        _not_before(day, row.day, as_of)
    else:
        check_credit_note(row)
        assert row.issue_day is not None  # noqa: S101  it is issued
        _not_before(day, row.issue_day, as_of)
    piece = Piece(
        SettlementSort.REFUND,
        customer,
        open_of(row) if amount is None else amount,
        day,
        payment=row if isinstance(row, Payment) else None,
        credit_note=row if isinstance(row, Invoice) else None,
        method=method,
        reference=one_line(reference, "reference", REFERENCE_LENGTH),
        reason=_reason(reason),
    )
    check_piece(piece)
    return SettlePlan(piece)


def plan_write_off(
    *, actor: Actor, as_of: datetime, invoice_id: UUID, amount: Money | None, day: date, reason: str
) -> SettlePlan:
    """Return the write-off that would be done of what is open of an invoice. Raises as `write_off`."""
    require(actor, "settlement", Verb.CREATE)
    found = Invoice.one_for(actor, Verb.CHANGE, invoice_id)
    customer: Customer = customer_locked(actor, found.customer_id)
    row = Invoice.one_for(actor, Verb.CHANGE, invoice_id, lock=True)
    check_invoice(row)
    assert row.issue_day is not None  # noqa: S101  it is issued
    _not_before(day, row.issue_day, as_of)
    given_up = open_of(row) if amount is None else amount
    piece = Piece(SettlementSort.WRITE_OFF, customer, given_up, day, invoice=row, reason=_reason(reason))
    check_piece(piece)
    return SettlePlan(piece)


def _reason(text: str) -> str:
    reason = one_line(text, "reason", TEXT_LENGTH)
    if not reason:
        raise BadInput({"reason": msg("Say why: whoever agrees and whoever audits will ask.")})
    return reason


def _not_before(day: date, first: date, as_of: datetime) -> None:
    check_day(day, as_of)
    if day < first:
        raise BadInput({"day": msg("Choose a day on or after the day of what it is about.")})
