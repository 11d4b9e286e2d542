"""Movements of what customers pay again and again, worked out from their subscriptions and the prices of those."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid5

from caudal.billing.models import MrrChange, Subscription
from caudal.billing.offline import AgreedCharge, Item
from caudal.billing.queries.pricing import PriceBook
from caudal.billing.queries.standing import Agreed, agreed_of
from caudal.core.money import Currency, Money
from caudal.core.recurring import Step, Told, steps, told
from caudal.core.subscriptions import Component
from caudal.kit.access import SYSTEM

NAMESPACE: Final = UUID("b3c8f7de-1a34-5f0a-8d1b-2f6f3d0c9a55")


@dataclass(frozen=True, slots=True)
class Held:
    """As what a step is told: a charge of a subscription, its stream of revenue and its line of business."""

    subscription: UUID
    charge: UUID
    stream: str
    pillar: UUID | None


def mrr_changes(subscriptions: Sequence[Subscription]) -> list[MrrChange]:
    """Return the movements of whole customers, whose subscriptions are all given, by customer and instant.

    Nothing is written. Raises what prices raise.
    """
    agreed = agreed_of(subscriptions)
    offerings = {item.offering for one in agreed.values() for item, _ in one.parts.values()}
    book = PriceBook.of(SYSTEM, offerings)
    by_customer: dict[UUID, list[Step[Held]]] = {}
    for row in subscriptions:
        by_customer.setdefault(row.customer_id, []).extend(_steps(agreed[row.pk], book))
    return [
        _row(customer_id, movement)
        for customer_id in sorted(by_customer)
        for movement in told(by_customer[customer_id])
    ]


def _steps(one: Agreed, book: PriceBook) -> tuple[Step[Held], ...]:
    currency = Currency(one.row.currency)

    def price(component: Component, day: date) -> Money:
        item, charge = one.parts[component]
        return book.fixed(item, charge, currency=currency, day=day, quantity=Decimal(component.quantity)).line.amount

    def turns(component: Component) -> Iterable[date]:
        return _turns(book, *one.parts[component], currency)

    def part(component: Component) -> Held:
        _, charge = one.parts[component]
        return Held(one.row.pk, charge.charge, charge.stream, charge.pillar)

    return steps(one.subscribed, price=price, turns=turns, part=part)


def _turns(book: PriceBook, item: Item, charge: AgreedCharge, currency: Currency) -> Iterator[date]:
    """The days on which what a charge costs may change: of new prices, and of discounts that begin or end."""
    for each in charge.adjustments:
        yield from (day for day in (each.from_day, each.until_day) if day is not None)
    if charge.price is None:
        for version in book.charge(charge.charge).prices.all():
            if version.currency == currency.code:
                yield from (day for day in (version.from_date, version.existing_from_date) if day and day > item.since)


def _row(customer_id: UUID, movement: Told[Held]) -> MrrChange:
    step, held = movement.step, movement.step.part
    said = held.subscription, step.at.isoformat(), held.charge, held.stream, held.pillar
    return MrrChange(
        id=uuid5(NAMESPACE, " ".join(str(each) for each in said)),
        customer_id=customer_id,
        subscription_id=held.subscription,
        charge_id=held.charge,
        pillar_id=held.pillar,
        stream=held.stream,
        at=step.at,
        kind=movement.kind.value,
        currency=step.after.currency.code,
        before_minor=step.before.minor,
        after_minor=step.after.minor,
        customers=movement.customers,
    )
