"""Which subscription pays for which usage: no usage by two of them, and what none of them pays for is told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from django.db.models import Q

from caudal.billing.models import Customer, Subscription
from caudal.billing.offline import Item
from caudal.billing.queries.standing import Agreed, agreed_of
from caudal.core.errors import Problem, msg
from caudal.core.periods import Period
from caudal.usage.queries import MeterUsed, used_since


class UsagePaidTwice(Problem):
    """Usage would be paid by two subscriptions of one customer."""

    code = "subscription.usage_paid_twice"
    status = 409
    message = msg("What “{meter}” counts of this customer is paid by “{other}” already.")
    hint = msg("Name other subjects of usage for each of the two, or end the other one first.")


def refuse_shared(row: Subscription, items: Iterable[Item], begins: datetime, end: datetime | None) -> None:
    """Refuse items whose meters another subscription of the customer pays for at the same time. Raises UsagePaidTwice.

    Two subscriptions share no usage when each names subjects, and none of them is the same.
    """
    meters = _meters(items)
    if not meters:
        return
    others = Subscription.objects.filter(Q(ends_at=None) | Q(ends_at__gt=begins), customer=row.customer_id)
    for other in agreed_of(others.filter(deleted_at=None).exclude(pk=row.pk).order_by("pk")).values():
        begun = other.subscribed.standings[0].at
        apart = bool(row.subjects and other.row.subjects) and not set(row.subjects) & set(other.row.subjects)
        if apart or (end is not None and begun >= end):
            continue
        if shared := sorted(meters & _meters_from(other, begins)):
            raise UsagePaidTwice(meter=shared[0], other=other.row.name)


def unpaid_usage(customer: Customer, subscriptions: Sequence[Agreed], period: Period) -> list[MeterUsed]:
    """Return what a customer's company used in a period that none of its subscriptions pays for, by meter and subject.

    A meter is paid for when one that counts it was there at any time in the period.
    """
    if customer.company_id is None:
        return []
    paid: dict[str, list[frozenset[str] | None]] = {}
    for one in subscriptions:
        subjects = frozenset(one.row.subjects) or None
        for meter in _meters_within(one, period):
            paid.setdefault(meter, []).append(subjects)
    return [
        each
        for each in used_since(customer.company_id, period.start)
        if not any(of is None or each.subject in of for of in paid.get(each.meter, ()))
    ]


def _meters(items: Iterable[Item]) -> set[str]:
    return {charge.meter for item in items for charge in item.charges if charge.sort == "usage"}


def _meters_from(one: Agreed, since: datetime) -> set[str]:
    """The meters that a subscription pays for from an instant on; what is paused comes back."""
    now = one.subscribed.at(since)
    later = [items for change, items in one.items_by_change.items() if now is None or change >= now.number]
    found = set().union(*(_meters(items) for items in later))
    last = one.subscribed.standings[-1]
    return found if last.ends else found | _meters(one.items_before_pause)


def _meters_within(one: Agreed, period: Period) -> set[str]:
    found: set[str] = set()
    standings = [*one.subscribed.standings, None]
    for standing, following in pairwise(standings):
        until = following.at if following is not None else period.end
        if standing is not None and standing.at < period.end and until > period.start:
            found |= _meters(one.items_by_change[standing.number])
    return found
