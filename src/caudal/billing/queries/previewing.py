"""What would be invoiced up to an instant, by the very functions that invoice it, and what stands in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Lower

from caudal.billing.models import Customer, InvoiceSort
from caudal.billing.ports import Taxes
from caudal.billing.queries.drafting import DocumentDraft, drafts_of
from caudal.billing.queries.gathering import Sought, gather
from caudal.billing.queries.owing import late_usage, owed_by
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor

CUSTOMERS_MOST: Final = 100
"""So many customers are worked out for one look."""


@dataclass(frozen=True, slots=True)
class CustomerPreview:
    """What a customer would be invoiced, or what is in the way."""

    customer: Customer
    drafts: Sequence[DocumentDraft]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be invoiced: by customer, with sums by currency of those that were worked out."""

    customers: Sequence[CustomerPreview]
    more: int
    """How many customers owe something beside them."""
    totals: Mapping[Currency, Money]


def preview(actor: Actor, *, up_to: datetime, as_of: datetime, issue_day: date, taxes: Taxes) -> Preview:
    """Return what a run up to an instant would invoice of what somebody may see; writes nothing."""
    sought = Sought(up_to, as_of, late_usage(as_of), actor)
    owing = sought.customers().select_related("entity").order_by(Lower("name"), "pk")
    known = {row.pk: row for row in owing[:CUSTOMERS_MOST]}
    how: dict[str, Any] = {"issue_day": issue_day, "taxes": taxes}
    try:
        found = _at_once(sought, known, **how)
    except Problem:
        found = [_alone(sought, customer, **how) for customer in known.values()]
    totals: dict[Currency, Money] = {}
    for draft in (draft for each in found for draft in each.drafts):
        amount = -draft.gross if draft.sort == InvoiceSort.CREDIT_NOTE else draft.gross
        totals[draft.currency] = totals.get(draft.currency, Money.zero(draft.currency)) + amount
    more = owing.count() - len(known) if len(known) == CUSTOMERS_MOST else 0
    return Preview(found, more, totals)


def _alone(sought: Sought, customer: Customer, **how: Any) -> CustomerPreview:
    try:
        return _at_once(sought, {customer.pk: customer}, **how)[0]
    except Problem as problem:
        return CustomerPreview(customer, (), problem)


def _at_once(
    sought: Sought, customers: Mapping[UUID, Customer], *, issue_day: date, taxes: Taxes
) -> list[CustomerPreview]:
    owing = owed_by(sought.actor, sought, gather(sought, customers))
    drafts: dict[UUID, list[DocumentDraft]] = {customer_id: [] for customer_id in customers}
    for draft in drafts_of(owing.sources, owing.lines, taxes=taxes, issue_day=issue_day):
        drafts[draft.customer.pk].append(draft)
    return [CustomerPreview(customer, drafts[customer.pk]) for customer in customers.values()]
