"""Writes of orders: what is sold once."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from caudal.billing.events import OrderCalledOff, OrderPlaced
from caudal.billing.models import Contract, Customer, Interval, InvoiceLine, Order
from caudal.billing.offline import write_items
from caudal.billing.queries.agreeing import Wanted, agree
from caudal.catalog.queries import offering
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency
from caudal.core.periods import start_of_day, zone_named
from caudal.core.pricing import EN_16931
from caudal.crm.queries import deal as deal_of
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput


class OrderInvoiced(Problem):
    """What was invoiced is not called off any more."""

    code = "order.invoiced"
    status = 409
    message = msg("“{order}” is invoiced.")
    hint = msg("Write a credit note for its invoice.")


@action
def place_order(
    *,
    actor: Actor,
    as_of: datetime,
    customer_id: UUID,
    wanted: Sequence[Wanted],
    day: date,
    currency: str | None = None,
    name: str = "",
    contract_id: UUID | None = None,
    deal_id: UUID | None = None,
) -> Order:
    """Sell something once, due on a day. Raises BadInput, NotFound, NotSoldAnyMore, NoPriceInCurrency, NoPriceYet."""
    require(actor, "order", Verb.CREATE)
    customer = Customer.one_for(actor, Verb.VIEW, customer_id)
    if contract_id is not None and Contract.one_for(actor, Verb.VIEW, contract_id).customer_id != customer.pk:
        raise BadInput({"contract": msg("This contract is with another customer.")})
    if deal_id is not None:
        deal_of(actor, deal_id)
    if not wanted:
        raise BadInput({"items": msg("Choose at least one offering.")})
    rows = [offering(actor, each.offering_id) for each in wanted]
    if any(row.interval in Interval.values for row in rows):
        raise BadInput({"items": msg("What is paid every period is subscribed to, not ordered.")})
    unit = Currency(currency or customer.currency)
    items = agree(actor, wanted, currency=unit, day=day)
    row = Order.stamped(
        actor=actor,
        as_of=as_of,
        customer=customer,
        contract_id=contract_id,
        deal_id=deal_id,
        name=(name or rows[0].name)[:200],
        currency=unit.code,
        zone=customer.zone,
        day=day,
        items=write_items(items),
        money_policy=EN_16931.name,
        due_at=start_of_day(day, zone_named(customer.zone)),
    )
    row.save(force_insert=True)
    publish(OrderPlaced(subject=row.ref, about=(customer.ref,), currency=unit.code), actor=actor, occurred_at=as_of)
    return row


@action
def call_off(*, actor: Actor, as_of: datetime, order_id: UUID) -> Order:
    """Call off an order that is not invoiced. Raises NotFound, OrderInvoiced."""
    row = Order.one_for(actor, Verb.CHANGE, order_id, lock=True)
    if row.called_off_at is not None:
        return row
    if row.due_at is None or InvoiceLine.objects.filter(source=row.pk, holds=True).exists():
        raise OrderInvoiced(order=row.name)
    row.touch(actor=actor, as_of=as_of, called_off_at=as_of, due_at=None)
    publish(OrderCalledOff(subject=row.ref, about=(row.customer.ref,)), actor=actor, occurred_at=as_of)
    return row
