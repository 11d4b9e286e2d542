"""The API: receivables. Written by bin/client."""

from collections.abc import Iterator
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
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


class AllocationIn(TypedDict):
    """How much is for which invoice."""

    invoice_id: str
    amount: MoneyBody


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


class Request(TypedDict):
    """What waits for a second person, or what became of it."""

    id: str
    sort: str
    name: str
    customer_id: str
    payment_id: str | None
    invoice_id: str | None
    amount: MoneyBody
    day: str
    reason: str
    outcome: str
    made: str
    problem: str


class Settlement(TypedDict):
    """An amount that settles; one of less than nothing undoes another."""

    id: str
    sort: str
    day: str
    amount: MoneyBody
    payment_id: str | None
    credit_note_id: str | None
    invoice_id: str | None
    undoes_id: str | None
    method: str
    reference: str
    reason: str


class MoneyDone(TypedDict):
    """What was written, or the request that waits for a second person: one of them is there."""

    settlement: NotRequired[Settlement | None]
    credit_note_id: NotRequired[str | None]
    request: NotRequired[Request | None]


PaymentMethod: TypeAlias = Literal["transfer", "direct_debit", "card", "cash", "cheque", "other"]
"""How money came or went."""


class PaymentIn(TypedDict):
    """Money that came. Without `allocations` the oldest invoices are paid first; an empty list pays none."""

    customer_id: str
    amount: MoneyBody
    day: str
    method: NotRequired[PaymentMethod]
    reference: NotRequired[str]
    note: NotRequired[str]
    allocations: NotRequired[list[AllocationIn] | None]


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


class WriteOffIn(TypedDict):
    """What is given up, all that is open without an amount."""

    day: str
    reason: str
    amount: NotRequired[MoneyBody | None]


class ListBillingPaymentsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class BillingStatementQuery(TypedDict):
    """What may be asked."""

    first: NotRequired[str | None]
    last: NotRequired[str | None]


class BillingAgeingQuery(TypedDict):
    """What may be asked."""

    day: NotRequired[str | None]
    customer_id: NotRequired[str | None]


class ReceivablesRoutes(Resource):
    """The routes of receivables."""

    def list_billing_payments(self, **query: Unpack[ListBillingPaymentsQuery]) -> Iterator[Payment]:
        """List payments, the latest first."""
        found: Iterator[Payment] = self._pages("/api/v1/receivables/payments", query)
        return found

    def record_billing_payment(self, *, idempotency_key: str | None = None, **body: Unpack[PaymentIn]) -> Payment:
        """Record a payment and allocate it; a reference of a method is recorded once."""
        found: Payment = self._send("POST", "/api/v1/receivables/payments", idempotency_key=idempotency_key, body=body)
        return found

    def get_billing_payment(self, payment_id: str) -> Payment:
        """Return a payment with what it settled."""
        found: Payment = self._send("GET", f"/api/v1/receivables/payments/{quoted(payment_id)}")
        return found

    def allocate_billing_payment(
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
            f"/api/v1/receivables/payments/{quoted(payment_id)}/allocations",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def refund_billing_payment(
        self, payment_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[RefundIn]
    ) -> MoneyDone:
        """Pay back what is open of a payment; above the company's limit a request waits for a second person."""
        found: MoneyDone = self._send(
            "POST",
            f"/api/v1/receivables/payments/{quoted(payment_id)}/refund",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def take_back_billing_payment(
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
            f"/api/v1/receivables/payments/{quoted(payment_id)}/taking-back",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def credit_billing_invoice(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[CreditIn]
    ) -> MoneyDone:
        """Credit an invoice; above the company's limit a request waits for a second person."""
        found: MoneyDone = self._send(
            "POST",
            f"/api/v1/receivables/invoices/{quoted(invoice_id)}/credit",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def write_off_billing_invoice(
        self,
        invoice_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[WriteOffIn],
    ) -> MoneyDone:
        """Give up what is open of an invoice; above the company's limit a request waits for a second person."""
        found: MoneyDone = self._send(
            "POST",
            f"/api/v1/receivables/invoices/{quoted(invoice_id)}/write-off",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def refund_billing_credit_note(
        self, invoice_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[RefundIn]
    ) -> MoneyDone:
        """Pay back what is open of a credit note; above the company's limit a request waits for a second person."""
        found: MoneyDone = self._send(
            "POST",
            f"/api/v1/receivables/invoices/{quoted(invoice_id)}/refund",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def use_billing_credit_note(
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
            f"/api/v1/receivables/invoices/{quoted(invoice_id)}/uses",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def undo_billing_settlement(
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
            f"/api/v1/receivables/settlements/{quoted(settlement_id)}/undoing",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_billing_requests(self) -> RequestList:
        """List what waits for a second person, the oldest first."""
        found: RequestList = self._send("GET", "/api/v1/receivables/requests")
        return found

    def withdraw_billing_request(
        self, money_request_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Request:
        """Take back what waits for a second person."""
        found: Request = self._send(
            "POST",
            f"/api/v1/receivables/requests/{quoted(money_request_id)}/withdrawal",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def billing_statement(self, customer_id: str, **query: Unpack[BillingStatementQuery]) -> Statements:
        """Return the account of a customer: everything in order, with the balance after it."""
        found: Statements = self._send(
            "GET", f"/api/v1/receivables/customers/{quoted(customer_id)}/statement", query=query
        )
        return found

    def billing_ageing(self, **query: Unpack[BillingAgeingQuery]) -> Ageing:
        """Return what was outstanding on a day by customer and age, and the invoices behind it."""
        found: Ageing = self._send("GET", "/api/v1/receivables/ageing", query=query)
        return found
