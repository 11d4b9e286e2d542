"""The API: billing. Written by bin/client."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import Draft, MoneyBody
from caudal.client.transport import Resource, Version, quoted


class ItemIn(TypedDict):
    """An offering: so many seats, perhaps at a discount or at prices of one's own, by the codes of its charges."""

    offering_id: str
    seats: NotRequired[str]
    item: NotRequired[str]
    discount_percent: NotRequired[str | None]
    discount_until: NotRequired[str | None]
    prices: NotRequired[dict[str, dict[str, Any]]]
    bundle_id: NotRequired[str | None]


Refund: TypeAlias = Literal["none", "prorated", "full"]
"""What a cancellation within a paid period gives back."""


When: TypeAlias = Literal["invoice_now", "prorate", "next_period", "reset_cycle"]
"""When a change counts, and when it is paid."""


class ChangeIn(TypedDict):
    """A change: `sort` says which of the rest is read. Without `at` it counts now, and an end with what is paid."""

    sort: Literal["seats", "plan", "add_ons", "pause", "resume", "cancel", "renew", "keep"]
    at: NotRequired[str | None]
    items: NotRequired[list[ItemIn]]
    seats: NotRequired[str | None]
    item: NotRequired[str]
    when: NotRequired[When]
    refund: NotRequired[Refund]
    months: NotRequired[int | None]
    discount_percent: NotRequired[str | None]
    why: NotRequired[str]


class Recurring(TypedDict):
    """What recurs, without what is used."""

    per_period: MoneyBody
    per_month: MoneyBody


class ChangePreview(TypedDict):
    """What a change comes to, before it is made."""

    counts_at: str
    at_once: list[Draft]
    following: list[Draft]
    following_without: list[Draft]
    before: Recurring
    after: Recurring


class CommitmentIn(TypedDict):
    """What is spent at least from a day on; null ends it."""

    from_day: str
    amount: MoneyBody | None
    months: NotRequired[int]


class ContractIn(TypedDict):
    """What was signed."""

    customer_id: str
    name: str
    start_day: str
    end_day: NotRequired[str | None]
    reference: NotRequired[str]
    renews_months: NotRequired[int]
    notice_days: NotRequired[int]
    commitment: NotRequired[MoneyBody | None]
    commitment_months: NotRequired[int]
    note: NotRequired[str]


class Contract(TypedDict):
    """A contract."""

    id: str
    version: int
    customer_id: str
    name: str
    reference: str
    start_day: str
    end_day: str | None
    renews_months: int
    notice_days: int
    notice_day: str | None
    commitment: MoneyBody | None
    commitment_months: int
    is_over: bool


class CustomerIn(TypedDict):
    """A company or a person to invoice."""

    name: NotRequired[str | None]
    is_business: NotRequired[bool | None]
    tax_id: NotRequired[str | None]
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    city: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    street: NotRequired[str | None]
    email: NotRequired[str | None]
    language: NotRequired[str | None]
    currency: NotRequired[str | None]
    zone: NotRequired[str | None]
    terms_days: NotRequired[int | None]
    reference: NotRequired[str | None]
    company_id: NotRequired[str | None]
    person_id: NotRequired[str | None]


class Customer(TypedDict):
    """A customer."""

    id: str
    version: int
    company_id: str | None
    person_id: str | None
    name: str
    is_business: bool
    tax_id: str
    country: str
    region: str
    city: str
    postal_code: str
    street: str
    email: str
    language: str
    currency: str
    zone: str
    terms_days: int
    reference: str


class CustomerSaid(TypedDict):
    """What documents say of a customer; what is left out is as it is, or as their record and our company say."""

    name: NotRequired[str | None]
    is_business: NotRequired[bool | None]
    tax_id: NotRequired[str | None]
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    city: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    street: NotRequired[str | None]
    email: NotRequired[str | None]
    language: NotRequired[str | None]
    currency: NotRequired[str | None]
    zone: NotRequired[str | None]
    terms_days: NotRequired[int | None]
    reference: NotRequired[str | None]


class DraftList(TypedDict):
    """Documents as they will be, by the day on which they fall due."""

    documents: list[Draft]


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


class Item(TypedDict):
    """A part of a subscription."""

    item: str
    offering_id: str
    name: str
    seats: str
    since: str
    charges: list[str]


class OrderItem(TypedDict):
    """An offering that is sold once."""

    offering_id: str
    quantity: NotRequired[str]
    discount_percent: NotRequired[str | None]


class NewOrder(TypedDict):
    """Something to sell once."""

    customer_id: str
    day: str
    items: list[OrderItem]
    name: NotRequired[str]
    contract_id: NotRequired[str | None]


class NoticeIn(TypedDict):
    """On which day notice was given; null takes it back."""

    day: str | None


class Order(TypedDict):
    """An order; it is open until it is invoiced or called off."""

    id: str
    version: int
    customer_id: str
    name: str
    currency: str
    day: str
    is_open: bool
    is_called_off: bool


class RenewalIn(TypedDict):
    """For how many months a contract is renewed early; null for as long as it would by itself."""

    months: NotRequired[int | None]


class SubscriptionIn(TypedDict):
    """A subscription to begin; what is left out is as the offering says."""

    customer_id: str
    items: list[ItemIn]
    start_day: str
    end_day: NotRequired[str | None]
    trial_days: NotRequired[int | None]
    months: NotRequired[int | None]
    alignment: NotRequired[Literal["anniversary", "calendar", "billing_day"]]
    billing_day: NotRequired[int]
    timing: NotRequired[Literal["advance", "arrears"] | None]
    subjects: NotRequired[list[str]]
    contract_id: NotRequired[str | None]
    with_contract: NotRequired[bool]
    name: NotRequired[str]


class Subscription(TypedDict):
    """A subscription and what it consists of."""

    id: str
    version: int
    customer_id: str
    contract_id: str | None
    name: str
    currency: str
    zone: str
    status: str
    start_day: str
    end_day: str | None
    ends_at: str | None
    due_at: str | None
    months: int | None
    trial_days: int
    subjects: list[str]
    items: list[Item]


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


class ListCustomersQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class ListContractsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class ListSubscriptionsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    status: NotRequired[Literal["", "active", "paused", "ended"]]


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

    def list_customers(self, **query: Unpack[ListCustomersQuery]) -> Iterator[Customer]:
        """List customers, by name."""
        found: Iterator[Customer] = self._pages("/api/v1/billing/customers", query)
        return found

    def create_customer(self, *, idempotency_key: str | None = None, **body: Unpack[CustomerIn]) -> Customer:
        """Invoice a company or a person from now on."""
        found: Customer = self._send("POST", "/api/v1/billing/customers", idempotency_key=idempotency_key, body=body)
        return found

    def get_customer(self, customer_id: str) -> Customer:
        """Return a customer."""
        found: Customer = self._send("GET", f"/api/v1/billing/customers/{quoted(customer_id)}")
        return found

    def change_customer(
        self,
        customer_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[CustomerSaid],
    ) -> Customer:
        """Change what documents will say of a customer; If-Match says which version was read."""
        found: Customer = self._send(
            "PATCH",
            f"/api/v1/billing/customers/{quoted(customer_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_contracts(self, **query: Unpack[ListContractsQuery]) -> Iterator[Contract]:
        """List contracts, the latest first."""
        found: Iterator[Contract] = self._pages("/api/v1/billing/contracts", query)
        return found

    def create_contract(self, *, idempotency_key: str | None = None, **body: Unpack[ContractIn]) -> Contract:
        """Keep what was signed with a customer."""
        found: Contract = self._send("POST", "/api/v1/billing/contracts", idempotency_key=idempotency_key, body=body)
        return found

    def get_contract(self, contract_id: str) -> Contract:
        """Return a contract."""
        found: Contract = self._send("GET", f"/api/v1/billing/contracts/{quoted(contract_id)}")
        return found

    def give_notice(
        self, contract_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[NoticeIn]
    ) -> Contract:
        """Keep that notice was given, or take it back."""
        found: Contract = self._send(
            "PUT",
            f"/api/v1/billing/contracts/{quoted(contract_id)}/notice",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def renew_contract(
        self,
        contract_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[RenewalIn],
    ) -> Contract:
        """Renew a contract before it ends."""
        found: Contract = self._send(
            "POST",
            f"/api/v1/billing/contracts/{quoted(contract_id)}/renewals",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def commit(
        self,
        contract_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[CommitmentIn],
    ) -> Contract:
        """Agree on what is spent at least from a day on."""
        found: Contract = self._send(
            "POST",
            f"/api/v1/billing/contracts/{quoted(contract_id)}/commitments",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def create_order(self, *, idempotency_key: str | None = None, **body: Unpack[NewOrder]) -> Order:
        """Sell something once, due on a day."""
        found: Order = self._send("POST", "/api/v1/billing/orders", idempotency_key=idempotency_key, body=body)
        return found

    def get_order(self, order_id: str) -> Order:
        """Return an order."""
        found: Order = self._send("GET", f"/api/v1/billing/orders/{quoted(order_id)}")
        return found

    def call_off_order(self, order_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Order:
        """Call off an order that is not invoiced; it stays to be seen."""
        found: Order = self._send(
            "DELETE", f"/api/v1/billing/orders/{quoted(order_id)}", idempotency_key=idempotency_key, version=version
        )
        return found

    def list_subscriptions(self, **query: Unpack[ListSubscriptionsQuery]) -> Iterator[Subscription]:
        """List subscriptions, the latest first."""
        found: Iterator[Subscription] = self._pages("/api/v1/billing/subscriptions", query)
        return found

    def create_subscription(
        self, *, idempotency_key: str | None = None, **body: Unpack[SubscriptionIn]
    ) -> Subscription:
        """Begin a subscription of a customer."""
        found: Subscription = self._send(
            "POST", "/api/v1/billing/subscriptions", idempotency_key=idempotency_key, body=body
        )
        return found

    def get_subscription(self, subscription_id: str) -> Subscription:
        """Return a subscription and what it consists of."""
        found: Subscription = self._send("GET", f"/api/v1/billing/subscriptions/{quoted(subscription_id)}")
        return found

    def change_subscription(
        self,
        subscription_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ChangeIn],
    ) -> Subscription:
        """Make a change; If-Match says which version was read."""
        found: Subscription = self._send(
            "POST",
            f"/api/v1/billing/subscriptions/{quoted(subscription_id)}/changes",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def preview_subscription(
        self,
        subscription_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ChangeIn],
    ) -> ChangePreview:
        """Say what a change would cost; nothing is written."""
        found: ChangePreview = self._send(
            "POST",
            f"/api/v1/billing/subscriptions/{quoted(subscription_id)}/previews",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def next_of_subscription(self, subscription_id: str) -> DraftList:
        """Return what is invoiced of a subscription next, as it will be by what is known of usage now."""
        found: DraftList = self._send("GET", f"/api/v1/billing/subscriptions/{quoted(subscription_id)}/next")
        return found

    def next_of_customer(self, customer_id: str) -> DraftList:
        """Return what is invoiced of a customer next, as it will be by what is known of usage now."""
        found: DraftList = self._send("GET", f"/api/v1/billing/customers/{quoted(customer_id)}/next")
        return found
