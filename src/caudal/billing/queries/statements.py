"""The account of a customer: what was invoiced, credited, paid and given back, in order, with the balance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from caudal.billing.models import Customer, Invoice, InvoiceSort, InvoiceState, Payment, Settlement, SettlementSort
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Something that made a customer owe more, or less when the amount is less than nothing."""

    day: date
    sort: str
    """invoice, credit_note, payment, refund, write_off or taken_back; `undone` says that it was taken back."""
    undone: bool
    ref: Ref
    """The document or payment that it is about."""
    name: str
    reason: str
    due_day: date | None
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """What happened on an account in one currency in some days, with what was owed before and after."""

    currency: Currency
    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money


@dataclass(frozen=True, slots=True)
class _Moved:
    day: date
    at: datetime
    id: UUID
    sort: str
    undone: bool
    ref: Ref
    name: str
    reason: str
    due_day: date | None
    currency: str
    minor: int


def statements(customer: Customer, *, first: date | None, last: date) -> list[Statement]:
    """Return the account of a customer, which the caller may see, by currency, both days counted.

    A balance is what they owe, less what they have to their credit. Without a first day it begins with their first.
    """
    moved = sorted(_moved(customer, last), key=_place)
    found = []
    for code in sorted({each.currency for each in moved} | {customer.currency}):
        currency = Currency(code)
        opening = balance = Money(0, currency)
        lines = []
        for each in moved:
            if each.currency != code:
                continue
            amount = Money(each.minor, currency)
            balance += amount
            if first is not None and each.day < first:
                opening = balance
                continue
            lines.append(
                StatementLine(
                    each.day, each.sort, each.undone, each.ref, each.name, each.reason, each.due_day, amount, balance
                )
            )
        found.append(Statement(currency, opening, tuple(lines), balance))
    return found


def _place(each: _Moved) -> tuple[object, ...]:
    """Of one instant: documents, then payments, then what became of both, then what was undone."""
    rank = {InvoiceSort.INVOICE.value: 0, InvoiceSort.CREDIT_NOTE.value: 0, Payment.kind: 1}.get(each.sort, 2)
    return each.currency, each.day, each.at, rank, each.undone, each.name, str(each.id)


def _moved(customer: Customer, last: date) -> Iterator[_Moved]:
    documents = Invoice.objects.filter(
        customer=customer, state=InvoiceState.FINAL, issue_day__lte=last, deleted_at=None
    )
    for row in documents.order_by("pk"):
        assert row.issue_day is not None  # noqa: S101  it is issued
        assert row.finalised_at is not None  # noqa: S101  it is issued
        is_invoice = row.sort == InvoiceSort.INVOICE
        yield _Moved(
            day=row.issue_day,
            at=row.finalised_at,
            id=row.pk,
            sort=row.sort,
            undone=False,
            ref=row.ref,
            name=row.number or "",
            reason=row.reason,
            due_day=row.due_day if is_invoice else None,
            currency=row.currency,
            minor=row.gross_minor if is_invoice else -row.gross_minor,
        )
    for payment in Payment.objects.filter(customer=customer, day__lte=last).order_by("pk"):
        yield _Moved(
            day=payment.day,
            at=payment.created_at,
            id=payment.pk,
            sort=Payment.kind,
            undone=False,
            ref=payment.ref,
            name=payment.reference,
            reason=payment.note,
            due_day=None,
            currency=payment.currency,
            minor=-payment.amount_minor,
        )
    sorts = (SettlementSort.REFUND, SettlementSort.WRITE_OFF, SettlementSort.TAKEN_BACK)
    settled = Settlement.objects.filter(customer=customer, sort__in=sorts, day__lte=last)
    for each in settled.select_related("payment", "credit_note", "invoice").order_by("pk"):
        yield _settled(each)


def _settled(row: Settlement) -> _Moved:
    document = row.invoice or row.credit_note
    about = document or row.payment
    assert about is not None  # noqa: S101  the database asks for one
    number = (document.number if document else "") or (row.payment.reference if row.payment else "")
    return _Moved(
        day=row.day,
        at=row.created_at,
        id=row.pk,
        sort=row.sort,
        undone=row.undoes_id is not None,
        ref=about.ref,
        name=number,
        reason=row.reason,
        due_day=None,
        currency=row.currency,
        minor=-row.minor if row.sort == SettlementSort.WRITE_OFF else row.minor,
    )
