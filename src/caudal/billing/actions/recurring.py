"""Keeping the movements of recurring revenue: always what subscriptions and prices say, and made anew at will."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from caudal.billing.models import Customer, MrrChange, Subscription, SubscriptionChange
from caudal.billing.queries.recurring import mrr_changes
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action

CUSTOMERS: Final = 200
"""The movements of so many customers are made in one transaction."""


@action
def keep_mrr(*, actor: Actor, as_of: datetime, customer_ids: Collection[UUID]) -> int:  # noqa: ARG001  every action has it
    """Write the movements of customers as their subscriptions say now; return how many rows were not so before."""
    require(actor, "subscription", Verb.CHANGE)
    customers = Customer.objects.filter(pk__in=customer_ids).order_by("pk").select_for_update(of=("self",))
    locked = [row.pk for row in customers]
    subscriptions = Subscription.objects.filter(customer__in=locked, deleted_at=None).order_by("customer", "pk")
    wanted = {row.pk: row for row in mrr_changes(list(subscriptions))}
    kept = {row.pk: row for row in MrrChange.objects.filter(customer__in=locked)}
    gone = [pk for pk, row in kept.items() if pk not in wanted or _said(row) != _said(wanted[pk])]
    new = [row for pk, row in wanted.items() if pk not in kept or _said(row) != _said(kept[pk])]
    MrrChange.objects.filter(pk__in=gone).delete()
    MrrChange.objects.bulk_create(new)
    return len({*gone, *(row.pk for row in new)})


def rebuild_mrr(*, actor: Actor, as_of: datetime) -> int:
    """Make all movements anew, some customers at a time; return how many rows were otherwise, 0 if none.

    Not one transaction: whoever is done stays done.
    """
    require(actor, "subscription", Verb.CHANGE)
    every = Customer.objects.order_by("pk").values_list("pk", flat=True)
    lots = _lots(every.iterator(chunk_size=2_000))
    return sum(keep_mrr(actor=actor, as_of=as_of, customer_ids=lot) for lot in lots)


def keep_mrr_of_charge(*, actor: Actor, as_of: datetime, charge_id: UUID) -> int:
    """Write the movements anew of everybody who ever agreed to a charge: its price changed."""
    agreed = SubscriptionChange.objects.filter(items__contains=[{"charges": [{"charge": str(charge_id)}]}])
    customers = agreed.values_list("subscription__customer", flat=True).distinct().order_by("subscription__customer")
    return sum(keep_mrr(actor=actor, as_of=as_of, customer_ids=lot) for lot in _lots(customers))


def _lots(ids: Iterable[UUID]) -> Iterator[tuple[UUID, ...]]:
    rest = iter(ids)
    while lot := tuple(islice(rest, CUSTOMERS)):
        yield lot


def _said(row: MrrChange) -> tuple[Any, ...]:
    return row.kind, row.currency, row.before_minor, row.after_minor, row.customers, row.customer_id
