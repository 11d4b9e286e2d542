"""Writes of payments: recorded by hand, allocated to invoices, taken back when they were recorded wrongly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from caudal.billing.actions.posting import Accounts
from caudal.billing.actions.settling import (
    BANK,
    STORED,
    Piece,
    check_credit_note,
    check_piece,
    customer_locked,
    opposite,
    settle,
)
from caudal.billing.events import PaymentRecorded, PaymentTakenBack
from caudal.billing.models import Customer, Invoice, Payment, PaymentMethod, Settlement, SettlementSort
from caudal.billing.models.documents import TEXT_LENGTH
from caudal.billing.models.payments import REFERENCE_LENGTH
from caudal.billing.queries.accounts import (
    live_settlements,
    unpaid_invoices,
    unused_credit_notes,
    unused_payments,
)
from caudal.core.errors import Problem, msg
from caudal.core.journal import Entry, Posting
from caudal.core.money import Currency, Money
from caudal.core.settling import in_order
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.ledger.actions import EntryDraft, post_entry, reverse_entry
from caudal.ledger.queries import entry_posted_for

LARGEST_MINOR: Final = 10**15
"""No amount of so many minor units is typed on purpose."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class RecordedBefore(Problem):
    """One line of a statement is one payment."""

    code = "payment.recorded_before"
    status = 409
    message = msg("{reference} is recorded already: {amount} of {day}.")
    hint = msg("One line of the bank's statement is one payment. Give another reference, or take the other one back.")


class TakenBack(Problem):
    """A payment that was taken back is none any more."""

    code = "payment.taken_back"
    status = 409
    message = msg("This payment was taken back.")


class Refunded(Problem):
    """Money that went back cannot have never come."""

    code = "payment.refunded"
    status = 409
    message = msg("{amount} of this payment was refunded, so it cannot be taken back.")
    hint = msg("Undo the refund first if it did not happen.")


@dataclass(frozen=True, slots=True)
class Allocation:
    """How much of what came is for which invoice."""

    invoice_id: UUID
    amount: Money


@action
def record_payment(
    *,
    actor: Actor,
    as_of: datetime,
    customer_id: UUID,
    amount: Money,
    day: date,
    method: str = PaymentMethod.TRANSFER,
    reference: str = "",
    note: str = "",
    allocations: Sequence[Allocation] | None = None,
    payment_id: UUID | None = None,
) -> Payment:
    """Record money that came, and allocate it: as said, or to the oldest invoices of its currency first.

    What is left over is the customer's balance, used for the next invoice. A `payment_id` that was recorded before
    gives that payment and writes nothing. Raises NotFound, BadInput, RecordedBefore, MonthIsClosed, and what
    `allocate_payment` raises.
    """
    require(actor, "payment", Verb.CREATE)
    customer = customer_locked(actor, customer_id)
    before = Payment.for_actor(actor).filter(pk=payment_id).first() if payment_id else None
    if before is not None:
        return before
    words = _checked(amount=amount, day=day, as_of=as_of, method=method, reference=reference, note=note)
    _recorded_once(method, words["reference"])
    row = Payment.stamped(
        actor=actor,
        as_of=as_of,
        customer=customer,
        entity_id=customer.entity_id,
        day=day,
        method=method,
        currency=amount.currency.code,
        amount_minor=amount.minor,
        open_minor=amount.minor,
        **words,
    )
    row.pk = payment_id or row.pk
    row.save(force_insert=True)
    _post(row, actor=actor, as_of=as_of)
    fact = PaymentRecorded(
        subject=row.ref,
        about=(customer.ref,),
        currency=row.currency,
        amount=amount.major,
        day=day.isoformat(),
        method=method,
        personal={name: (None, said) for name, said in words.items() if said},
    )
    publish(fact, actor=actor, occurred_at=as_of)
    _allocate(row, customer, allocations, actor=actor, as_of=as_of, day=day)
    return row


@action
def allocate_payment(
    *,
    actor: Actor,
    as_of: datetime,
    payment_id: UUID,
    day: date,
    allocations: Sequence[Allocation] | None = None,
) -> list[Settlement]:
    """Allocate what is open of a payment: as said, or to the oldest invoices first.

    Raises NotFound, TakenBack, NoAmount, NotAnInvoice, OtherCustomer, OtherCurrency, OtherBooks, MoreThanOpen,
    MonthIsClosed.
    """
    row = Payment.one_for(actor, Verb.CHANGE, payment_id)
    customer = customer_locked(actor, row.customer_id)
    row = Payment.one_for(actor, Verb.CHANGE, payment_id, lock=True)
    if row.taken_back_at is not None:
        raise TakenBack
    return _allocate(row, customer, allocations, actor=actor, as_of=as_of, day=day)


@action
def use_credit_note(
    *,
    actor: Actor,
    as_of: datetime,
    credit_note_id: UUID,
    day: date,
    allocations: Sequence[Allocation] | None = None,
) -> list[Settlement]:
    """Use what is open of a credit note for invoices: as said, or for the oldest first; see `allocate_payment`."""
    found = Invoice.one_for(actor, Verb.CHANGE, credit_note_id)
    customer = customer_locked(actor, found.customer_id)
    row = Invoice.one_for(actor, Verb.CHANGE, credit_note_id, lock=True)
    check_credit_note(row)
    wanted = _wanted(row, allocations, actor)
    return _settle_in_turn(SettlementSort.CREDIT, row, customer, wanted, actor=actor, as_of=as_of, day=day)


@action
def use_balance(
    *, actor: Actor, as_of: datetime, customer_id: UUID, day: date, with_credit_notes: bool = True
) -> list[Settlement]:
    """Use what a customer has to their credit for what they owe, the oldest with the oldest. Raises NotFound."""
    customer = customer_locked(actor, customer_id)
    written: list[Settlement] = []
    if with_credit_notes:
        for note in unused_credit_notes(actor, customer_id).select_for_update(of=("self",)):
            wanted = _wanted(note, None, actor)
            written += _settle_in_turn(SettlementSort.CREDIT, note, customer, wanted, actor=actor, as_of=as_of, day=day)
    for payment in unused_payments(actor, customer_id).select_for_update(of=("self",)):
        written += _allocate(payment, customer, None, actor=actor, as_of=as_of, day=day)
    return written


@action
def take_back_payment(*, actor: Actor, as_of: datetime, payment_id: UUID, day: date, why: str) -> Payment:
    """Say that a payment was recorded wrongly: what it settled is open again, and its reference is free.

    Said of one that was taken back, it stays. Raises NotFound, BadInput, Refunded, MonthIsClosed.
    """
    found = Payment.one_for(actor, Verb.CHANGE, payment_id)
    customer_locked(actor, found.customer_id)
    row = Payment.one_for(actor, Verb.CHANGE, payment_id, lock=True)
    if row.taken_back_at is not None:
        return row
    why = one_line(why, "why", TEXT_LENGTH)
    if not why:
        raise BadInput({"why": msg("Say why: the bank's statement will be compared with the books.")})
    live = live_settlements([row])
    gone = sum(each.minor for each in live if each.sort == SettlementSort.REFUND)
    if gone:
        raise Refunded(amount=Money(gone, Currency(row.currency)))
    for each in live:
        opposite(each, actor=actor, as_of=as_of, day=day, reason=why)
    amount = Money(row.amount_minor, Currency(row.currency))
    back = Settlement.stamped(
        actor=actor,
        as_of=as_of,
        sort=SettlementSort.TAKEN_BACK,
        customer_id=row.customer_id,
        payment=row,
        currency=row.currency,
        minor=row.amount_minor,
        day=max([day, row.day, *(each.day for each in live)]),
        reason=why,
    )
    back.save(force_insert=True)
    entry = entry_posted_for(str(row.ref))
    if entry is not None:
        reverse_entry(actor=actor, as_of=as_of, entry_id=entry.pk, day=back.day, text=why[:200], source=str(back.ref))
    row.refresh_from_db(fields=["open_minor"])
    row.touch(actor=actor, as_of=as_of, taken_back_at=as_of, taken_back_why=why)
    fact = PaymentTakenBack(
        subject=row.ref,
        about=(row.customer.ref,),
        currency=row.currency,
        amount=amount.major,
        day=back.day.isoformat(),
        personal={"why": (None, why)},
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return row


def one_line(text: str, field: str, length: int) -> str:
    """Return what was typed on one line. Raises BadInput for what is too long or cannot be kept."""
    plain = " ".join(text.split())
    if _CONTROL.search(plain) or len(plain) > length:
        raise BadInput({field: msg("It is too long, or has a character that cannot be kept.")})
    return plain


def check_day(day: date, as_of: datetime) -> None:
    """Refuse a day that has not come anywhere on earth. Raises BadInput."""
    if day > as_of.date() + timedelta(days=1):
        raise BadInput({"day": msg("This day has not come yet.")})


def _checked(*, amount: Money, day: date, as_of: datetime, method: str, reference: str, note: str) -> dict[str, str]:
    if not 0 < amount.minor < LARGEST_MINOR:
        raise BadInput({"amount": msg("Give an amount of more than nothing, as it stands on the statement.")})
    check_day(day, as_of)
    if method not in PaymentMethod.values:
        raise BadInput({"method": msg("Choose how the money came.")})
    return {
        "reference": one_line(reference, "reference", REFERENCE_LENGTH),
        "note": one_line(note, "note", TEXT_LENGTH),
    }


def _recorded_once(method: str, reference: str) -> None:
    if not reference:
        return
    before = Payment.objects.filter(method=method, reference=reference, taken_back_at=None).first()
    if before is not None:
        amount = Money(before.amount_minor, Currency(before.currency))
        raise RecordedBefore(reference=reference, amount=amount, day=before.day)


def _post(row: Payment, *, actor: Actor, as_of: datetime) -> None:
    accounts = Accounts(as_of)
    amount = Money(row.amount_minor, Currency(row.currency))
    about = {"party": str(row.customer.ref), "document": str(row.ref)}
    postings = (Posting(accounts.code(BANK), amount, about), Posting(accounts.code(STORED), -amount, about))
    entry = Entry(row.day, postings, row.reference)
    post_entry(actor=actor, as_of=as_of, draft=EntryDraft(str(row.ref), entry, row.entity_id))


def _allocate(
    row: Payment,
    customer: Customer,
    allocations: Sequence[Allocation] | None,
    *,
    actor: Actor,
    as_of: datetime,
    day: date,
) -> list[Settlement]:
    wanted = _wanted(row, allocations, actor)
    return _settle_in_turn(SettlementSort.ALLOCATION, row, customer, wanted, actor=actor, as_of=as_of, day=day)


def _wanted(
    row: Payment | Invoice, allocations: Sequence[Allocation] | None, actor: Actor
) -> list[tuple[Invoice, Money]]:
    """The invoices that are settled, each with its amount: as said, or the oldest first."""
    currency = Currency(row.currency)
    if allocations is None:
        unpaid = list(unpaid_invoices(actor, row.customer_id, row.currency, row.entity_id))
        parts = in_order(Money(row.open_minor, currency), [Money(each.open_minor, currency) for each in unpaid])
        return [(invoice, part) for invoice, part in zip(unpaid, parts, strict=True) if part]
    invoices = Invoice.many_for(actor, Verb.VIEW, [each.invoice_id for each in allocations], lock=True)
    summed: dict[UUID, Money] = {}
    for each in allocations:
        before = summed.get(each.invoice_id)
        summed[each.invoice_id] = each.amount if before is None else before + each.amount
    return [(invoices[invoice_id], amount) for invoice_id, amount in summed.items()]


def _settle_in_turn(
    sort: SettlementSort,
    row: Payment | Invoice,
    customer: Customer,
    wanted: Sequence[tuple[Invoice, Money]],
    *,
    actor: Actor,
    as_of: datetime,
    day: date,
) -> list[Settlement]:
    began = row.day if isinstance(row, Payment) else row.issue_day
    pieces = []
    left = row.open_minor
    for invoice, amount in wanted:
        piece = Piece(
            sort,
            customer,
            amount,
            max(each for each in (day, began, invoice.issue_day) if each is not None),
            payment=row if isinstance(row, Payment) else None,
            credit_note=row if isinstance(row, Invoice) else None,
            invoice=invoice,
        )
        check_piece(piece, left_minor=left)
        left -= amount.minor
        pieces.append(piece)
    return settle(pieces, actor=actor, as_of=as_of) if pieces else []
