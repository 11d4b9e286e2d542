"""Writes of subscriptions: each is a change that says all that the subscription consists of from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from caudal.billing.events import SubscriptionChanged, SubscriptionTermsChanged
from caudal.billing.models import ChangeSort, Contract, Customer, Interval, Subscription
from caudal.billing.queries.agreeing import Wanted, agree
from caudal.billing.queries.changing import Change, Proposal, change_row, following, moved, plan_change
from caudal.billing.queries.covering import refuse_shared
from caudal.billing.queries.standing import agreed_of, schedule_of
from caudal.catalog.queries import offering
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency
from caudal.core.periods import day_in, in_utc, start_of_day, zone_named
from caudal.core.pricing import money_policy
from caudal.core.proration import Refund, When, proration
from caudal.core.schedules import Alignment
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import plain

POLICY: Final = "en16931"
PRORATION: Final = "by_second"
SUBJECTS_MAX: Final = 50
TRIAL_DAYS_MAX: Final = 730


class TrialIsOver(Problem):
    """A trial is changed while it lasts."""

    code = "subscription.trial_is_over"
    status = 409
    message = msg("“{subscription}” has no trial any more: it is paid from {day} on.")
    hint = msg("Pause it, or give a discount.")


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
    end_day: date | None = None
    """The first day that is not served any more; None goes on."""
    with_contract: bool = False
    """End with the contract, and count periods from that day: the first one is what is left up to it."""


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
    contract = _contract(actor, customer, contract_id, terms)
    _checked(terms)
    if not wanted:
        raise BadInput({"items": msg("Choose at least one offering.")})
    main = offering(actor, wanted[0].offering_id)
    if main.interval not in Interval.values:
        raise BadInput({"items": msg("What is paid once is ordered, not subscribed to.")})
    currency = Currency(terms.currency or customer.currency)
    zone = zone_named(customer.zone)
    begins = in_utc(terms.at) if terms.at else start_of_day(terms.start_day, zone)
    items = agree(actor, wanted, currency=currency, day=terms.start_day, months=terms.months)
    ends_with = contract.end_day if contract is not None and terms.with_contract else None
    row = Subscription.stamped(
        actor=actor,
        as_of=as_of,
        customer=customer,
        contract=contract,
        name=(terms.name or main.name)[:200],
        currency=currency.code,
        zone=customer.zone,
        start_day=terms.start_day,
        interval=main.interval,
        interval_count=main.interval_count,
        alignment=Alignment.GIVEN_DAY.value if ends_with else terms.alignment,
        billing_day=terms.billing_day,
        anchor_day=ends_with,
        end_day=ends_with or terms.end_day,
        with_contract=ends_with is not None,
        timing=terms.timing or main.timing,
        trial_days=main.trial_days if terms.trial_days is None else terms.trial_days,
        months=terms.months,
        proration=terms.proration,
        money_policy=terms.money_policy,
        subjects=sorted(set(terms.subjects)),
    )
    schedule = schedule_of(row)
    end = None if row.end_day is None else start_of_day(row.end_day, zone)
    if row.end_day is not None and row.end_day <= schedule.paid_from:
        raise BadInput({"end_day": msg("It must end after it begins, and after its trial.")})
    refuse_shared(row, items, begins, end)
    row.save(force_insert=True)
    change = Change(ChangeSort.START, begins.replace(microsecond=0), items)
    _write(row, change, actor=actor, as_of=as_of)
    return row


@action
def change_subscription(
    *, actor: Actor, as_of: datetime, subscription_id: UUID, asked: Proposal, expected_version: int | None = None
) -> Subscription:
    """Make a change that somebody asks for. Raises what `plan_change` raises, UsagePaidTwice and VersionConflict."""
    row = Subscription.one_for(actor, Verb.CHANGE, subscription_id, lock=True)
    row.expect(expected_version)
    agreed = agreed_of([row])[row.pk]
    change = plan_change(actor, agreed, asked, as_of=as_of)
    if change.items:
        refuse_shared(row, change.items, change.at, agreed.end)
    row.months = row.months if change.months is None else change.months
    _write(row, change, actor=actor, as_of=as_of, number=agreed.subscribed.standings[-1].number + 1)
    return row


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
    asked = Proposal(ChangeSort.PLAN, at, wanted=wanted, when=when, why=why)
    return change_subscription(
        actor=actor, as_of=as_of, subscription_id=subscription_id, asked=asked, expected_version=expected_version
    )


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
    asked = Proposal(ChangeSort.SEATS, at, seats=seats, item=item, when=when)
    return change_subscription(
        actor=actor, as_of=as_of, subscription_id=subscription_id, asked=asked, expected_version=expected_version
    )


def pause(*, actor: Actor, as_of: datetime, subscription_id: UUID, at: datetime, why: str = "") -> Subscription:
    """Stop a subscription for a while: what was paid of the period is given back with the next invoice."""
    asked = Proposal(ChangeSort.PAUSE, at, why=why)
    return change_subscription(actor=actor, as_of=as_of, subscription_id=subscription_id, asked=asked)


def resume(*, actor: Actor, as_of: datetime, subscription_id: UUID, at: datetime) -> Subscription:
    """Let a paused subscription go on as it was, for the rest of its period."""
    asked = Proposal(ChangeSort.RESUME, at)
    return change_subscription(actor=actor, as_of=as_of, subscription_id=subscription_id, asked=asked)


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
    """End a subscription at an instant, or with its period or trial when none is said. Raises HasEnded, OutOfOrder."""
    asked = Proposal(ChangeSort.CANCEL, at, refund=refund, why=why)
    return change_subscription(
        actor=actor, as_of=as_of, subscription_id=subscription_id, asked=asked, expected_version=expected_version
    )


def take_back(*, actor: Actor, as_of: datetime, subscription_id: UUID, why: str = "") -> Subscription:
    """Take back what is to come, such as a cancellation: it stays as it is now. Raises NothingToTakeBack."""
    asked = Proposal(ChangeSort.KEEP, as_of, why=why)
    return change_subscription(actor=actor, as_of=as_of, subscription_id=subscription_id, asked=asked)


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
    asked = Proposal(ChangeSort.RENEW, at, months=months, discount_percent=discount_percent)
    return change_subscription(actor=actor, as_of=as_of, subscription_id=subscription_id, asked=asked)


@action
def change_trial(*, actor: Actor, as_of: datetime, subscription_id: UUID, trial_days: int) -> Subscription:
    """Let a trial last longer or end sooner, while it lasts. Raises TrialIsOver, BadInput."""
    row = Subscription.one_for(actor, Verb.CHANGE, subscription_id, lock=True)
    today = day_in(as_of, zone_named(row.zone))
    if not row.trial_days or today >= schedule_of(row).paid_from:
        raise TrialIsOver(subscription=row.name, day=schedule_of(row).paid_from)
    if not max(0, (today - row.start_day).days) <= trial_days <= TRIAL_DAYS_MAX:
        raise BadInput({"trial_days": msg("A trial ends today at the earliest, and after two years at the latest.")})
    before, row.trial_days = row.trial_days, trial_days
    values = following(row, agreed_of([row])[row.pk])
    row.touch(actor=actor, as_of=as_of, trial_days=trial_days, **values)
    changes = {"trial_days": (before, trial_days)}
    fact = SubscriptionTermsChanged(subject=row.ref, about=(row.customer.ref,), changes=changes)
    publish(fact, actor=actor, occurred_at=as_of)
    return row


def move_end(row: Subscription, *, actor: Actor, as_of: datetime, end_day: date | None) -> None:
    """Let a subscription end on another day, with its contract: what was invoiced up to it is looked at again."""
    if row.end_day == end_day:
        return
    before, row.end_day = row.end_day, end_day
    row.touch(actor=actor, as_of=as_of, end_day=end_day, **moved(row, before))
    changes = {"end_day": (plain(before), plain(end_day))}
    fact = SubscriptionTermsChanged(subject=row.ref, about=(row.customer.ref,), changes=changes)
    publish(fact, actor=actor, occurred_at=as_of)


def end_on_its_day(row: Subscription, *, actor: Actor, as_of: datetime) -> None:
    """Say that a subscription ended when it was agreed to: nothing is owed or given back by it."""
    agreed = agreed_of([row])[row.pk]
    last = agreed.subscribed.standings[-1]
    if agreed.end is None or last.ends:
        return
    change = Change(ChangeSort.CANCEL, max(agreed.end, last.at), (), ends=True)
    _write(row, change, actor=actor, as_of=as_of, number=last.number + 1)


def _write(row: Subscription, change: Change, *, actor: Actor, as_of: datetime, number: int = 1) -> None:
    written = change_row(row, change, number=number, actor=actor, as_of=as_of)
    written.save(force_insert=True)
    values = following(row, agreed_of([row])[row.pk], since=change.at)
    row.touch(actor=actor, as_of=as_of, months=row.months, **values)
    fact = SubscriptionChanged(
        subject=row.ref,
        about=(row.customer.ref,),
        number=number,
        sort=change.sort.value,
        counts_at=change.at.isoformat(),
        paid=change.when.value,
        refund=change.refund.value,
        ends=change.ends,
    )
    publish(fact, actor=actor, occurred_at=as_of)


def _contract(actor: Actor, customer: Customer, contract_id: UUID | None, terms: Terms) -> Contract | None:
    """Return the contract that a subscription is to be under. Raises NotFound, BadInput."""
    contract = None
    if contract_id is not None:
        contract = Contract.one_for(actor, Verb.VIEW, contract_id)
        if contract.customer_id != customer.pk:
            raise BadInput({"contract": msg("This contract is with another customer.")})
        if contract.end_day is not None and terms.start_day >= contract.end_day:
            raise BadInput({"contract": msg("This contract ends before the subscription begins.")})
    if terms.with_contract and (contract is None or contract.end_day is None):
        raise BadInput({"with_contract": msg("It can end with a contract that ends on a day.")})
    return contract


def _checked(terms: Terms) -> None:
    proration(terms.proration), money_policy(terms.money_policy)
    if len(terms.subjects) > SUBJECTS_MAX or not all(terms.subjects):
        raise BadInput({"subjects": msg("Name at most fifty subjects of usage.")})
    trial = timedelta(days=terms.trial_days or 0)
    if terms.end_day is not None and terms.end_day <= terms.start_day + trial:
        raise BadInput({"end_day": msg("It must end after it begins, and after its trial.")})
