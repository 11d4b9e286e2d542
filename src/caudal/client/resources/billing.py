"""The API: billing. Written by bin/client."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import AllocationIn, Done, MoneyBody, PaymentIn, PaymentMethod, Request, Settlement
from caudal.client.transport import Resource, Version, quoted

Age: TypeAlias = Literal["current", "to_30", "to_60", "to_90", "over_90"]
"""How long a debt has been due."""


class AgeingRow(TypedDict):
    """What a customer owed by age, and what they had to their credit, in the company's currency."""

    customer_id: str
    name: str
    by_age: dict[str, MoneyBody]
    owed: MoneyBody
    unused: MoneyBody
    balance: MoneyBody


class Open(TypedDict):
    """An invoice with what was open of it; `own` is in the company's currency, null without a rate of the day."""

    invoice_id: str
    customer_id: str
    number: str
    due_day: str | None
    days_late: int
    age: Age
    open: MoneyBody
    own: MoneyBody | None


class Ageing(TypedDict):
    """What was outstanding on a day; what has no rate of the day stands apart."""

    day: str
    currency: str
    rows: list[AgeingRow]
    documents: list[Open]
    owed: MoneyBody
    unused: MoneyBody
    unconverted: list[MoneyBody]
    days_outstanding: str | None


class AllocationsIn(TypedDict):
    """For what an open amount is used, on which day; without `allocations` for the oldest invoices first."""

    day: str
    allocations: NotRequired[list[AllocationIn] | None]


class CreditLineIn(TypedDict):
    """What is credited of a line: so many units, an amount before tax, or all that is left."""

    line_id: str
    quantity: NotRequired[float | str | None]
    amount: NotRequired[MoneyBody | None]


class CreditIn(TypedDict):
    """What is credited: an amount before tax, a percentage, single lines, or all that is left."""

    day: str
    reason: str
    amount: NotRequired[MoneyBody | None]
    percent: NotRequired[float | str | None]
    lines: NotRequired[list[CreditLineIn]]


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


class Payment(TypedDict):
    """A payment, what is open of it, and all that was done with it."""

    id: str
    customer_id: str
    day: str
    method: str
    reference: str
    note: str
    amount: MoneyBody
    open: MoneyBody
    taken_back_at: str | None
    settlements: list[Settlement]


class RefundIn(TypedDict):
    """What goes back, all that is open without an amount."""

    day: str
    reason: str
    amount: NotRequired[MoneyBody | None]
    method: NotRequired[PaymentMethod]
    reference: NotRequired[str]


class RequestList(TypedDict):
    """What waits for a second person, the oldest first."""

    requests: list[Request]


class Settled(TypedDict):
    """What was settled."""

    settlements: list[Settlement]


class StatementLine(TypedDict):
    """Something that made a customer owe more, or less."""

    day: str
    sort: str
    undone: bool
    about: str
    name: str
    reason: str
    due_day: str | None
    amount: MoneyBody
    balance: MoneyBody


class Statement(TypedDict):
    """What happened on an account in one currency."""

    currency: str
    opening: MoneyBody
    lines: list[StatementLine]
    closing: MoneyBody


class Statements(TypedDict):
    """The account of a customer, by currency."""

    statements: list[Statement]


class TakingBackIn(TypedDict):
    """On which day a payment that was wrong is taken back, and why."""

    day: str
    reason: str


class UndoingIn(TypedDict):
    """On which day something is undone, and why."""

    day: str
    reason: NotRequired[str]


class VoidingIn(TypedDict):
    """On which day a document is made void, and why."""

    day: str
    why: str


class WriteOffIn(TypedDict):
    """What is given up, all that is open without an amount."""

    day: str
    reason: str
    amount: NotRequired[MoneyBody | None]


class ListInvoicesQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    where: NotRequired[str]
    sort: NotRequired[str]
    fields: NotRequired[str]


class ListPaymentsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class StatementQuery(TypedDict):
    """What may be asked."""

    first: NotRequired[str | None]
    last: NotRequired[str | None]


class AgeingQuery(TypedDict):
    """What may be asked."""

    day: NotRequired[str | None]
    customer_id: NotRequired[str | None]


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

    def list_payments(self, **query: Unpack[ListPaymentsQuery]) -> Iterator[Payment]:
        """List payments, the latest first."""
        found: Iterator[Payment] = self._pages("/api/v1/billing/payments", query)
        return found

    def record_payment(self, *, idempotency_key: str | None = None, **body: Unpack[PaymentIn]) -> Payment:
        """Record a payment and allocate it; a reference of a method is recorded once."""
        found: Payment = self._send("POST", "/api/v1/billing/payments", idempotency_key=idempotency_key, body=body)
        return found

    def get_payment(self, payment_id: str) -> Payment:
        """Return a payment with what it settled."""
        found: Payment = self._send("GET", f"/api/v1/billing/payments/{quoted(payment_id)}")
        return found

    def allocate_payment(
        self,
        payment_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[AllocationsIn],
    ) -> Settled:
        """Allocate what is open of a payment."""
        found: Settled = self._send(
            "POST",
            f"/api/v1/billing/payments/{quoted(payment_id)}/allocations",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def refund_payment(
        self, payment_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[RefundIn]
    ) -> Done:
        """Pay back what is open of a payment; above the company's limit a request waits for a second person."""
        found: Done = self._send(
            "POST",
            f"/api/v1/billing/payments/{quoted(payment_id)}/refund",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def take_back_payment(
        self,
        payment_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[TakingBackIn],
    ) -> Payment:
        """Take back a payment that was recorded wrongly; what it settled is open again."""
        found: Payment = self._send(
            "POST",
            f"/api/v1/billing/payments/{quoted(payment_id)}/taking-back",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def credit_invoice(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[CreditIn]
    ) -> Done:
        """Credit an invoice; above the company's limit a request waits for a second person."""
        found: Done = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/credit",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def write_off_invoice(
        self,
        invoice_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[WriteOffIn],
    ) -> Done:
        """Give up what is open of an invoice; above the company's limit a request waits for a second person."""
        found: Done = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/write-off",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def refund_credit_note(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[RefundIn]
    ) -> Done:
        """Pay back what is open of a credit note; above the company's limit a request waits for a second person."""
        found: Done = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/refund",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def use_credit_note(
        self,
        invoice_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[AllocationsIn],
    ) -> Settled:
        """Use what is open of a credit note for invoices."""
        found: Settled = self._send(
            "POST",
            f"/api/v1/billing/invoices/{quoted(invoice_id)}/uses",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def undo_settlement(
        self,
        settlement_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[UndoingIn],
    ) -> Settlement:
        """Undo an allocation, the use of a credit note, a write-off or a refund, once."""
        found: Settlement = self._send(
            "POST",
            f"/api/v1/billing/settlements/{quoted(settlement_id)}/undoing",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_requests(self) -> RequestList:
        """List what waits for a second person, the oldest first."""
        found: RequestList = self._send("GET", "/api/v1/billing/requests")
        return found

    def withdraw_request(
        self, money_request_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Request:
        """Take back what waits for a second person."""
        found: Request = self._send(
            "POST",
            f"/api/v1/billing/requests/{quoted(money_request_id)}/withdrawal",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def statement(self, customer_id: str, **query: Unpack[StatementQuery]) -> Statements:
        """Return the account of a customer: everything in order, with the balance after it."""
        found: Statements = self._send("GET", f"/api/v1/billing/customers/{quoted(customer_id)}/statement", query=query)
        return found

    def ageing(self, **query: Unpack[AgeingQuery]) -> Ageing:
        """Return what was outstanding on a day by customer and age, and the invoices behind it."""
        found: Ageing = self._send("GET", "/api/v1/billing/ageing", query=query)
        return found
