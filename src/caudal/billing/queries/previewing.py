"""What would be invoiced up to an instant, by the very functions that invoice it, and what stands in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import Count

from caudal.billing.models import Customer, InvoiceRun, InvoiceSort, Order, RunFailure, Subscription
from caudal.billing.ports import Taxes
from caudal.billing.queries.drafting import DocumentDraft, drafts_of
from caudal.billing.queries.owing import owed_by
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Page, page
from caudal.kit.cursors import Order as Sorting

LATEST: Final = Sorting.by("latest", "-as_of")
CUSTOMERS_MOST: Final = 100
"""So many customers are worked out for one look."""
_Owing: TypeAlias = tuple[Customer, list[Subscription], list[Order]]


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
    subscriptions = list(
        Subscription.for_actor(actor).filter(due_at__lte=up_to, deleted_at=None).select_related("customer__entity")
    )
    orders = list(
        Order.for_actor(actor)
        .filter(due_at__lte=up_to, called_off_at=None, deleted_at=None)
        .select_related("customer__entity")
    )
    by_customer: dict[UUID, _Owing] = {}
    for subscription in subscriptions:
        by_customer.setdefault(subscription.customer_id, (subscription.customer, [], []))[1].append(subscription)
    for order in orders:
        by_customer.setdefault(order.customer_id, (order.customer, [], []))[2].append(order)
    known = sorted(by_customer.values(), key=lambda each: (each[0].name.casefold(), each[0].pk))
    shown = known[:CUSTOMERS_MOST]
    how: dict[str, Any] = {"up_to": up_to, "as_of": as_of, "issue_day": issue_day, "taxes": taxes}
    try:
        found = _at_once(actor, shown, **how)
    except Problem:
        found = [_alone(actor, each, **how) for each in shown]
    totals: dict[Currency, Money] = {}
    for draft in (draft for each in found for draft in each.drafts):
        amount = -draft.gross if draft.sort == InvoiceSort.CREDIT_NOTE else draft.gross
        totals[draft.currency] = totals.get(draft.currency, Money.zero(draft.currency)) + amount
    return Preview(found, len(known) - len(shown), totals)


def _alone(actor: Actor, owing: _Owing, **how: Any) -> CustomerPreview:
    try:
        return _at_once(actor, [owing], **how)[0]
    except Problem as problem:
        return CustomerPreview(owing[0], (), problem)


def _at_once(
    actor: Actor, known: Sequence[_Owing], *, up_to: datetime, as_of: datetime, issue_day: date, taxes: Taxes
) -> list[CustomerPreview]:
    subscriptions = [row for _, rows, _ in known for row in rows]
    orders = [row for _, _, rows in known for row in rows]
    owing = owed_by(actor, subscriptions, orders, up_to=up_to, as_of=as_of)
    drafts: dict[UUID, list[DocumentDraft]] = {customer.pk: [] for customer, _, _ in known}
    for draft in drafts_of(owing.sources, owing.lines, taxes=taxes, issue_day=issue_day):
        drafts[draft.customer.pk].append(draft)
    return [CustomerPreview(customer, drafts[customer.pk]) for customer, _, _ in known]


def failures_of(run_id: UUID) -> list[RunFailure]:
    """Return whom a run, which the caller may see, could not invoice, by name."""
    rows = RunFailure.objects.filter(run=run_id).select_related("customer")
    return list(rows.order_by("customer__name", "pk"))


def run(actor: Actor, run_id: UUID) -> InvoiceRun:
    """Return a run. Raises NotFound."""
    return InvoiceRun.one_for(actor, Verb.VIEW, run_id)


def runs(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Page[InvoiceRun]:
    """Return a page of runs, the latest first, each with how many customers it failed with as `failed`."""
    rows = InvoiceRun.for_actor(actor).annotate(failed=Count("failures"))
    return page(rows, LATEST, cursor=cursor, limit=limit)
