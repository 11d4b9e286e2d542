"""Facts that billing publishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAdded(Fact):
    """Somebody is invoiced from now on."""

    name: ClassVar[str] = "billing.customer_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChanged(Fact):
    """What documents say of a customer changed, or how they pay."""

    name: ClassVar[str] = "billing.customer_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSigned(Fact):
    """Something was signed with a customer."""

    name: ClassVar[str] = "billing.contract_signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChanged(Fact):
    """What was signed was changed or renewed."""

    name: ClassVar[str] = "billing.contract_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCommitted(Fact):
    """From a day on so much is spent at least in every so many months; no amount ends it."""

    name: ClassVar[str] = "billing.contract_committed"

    amount: str
    currency: str
    months: int
    from_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractNoticed(Fact):
    """Notice was given that a contract shall end, or was taken back."""

    name: ClassVar[str] = "billing.contract_noticed"

    given: bool
    ends_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRenewed(Fact):
    """A contract binds up to another day: it went on by itself, or was renewed early."""

    name: ClassVar[str] = "billing.contract_renewed"

    end_day: str
    by_itself: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnded(Fact):
    """A contract does not bind any more."""

    name: ClassVar[str] = "billing.contract_ended"

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChanged(Fact):
    """A subscription began, changed, paused, went on, was renewed or ends: `sort` says which."""

    name: ClassVar[str] = "billing.subscription_changed"

    number: int
    sort: str
    counts_at: str
    paid: str
    refund: str
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionTermsChanged(Fact):
    """How long a trial lasts or when a subscription ends was agreed otherwise."""

    name: ClassVar[str] = "billing.subscription_terms_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Fact):
    """Something was sold once."""

    name: ClassVar[str] = "billing.order_placed"

    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCalledOff(Fact):
    """What was ordered is not wanted any more, before it was invoiced."""

    name: ClassVar[str] = "billing.order_called_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotInvoiced(Fact):
    """A run looked at some customers, in one transaction: what they owed up to an instant is written."""

    name: ClassVar[str] = "billing.lot_invoiced"

    up_to: str
    knew_at: str
    issue_day: str
    drafts: bool
    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Fact):
    """Everything that fell due up to an instant is invoiced, by what was known of usage at another."""

    name: ClassVar[str] = "billing.run_finished"

    up_to: str
    knew_at: str
    issue_day: str
    drafts: bool
    invoices: int
    failed: tuple[str, ...] = ()
    """The customers whom it could not invoice: the next run looks again at usage that it should have looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDrafted(Fact):
    """A document was put together, and is not issued yet."""

    name: ClassVar[str] = "billing.invoice_drafted"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDiscarded(Fact):
    """A draft was thrown away: what it was for is due again."""

    name: ClassVar[str] = "billing.invoice_discarded"

    how: Mapping[str, Any] = field(default_factory=dict)
    """Which draft it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Fact):
    """A document got its number: an invoice, or a credit note that may name what it `corrects`."""

    name: ClassVar[str] = "billing.invoice_issued"

    sort: str
    number: str
    currency: str
    net: str
    gross: str
    issue_day: str
    due_day: str
    entity: str
    """In whose books it is: numbers are those of a legal entity."""
    corrects: str = ""
    how: Mapping[str, Any] = field(default_factory=dict)
    """What it was issued for, beside runs: a customer alone, a draft, or a credit by hand, as somebody asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSent(Fact):
    """A document went out to its customer."""

    name: ClassVar[str] = "billing.invoice_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceVoided(Fact):
    """A document was made void before it was sent: its number stays used, its entry is reversed."""

    name: ClassVar[str] = "billing.invoice_voided"

    number: str
    entity: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRecorded(Fact):
    """Money came from a customer."""

    name: ClassVar[str] = "billing.payment_recorded"

    currency: str
    amount: str
    day: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTakenBack(Fact):
    """A payment was recorded wrongly, and counts no more."""

    name: ClassVar[str] = "billing.payment_taken_back"

    currency: str
    amount: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountSettled(Fact):
    """An amount of an invoice was paid, credited or written off, or one of a balance went back: `sort` says which."""

    name: ClassVar[str] = "billing.amount_settled"

    settlement: str
    sort: str
    currency: str
    amount: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementUndone(Fact):
    """What was settled was undone: the amount is open again on both sides."""

    name: ClassVar[str] = "billing.settlement_undone"

    settlement: str
    undid: str
    sort: str
    currency: str
    amount: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRequested(Fact):
    """A refund, credit note or write-off waits until a second person agrees."""

    name: ClassVar[str] = "billing.money_requested"

    sort: str
    currency: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRequestClosed(Fact):
    """What waited for a second person was done, refused, withdrawn, or could not be done: `outcome` says which."""

    name: ClassVar[str] = "billing.money_request_closed"

    outcome: str
    made: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRateAdded(Fact):
    """A tax rate counts in a country for a kind of product from a day on."""

    name: ClassVar[str] = "billing.tax_rate_added"

    country: str
    tax_kind: str
    from_day: str
    percent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueRecognised(Fact):
    """What was deferred became revenue of a month, and what was earned and not invoiced was accrued."""

    name: ClassVar[str] = "billing.revenue_recognised"

    month: str
    lines: int
    accrued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled(Fact):
    """Books, documents and terms were held against each other; `red` names the checks that found a difference."""

    name: ClassVar[str] = "billing.reconciled"

    red: list[str]
