"""Erasing somebody who pays: the customer is emptied, and issued documents stay as the law asks for them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from caudal.billing.models import Customer, Invoice, InvoiceState, Order, Payment, Subscription, SubscriptionStatus
from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.scrubbing import GONE

EMPTY: Final[dict[str, Any]] = {"name": GONE} | dict.fromkeys(
    ("tax_id", "region", "city", "postal_code", "street", "email", "reference"), ""
)


class StillPays(Problem):
    """Whoever owes something, or is owed it, is needed by name."""

    code = "billing.still_pays"
    status = 409
    message = msg("{customer} still pays for something, or an amount between you is open.")
    hint = msg("End the subscriptions and orders, throw drafts away and settle what is open; then erase them.")


def check_forgettable(refs: Collection[Ref]) -> None:
    """Raise StillPays for the first of some people who still pays for something."""
    for customer in _customers(refs):
        rows = (
            Subscription.objects.filter(customer=customer).exclude(status=SubscriptionStatus.ENDED),
            Order.objects.filter(customer=customer, due_at__isnull=False, called_off_at=None, deleted_at=None),
            Invoice.objects.filter(Q(state=InvoiceState.DRAFT) | ~Q(open_minor=0), customer=customer),
            Payment.objects.filter(customer=customer).exclude(open_minor=0),
        )
        if any(each.exists() for each in rows):
            raise StillPays(customer=customer.name)


def forget_customers(actor: Actor, as_of: datetime, refs: Collection[Ref]) -> list[Ref]:
    """Empty what documents would say of some people from now on; return whom."""
    found = []
    for customer in _customers(refs):
        customer.touch(actor=actor, as_of=as_of, custom={}, **EMPTY)
        found.append(customer.ref)
    return found


def _customers(refs: Collection[Ref]) -> list[Customer]:
    people = [ref.id for ref in refs if ref.kind == "person"]
    return list(Customer.objects.filter(person__in=people).select_for_update(of=("self",)).order_by("pk"))
