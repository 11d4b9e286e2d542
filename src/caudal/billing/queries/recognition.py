"""What of issued lines is revenue by a day, what is not yet, and what is earned that nobody has invoiced."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from caudal.billing.models import (
    Invoice,
    InvoiceLine,
    InvoiceSort,
    InvoiceState,
    Order,
    RecognisedMonth,
    RecognisedRow,
    Subscription,
)
from caudal.billing.queries.due import DueLine, due_lines
from caudal.billing.queries.pricing import PriceBook
from caudal.billing.queries.standing import agreed_of
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money
from caudal.core.periods import Days, day_in, start_of_day, zone_named
from caudal.core.recognition import Pattern, Recognition
from caudal.core.subscriptions import Kind
from caudal.kit.access import SYSTEM

DEFERRED: Final = "deferred"
CHUNK: Final = 2_000
SUBSCRIPTIONS: Final = 500
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class LineRevenue:
    """An issued line as revenue: how it is earned, whether it was when it was issued, and what was told so far."""

    line: InvoiceLine
    recognition: Recognition
    is_deferred: bool
    recognised_minor: int
    ahead: bool
    """Whether something of it was told in a later month than the one that is asked for."""
    void_from: date | None

    def due_by(self, until: date) -> Money:
        """Return what is to be told in all before a day, less what was; of a void document nothing is revenue."""
        target = self.recognition.recognised(until)
        if self.void_from is not None and self.void_from < until:
            target = Money(0, target.currency)
        return target - Money(self.recognised_minor, target.currency)


@dataclass(frozen=True, slots=True)
class Earned:
    """Something earned by the end of a month that was not invoiced by then: of a subscription, or of a later line."""

    entity_id: UUID
    of: Subscription | InvoiceLine
    obligation: str
    text: str
    stream: str
    pillar_id: UUID | None
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


def issued_lines(until: date) -> "QuerySet[InvoiceLine]":
    """Return the lines of documents issued before a day, also of those made void since, which the caller may see."""
    rows = InvoiceLine.objects.filter(
        invoice__state__in=[InvoiceState.FINAL, InvoiceState.VOID], invoice__issue_day__lt=until
    )
    return rows.select_related("invoice").order_by("invoice__issue_day", "invoice_id", "position")


def some_of(rows: Iterable[_Row], size: int = CHUNK) -> Iterator[list[_Row]]:
    """Yield rows some at a time."""
    some: list[_Row] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def first_issue_day() -> date | None:
    """Return the day of the first document, or on which the first subscription began; None while there is neither."""
    issued = Invoice.objects.exclude(issue_day=None).order_by("issue_day").values_list("issue_day", flat=True).first()
    began = Subscription.objects.order_by("start_day").values_list("start_day", flat=True).first()
    return min((day for day in (issued, began) if day is not None), default=None)


def deferred_lines(rows: "QuerySet[InvoiceLine]") -> "QuerySet[InvoiceLine]":
    """Return those of some lines that were deferred when they were issued: see `earned_by`."""
    begins, ends = (TruncDate(name, tzinfo=UTC) for name in ("service_start", "service_end"))
    issued, at_start = F("invoice__issue_day"), Q(pattern=Pattern.AT_START)
    dated = rows.exclude(net_minor=0).annotate(begins=begins, ends=ends)
    return dated.filter((at_start & Q(begins__gt=issued)) | (~at_start & Q(ends__gt=issued)))


def unfinished_lines(month: Days) -> Iterator[LineRevenue]:
    """Yield the lines that were deferred and are not revenue as far as they should be by the end of a month."""
    rows = RecognisedRow.objects.filter(line=OuterRef("pk")).order_by().values("line")
    told = Coalesce(Subquery(rows.annotate(sum=Sum("amount_minor")).values("sum")), 0)
    lines = deferred_lines(issued_lines(month.end)).defer("waterfall").annotate(told=told)
    final, net = Q(invoice__state=InvoiceState.FINAL), F("net_minor")
    whole = Q(invoice__sort=InvoiceSort.INVOICE, told=net) | Q(invoice__sort=InvoiceSort.CREDIT_NOTE, told=-net)
    open_rows = lines.filter((final & ~whole) | (~final & ~Q(told=0)))
    for some in some_of(open_rows.iterator(chunk_size=CHUNK)):
        for each in revenue_of(some, month):
            if each.is_deferred and not each.ahead:
                yield each


def revenue_of(lines: Sequence[InvoiceLine], month: Days | None = None) -> list[LineRevenue]:
    """Return issued lines as revenue, in their order."""
    zones = _zones(lines)
    told: dict[UUID, int] = {}
    ahead: set[UUID] = set()
    for line_id, day, minor in RecognisedRow.objects.filter(line__in=lines).values_list(
        "line", "month", "amount_minor"
    ):
        told[line_id] = told.get(line_id, 0) + minor
        if month is not None and day >= month.end:
            ahead.add(line_id)
    return [_revenue(line, zones, told.get(line.pk, 0), ahead=line.pk in ahead) for line in lines]


def recognised_months(month: date) -> dict[UUID, RecognisedMonth]:
    """Return in whose books the revenue of a month was posted before, by legal entity."""
    return {row.entity_id: row for row in RecognisedMonth.objects.filter(month=month)}


def unbilled(month: Days, zone: ZoneInfo, *, as_of: datetime, entities: Collection[UUID]) -> Unbilled:
    """Return what was earned for some legal entities when a month ended and was not invoiced by then.

    That is what subscriptions owe and no document was issued for, and what was invoiced later. Usage counts as if its
    period ended with the month; what is paid for a time counts by the days of it that passed.
    """
    told = Unbilled(list(_invoiced_later(month, entities)))
    ends_at = start_of_day(month.end, zone)
    rows = Subscription.objects.filter(customer__entity__in=entities, deleted_at=None, changes__at__lt=ends_at)
    ended = Q(ends_at=None) | Q(ends_at__gte=start_of_day(month.start, zone)) | Q(due_at__lte=ends_at)
    running = rows.filter(ended).distinct().select_related("customer").order_by("pk")
    for some in some_of(running.iterator(chunk_size=SUBSCRIPTIONS), SUBSCRIPTIONS):
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


def _unbilled_of(rows: Sequence[Subscription], ends_at: datetime, *, as_of: datetime) -> list[Earned]:
    agreed = agreed_of(rows)
    offerings = {item.offering for one in agreed.values() for item, _ in one.parts.values()}
    up_to = max(one.period_at(ends_at).end for one in agreed.values())
    found = due_lines(agreed, up_to=up_to, as_of=as_of, book=PriceBook(SYSTEM, offerings), used_until=ends_at).lines
    return [
        Earned(
            entity_id=row.customer.entity_id,
            of=row,
            obligation=f"{line.obligation} {line.revision}",
            text=line.text,
            stream=line.stream,
            pillar_id=line.pillar,
            quantity=line.quantity,
            amount=amount,
        )
        for row in rows
        for line in found[row.pk]
        if line.period.start < ends_at and (amount := _earned(line, row, ends_at))
    ]


def _invoiced_later(month: Days, entities: Collection[UUID]) -> Iterator[Earned]:
    """What was served by the end of a month and invoiced after it; what was credited by hand is of its own day."""
    rows = InvoiceLine.objects.filter(
        invoice__entity__in=entities,
        invoice__state=InvoiceState.FINAL,
        invoice__issue_day__gte=month.end,
        service_start__date__lt=month.end,
        source__isnull=False,
    )
    lines = rows.exclude(net_minor=0).select_related("invoice").defer("waterfall").order_by("invoice", "position")
    for some in some_of(lines.iterator(chunk_size=CHUNK)):
        for each in revenue_of(some):
            amount = each.recognition.recognised(month.end)
            if amount:
                line = each.line
                yield Earned(
                    entity_id=line.invoice.entity_id,
                    of=line,
                    obligation=line.obligation,
                    text=line.text,
                    stream=line.stream,
                    pillar_id=line.pillar_id,
                    quantity=line.quantity,
                    amount=amount,
                )


def _earned(line: DueLine, row: Subscription, ends_at: datetime) -> Money:
    if line.sort == Kind.USAGE:
        return line.net
    zone = zone_named(row.zone)
    days = _days(line.period.start, line.period.end, zone)
    return Recognition(line.net, days, line.pattern, zone).recognised(day_in(ends_at, zone))


def _revenue(line: InvoiceLine, zones: Mapping[UUID | None, ZoneInfo], told: int, *, ahead: bool) -> LineRevenue:
    document: Invoice = line.invoice
    zone = zones[line.source]
    sign = -1 if document.sort == InvoiceSort.CREDIT_NOTE else 1
    amount = Money(sign * line.net_minor, Currency(document.currency))
    days = _days(line.service_start, line.service_end, zone)
    assert document.issue_day is not None  # noqa: S101  it is issued
    return LineRevenue(
        line=line,
        recognition=Recognition(amount, days, Pattern(line.pattern), zone),
        is_deferred=earned_by(line, document.issue_day) == DEFERRED,
        recognised_minor=told,
        ahead=ahead,
        void_from=day_in(document.voided_at, zone) if document.voided_at is not None else None,
    )


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> Days:
    """The days that an amount is for: at least one, also where it is for some hours."""
    first, last = day_in(start, zone), day_in(end, zone)
    return Days(first, max(last, date.fromordinal(first.toordinal() + 1)))


def _zones(lines: Iterable[InvoiceLine]) -> dict[UUID | None, ZoneInfo]:
    """Where each source of lines was agreed to be counted; what was credited by hand counts in UTC."""
    sources = {line.source for line in lines}
    known: dict[UUID | None, ZoneInfo] = dict.fromkeys(sources, ZoneInfo("UTC"))
    for model in (Subscription, Order):
        rows = model.objects.filter(pk__in=[each for each in sources if each is not None])
        known |= {source: zone_named(zone) for source, zone in rows.values_list("pk", "zone")}
    return known
