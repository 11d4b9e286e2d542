"""What customers owe and have to their credit, in the order it is settled in."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from caudal.billing.models import Customer, Invoice, InvoiceSort, InvoiceState, MoneyRequest, Payment, Settlement
from caudal.kit.access import Actor
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.workspace.queries import founded

LATEST: Final = Order.by("latest", "-day")
FEW: Final = 20


def unpaid_invoices(
    actor: Actor, customer_id: UUID, currency: str | None = None, entity_id: UUID | None = None
) -> "QuerySet[Invoice]":
    """Return what a customer owes, the oldest due first: in that order it is paid."""
    rows = Invoice.for_actor(actor).filter(
        customer=customer_id, sort=InvoiceSort.INVOICE, state=InvoiceState.FINAL, open_minor__gt=0
    )
    rows = rows.filter(currency=currency) if currency else rows
    rows = rows.filter(entity=entity_id) if entity_id else rows
    return rows.order_by("due_day", "issue_day", "number", "pk")


def unused_payments(actor: Actor, customer_id: UUID, currency: str | None = None) -> "QuerySet[Payment]":
    """Return the payments of a customer that are not used up, the oldest first."""
    rows = Payment.for_actor(actor).filter(customer=customer_id, open_minor__gt=0)
    rows = rows.filter(currency=currency) if currency else rows
    return rows.order_by("day", "created_at", "pk")


def unused_credit_notes(actor: Actor, customer_id: UUID, currency: str | None = None) -> "QuerySet[Invoice]":
    """Return the credit notes of a customer that are not used up, the oldest first."""
    rows = Invoice.for_actor(actor).filter(
        customer=customer_id, sort=InvoiceSort.CREDIT_NOTE, state=InvoiceState.FINAL, open_minor__gt=0
    )
    rows = rows.filter(currency=currency) if currency else rows
    return rows.order_by("issue_day", "number", "pk")


def live_settlements(rows: Iterable[Payment | Invoice]) -> list[Settlement]:
    """Return what settles documents and payments, which the caller may see, and was not undone, the oldest first."""
    payments = [row.pk for row in rows if isinstance(row, Payment)]
    documents = [row.pk for row in rows if isinstance(row, Invoice)]
    found = Settlement.objects.filter(undoes=None, undone_by=None)
    found = (
        found.filter(payment__in=payments)
        | found.filter(invoice__in=documents)
        | found.filter(credit_note__in=documents)
    )
    return list(found.select_related("payment", "invoice", "credit_note").order_by("day", "created_at", "pk"))


def with_unused_payments(customer_ids: Iterable[UUID]) -> list[UUID]:
    """Return which of some customers, which the caller may see, have payments that are not used up."""
    rows = Payment.objects.filter(customer__in=list(customer_ids), open_minor__gt=0, customer__deleted_at=None)
    return sorted(set(rows.values_list("customer", flat=True)))


def payments(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Page[Payment]:
    """Return a page of payments, the latest first. Raises CursorUnreadable."""
    return page(Payment.for_actor(actor).select_related("customer"), LATEST, cursor=cursor, limit=limit)


def settlements_of_payments(payment_ids: Iterable[UUID]) -> dict[UUID, list[Settlement]]:
    """Return what was done with payments, which the caller may see, in order."""
    found: dict[UUID, list[Settlement]] = {each: [] for each in payment_ids}
    rows = Settlement.objects.filter(payment__in=list(found)).select_related("payment", "invoice", "credit_note")
    for row in rows.order_by("created_at", "pk"):
        assert row.payment_id is not None  # noqa: S101  asked for
        found[row.payment_id].append(row)
    return found


def settlements_of_document(row: Invoice) -> list[Settlement]:
    """Return what settled an invoice, or what a credit note was used for, in order; the caller may see it."""
    rows = Settlement.objects.filter(Q(invoice=row) | Q(credit_note=row))
    return list(rows.select_related("payment", "invoice", "credit_note").order_by("created_at", "pk"))


def waiting_requests(actor: Actor) -> list[MoneyRequest]:
    """Return what waits for a second person, the oldest first."""
    return list(
        MoneyRequest.for_actor(actor).filter(outcome="").select_related("customer").order_by("created_at", "pk")
    )


def customers_called(actor: Actor, text: str) -> list[Customer]:
    """Return the customers that a text may mean: by an invoice's number, else the whole name, else a part of it."""
    text = " ".join(text.split())
    rows = Customer.for_actor(actor)
    number = Invoice.for_actor(actor).filter(number=text).values("customer")
    for named in (Q(pk__in=number), Q(name__iexact=text), Q(name__icontains=text)):
        found = list(rows.filter(named).order_by("name", "pk")[:FEW])
        if found:
            return found
    return []


def own_currency() -> str:
    """Return the currency that the company keeps its books in."""
    return founded().currency
