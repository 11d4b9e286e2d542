"""What customers owe: subscriptions, orders and agreed minimums, with whose they are and what each comes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Min, QuerySet

from caudal.billing.models import Contract, InvoiceRun, Order, Subscription
from caudal.billing.offline import Item, read_items
from caudal.billing.queries.committing import commitment_lines
from caudal.billing.queries.drafting import Source
from caudal.billing.queries.due import DueLine, due_lines
from caudal.billing.queries.gathering import Gathered, Sought
from caudal.billing.queries.pricing import PriceBook
from caudal.billing.queries.standing import Agreed, agreed_of
from caudal.core.money import Currency
from caudal.core.periods import Period, start_of_day, zone_named
from caudal.core.pricing import EN_16931
from caudal.core.recognition import Pattern
from caudal.kit.access import Actor
from caudal.usage.queries import touched_since


@dataclass(frozen=True, slots=True)
class Owing:
    """Lines that are to be invoiced, by their source."""

    sources: Mapping[UUID, Source]
    lines: Mapping[UUID, Sequence[DueLine]]
    agreed: Mapping[UUID, Agreed]
    orders: Sequence[Order]
    next_due: Mapping[UUID, datetime | None]
    """When each subscription falls due again after that."""
    contracts: Sequence[Contract] = ()
    """Those whose commitment was looked at."""


def owed_by(actor: Actor, sought: Sought, due: Gathered, *, agreed: Mapping[UUID, Agreed] | None = None) -> Owing:
    """Return what was gathered owes, which the caller may see.

    What is `agreed` of some of the subscriptions may be given, where it is not what is written.
    """
    subscriptions, orders, contracts = due.subscriptions, due.orders, due.contracts
    given = agreed or {}
    read = [row for row in subscriptions if row.pk not in given]
    agreed = agreed_of(read, due.changes) | {row.pk: given[row.pk] for row in subscriptions if row.pk in given}
    items = {order.pk: read_items(order.items) for order in orders}
    offerings = {item.offering for one in agreed.values() for item, _ in one.parts.values()}
    offerings |= {item.offering for each in items.values() for item in each}
    book = PriceBook.of(actor, offerings)
    known = due_lines(agreed, up_to=sought.up_to, as_of=sought.as_of, book=book, late=sought.late)
    lines: dict[UUID, Sequence[DueLine]] = {**known.lines}
    lines |= {order.pk: order_lines(order, items[order.pk], book) for order in orders}
    rows: list[Subscription | Order] = [*subscriptions, *orders]
    sources = {
        row.pk: Source(row.pk, row.customer, row.contract_id, row.currency, row.zone, row.money_policy) for row in rows
    }
    if contracts:
        lines |= commitment_lines(contracts, lines, up_to=sought.up_to)
        sources |= {contract.pk: _source_of(contract, lines[contract.pk]) for contract in contracts}
    return Owing(sources, lines, agreed, orders, known.next_due, contracts)


def _source_of(contract: Contract, lines: Sequence[DueLine]) -> Source:
    customer = contract.customer
    currency = lines[0].net.currency.code if lines else customer.currency
    return Source(contract.pk, customer, contract.pk, currency, customer.zone, EN_16931.name)


def order_lines(order: Order, items: Iterable[Item], book: PriceBook) -> list[DueLine]:
    """Return the lines of an order: each charge once, for as many as were ordered."""
    currency, zone = Currency(order.currency), zone_named(order.zone)
    at = start_of_day(order.day, zone)
    period = Period(at, start_of_day(order.day + timedelta(days=1), zone))
    found = []
    for item in items:
        for charge in item.charges:
            priced = book.fixed(item, charge, currency=currency, day=order.day, quantity=item.seats)
            found.append(
                DueLine(
                    sort="once",
                    source=order.pk,
                    obligation=f"{item.key}.{charge.code} order",
                    text=item.name if charge.name == item.name else f"{item.name}: {charge.name}",
                    stream=charge.stream,
                    whole=priced.line.amount,
                    net=priced.line.amount,
                    due_at=order.due_at or at,
                    period=period,
                    quantity=Decimal(item.seats),
                    unit=charge.unit,
                    charge=charge.charge,
                    pillar=charge.pillar,
                    pattern=Pattern.AT_START,
                    price_number=priced.number,
                    waterfall=priced.waterfall,
                )
            )
    return found


def late_usage(as_of: datetime) -> dict[UUID, datetime]:
    """Return the subscriptions whose usage became known since the run before an instant, each with its first instant.

    A run that was cut short is as if it had not been: what it did not get to is looked for again. So is what it could
    not invoice, since its usage was looked at last.
    """
    done = InvoiceRun.objects.filter(finished_at__isnull=False, as_of__lt=as_of, deleted_at=None)
    before = done.order_by("-as_of").first()
    if before is None:
        return {}
    found = _touched(Subscription.objects.all(), after=before.as_of, up_to=as_of)
    left = Subscription.objects.filter(customer__in=before.failures.values("customer"), usage_as_of__lt=before.as_of)
    since = left.aggregate(since=Min("usage_as_of"))["since"]
    if since is not None:
        for key, at in _touched(left, after=since, up_to=before.as_of).items():
            found[key] = min(at, found.get(key, at))
    return found


def _touched(asked: "QuerySet[Subscription]", *, after: datetime, up_to: datetime) -> dict[UUID, datetime]:
    """Those of some subscriptions of whose invoiced usage more became known, each with its first instant."""
    first: dict[tuple[UUID, str], datetime] = {}
    for each in touched_since(after=after, up_to=up_to):
        key = each.company_id, each.subject
        first[key] = min(each.first_at, first.get(key, each.first_at))
    by_company: dict[UUID, list[tuple[str, datetime]]] = {}
    for (company_id, subject), at in first.items():
        by_company.setdefault(company_id, []).append((subject, at))
    rows = asked.filter(customer__company__in=by_company, billed_at__isnull=False, deleted_at=None)
    found = {}
    for row in rows.select_related("customer").order_by("pk"):
        assert row.customer.company_id is not None  # noqa: S101  asked for
        ats = [at for subject, at in by_company[row.customer.company_id] if not row.subjects or subject in row.subjects]
        if ats and row.billed_at is not None and min(ats) < row.billed_at:
            found[row.pk] = min(ats)
    return found
