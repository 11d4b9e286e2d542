"""What is earned that nobody has invoiced, which lines were deferred, and from when on there is revenue."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from caudal.billing.models import Invoice, InvoiceLine, RecognisedMonth, Subscription
from caudal.billing.queries.due import DueLine, due_lines
from caudal.billing.queries.earning import LineLater, invoiced_later
from caudal.billing.queries.pricing import PriceBook
from caudal.billing.queries.standing import agreed_of
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money
from caudal.core.periods import Days, day_in, start_of_day, zone_named
from caudal.core.recognition import Pattern, Recognition
from caudal.core.subscriptions import Kind
from caudal.kit.access import SYSTEM

DEFERRED: Final = "deferred"
SUBSCRIPTIONS: Final = 500
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Earned:
    """Something earned by the end of a month that was not invoiced by then: of a subscription, or of a later line."""

    entity_id: UUID
    subscription_id: UUID | None
    line_id: UUID | None
    obligation: str
    text: str
    stream: str
    pillar: str
    """Its id, empty for none."""
    quantity: Decimal
    amount: Money


@dataclass(slots=True)
class Unbilled:
    """What was earned and not invoiced, and how many subscriptions have something that nobody can price."""

    found: list[Earned] = field(default_factory=list)
    unpriced: Counter[UUID] = field(default_factory=Counter)
    """By legal entity."""


def earned_by(line: InvoiceLine, day: date) -> str:
    """Return the purpose of the account that a line is posted to: revenue if it is earned by a day, else deferred."""
    begun, over = line.service_start.date() <= day, line.service_end.date() <= day
    earned = begun if line.pattern == Pattern.AT_START else over
    return f"revenue_{line.stream}" if earned else DEFERRED


def deferred_lines(rows: "QuerySet[InvoiceLine]") -> "QuerySet[InvoiceLine]":
    """Return those of some lines that were deferred when they were issued: see `earned_by`."""
    begins, ends = (TruncDate(name, tzinfo=UTC) for name in ("service_start", "service_end"))
    issued, at_start = F("invoice__issue_day"), Q(pattern=Pattern.AT_START)
    dated = rows.exclude(net_minor=0).annotate(begins=begins, ends=ends)
    return dated.filter((at_start & Q(begins__gt=issued)) | (~at_start & Q(ends__gt=issued)))


def first_issue_day() -> date | None:
    """Return the day of the first document, or on which the first subscription began; None while there is neither."""
    issued = Invoice.objects.exclude(issue_day=None).order_by("issue_day").values_list("issue_day", flat=True).first()
    began = Subscription.objects.order_by("start_day").values_list("start_day", flat=True).first()
    return min((day for day in (issued, began) if day is not None), default=None)


def recognised_months(month: date) -> dict[UUID, RecognisedMonth]:
    """Return in whose books the revenue of a month was posted before, by legal entity."""
    return {row.entity_id: row for row in RecognisedMonth.objects.filter(month=month)}


def unbilled(month: Days, zone: ZoneInfo, *, as_of: datetime, entities: Collection[UUID]) -> Unbilled:
    """Return what was earned for some legal entities when a month ended and was not invoiced by then.

    That is what subscriptions owe and no document was issued for, and what was invoiced later. Usage counts as if its
    period ended with the month; what is paid for a time counts by the days of it that passed.
    """
    told = Unbilled([_of_later(each) for each in invoiced_later(month.end, entities)])
    ends_at = start_of_day(month.end, zone)
    rows = Subscription.objects.filter(customer__entity__in=entities, deleted_at=None, changes__at__lt=ends_at)
    ended = Q(ends_at=None) | Q(ends_at__gte=start_of_day(month.start, zone)) | Q(due_at__lte=ends_at)
    running = rows.filter(ended).distinct().select_related("customer").order_by("pk")
    for some in _some_of(running.iterator(chunk_size=SUBSCRIPTIONS), SUBSCRIPTIONS):
        try:
            told.found += _unbilled_of(some, ends_at, as_of=as_of)
        except Problem:
            # Something cannot be priced: the others can.
            for row in some:
                try:
                    told.found += _unbilled_of([row], ends_at, as_of=as_of)
                except Problem:
                    told.unpriced[row.customer.entity_id] += 1
    return told


def _of_later(each: LineLater) -> Earned:
    due = each.due
    return Earned(
        entity_id=due.entity_id,
        subscription_id=None,
        line_id=due.line_id,
        obligation=each.obligation,
        text=each.text,
        stream=due.stream,
        pillar=due.pillar,
        quantity=each.quantity,
        amount=Money(due.minor, Currency(due.currency)),
    )


def _unbilled_of(rows: Sequence[Subscription], ends_at: datetime, *, as_of: datetime) -> list[Earned]:
    agreed = agreed_of(rows)
    offerings = {item.offering for one in agreed.values() for item, _ in one.parts.values()}
    up_to = max(one.period_at(ends_at).end for one in agreed.values())
    found = due_lines(agreed, up_to=up_to, as_of=as_of, book=PriceBook.of(SYSTEM, offerings), used_until=ends_at).lines
    return [
        Earned(
            entity_id=row.customer.entity_id,
            subscription_id=row.pk,
            line_id=None,
            obligation=f"{line.obligation} {line.revision}",
            text=line.text,
            stream=line.stream,
            pillar=str(line.pillar or ""),
            quantity=line.quantity,
            amount=amount,
        )
        for row in rows
        for line in found[row.pk]
        if line.period.start < ends_at and (amount := _earned(line, row, ends_at))
    ]


def _earned(line: DueLine, row: Subscription, ends_at: datetime) -> Money:
    if line.sort == Kind.USAGE:
        return line.net
    zone = zone_named(row.zone)
    first, last = day_in(line.period.start, zone), day_in(line.period.end, zone)
    days = Days(first, max(last, date.fromordinal(first.toordinal() + 1)))
    return Recognition(line.net, days, line.pattern, zone).recognised(day_in(ends_at, zone))


def _some_of(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    some: list[_Row] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
