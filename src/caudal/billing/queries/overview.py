"""How a customer stands: what they pay for, what it brings a month, what is open, and what nobody pays for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Sum

from caudal.billing.models import Customer, Invoice, InvoiceSort, InvoiceState, Subscription, SubscriptionStatus
from caudal.billing.ports import Taxes
from caudal.billing.queries.covering import unpaid_usage
from caudal.billing.queries.drafting import DocumentDraft
from caudal.billing.queries.movements import mrr_of
from caudal.billing.queries.standing import agreed_of
from caudal.billing.queries.upcoming import next_documents
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money
from caudal.core.periods import Period
from caudal.kit.access import Actor
from caudal.usage.queries import MeterUsed

LOOKED_BACK: Final = timedelta(days=62)
INVOICES_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Overview:
    """How a customer stands at an instant."""

    subscriptions: Sequence[Subscription]
    active: int
    monthly: Money
    """What recurs per month in the customer's currency, as the movements of recurring revenue say."""
    open: Money
    invoices: Sequence[Invoice]
    unpaid: Sequence[MeterUsed]
    trouble: Problem | None = None
    """What keeps the next documents from being told, such as a price that is missing."""
    coming: Sequence[DocumentDraft] = ()


def overview(actor: Actor, row: Customer, as_of: datetime, taxes: Taxes | None = None) -> Overview:
    """Return how a customer stands; with taxes, what is invoiced next too."""
    found = Subscription.for_actor(actor).filter(customer=row).select_related("customer", "contract")
    rows = list(found.order_by("-created_at", "pk"))
    agreed = agreed_of(rows)
    coming: Sequence[DocumentDraft] = ()
    trouble = None
    if taxes is not None:
        try:
            coming = next_documents(actor, row, as_of=as_of, taxes=taxes)
        except Problem as problem:
            trouble = problem
    invoices = Invoice.for_actor(actor).filter(customer=row).order_by("-issue_day", "-pk")[:INVOICES_SHOWN]
    return Overview(
        subscriptions=rows,
        active=sum(one.status == SubscriptionStatus.ACTIVE for one in rows),
        monthly=mrr_of(row, as_of),
        open=open_of(row),
        invoices=list(invoices),
        unpaid=unpaid_usage(row, list(agreed.values()), Period(as_of - LOOKED_BACK, as_of)),
        trouble=trouble,
        coming=coming,
    )


def open_of(row: Customer) -> Money:
    """Return what a customer has not paid yet, less credits that are not used, in the customer's currency."""
    issued = Invoice.objects.filter(customer=row, state=InvoiceState.FINAL, currency=row.currency)
    sums = dict(issued.values_list("sort").annotate(open=Sum("open_minor")).order_by("sort"))
    owed = sums.get(InvoiceSort.INVOICE, 0) - sums.get(InvoiceSort.CREDIT_NOTE, 0)
    return Money(owed, Currency(row.currency))
