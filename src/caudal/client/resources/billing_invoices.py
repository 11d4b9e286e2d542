"""The API: billing. Written by bin/client."""

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


class RunFailure(TypedDict):
    """A customer whom a run could not invoice, and why."""

    customer_id: str
    customer_name: str
    code: str
    title: str
    hint: str


class InvoiceRun(TypedDict):
    """A run: how far it is, and whom it could not invoice."""

    id: str
    up_to: str
    as_of: str
    issue_day: str
    as_drafts: bool
    planned: int
    customers: int
    invoices: int
    stopped_at: str | None
    finished_at: str | None
    failures: list[RunFailure]


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


class PreviewDocument(TypedDict):
    """A document as it would be."""

    sort: str
    due_from: str
    lines: list[dict[str, Any]]
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody


class PreviewCustomer(TypedDict):
    """What a customer would be invoiced, or what is in the way."""

    customer_id: str
    customer_name: str
    documents: list[PreviewDocument]
    problem: str | None


class Preview(TypedDict):
    """What a run would invoice; `more` is how many customers owe something beside those told."""

    customers: list[PreviewCustomer]
    totals: list[MoneyBody]
    more: int


class RunIn(TypedDict):
    """Up to which instant is invoiced (now without one), on which day documents are issued, whether as drafts."""

    up_to: NotRequired[str | None]
    issue_day: NotRequired[str | None]
    as_drafts: NotRequired[bool]


class TaxRateIn(TypedDict):
    """A rate to add; it is never changed after that."""

    country: str
    tax_kind: Literal["standard", "reduced"]
    from_day: str
    percent: str
    source: NotRequired[str]


class TaxRate(TypedDict):
    """The percentage of a country for a kind of product from a day on."""

    id: str
    country: str
    tax_kind: str
    from_day: str
    percent: str
    source: str


class TaxRateList(TypedDict):
    """Rates by country and kind, the latest first."""

    rates: list[TaxRate]


class VoidingIn(TypedDict):
    """On which day a document is made void, and why."""

    day: str
    why: str


class ListInvoicesQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    where: NotRequired[str]
    sort: NotRequired[str]
    fields: NotRequired[str]


class GetInvoicePdfQuery(TypedDict):
    """What may be asked."""

    language: NotRequired[Literal["en", "es"] | None]


class ListRunsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class PreviewQuery(TypedDict):
    """What may be asked."""

    up_to: NotRequired[str | None]
    issue_day: NotRequired[str | None]


class ListTaxRatesQuery(TypedDict):
    """What may be asked."""

    country: NotRequired[str | None]


class BillingRoutes(Resource):
    """The routes of billing."""

    def list_invoices(self, **query: Unpack[ListInvoicesQuery]) -> Iterator[Invoice | dict[str, Any]]:
        """List invoices and credit notes, the latest first unless `sort` says otherwise."""
        found: Iterator[Invoice | dict[str, Any]] = self._pages("/api/v1/billing/invoices", query)
        return found

    def get_invoice(self, invoice_id: str) -> InvoiceWhole:
        """Read a document with its lines, its taxes and what stands around it."""
        found: InvoiceWhole = self._send("GET", f"/api/v1/billing/invoices/{quoted(invoice_id)}")
        return found

    def discard_invoice(self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Throw a draft away: what it was for is due again."""
        self._send(
            "DELETE", f"/api/v1/billing/invoices/{quoted(invoice_id)}", idempotency_key=idempotency_key, version=version
        )

    def finalise_invoice(
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

    def get_invoice_pdf(self, invoice_id: str, **query: Unpack[GetInvoicePdfQuery]) -> bytes:
        """Read a document as PDF/A, in its own language unless another one is asked for."""
        found: bytes = self._send("GET", f"/api/v1/billing/invoices/{quoted(invoice_id)}/pdf", query=query)
        return found

    def send_invoice(self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Invoice:
        """Send a document to its customer with the PDF, once; it counts as sent from then on."""
        found: Invoice = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/mail",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def mark_invoice_sent(
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

    def void_invoice(
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

    def list_runs(self, **query: Unpack[ListRunsQuery]) -> Iterator[InvoiceRun]:
        """List invoice runs, the latest first."""
        found: Iterator[InvoiceRun] = self._pages("/api/v1/billing/runs", query)
        return found

    def start_run(self, *, idempotency_key: str | None = None, **body: Unpack[RunIn]) -> InvoiceRun:
        """Let a worker invoice everything that fell due; look at the run to see how far it is."""
        found: InvoiceRun = self._send("POST", "/api/v1/billing/runs", idempotency_key=idempotency_key, body=body)
        return found

    def get_run(self, run_id: str) -> InvoiceRun:
        """Read a run: how far it is, and whom it could not invoice."""
        found: InvoiceRun = self._send("GET", f"/api/v1/billing/runs/{quoted(run_id)}")
        return found

    def stop_run(self, run_id: str, *, version: Version = None, idempotency_key: str | None = None) -> InvoiceRun:
        """Let a run end behind the customers it is at; what is invoiced stays."""
        found: InvoiceRun = self._send(
            "POST", f"/api/v1/billing/runs/{quoted(run_id)}/stop", idempotency_key=idempotency_key, version=version
        )
        return found

    def continue_run(self, run_id: str, *, version: Version = None, idempotency_key: str | None = None) -> InvoiceRun:
        """Let a run go on; those whom it could not invoice are tried again."""
        found: InvoiceRun = self._send(
            "POST", f"/api/v1/billing/runs/{quoted(run_id)}/continue", idempotency_key=idempotency_key, version=version
        )
        return found

    def preview(self, **query: Unpack[PreviewQuery]) -> Preview:
        """Say what a run would invoice, document by document. Writes nothing."""
        found: Preview = self._send("GET", "/api/v1/billing/preview", query=query)
        return found

    def list_tax_rates(self, **query: Unpack[ListTaxRatesQuery]) -> TaxRateList:
        """List tax rates by country and kind, the latest first."""
        found: TaxRateList = self._send("GET", "/api/v1/billing/tax-rates", query=query)
        return found

    def add_tax_rate(self, *, idempotency_key: str | None = None, **body: Unpack[TaxRateIn]) -> TaxRate:
        """Add a rate with the day from which it counts."""
        found: TaxRate = self._send("POST", "/api/v1/billing/tax-rates", idempotency_key=idempotency_key, body=body)
        return found
