"""The API: billing invoices. Written by bin/client."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource, Version, quoted


class FinaliseIn(TypedDict):
    """On which day a draft is issued."""

    issue_day: str


class InvoiceLine(TypedDict):
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
    service_start: str
    service_end: str
    price_number: int
    waterfall: dict[str, Any]
    usage_as_of: str | None
    corrects_id: str | None
    corrects_position: int | None


class Invoice(TypedDict):
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
    reason: str
    reference: str
    issue_day: str | None
    due_day: str | None
    due_from: str
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody
    open: MoneyBody
    finalised_at: str | None
    sent_at: str | None
    voided_at: str | None


class InvoiceTax(TypedDict):
    """What is taxed at one rate, and the rule that says so where it is not the seller's own."""

    category: str
    percent: str
    why: str
    taxable: MoneyBody
    tax: MoneyBody


class InvoiceWhole(TypedDict):
    """A document with its lines, its taxes, its entry, and what corrects it."""

    id: str
    version: int
    number: str | None
    sort: str
    state: str
    customer_id: str
    customer_name: str
    corrects_id: str | None
    run_id: str | None
    reason: str
    reference: str
    issue_day: str | None
    due_day: str | None
    due_from: str
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody
    open: MoneyBody
    finalised_at: str | None
    sent_at: str | None
    voided_at: str | None
    seller: dict[str, Any]
    buyer: dict[str, Any]
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    entry_id: str | None
    corrected_by: list[str]


class VoidingIn(TypedDict):
    """On which day a document is made void, and why."""

    day: str
    why: str


class ListBillingInvoicesQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    where: NotRequired[str]
    sort: NotRequired[str]
    fields: NotRequired[str]


class GetBillingInvoicePdfQuery(TypedDict):
    """What may be asked."""

    language: NotRequired[Literal["en", "es"] | None]


class BillingInvoicesRoutes(Resource):
    """The routes of billing invoices."""

    def list_billing_invoices(self, **query: Unpack[ListBillingInvoicesQuery]) -> Iterator[Invoice | dict[str, Any]]:
        """List invoices and credit notes, the latest first unless `sort` says otherwise."""
        found: Iterator[Invoice | dict[str, Any]] = self._pages("/api/v1/billing/invoices", query)
        return found

    def get_billing_invoice(self, invoice_id: str) -> InvoiceWhole:
        """Read a document with its lines, its taxes and what stands around it."""
        found: InvoiceWhole = self._send("GET", f"/api/v1/billing/invoices/{quoted(invoice_id)}")
        return found

    def discard_billing_invoice(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> None:
        """Throw a draft away: what it was for is due again."""
        self._send(
            "DELETE", f"/api/v1/billing/invoices/{quoted(invoice_id)}", idempotency_key=idempotency_key, version=version
        )

    def finalise_billing_invoice(
        self,
        invoice_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[FinaliseIn],
    ) -> Invoice:
        """Issue a draft: it gets its number and is posted. An issued one stays as it is."""
        found: Invoice = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/finalise",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def get_billing_invoice_pdf(self, invoice_id: str, **query: Unpack[GetBillingInvoicePdfQuery]) -> bytes:
        """Read a document as PDF/A, in its own language unless another one is asked for."""
        found: bytes = self._send("GET", f"/api/v1/billing/invoices/{quoted(invoice_id)}/pdf", query=query)
        return found

    def send_billing_invoice(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Invoice:
        """Send a document to its customer with the PDF, once; it counts as sent from then on."""
        found: Invoice = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/mail",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def mark_billing_invoice_sent(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Invoice:
        """Say that a document went out: it cannot be made void any more."""
        found: Invoice = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/sent",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def void_billing_invoice(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[VoidingIn]
    ) -> Invoice:
        """Make a document void before it was sent: its number stays used, its entry is reversed."""
        found: Invoice = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/void",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
