"""Routes of invoices and credit notes."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.billing import actions, adapters, queries
from caudal.billing.models import Invoice, InvoiceLine, InvoiceRun, InvoiceTax
from caudal.core.decimals import plain_decimal
from caudal.core.money import Currency, Money
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, ListQuery, MoneyBody, public_id, row_id, tag
from caudal.kit.downloads import pdf_answer
from caudal.kit.lists import chosen, page_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.shapes import Reader, shape_of
from caudal.kit.world import now
from caudal.workspace.queries import company

router = Router()

PDF: Final = {
    "responses": {
        200: {
            "description": "The file",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        },
    }
}


class InvoiceOut(Schema):
    """An invoice or a credit note. Amounts are positive for what it is: a credit note of 10 credits 10."""

    id: str
    version: int
    number: str | None
    sort: str
    state: str
    customer_id: str
    customer_name: str
    corrects_id: str | None
    run_id: str | None
    """The invoice run that wrote it; lists are filtered by it as `run`."""
    reason: str
    reference: str
    issue_day: date | None
    due_day: date | None
    due_from: date
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody
    open: MoneyBody
    """What is neither paid, credited nor written off."""
    finalised_at: datetime | None
    sent_at: datetime | None
    voided_at: datetime | None


class InvoicePage(Schema):
    """Some invoices; `next` is the cursor of those behind them."""

    items: list[InvoiceOut | dict[str, Any]]
    next: str | None


class InvoiceLineOut(Schema):
    """A line, with every step of its price in `waterfall`, and what of the period it is in `share`."""

    position: int
    sort: str
    text: str
    stream: str
    source: str | None
    obligation: str
    revision: int
    quantity: str
    unit: str
    share: str
    whole: MoneyBody
    net: MoneyBody
    tax_category: str
    tax_percent: str
    service_start: datetime
    service_end: datetime
    price_number: int
    waterfall: dict[str, Any]
    usage_as_of: datetime | None
    corrects_id: str | None
    """The document whose line it corrects."""
    corrects_position: int | None


class InvoiceTaxOut(Schema):
    """What is taxed at one rate, and the rule that says so where it is not the seller's own."""

    category: str
    percent: str
    why: str
    taxable: MoneyBody
    tax: MoneyBody


class InvoiceWhole(InvoiceOut):
    """A document with its lines, its taxes, its entry, and what corrects it."""

    seller: dict[str, Any]
    buyer: dict[str, Any]
    """As it was known when the document was issued."""
    lines: list[InvoiceLineOut]
    taxes: list[InvoiceTaxOut]
    entry_id: str | None
    corrected_by: list[str]


class FinaliseIn(Body):
    """On which day a draft is issued."""

    issue_day: date


class PdfQuery(Body):
    """In which language."""

    language: Literal["en", "es"] | None = None


class VoidingIn(Body):
    """On which day a document is made void, and why."""

    day: date
    why: Annotated[str, Field(min_length=1, max_length=200)]


@router.get("/invoices", response=InvoicePage)
@needs("invoice")
def list_billing_invoices(request: HttpRequest, query: Query[ListQuery]) -> InvoicePage:
    """List invoices and credit notes, the latest first unless `sort` says otherwise."""
    actor, own = actor_of(request), company()
    reader = Reader(actor=actor, as_of=now(), currency=own.currency if own else "")
    shape = shape_of(Invoice.kind)
    rows = chosen(shape, query.selection, reader)
    found = page_of(rows, shape, query.selection, reader, cursor=query.cursor, limit=query.limit)
    return InvoicePage(items=query.picked(Invoice.kind, actor, found.rows, invoice_out), next=found.next)


@router.get("/invoices/{invoice_id}", response=InvoiceWhole)
@needs("invoice")
def get_billing_invoice(request: HttpRequest, response: HttpResponse, invoice_id: str) -> InvoiceWhole:
    """Read a document with its lines, its taxes and what stands around it."""
    actor = actor_of(request)
    row = queries.invoice(actor, row_id(Invoice.kind, invoice_id))
    around, currency = queries.around(actor, row), Currency(row.currency)
    tag(response, row)
    return InvoiceWhole(
        **invoice_out(row).dict(),
        seller=row.seller.said if row.seller else queries.seller_said(row.entity),
        buyer=row.buyer.said if row.buyer else queries.buyer_said(row.customer),
        lines=[_line(each, currency) for each in queries.lines_of(row)],
        taxes=[_tax(each, currency) for each in queries.taxes_of(row)],
        entry_id=str(around.entry) if around.entry else None,
        corrected_by=[str(each.ref) for each in around.corrections],
    )


@router.post("/invoices/{invoice_id}/finalise", response=InvoiceOut)
@needs("invoice", Verb.CHANGE)
def finalise_billing_invoice(request: HttpRequest, invoice_id: str, body: FinaliseIn) -> InvoiceOut:
    """Issue a draft: it gets its number and is posted. An issued one stays as it is."""
    row_pk = row_id(Invoice.kind, invoice_id)
    actions.finalise(actor=actor_of(request), as_of=now(), invoice_id=row_pk, **body.dict())
    return invoice_out(queries.invoice(actor_of(request), row_pk))


@router.get("/invoices/{invoice_id}/pdf", response={200: None}, openapi_extra=PDF)
@needs("invoice")
def get_billing_invoice_pdf(request: HttpRequest, invoice_id: str, query: Query[PdfQuery]) -> HttpResponse:
    """Read a document as PDF/A, in its own language unless another one is asked for."""
    row = queries.invoice(actor_of(request), row_id(Invoice.kind, invoice_id))
    return pdf_answer(adapters.invoice_pdf(row, query.language or ""), adapters.file_name(row))


@router.post("/invoices/{invoice_id}/mail", response=InvoiceOut)
@needs("invoice", Verb.CHANGE)
def send_billing_invoice(request: HttpRequest, invoice_id: str) -> InvoiceOut:
    """Send a document to its customer with the PDF, once; it counts as sent from then on."""
    actor = actor_of(request)
    row = queries.invoice(actor, row_id(Invoice.kind, invoice_id))
    name, file = adapters.file_name(row), adapters.invoice_pdf(row)
    actions.send_invoice(actor=actor, as_of=now(), invoice_id=row.pk, file=file, file_name=name)
    return invoice_out(queries.invoice(actor, row.pk))


@router.post("/invoices/{invoice_id}/sent", response=InvoiceOut)
@needs("invoice", Verb.CHANGE)
def mark_billing_invoice_sent(request: HttpRequest, invoice_id: str) -> InvoiceOut:
    """Say that a document went out: it cannot be made void any more."""
    row_pk = row_id(Invoice.kind, invoice_id)
    actions.mark_sent(actor=actor_of(request), as_of=now(), invoice_id=row_pk)
    return invoice_out(queries.invoice(actor_of(request), row_pk))


@router.post("/invoices/{invoice_id}/void", response=InvoiceOut)
@needs("invoice", Verb.CHANGE)
def void_billing_invoice(request: HttpRequest, invoice_id: str, body: VoidingIn) -> InvoiceOut:
    """Make a document void before it was sent: its number stays used, its entry is reversed."""
    row_pk = row_id(Invoice.kind, invoice_id)
    actions.void(actor=actor_of(request), as_of=now(), invoice_id=row_pk, **body.dict())
    return invoice_out(queries.invoice(actor_of(request), row_pk))


@router.delete("/invoices/{invoice_id}", response={204: None})
@needs("invoice", Verb.DELETE)
def discard_billing_invoice(request: HttpRequest, invoice_id: str) -> Status[None]:
    """Throw a draft away: what it was for is due again."""
    actions.discard(actor=actor_of(request), as_of=now(), invoice_id=row_id(Invoice.kind, invoice_id))
    return Status(204, None)


def invoice_out(row: Invoice) -> InvoiceOut:
    """Return a document as the API tells it."""
    currency = Currency(row.currency)
    return InvoiceOut(
        id=str(row.ref),
        version=row.version,
        number=row.number,
        sort=row.sort,
        state=queries.state_of(row),
        customer_id=str(row.customer.ref),
        customer_name=row.customer.name,
        corrects_id=public_id(Invoice.kind, row.corrects_id),
        run_id=public_id(InvoiceRun.kind, row.run_id),
        reason=row.reason,
        reference=row.reference,
        issue_day=row.issue_day,
        due_day=row.due_day,
        due_from=row.due_from,
        finalised_at=row.finalised_at,
        sent_at=row.sent_at,
        voided_at=row.voided_at,
        **{name: money(getattr(row, f"{name}_minor"), currency) for name in ("net", "tax", "gross", "open")},
    )


def money(minor: int, currency: Currency) -> MoneyBody:
    """Return an amount as the API tells it."""
    return MoneyBody(**Money(minor, currency).to_json())


def _line(line: InvoiceLine, currency: Currency) -> InvoiceLineOut:
    names = ("position", "sort", "text", "stream", "obligation", "revision", "unit", "share", "tax_category")
    more = ("service_start", "service_end", "price_number", "waterfall", "usage_as_of")
    corrects = line.corrects
    return InvoiceLineOut(
        source=str(line.source) if line.source else None,
        quantity=plain_decimal(line.quantity),
        whole=money(line.whole_minor, currency),
        net=money(line.net_minor, currency),
        tax_percent=plain_decimal(line.tax_percent),
        corrects_id=str(corrects.invoice.ref) if corrects else None,
        corrects_position=corrects.position if corrects else None,
        **{name: getattr(line, name) for name in (*names, *more)},
    )


def _tax(tax: InvoiceTax, currency: Currency) -> InvoiceTaxOut:
    return InvoiceTaxOut(
        category=tax.category,
        percent=plain_decimal(tax.percent),
        why=tax.why,
        taxable=money(tax.taxable_minor, currency),
        tax=money(tax.tax_minor, currency),
    )
