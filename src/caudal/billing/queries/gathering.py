"""What is due, gathered: the subscriptions, orders and agreed minimums of customers that a run looks at.

The run, its preview and the next invoice of a customer all ask here, so that they look at the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial, reduce
from operator import or_
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from caudal.billing.models import Contract, ContractCommitment, Customer, Order, Subscription, SubscriptionChange
from caudal.billing.queries.standing import changes_of
from caudal.kit.access import SYSTEM, Actor, Among
from caudal.kit.compiled import Compiled

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
        return _subscriptions(self.actor, self.up_to, self.as_of, list(self.late))

    def orders(self) -> "QuerySet[Order]":
        """Return the orders that fell due."""
        return _orders(self.actor, self.up_to)

    def contracts(self) -> "QuerySet[Contract]":
        """Return the contracts of which a period of their commitment is over."""
        return _contracts(self.actor, self.up_to)

    def customers(self) -> "QuerySet[Customer]":
        """Return whose they are."""
        sources: list[QuerySet[Any]] = [self.subscriptions(), self.orders(), self.contracts()]
        owing = reduce(or_, (Q(pk__in=rows.values("customer")) for rows in sources))
        return Customer.objects.filter(owing, deleted_at=None)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of some customers that owe something, each with its customer as it was given."""

    subscriptions: list[Subscription]
    changes: list[SubscriptionChange]
    """What was agreed of the subscriptions."""
    orders: list[Order]
    contracts: list[Contract]
    """Those whose commitment is looked at: what is due, and what is spent under now or turns out to be."""


def gather(sought: Sought, customers: Mapping[UUID, Customer]) -> Gathered:
    """Return what is due of customers, in one query for each kind."""
    return ask_due(sought, customers)()


def ask_due(sought: Sought, customers: Mapping[UUID, Customer], *, lock: bool = False) -> "Callable[[], Gathered]":
    """Ask what is due of customers, locked if asked, by the system that invoices; what is returned waits for it."""
    actor = sought.actor
    of = {"customers": list(customers), "up_to": sought.up_to}
    late = {"as_of": sought.as_of, "late": list(sought.late)}
    asked_subscriptions = _asked(_subscriptions, actor, of | late, lock=lock)
    asked_orders = _asked(_orders, actor, of, lock=lock)
    asked_contracts = _asked(_contracts_of, actor, of | late, lock=lock)
    asked_changes = _CHANGES.ask(**of, **late) if lock else None

    def gathered() -> Gathered:
        subscriptions, orders, contracts = asked_subscriptions(), asked_orders(), asked_contracts()
        changes = changes_of(row.pk for row in subscriptions) if asked_changes is None else asked_changes.rows()
        rows: tuple[Subscription | Order | Contract, ...] = (*subscriptions, *orders, *contracts)
        for row in rows:
            row.customer = customers[row.customer_id]
        return Gathered(subscriptions, changes, orders, contracts)

    return gathered


def _subscriptions(actor: Actor, up_to: datetime, as_of: datetime, late: list[UUID]) -> "QuerySet[Subscription]":
    behind = Q(usage_as_of=None) | Q(usage_as_of__lt=as_of)
    again = Q(Among(F("pk"), Value(late))) & behind
    return Subscription.for_actor(actor).filter(Q(due_at__lte=up_to) | again)


def _orders(actor: Actor, up_to: datetime) -> "QuerySet[Order]":
    return Order.for_actor(actor).filter(due_at__lte=up_to, called_off_at=None)


def _contracts(actor: Actor, up_to: datetime) -> "QuerySet[Contract]":
    return Contract.for_actor(actor).filter(due_at__lte=up_to)


def _contracts_of(actor: Actor, up_to: datetime, as_of: datetime, late: list[UUID]) -> "QuerySet[Contract]":
    """Those that are due, and those that are being spent of which something was committed."""
    owing: list[QuerySet[Any]] = [_subscriptions(actor, up_to, as_of, late), _orders(actor, up_to)]
    spent = reduce(or_, (Q(Exists(rows.filter(contract=OuterRef("pk")))) for rows in owing))
    committed = Q(Exists(ContractCommitment.objects.filter(contract=OuterRef("pk"))))
    return Contract.for_actor(actor).filter(Q(due_at__lte=up_to) | (committed & spent))


def _of(build: "Callable[..., QuerySet[Row]]", actor: Actor, customers: list[UUID], **values: Any) -> "QuerySet[Row]":
    return build(actor, **values).filter(Among(F("customer"), Value(customers))).order_by("pk")


@cache
def _locked(build: "Callable[..., QuerySet[Any]]") -> Compiled[Any]:
    def rows(customers: list[UUID], **values: Any) -> "QuerySet[Any]":
        return _of(build, SYSTEM, customers, **values).select_for_update(of=("self",))

    return Compiled(rows)


def _asked(
    build: "Callable[..., QuerySet[Row]]", actor: Actor, values: dict[str, Any], *, lock: bool
) -> "Callable[[], list[Row]]":
    """Ask for rows; what is returned waits for them."""
    if lock:
        return _locked(build).ask(**values).rows
    return partial(list, _of(build, actor, **values))


def _changes(customers: list[UUID], **values: Any) -> "QuerySet[SubscriptionChange]":
    """Those of the subscriptions that are looked at."""
    return SubscriptionChange.objects.filter(subscription__in=_of(_subscriptions, SYSTEM, customers, **values))


_CHANGES: Final[Compiled[SubscriptionChange]] = Compiled(_changes)
