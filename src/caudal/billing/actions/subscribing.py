"""Writes of subscriptions: each is a change that says all that the subscription consists of from then on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from caudal.billing.events import SubscriptionChanged
from caudal.billing.models import (
    ChangeSort,
    Contract,
    Customer,
    Interval,
    Subscription,
    SubscriptionChange,
    SubscriptionStatus,
)
from caudal.billing.offline import Item, write_items
from caudal.billing.queries.agreeing import Wanted, agree
from caudal.billing.queries.standing import Agreed, agreed_of
from caudal.catalog.queries import offering
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency
from caudal.core.periods import in_utc, start_of_day, zone_named
from caudal.core.pricing import money_policy
from caudal.core.proration import Refund, When, proration
from caudal.core.schedules import Alignment
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput

POLICY: Final = "en16931"
PRORATION: Final = "by_second"
SEATS_MAX: Final = Decimal(10) ** 9
SUBJECTS_MAX: Final = 50
MONTHS_MAX: Final = 240
SEAT_PLACES: Final = 6
_TICK: Final = timedelta(seconds=1)


class HasEnded(Problem):
    """A subscription that has ended is not changed any more."""

    code = "subscription.ended"
    status = 409
    message = msg("“{subscription}” ends on {day}, and is not changed after that.")
    hint = msg("Begin a new one, or choose an earlier day.")


class OutOfOrder(Problem):
    """A change would count before one that was agreed earlier."""

    code = "subscription.out_of_order"
    status = 409
    message = msg("“{subscription}” was already changed with effect from {instant}.")
    hint = msg("Changes count one after the other: choose a later instant.")


class NotInThisState(Problem):
    """What is paused cannot be paused, and what runs cannot go on."""

    code = "subscription.not_in_this_state"
    status = 409
    message = msg("“{subscription}” is {status}: that cannot be done now.")


class NothingChanges(Problem):
    """The subscription consists of this already."""

    code = "subscription.nothing_changes"
    status = 409
    message = msg("“{subscription}” consists of this already.")


@dataclass(frozen=True, slots=True)
class Terms:
    """How a new subscription is paid; what is None is as the offering says."""

    start_day: date
    currency: str | None = None
    alignment: str = Alignment.ANNIVERSARY.value
    billing_day: int = 1
    timing: str | None = None
    trial_days: int | None = None
    months: int | None = None
    proration: str = PRORATION
    money_policy: str = POLICY
    subjects: tuple[str, ...] = ()
    name: str = ""
    at: datetime | None = None
    """From which instant on; None is the beginning of the start day."""


@action
def subscribe(
    *,
    actor: Actor,
    as_of: datetime,
    customer_id: UUID,
    wanted: Sequence[Wanted],
    terms: Terms,
    contract_id: UUID | None = None,
) -> Subscription:
    """Begin a subscription to offerings that are paid in the same rhythm.

    Raises BadInput, NotFound, NotSoldAnyMore, NoPriceInCurrency, NoPriceYet, NoSuchTerm, and what policies raise.
    """
    require(actor, "subscription", Verb.CREATE)
    customer = Customer.one_for(actor, Verb.VIEW, customer_id, lock=True)
    if contract_id is not None:
        contract = Contract.one_for(actor, Verb.VIEW, contract_id)
        if contract.customer_id != customer.pk:
            raise BadInput({"contract": msg("This contract is with another customer.")})
    if not wanted:
        raise BadInput({"items": msg("Choose at least one offering.")})
    main = offering(actor, wanted[0].offering_id)
    if main.interval not in Interval.values:
        raise BadInput({"items": msg("What is paid once is ordered, not subscribed to.")})
    currency = Currency(terms.currency or customer.currency)
    proration(terms.proration), money_policy(terms.money_policy)
    if len(terms.subjects) > SUBJECTS_MAX or not all(terms.subjects):
        raise BadInput({"subjects": msg("Name at most fifty subjects of usage.")})
    zone = zone_named(customer.zone)
    begins = in_utc(terms.at) if terms.at else start_of_day(terms.start_day, zone)
    items = agree(actor, wanted, currency=currency, day=terms.start_day, months=terms.months)
    row = Subscription.stamped(
        actor=actor,
        as_of=as_of,
        customer=customer,
        contract_id=contract_id,
        name=(terms.name or main.name)[:200],
        currency=currency.code,
        zone=customer.zone,
        start_day=terms.start_day,
        interval=main.interval,
        interval_count=main.interval_count,
        alignment=terms.alignment,
        billing_day=terms.billing_day,
        timing=terms.timing or main.timing,
        trial_days=main.trial_days if terms.trial_days is None else terms.trial_days,
        months=terms.months,
        proration=terms.proration,
        money_policy=terms.money_policy,
        subjects=sorted(set(terms.subjects)),
    )
    row.save(force_insert=True)
    _write(row, _Change(ChangeSort.START, begins, items), actor=actor, as_of=as_of)
    return row


@action
def change_items(
    *,
    actor: Actor,
    as_of: datetime,
    subscription_id: UUID,
    wanted: Sequence[Wanted],
    at: datetime,
    when: When = When.PRORATE,
    why: str = "",
    expected_version: int | None = None,
) -> Subscription:
    """Let a subscription consist of something else from an instant on: another plan, other add-ons, other seats.

    An offering that stays keeps since when it is paid for, so its price. Raises HasEnded, OutOfOrder, NothingChanges,
    NotInThisState, and what `subscribe` raises.
    """
    row, agreed = _locked(actor, subscription_id, expected_version)
    _expect(row, SubscriptionStatus.ACTIVE)
    counts_at = agreed.period_at(at).end if when is When.NEXT_PERIOD else in_utc(at)
    day = _day(row, counts_at)
    items = agree(actor, wanted, currency=Currency(row.currency), day=day, months=row.months, before=agreed.items)
    if write_items(items) == write_items(agreed.items):
        raise NothingChanges(subscription=row.name)
    change = _Change(_sort_of(agreed.items, items), counts_at, items, when=when, why=why)
    _write(row, change, actor=actor, as_of=as_of, agreed=agreed)
    return row


@action
def change_seats(
    *,
    actor: Actor,
    as_of: datetime,
    subscription_id: UUID,
    seats: Decimal,
    at: datetime,
    item: str = "",
    when: When = When.PRORATE,
    expected_version: int | None = None,
) -> Subscription:
    """Let so many people use it from an instant on. Raises BadInput, HasEnded, OutOfOrder, NothingChanges."""
    row, agreed = _locked(actor, subscription_id, expected_version)
    _expect(row, SubscriptionStatus.ACTIVE)
    check_seats(seats)
    key = item or agreed.items[0].key
    if key not in {each.key for each in agreed.items}:
        raise BadInput({"item": msg("The subscription has no such part.")})
    items = tuple(replace(each, seats=seats) if each.key == key else each for each in agreed.items)
    if items == agreed.items:
        raise NothingChanges(subscription=row.name)
    counts_at = agreed.period_at(at).end if when is When.NEXT_PERIOD else in_utc(at)
    _write(row, _Change(ChangeSort.SEATS, counts_at, items, when=when), actor=actor, as_of=as_of, agreed=agreed)
    return row


@action
def pause(*, actor: Actor, as_of: datetime, subscription_id: UUID, at: datetime, why: str = "") -> Subscription:
    """Stop a subscription for a while: what was paid of the period is given back with the next invoice."""
    row, agreed = _locked(actor, subscription_id)
    _expect(row, SubscriptionStatus.ACTIVE)
    _write(row, _Change(ChangeSort.PAUSE, in_utc(at), (), why=why), actor=actor, as_of=as_of, agreed=agreed)
    return row


@action
def resume(*, actor: Actor, as_of: datetime, subscription_id: UUID, at: datetime) -> Subscription:
    """Let a paused subscription go on as it was, for the rest of its period."""
    row, agreed = _locked(actor, subscription_id)
    _expect(row, SubscriptionStatus.PAUSED)
    before = agreed.items_before_pause
    _write(row, _Change(ChangeSort.RESUME, in_utc(at), before), actor=actor, as_of=as_of, agreed=agreed)
    return row


@action
def cancel(
    *,
    actor: Actor,
    as_of: datetime,
    subscription_id: UUID,
    at: datetime | None = None,
    refund: Refund = Refund.PRORATED,
    why: str = "",
    expected_version: int | None = None,
) -> Subscription:
    """End a subscription at an instant, or with its period when none is said. Raises HasEnded, OutOfOrder."""
    row, agreed = _locked(actor, subscription_id, expected_version)
    if row.status == SubscriptionStatus.ENDED:
        raise HasEnded(subscription=row.name, day=_day(row, row.ends_at or as_of))
    ends_at = agreed.period_at(as_of).end if at is None else in_utc(at)
    change = _Change(ChangeSort.CANCEL, ends_at, (), refund=refund, ends=True, why=why)
    _write(row, change, actor=actor, as_of=as_of, agreed=agreed)
    return row


@action
def renew(
    *,
    actor: Actor,
    as_of: datetime,
    subscription_id: UUID,
    months: int,
    at: datetime,
    discount_percent: Decimal | None = None,
) -> Subscription:
    """Commit for so many months again from an instant on, also before the term is over (early renewal).

    From then on it costs what the catalogue asks of new customers, less the discount of the term or the one agreed.
    """
    row, agreed = _locked(actor, subscription_id)
    _expect(row, SubscriptionStatus.ACTIVE)
    if not 1 <= months <= MONTHS_MAX:
        raise BadInput({"months": msg("Commit for 1 to 240 months.")})
    counts_at, currency = in_utc(at), Currency(row.currency)
    day = _day(row, counts_at)
    wanted = [Wanted(each.offering, each.seats, each.key, discount_percent) for each in agreed.items]
    items = agree(actor, wanted, currency=currency, day=day, months=months, strict_terms=False)
    when = When.PRORATE
    row.months = months
    _write(row, _Change(ChangeSort.RENEW, counts_at, items, when=when), actor=actor, as_of=as_of, agreed=agreed)
    return row


def check_seats(seats: Decimal) -> None:
    """Refuse a number of seats that nobody has. Raises BadInput."""
    exponent = seats.as_tuple().exponent
    if not seats.is_finite() or not 0 <= seats <= SEATS_MAX or not isinstance(exponent, int) or exponent < -SEAT_PLACES:
        raise BadInput({"seats": msg("Write how many seats, from 0 to 1,000,000,000.")})


@dataclass(frozen=True, slots=True)
class _Change:
    sort: ChangeSort
    at: datetime
    items: tuple[Item, ...]
    when: When = When.PRORATE
    refund: Refund = Refund.PRORATED
    ends: bool = False
    why: str = ""


def _locked(actor: Actor, subscription_id: UUID, expected_version: int | None = None) -> tuple[Subscription, Agreed]:
    row = Subscription.one_for(actor, Verb.CHANGE, subscription_id, lock=True)
    row.expect(expected_version)
    return row, agreed_of([row])[row.pk]


def _expect(row: Subscription, status: SubscriptionStatus) -> None:
    if row.status == SubscriptionStatus.ENDED:
        raise HasEnded(subscription=row.name, day=_day(row, row.ends_at or row.changed_at))
    if row.status != status:
        raise NotInThisState(subscription=row.name, status=SubscriptionStatus(row.status).label)


def _write(
    row: Subscription, change: _Change, *, actor: Actor, as_of: datetime, agreed: Agreed | None = None
) -> SubscriptionChange:
    change = replace(change, at=change.at.replace(microsecond=0))
    standings = agreed.subscribed.standings if agreed else ()
    last = standings[-1] if standings else None
    if last is not None and change.at < last.at:
        raise OutOfOrder(subscription=row.name, instant=last.at.isoformat())
    written = SubscriptionChange(
        subscription=row,
        number=1 if last is None else last.number + 1,
        sort=change.sort,
        at=change.at,
        paid=change.when.value,
        refund=change.refund.value,
        items=write_items(change.items),
        ends=change.ends,
        why=" ".join(change.why.split())[:200],
        decided_at=as_of,
        decided_by=actor.id,
    )
    written.save(force_insert=True)
    refresh(row, actor=actor, as_of=as_of, change=written)
    fact = SubscriptionChanged(
        subject=row.ref,
        about=(row.customer.ref,),
        number=written.number,
        sort=change.sort.value,
        counts_at=change.at.isoformat(),
        paid=change.when.value,
        refund=change.refund.value,
        ends=change.ends,
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return written


def refresh(row: Subscription, *, actor: Actor, as_of: datetime, change: SubscriptionChange) -> None:
    """Write again on a subscription what follows from its changes: status, end, and when something falls due.

    A change that counts from before what is invoiced lets that be looked at again.
    """
    agreed = agreed_of([row])[row.pk]
    billed_at = row.billed_at
    if billed_at is not None and change.at <= billed_at:
        billed_at = change.at.replace(microsecond=0) - _TICK
    status = SubscriptionStatus.ACTIVE
    if change.ends:
        status = SubscriptionStatus.ENDED
    elif not change.items:
        status = SubscriptionStatus.PAUSED
    values: dict[str, Any] = {
        "status": status,
        "ends_at": change.at if change.ends else None,
        "billed_at": billed_at,
        "due_at": agreed.subscribed.next_due(billed_at),
        "months": row.months,
    }
    row.touch(actor=actor, as_of=as_of, **values)


def _sort_of(before: Sequence[Item], after: Sequence[Item]) -> ChangeSort:
    if [each.offering for each in before] == [each.offering for each in after]:
        return ChangeSort.SEATS
    mains = {before[0].offering if before else None, after[0].offering}
    return ChangeSort.ADD_ONS if len(mains) == 1 else ChangeSort.PLAN


def _day(row: Subscription, at: datetime) -> date:
    return at.astimezone(zone_named(row.zone)).date()
