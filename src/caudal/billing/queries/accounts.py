"""What customers owe and have to their credit, in the order it is settled in."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from caudal.billing.models import Invoice, InvoiceSort, InvoiceState, Payment, Settlement
from caudal.kit.access import Actor


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
