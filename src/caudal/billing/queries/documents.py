"""Reads of documents: which there are, one with all that it names, and what its lines were made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import BigIntegerField, Case, CharField, F, Q, Value, When
from django.db.models.expressions import Combinable

from caudal.billing.models import Invoice, InvoiceLine, InvoiceSort, InvoiceState, Order, Subscription
from caudal.billing.offline import read_items
from caudal.core.ids import Ref
from caudal.core.periods import Period
from caudal.kit.access import Actor, Verb
from caudal.kit.records import NotFound
from caudal.ledger.queries import entry_posted_for
from caudal.usage.queries import UsageAsked, UsageTransaction, transactions

STATES: Final = {
    "draft": Q(state=InvoiceState.DRAFT),
    "open": Q(state=InvoiceState.FINAL, open_minor__gt=0),
    "settled": Q(state=InvoiceState.FINAL, open_minor=0),
    "void": Q(state=InvoiceState.VOID),
}
"""How a document stands, by what its row says."""


def state_of(row: Invoice) -> str:
    """Return how a document stands: a key of `STATES`."""
    if row.state == InvoiceState.FINAL:
        return "open" if row.open_minor else "settled"
    return str(row.state)


def standing() -> Case:
    """Return the expression of how documents stand."""
    return Case(*(When(asked, then=Value(name)) for name, asked in STATES.items()), output_field=CharField())


def counted(name: str) -> Combinable:
    """Return the expression of an amount as it counts: a credit note takes away, what is void is nothing.

    Nothing is open of a draft: nobody owes it yet.
    """
    nothing = [InvoiceState.VOID, *([InvoiceState.DRAFT] if name == "open_minor" else [])]
    return Case(
        When(state__in=nothing, then=Value(0)),
        When(sort=InvoiceSort.CREDIT_NOTE, then=-F(name)),
        default=F(name),
        output_field=BigIntegerField(),
    )


def is_overdue(row: Invoice, today: date) -> bool:
    """Say whether an invoice should have been paid before a day."""
    is_open = row.sort == InvoiceSort.INVOICE and row.state == InvoiceState.FINAL and row.open_minor > 0
    return is_open and row.due_day is not None and row.due_day < today


def overdue(today: date) -> Q:
    """Return the condition on invoices that should have been paid before a day."""
    return STATES["open"] & Q(sort=InvoiceSort.INVOICE, due_day__lt=today)


def invoices_with(words: str) -> Q:
    """Return the condition on documents whose number, customer or reference holds some words."""
    return Q(number__icontains=words) | Q(customer__name__icontains=words) | Q(reference__icontains=words)


def invoice(actor: Actor, invoice_id: UUID, verb: Verb = Verb.VIEW) -> Invoice:
    """Return a document with the parties that it names and what it corrects. Raises NotFound."""
    rows = Invoice.for_actor(actor, verb).select_related(
        "customer__company", "customer__person", "entity__logo", "seller", "buyer", "corrects", "contract", "run"
    )
    found = rows.filter(pk=invoice_id).first()
    if found is None:
        raise NotFound(kind=Invoice.kind, id=Ref(Invoice.kind, invoice_id))
    return found


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a document: those that correct it, and the entry that it was posted as."""

    corrections: Sequence[Invoice]
    entry: Ref | None


def around(actor: Actor, row: Invoice) -> Around:
    """Return what stands around a document."""
    lines = InvoiceLine.objects.filter(corrects__invoice=row).values("invoice")
    found = Invoice.for_actor(actor).filter(Q(corrects=row) | Q(pk__in=lines)).order_by("created_at", "pk")
    entry = entry_posted_for(str(row.ref))
    return Around(list(found), entry.ref if entry else None)


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """What a line came from: a subscription or an order, and the events that its quantity was made of."""

    source: Subscription | Order | None
    meter: str
    events: Sequence[UsageTransaction]
    has_more: bool


def line_at(row: Invoice, position: int) -> InvoiceLine:
    """Return a line of a document by its place. Raises NotFound."""
    found = row.lines.select_related("corrects__invoice", "charge", "pillar").filter(position=position).first()
    if found is None:
        raise NotFound(kind="invoice_line", id=position)
    return found


def corrections_of(actor: Actor, line: InvoiceLine) -> list[InvoiceLine]:
    """Return the lines that correct a line, as far as somebody may see their documents."""
    rows = InvoiceLine.objects.filter(corrects=line, invoice__in=Invoice.for_actor(actor)).select_related("invoice")
    return list(rows.order_by("revision", "pk"))


def origin_of(row: Invoice, line: InvoiceLine, *, most: int) -> LineOrigin:
    """Return what a line came from, with at most so many of the events that were known when it was made."""
    source: Subscription | Order | None = None
    if line.source is not None:
        source = Subscription.objects.filter(pk=line.source).first() or Order.objects.filter(pk=line.source).first()
    if line.usage_as_of is None or not isinstance(source, Subscription):
        return LineOrigin(source, "", (), has_more=False)
    meter = _meter_of(source, line)
    asked = UsageAsked(
        key="line",
        company_id=row.customer.company_id or row.customer_id,
        meter=meter,
        period=Period(line.service_start, line.service_end),
        subjects=frozenset(source.subjects) or None,
    )
    events = transactions([asked], as_of=line.usage_as_of, most=most + 1).get("line", ())
    return LineOrigin(source, meter, events[:most], has_more=len(events) > most)


def _meter_of(source: Subscription, line: InvoiceLine) -> str:
    """The meter that the charge of a line was agreed with, the latest time that it was."""
    changes = source.changes.filter(at__lt=line.service_end).order_by("-number")
    for change in changes:
        for item in read_items(change.items):
            for charge in item.charges:
                if charge.charge == line.charge_id:
                    return charge.meter
    return ""
