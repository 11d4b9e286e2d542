"""What a change of a subscription will be: worked out from what somebody asks for, and not written.

Actions write what is found here, and previews ask what it would cost: both from the same functions.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from caudal.billing.models import ChangeSort, Subscription, SubscriptionChange, SubscriptionStatus
from caudal.billing.offline import Item, write_items
from caudal.billing.queries.agreeing import Wanted, agree
from caudal.billing.queries.standing import Agreed, agreed_of
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency
from caudal.core.periods import in_utc, start_of_day, zone_named
from caudal.core.proration import Refund, When
from caudal.kit.access import Actor
from caudal.kit.problems import BadInput

SEATS_MAX: Final = Decimal(10) ** 9
SEAT_PLACES: Final = 6
MONTHS_MAX: Final = 240
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
    hint = msg("Changes count one after the other: choose a later instant, or take back what is to come.")


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


class NothingToTakeBack(Problem):
    """Nothing is agreed that does not count yet."""

    code = "subscription.nothing_to_take_back"
    status = 409
    message = msg("Nothing is to come of “{subscription}” that could be taken back.")
    hint = msg("What counts already is changed from now on.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that somebody asks for. `sort` says which of the values are read.

    `at` is when it counts; None is now, and for an end that of what is paid. A seat count is that of `item`, or of the
    first part.
    """

    sort: ChangeSort
    at: datetime | None = None
    wanted: Sequence[Wanted] = ()
    seats: Decimal | None = None
    item: str = ""
    when: When = When.PRORATE
    refund: Refund = Refund.PRORATED
    months: int | None = None
    discount_percent: Decimal | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it will be written."""

    sort: ChangeSort
    at: datetime
    items: tuple[Item, ...]
    when: When = When.PRORATE
    refund: Refund = Refund.PRORATED
    ends: bool = False
    why: str = ""
    months: int | None = None


def plan_change(actor: Actor, agreed: Agreed, asked: Proposal, *, as_of: datetime) -> Change:
    """Return the change that a proposal comes to.

    Raises BadInput, HasEnded, OutOfOrder, NothingChanges, NotInThisState, NothingToTakeBack, and what agreeing raises.
    """
    row = agreed.row
    if asked.sort is ChangeSort.KEEP:
        return _kept(agreed, in_utc(asked.at or as_of))
    wanted = SubscriptionStatus.PAUSED if asked.sort is ChangeSort.RESUME else SubscriptionStatus.ACTIVE
    if asked.sort is not ChangeSort.CANCEL or row.status == SubscriptionStatus.ENDED:
        _expect(row, wanted)
    change = replace(_planned(actor, agreed, asked, as_of), why=" ".join(asked.why.split())[:200])
    change = replace(change, at=change.at.replace(microsecond=0))
    last = agreed.subscribed.standings[-1]
    if change.at < last.at:
        raise OutOfOrder(subscription=row.name, instant=last.at.isoformat())
    if agreed.end is not None and (change.at > agreed.end or (change.at == agreed.end and not change.ends)):
        raise HasEnded(subscription=row.name, day=_day(row, agreed.end))
    return change


def check_seats(seats: Decimal) -> None:
    """Refuse a number of seats that nobody has. Raises BadInput."""
    exponent = seats.as_tuple().exponent
    if not seats.is_finite() or not 0 <= seats <= SEATS_MAX or not isinstance(exponent, int) or exponent < -SEAT_PLACES:
        raise BadInput({"seats": msg("Write how many seats, from 0 to 1,000,000,000.")})


def change_row(row: Subscription, change: Change, *, number: int, actor: Actor, as_of: datetime) -> SubscriptionChange:
    """Return the row of a change, not saved."""
    return SubscriptionChange(
        subscription=row,
        number=number,
        sort=change.sort,
        at=change.at,
        paid=change.when.value,
        refund=change.refund.value,
        items=write_items(change.items),
        ends=change.ends,
        why=change.why,
        decided_at=as_of,
        decided_by=actor.id,
    )


def following(row: Subscription, agreed: Agreed, *, since: datetime | None = None) -> dict[str, Any]:
    """Return what follows on a subscription from what was agreed: its status, its end, and when something falls due.

    What counts `since` an instant before what is invoiced lets that be looked at again.
    """
    billed_at = row.billed_at
    if billed_at is not None and since is not None and since <= billed_at:
        billed_at = since.replace(microsecond=0) - _TICK
    last = agreed.subscribed.standings[-1]
    status = SubscriptionStatus.ACTIVE
    if last.ends:
        status = SubscriptionStatus.ENDED
    elif not agreed.items:
        status = SubscriptionStatus.PAUSED
    return {
        "status": status,
        "ends_at": last.at if last.ends else agreed.end,
        "billed_at": billed_at,
        "due_at": agreed.subscribed.next_due(billed_at),
    }


def moved(row: Subscription, ended_before: date | None) -> dict[str, Any]:
    """Return what follows on a subscription that ends on another day than before: what was invoiced is looked at again.

    That is so from the period on in which the earlier of both ends lies.
    """
    agreed, since = agreed_of([row])[row.pk], None
    ends = [day for day in (ended_before, row.end_day) if day is not None]
    if row.end_day != ended_before:
        last = start_of_day(min(ends) - timedelta(days=1), zone_named(row.zone))
        since = agreed.period_at(last).start
    return following(row, agreed, since=since)


def as_changed(agreed: Agreed, change: Change, *, actor: Actor, as_of: datetime) -> Agreed:
    """Return a subscription as it would be after a change, with nothing written."""
    row = copy.copy(agreed.row)
    row.months = change.months if change.months is not None else row.months
    before = list(SubscriptionChange.objects.filter(subscription=row).order_by("number"))
    added = change_row(row, change, number=before[-1].number + 1, actor=actor, as_of=as_of)
    after = agreed_of([row], [*before, added])[row.pk]
    for name, value in following(row, after, since=change.at).items():
        setattr(row, name, value)
    return after


def _planned(actor: Actor, agreed: Agreed, asked: Proposal, as_of: datetime) -> Change:
    row = agreed.row
    at = in_utc(asked.at or as_of)
    counts_at = agreed.period_at(at).end if asked.when is When.NEXT_PERIOD else at
    if asked.sort is ChangeSort.SEATS:
        return _seats(agreed, asked, counts_at)
    if asked.sort in {ChangeSort.PLAN, ChangeSort.ADD_ONS}:
        currency, day = Currency(row.currency), _day(row, counts_at)
        items = agree(actor, asked.wanted, currency=currency, day=day, months=row.months, before=agreed.items)
        if write_items(items) == write_items(agreed.items):
            raise NothingChanges(subscription=row.name)
        return Change(_sort_of(agreed.items, items), counts_at, items, when=asked.when)
    if asked.sort is ChangeSort.PAUSE:
        return Change(ChangeSort.PAUSE, at, ())
    if asked.sort is ChangeSort.RESUME:
        return Change(ChangeSort.RESUME, at, agreed.items_before_pause)
    if asked.sort is ChangeSort.CANCEL:
        ends_at = agreed.ends_with(in_utc(as_of)) if asked.at is None else at
        return Change(ChangeSort.CANCEL, ends_at, (), refund=asked.refund, ends=True)
    return _renewed(actor, agreed, asked, at)


def _seats(agreed: Agreed, asked: Proposal, counts_at: datetime) -> Change:
    if asked.seats is None:
        raise BadInput({"seats": msg("Write how many seats, from 0 to 1,000,000,000.")})
    check_seats(asked.seats)
    key = asked.item or agreed.items[0].key
    if key not in {each.key for each in agreed.items}:
        raise BadInput({"item": msg("The subscription has no such part.")})
    items = tuple(replace(each, seats=asked.seats) if each.key == key else each for each in agreed.items)
    if items == agreed.items:
        raise NothingChanges(subscription=agreed.row.name)
    return Change(ChangeSort.SEATS, counts_at, items, when=asked.when)


def _renewed(actor: Actor, agreed: Agreed, asked: Proposal, at: datetime) -> Change:
    row, months = agreed.row, asked.months
    if months is None or not 1 <= months <= MONTHS_MAX:
        raise BadInput({"months": msg("Commit for 1 to 240 months.")})
    wanted = [Wanted(each.offering, each.seats, each.key, asked.discount_percent) for each in agreed.items]
    currency = Currency(row.currency)
    items = agree(actor, wanted, currency=currency, day=_day(row, at), months=months, strict_terms=False)
    return Change(ChangeSort.RENEW, at, items, months=months)


def _kept(agreed: Agreed, at: datetime) -> Change:
    """Take back what is agreed for later: from now on it stays as it is now."""
    row, at = agreed.row, at.replace(microsecond=0)
    standings = agreed.subscribed.standings
    now = agreed.subscribed.at(at)
    if now is None or standings[-1].at <= at or now.ends:
        raise NothingToTakeBack(subscription=row.name)
    return Change(ChangeSort.KEEP, at, agreed.items_by_change[now.number])


def _expect(row: Subscription, status: SubscriptionStatus) -> None:
    if row.status == SubscriptionStatus.ENDED:
        raise HasEnded(subscription=row.name, day=_day(row, row.ends_at or row.changed_at))
    if row.status != status:
        raise NotInThisState(subscription=row.name, status=SubscriptionStatus(row.status).label)


def _sort_of(before: Sequence[Item], after: Sequence[Item]) -> ChangeSort:
    if [each.offering for each in before] == [each.offering for each in after]:
        return ChangeSort.SEATS
    mains = {before[0].offering if before else None, after[0].offering}
    return ChangeSort.ADD_ONS if len(mains) == 1 else ChangeSort.PLAN


def _day(row: Subscription, at: datetime) -> date:
    return at.astimezone(zone_named(row.zone)).date()
