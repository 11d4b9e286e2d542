"""Recurring revenue month by month: what there was, what moved it and why, whose it is, and who moved it.

Amounts are per year while they are summed, which is exact, and told per month last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, DateField, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, TruncDate, TruncMonth
from django.db.models.lookups import IsNull

from caudal.billing.models import Customer, MovementSort, MrrChange, Subscription, SubscriptionChange
from caudal.core.money import Currency, Money, Rounding, allocate
from caudal.core.periods import Days, add_months, day_in, start_of_day, zone_named
from caudal.core.recurring import WITHIN
from caudal.kit.access import Actor, Reach, Verb, policy_of
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.workspace.queries import dated_rate, founded, in_own_currency

MONTHS_PER_YEAR: Final = 12
NO_PILLAR: Final = "-"
"""Asks for what is of no pillar."""
MOVED: Final = Order.by("moved", "-at")
CUSTOMERS: Final = """
WITH moved (customer_id, at, net) AS ({moved}),
     running AS (SELECT at, net, sum(net) OVER (PARTITION BY customer_id ORDER BY at) AS level FROM moved)
SELECT CASE WHEN at >= %s THEN date_trunc('month', at AT TIME ZONE %s)::date END,
       count(*) FILTER (WHERE level > 0 AND level <= net),
       count(*) FILTER (WHERE level <= 0 AND level > net)
FROM running GROUP BY 1
"""
"""Customers whose level rose from nothing, and fell to it, by month; those before the first month are none's."""
KEPT: Final = """
WITH customer (id, first, last) AS ({levels})
SELECT count(*), count(*) FILTER (WHERE last > 0), sum(first), sum(last), sum(least(first, last))
FROM customer WHERE first > 0
"""
_CHANGE: Final = F("after_minor") - F("before_minor")
_NUMERIC: Final = DecimalField(max_digits=1000, decimal_places=500)


class Dimension(StrEnum):
    """By what recurring revenue is divided."""

    STREAM = "stream"
    PILLAR = "pillar"
    PLAN = "plan"
    CURRENCY = "currency"


COLUMNS: Final[Mapping[Dimension, str]] = {
    Dimension.STREAM: "stream",
    Dimension.PILLAR: "pillar__key",
    Dimension.PLAN: "charge__offering",
    Dimension.CURRENCY: "currency",
}


@dataclass(frozen=True, slots=True)
class Slice:
    """What of recurring revenue is looked at: all that is paid in a currency, or a part of it.

    `converted` takes every currency, each movement at the rate of its day: what rates do is never a movement.
    """

    currency: Currency
    zone: ZoneInfo
    as_of: datetime
    converted: bool = False
    alone: bool = True
    """Whether nobody pays in another currency."""
    pillar: str = ""
    stream: str = ""
    plan: UUID | None = None
    customer: UUID | None = None

    @property
    def is_part(self) -> bool:
        """Whether customers may pay for something that is not in it."""
        return bool(self.pillar or self.stream or self.plan or self.customer) or not (self.converted or self.alone)


@dataclass(frozen=True, slots=True)
class MrrMonth:
    """A month of recurring revenue: its level at both ends, each kind of movement between, customers, and shares."""

    month: date
    opening: Money
    moved: Mapping[MovementSort, Money]
    closing: Money
    customers_before: int
    won: int
    lost: int
    net_retention: Fraction | None
    """What those who paid at its beginning bring at its end, over what they brought (NRR)."""
    gross_retention: Fraction | None
    """The same without what they pay more (GRR)."""
    per_customer: Money | None
    """What a customer brings per month at its end (ARPA)."""

    @property
    def customers(self) -> int:
        """How many paid at its end."""
        return self.customers_before + self.won - self.lost

    @property
    def churn(self) -> Fraction | None:
        """Which part of the customers at its beginning was lost."""
        return Fraction(self.lost, self.customers_before) if self.customers_before else None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Months in their order, and how many movements are not counted, as their day has no rate."""

    months: Sequence[MrrMonth]
    unconverted: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """What became of the customers of a day until another one: how many there were and are, and what they bring.

    `held` is what they bring without what they pay more; net is `after` over `before`, gross `held` over it.
    """

    customers: int
    kept: int
    before: Money
    after: Money
    held: Money
    net: Fraction | None
    gross: Fraction | None


@dataclass(frozen=True, slots=True)
class Stayed:
    """A customer of a day with what it brought then and brings on another one, nothing where it left."""

    customer: Customer
    before: Money
    after: Money
    held: Money


@dataclass(frozen=True, slots=True)
class MrrPart:
    """What one stream, pillar, plan or currency brings per month at two instants; `key` finds it, `name` tells it."""

    key: str
    name: str
    opening: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class Recurs:
    """A charge of a subscription with what it brings per month; movements that cancel out are left out."""

    subscription: Subscription
    charge: str
    monthly: Money


@dataclass(frozen=True, slots=True)
class Level:
    """What brings recurring revenue at an instant, the most first, what all of it comes to, and of how many."""

    rows: Sequence[Recurs]
    monthly: Money
    customers: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A page of movements, what all of them come to per month, and which changes of the terms brought them."""

    page: Page[MrrChange]
    net: Money
    causes: Mapping[UUID, Sequence[SubscriptionChange]]
    """Movement → the changes that count from then on; none where a price, a discount or a trial did it."""


def mrr_currencies(actor: Actor) -> list[str]:
    """Return the currencies that somebody pays again and again in, the one of most movements first."""
    rows = _visible(actor).values_list("currency").annotate(count=Count("pk")).order_by("-count", "currency")
    return [currency for currency, _ in rows]


def mrr_slice(
    actor: Actor,
    *,
    as_of: datetime,
    currency: str = "",
    pillar: str = "",
    stream: str = "",
    plan: UUID | None = None,
    customer: UUID | None = None,
    currencies: Sequence[str] | None = None,
) -> Slice:
    """Return what is looked at; without a currency all of them, converted to the company's where there are several."""
    own = founded()
    used = mrr_currencies(actor) if currencies is None else currencies
    alone = not set(used) - {currency or own.currency}
    return Slice(
        currency=Currency(currency or own.currency),
        zone=zone_named(own.zone),
        as_of=as_of,
        converted=not currency and not alone,
        alone=alone,
        pillar=pillar,
        stream=stream,
        plan=plan,
        customer=customer,
    )


def mrr_months(actor: Actor, part: Slice, *, until: date, count: int) -> Waterfall:
    """Return so many months up to the day `until`, the first of a month that is not counted, earliest first.

    Every month is what it says by itself: amounts per year are summed and only then told per month.
    """
    first = add_months(until, -count)
    since = start_of_day(first, part.zone)
    rows = _rows(actor, part).filter(at__lt=start_of_day(until, part.zone))
    month = Cast(TruncMonth("at", tzinfo=part.zone), DateField())
    sums = (
        rows.annotate(month=Case(When(at__gte=since, then=month), default=None))
        .values_list("month", "kind")
        .annotate(
            level=Sum(_yearly(part)),
            won=Sum("customers", filter=Q(customers__gt=0), default=0),
            lost=Sum("customers", filter=Q(customers__lt=0), default=0),
            lacking=_lacking(part),
        )
        .order_by()
    )
    moved: dict[date | None, dict[str, Fraction]] = {}
    people: dict[date | None, tuple[int, int]] = {}
    lacking = 0
    for at, kind, level, won, lost, without in sums:
        moved.setdefault(at, {})[kind] = Fraction(level or 0)
        before = people.get(at, (0, 0))
        people[at] = before[0] + won, before[1] - lost
        lacking += without
    if part.is_part:
        people = _people(rows, since, part.zone)
    level = sum(moved.get(None, {}).values(), Fraction(0))
    customers = _net(people.get(None))
    found = []
    for place in range(count):
        at = add_months(first, place)
        kinds, (won, lost) = moved.get(at, {}), people.get(at, (0, 0))
        found.append(_month(at, level, kinds, (customers, won, lost), part))
        level += sum(kinds.values())
        customers += won - lost
    return Waterfall(found, lacking)


def mrr_retention(actor: Actor, part: Slice, *, since: date, until: date) -> Retention:
    """Return what became of those who paid on a day until another one; all at the rates of the first day."""
    answer = _asked(KEPT, "levels", _levels(actor, part, since, until)) or [(0, 0, None, None, None)]
    customers, kept, *sums = answer[0]
    whole, after, held = (Fraction(each or 0) for each in sums)
    net, gross = (each / whole if whole else None for each in (after, held))
    monthly = [_monthly(each, part) for each in (whole, after, held)]
    return Retention(customers, kept, monthly[0], monthly[1], monthly[2], net, gross)


def mrr_stayed(actor: Actor, part: Slice, *, since: date, until: date) -> list[Stayed]:
    """Return the customers that retention is told of, who brought the most first; they add up to what it says."""
    found = [
        (pk, Fraction(first), Fraction(last or 0))
        for pk, first, last in _levels(actor, part, since, until)
        if first and first > 0
    ]
    columns = [[first for _, first, _ in found], [last for *_, last in found], [min(each[1:]) for each in found]]
    shares = [_split(_monthly(sum(each, Fraction(0)), part), each, part) for each in columns]
    known = Customer.objects.in_bulk([pk for pk, *_ in found])
    told = [Stayed(known[pk], *amounts) for (pk, *_), *amounts in zip(found, *shares, strict=True)]
    return sorted(told, key=lambda each: (-each.before.minor, each.customer.name, str(each.customer.pk)))


def _levels(actor: Actor, part: Slice, since: date, until: date) -> "QuerySet[MrrChange, tuple[Any, ...]]":
    """What each customer brings per year before a day, and before another one."""
    first, last = start_of_day(since, part.zone), start_of_day(until, part.zone)
    amount: Combinable = Cast(_CHANGE, _NUMERIC)
    if part.converted:
        codes = _rows(actor, part).order_by("currency").values_list("currency", flat=True).distinct()
        rates = {code: _rate(code, part.currency, since) for code in codes}
        factors = [When(currency=code, then=Value(rate)) for code, rate in rates.items() if rate is not None]
        amount = amount * Case(*factors, default=None, output_field=_NUMERIC)
    rows = _rows(actor, part).filter(at__lt=last).values("customer")
    sums = rows.annotate(first=Sum(amount, filter=Q(at__lt=first)), last=Sum(amount)).order_by()
    return sums.values_list("customer", "first", "last")


def mrr_parts(actor: Actor, part: Slice, by: Dimension, *, since: date, until: date) -> list[MrrPart]:
    """Return what each stream, pillar, plan or currency brings per month on two days, the most first."""
    first, last = start_of_day(since, part.zone), start_of_day(until, part.zone)
    name = "charge__offering__name" if by is Dimension.PLAN else COLUMNS[by]
    rows = _rows(actor, part).filter(at__lt=last).values_list(COLUMNS[by], name)
    amount = _yearly(part)
    sums = rows.annotate(opening=Sum(amount, filter=Q(at__lt=first)), closing=Sum(amount)).order_by()
    found = [
        MrrPart(str(key or ""), str(said or ""), *(_monthly(Fraction(each or 0), part) for each in (opening, closing)))
        for key, said, opening, closing in sums
    ]
    kept = [each for each in found if each.opening or each.closing]
    return sorted(kept, key=lambda each: (-each.closing.minor, each.name, each.key))


def mrr_moved(
    actor: Actor,
    part: Slice,
    days: Days,
    *,
    kind: MovementSort | None = None,
    cursor: str | None = None,
    limit: int = LIMIT,
) -> Moved:
    """Return the movements of some days, of one kind if asked, the latest first, each with its charge and customer."""
    span = days.in_zone(part.zone)
    rows = _rows(actor, part).filter(at__gte=span.start, at__lt=span.end)
    rows = rows if kind is None else rows.filter(kind=kind.value)
    net = rows.aggregate(net=Sum(_yearly(part)))["net"]
    related = rows.select_related("subscription", "customer", "charge__offering", "pillar")
    found = page(related, MOVED, cursor=cursor, limit=limit)
    return Moved(found, _monthly(Fraction(net or 0), part), _causes(found.rows))


def mrr_level(actor: Actor, part: Slice, until: date) -> Level:
    """Return what brings recurring revenue before a day, by charge and subscription, the most first.

    The rows add up to the whole: what it is per month is split over them to the last unit.
    """
    rows = _rows(actor, part).filter(at__lt=start_of_day(until, part.zone))
    sums = rows.values_list("subscription", "charge__offering__name", "charge__name").annotate(sum=Sum(_yearly(part)))
    found = [(pk, _charge_words(*names), Fraction(each)) for pk, *names, each in sums.order_by() if each]
    monthly = _monthly(sum((each for *_, each in found), Fraction(0)), part)
    shares = _split(monthly, [each for *_, each in found], part)
    known = Subscription.objects.select_related("customer").in_bulk([pk for pk, *_ in found])
    told = [Recurs(known[pk], words, share) for (pk, words, _), share in zip(found, shares, strict=True)]
    told.sort(key=lambda each: (-each.monthly.minor, each.subscription.customer.name, str(each.subscription.pk)))
    return Level(told, monthly, len({each.subscription.customer_id for each in told}))


def _charge_words(offering: str, charge: str) -> str:
    return offering if charge == offering else f"{offering}: {charge}"


def _split(whole: Money, yearly: Sequence[Fraction], part: Slice) -> Sequence[Money]:
    if any(yearly) and all(each >= 0 for each in yearly):
        return allocate(whole, yearly)
    return [_monthly(each, part) for each in yearly]


def mrr_plans(actor: Actor) -> list[tuple[UUID, str]]:
    """Return the offerings that anybody paid for again and again, by name."""
    named = _visible(actor).values_list("charge__offering", "charge__offering__name").distinct()
    return list(named.order_by("charge__offering__name", "charge__offering"))


def mrr_of(customer: Customer, as_of: datetime) -> Money:
    """Return what a customer, whom the caller may see, brings per month at an instant, in the customer's currency."""
    rows = MrrChange.objects.filter(customer=customer, currency=customer.currency, at__lte=as_of)
    yearly = rows.aggregate(yearly=Sum(_CHANGE, default=0))["yearly"]
    return Money(Rounding.HALF_UP.whole(Fraction(yearly, MONTHS_PER_YEAR)), Currency(customer.currency))


def per_month(row: MrrChange, yearly_minor: int) -> Money:
    """Return an amount per year of a movement as one per month, rounded half up."""
    whole = Rounding.HALF_UP.whole(Fraction(yearly_minor, MONTHS_PER_YEAR))
    return Money(whole, Currency(row.currency))


def _month(
    at: date, opening: Fraction, kinds: Mapping[str, Fraction], people: tuple[int, int, int], part: Slice
) -> MrrMonth:
    customers, won, lost = people
    closing, after = opening + sum(kinds.values()), customers + won - lost
    less = kinds.get(MovementSort.CONTRACTION, Fraction(0)) + kinds.get(MovementSort.CHURN, Fraction(0))
    more = kinds.get(MovementSort.EXPANSION, Fraction(0))
    return MrrMonth(
        month=at,
        opening=_monthly(opening, part),
        moved={kind: _monthly(kinds.get(kind.value, Fraction(0)), part) for kind in MovementSort},
        closing=_monthly(closing, part),
        customers_before=customers,
        won=won,
        lost=lost,
        net_retention=(opening + more + less) / opening if opening else None,
        gross_retention=(opening + less) / opening if opening else None,
        per_customer=_monthly(closing / after, part) if after else None,
    )


def _net(people: tuple[int, int] | None) -> int:
    return 0 if people is None else people[0] - people[1]


def _causes(rows: Sequence[MrrChange]) -> dict[UUID, list[SubscriptionChange]]:
    """What counts from the instant of a movement on, or soon after it as a part of the same movement."""
    changes: dict[UUID, list[SubscriptionChange]] = {}
    for change in SubscriptionChange.objects.filter(subscription__in={row.subscription_id for row in rows}).order_by(
        "subscription", "number"
    ):
        changes.setdefault(change.subscription_id, []).append(change)
    return {
        row.pk: [each for each in changes.get(row.subscription_id, []) if row.at <= each.at < row.at + WITHIN]
        for row in rows
    }


def _people(rows: "QuerySet[MrrChange]", since: datetime, zone: ZoneInfo) -> dict[date | None, tuple[int, int]]:
    """Customers won and lost by month, as what is looked at alone says: a level is never less than nothing."""
    moved = rows.values("customer", "at").annotate(net=Sum(_CHANGE)).order_by().values_list("customer", "at", "net")
    return {month: (won, lost) for month, won, lost in _asked(CUSTOMERS, "moved", moved, since, str(zone))}


def _asked(statement: str, name: str, rows: "QuerySet[Any, Any]", *values: Any) -> list[tuple[Any, ...]]:
    """The answer to a statement over rows, none over no rows; its text is our own, and values are bound."""
    try:
        inner, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # whoever asks sees no row at all
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{" + name + "}", inner), [*parameters, *values])
        answer: list[tuple[Any, ...]] = cursor.fetchall()
    return answer


def _yearly(part: Slice) -> Combinable:
    """What a movement is per year: minor units of its currency, or of the company's by the rate of its day."""
    if not part.converted:
        return _CHANGE
    above, below = _quotient(part)
    return above * Value(Decimal(part.currency.minor_per_major), output_field=_NUMERIC) / below


def _lacking(part: Slice) -> Combinable:
    """How many movements have no rate."""
    if not part.converted:
        return Value(0)
    return Count("pk", filter=IsNull(_quotient(part)[0], True))


def _quotient(part: Slice) -> tuple[Combinable, Combinable]:
    """What a movement is in the company's currency, over what; null without a rate of its day."""
    day, today = TruncDate("at", tzinfo=part.zone), day_in(part.as_of, part.zone)
    return in_own_currency("", part.currency.code, day, today, currency="currency", minor=_CHANGE)


def _rate(code: str, own: Currency, day: date) -> Decimal | None:
    """What a minor unit of a currency is in minor units of another one, None without a rate."""
    unit = Currency(code)
    if unit == own:
        return Decimal(1)
    found = dated_rate(unit, own, day)
    share = None if found is None else found.rate * own.minor_per_major / unit.minor_per_major
    return None if share is None else Decimal(share.numerator) / Decimal(share.denominator)


def _monthly(yearly: Fraction, part: Slice) -> Money:
    return Money(Rounding.HALF_UP.whole(yearly / MONTHS_PER_YEAR), part.currency)


def _visible(actor: Actor) -> "QuerySet[MrrChange]":
    rows = MrrChange.objects.all()
    if policy_of(Subscription).reach(actor, Verb.VIEW) is Reach.ALL:
        return rows
    return rows.filter(subscription__in=Subscription.for_actor(actor))


def _rows(actor: Actor, part: Slice) -> "QuerySet[MrrChange]":
    rows = _visible(actor).filter(at__lte=part.as_of)
    if not part.converted:
        rows = rows.filter(currency=part.currency.code)
    if part.pillar:
        rows = rows.filter(pillar=None) if part.pillar == NO_PILLAR else rows.filter(pillar__key=part.pillar)
    if part.stream:
        rows = rows.filter(stream=part.stream)
    if part.customer:
        rows = rows.filter(customer=part.customer)
    return rows if part.plan is None else rows.filter(charge__offering=part.plan)
