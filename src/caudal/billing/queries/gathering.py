"""What is due, gathered: the subscriptions, orders and agreed minimums of customers that a run looks at.

The run, its preview and the next invoice of a customer all ask here, so that they look at the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from caudal.billing.models import Contract, ContractCommitment, Customer, Order, Subscription
from caudal.kit.access import SYSTEM, Actor

Row = TypeVar("Row", Subscription, Order, Contract)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: what fell due up to an instant, and whose usage became known late."""

    up_to: datetime
    as_of: datetime
    late: Mapping[UUID, datetime] = field(default_factory=dict)
    """Subscription → since when."""
    actor: Actor = SYSTEM
    """Who asks: what they may not see is not among it."""

    def subscriptions(self) -> "QuerySet[Subscription]":
        """Return the subscriptions that owe something."""
        behind = Q(usage_as_of=None) | Q(usage_as_of__lt=self.as_of)
        late = Q(pk__in=list(self.late)) & behind if self.late else Q(pk__in=[])
        return Subscription.for_actor(self.actor).filter(Q(due_at__lte=self.up_to) | late)

    def orders(self) -> "QuerySet[Order]":
        """Return the orders that fell due."""
        return Order.for_actor(self.actor).filter(due_at__lte=self.up_to, called_off_at=None)

    def contracts(self) -> "QuerySet[Contract]":
        """Return the contracts of which a period of their commitment is over."""
        return Contract.for_actor(self.actor).filter(due_at__lte=self.up_to)

    def customers(self) -> "QuerySet[Customer]":
        """Return whose they are."""
        sources: list[QuerySet[Any]] = [self.subscriptions(), self.orders(), self.contracts()]
        owing = reduce(or_, (Q(pk__in=rows.values("customer")) for rows in sources))
        return Customer.objects.filter(owing, deleted_at=None)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of some customers that owe something, each with its customer as it was given."""

    subscriptions: list[Subscription]
    orders: list[Order]
    contracts: list[Contract]
    """Those whose commitment is looked at: what is due, and what is spent under now or turns out to be."""


def gather(sought: Sought, customers: Mapping[UUID, Customer], *, lock: bool = False) -> Gathered:
    """Return what is due of customers, in one query for each kind; locked for change if asked."""
    subscriptions = _rows(sought.subscriptions().filter(customer__in=customers), lock=lock)
    orders = _rows(sought.orders().filter(customer__in=customers), lock=lock)
    sources: tuple[Subscription | Order, ...] = (*subscriptions, *orders)
    spending = {row.contract_id for row in sources if row.contract_id is not None}
    committed = ContractCommitment.objects.filter(contract__in=spending).values("contract")
    due = Q(pk__in=sought.contracts().values("pk")) | Q(pk__in=spending) & Q(pk__in=committed)
    contracts = _rows(Contract.for_actor(sought.actor).filter(due, customer__in=customers), lock=lock)
    rows: tuple[Subscription | Order | Contract, ...] = (*sources, *contracts)
    for row in rows:
        row.customer = customers[row.customer_id]
    return Gathered(subscriptions, orders, contracts)


def _rows(rows: "QuerySet[Row]", *, lock: bool) -> list[Row]:
    ordered = rows.order_by("pk")
    return list(ordered.select_for_update(of=("self",)) if lock else ordered)
