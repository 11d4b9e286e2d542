"""Performs what is sold and invoiced in the demo company, through the actions of billing."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from caudal.billing import actions as billing
from caudal.billing.queries import TableTaxes, Wanted
from caudal.core.proration import Refund, When
from caudal.demo.cast import Cast
from caudal.demo.collecting import collect
from caudal.demo.founding import CURRENCY
from caudal.demo.steps import Agree, BecomeCustomer, Collect, Order, Recognise, Run, Selling, SubscriptionStep
from caudal.kit.access import Actor

WHY: Final = "Not needed any more"


def sell(cast: Cast, does: Selling, actor: Actor, as_of: datetime) -> None:
    """Do one thing. Raises what the action raises, and Gone."""
    match does:
        case BecomeCustomer(company):
            made = billing.add_customer(actor=actor, as_of=as_of, company_id=cast[company], currency=CURRENCY)
            cast[f"customer of {company}"] = made.pk
        case Order():
            billing.place_order(
                actor=actor,
                as_of=as_of,
                customer_id=cast[f"customer of {does.company}"],
                wanted=[_wanted(cast, does.code, does.quantity, does.discount_percent)],
                day=as_of.date(),
                deal_id=cast[does.deal],
            )
            cast.done_with(does.deal)
        case Agree():
            subscription = billing.subscribe(
                actor=actor,
                as_of=as_of,
                customer_id=cast[f"customer of {does.company}"],
                wanted=[_wanted(cast, does.code, does.seats, does.discount_percent)],
                terms=billing.Terms(start_day=as_of.date(), months=does.months),
            )
            cast[f"subscription of {does.deal}"] = subscription.pk
            cast.done_with(does.deal)
        case SubscriptionStep():
            _change(cast, does, actor, as_of)
        case Collect(day):
            collect(day, actor, as_of)
        case Recognise(month):
            billing.recognise_month(actor=actor, as_of=as_of, month=month)
        case Run(day):
            billing.invoice_all(actor=actor, as_of=as_of, up_to=as_of, issue_day=day, taxes=TableTaxes())


def _change(cast: Cast, does: SubscriptionStep, actor: Actor, as_of: datetime) -> None:
    own = cast[f"subscription of {does.deal}"]
    when = When(does.paid)
    match does.does:
        case "seats":
            seats = Decimal(does.seats)
            billing.change_seats(actor=actor, as_of=as_of, subscription_id=own, seats=seats, at=as_of, when=when)
        case "pause":
            billing.pause(actor=actor, as_of=as_of, subscription_id=own, at=as_of)
        case "resume":
            billing.resume(actor=actor, as_of=as_of, subscription_id=own, at=as_of)
        case "cancel":
            at, refund = None if does.at_end else as_of, Refund(does.refund)
            billing.cancel(
                actor=actor, as_of=as_of, subscription_id=own, at=at, refund=refund, why="Not needed any more"
            )
        case _:
            wanted = [_wanted(cast, does.code, does.seats)]
            if does.add_on:
                wanted.append(_wanted(cast, does.add_on, 1))
            billing.change_items(actor=actor, as_of=as_of, subscription_id=own, wanted=wanted, at=as_of, when=when)


def _wanted(cast: Cast, code: str, seats: int, discount_percent: int = 0) -> Wanted:
    discount = Decimal(discount_percent) if discount_percent else None
    return Wanted(cast[f"offering {code}"], Decimal(seats), discount_percent=discount)
