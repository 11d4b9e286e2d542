"""What billing shows elsewhere: lines of the rail, pages of its records, a panel of companies and people, its facts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from caudal.billing.actions import REQUESTS
from caudal.billing.events import (
    AmountSettled,
    ContractChanged,
    ContractCommitted,
    ContractEnded,
    ContractNoticed,
    ContractRenewed,
    ContractSigned,
    CustomerAdded,
    CustomerChanged,
    InvoiceDiscarded,
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceSent,
    InvoiceVoided,
    MoneyRequestClosed,
    MoneyRequested,
    OrderCalledOff,
    OrderPlaced,
    PaymentRecorded,
    PaymentTakenBack,
    Reconciled,
    RevenueRecognised,
    SettlementUndone,
    SubscriptionChanged,
    SubscriptionTermsChanged,
)
from caudal.billing.forms.payments import amount_words, settled_words
from caudal.billing.models import (
    ChangeSort,
    Contract,
    Customer,
    Invoice,
    Order,
    RequestOutcome,
    RequestSort,
    SettlementSort,
)
from caudal.billing.panels.entries import parts_of_account, parts_of_entry
from caudal.billing.panels.steps import STEPS
from caudal.billing.queries import settlements_of_document
from caudal.billing.queries.overview import overview
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm.queries import deal as deal_of
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, KindWords, MetricPage, NavItem, Panel, RecordPage, RequestWords, page_of
from caudal.ui.formats import day_text, reader_locale

SHOWN: Final = 3


def billing_panel(ref: Ref, actor: Actor, as_of: datetime) -> Mapping[str, Any] | None:
    """Return what a company or a person pays, or the way to invoice them; nothing for whoever may do neither."""
    if not may(actor, "customer", Verb.VIEW):
        return None
    row = Customer.for_actor(actor).filter(**{ref.kind: ref.id}).select_related("entity").first()
    if row is None:
        invites = may(actor, "customer", Verb.CREATE)
        return {"new_href": f"{reverse('billing:customers')}?of={ref}"} if invites else None
    found = overview(actor, row, as_of)
    return {
        "href": reverse("billing:customer", args=[row.ref]),
        "monthly": found.monthly,
        "open": found.open,
        "subscriptions": [(each.name, page_of(each.ref)) for each in found.subscriptions[:SHOWN]],
        "invoices": [
            (each.number or gettext("Draft"), page_of(each.ref), each.issue_day) for each in found.invoices[:SHOWN]
        ],
        "unpaid": bool(found.unpaid),
    }


def won_panel(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return the ways from a won deal to what is agreed by it, for who may agree; None for any other deal."""
    if not may(actor, "subscription", Verb.CREATE):
        return None
    row = deal_of(actor, ref.id)
    close = getattr(row, "close", None)
    if close is None or close.outcome != "won" or row.company_id is None:
        return None
    customer = Customer.for_actor(actor).filter(company=row.company_id).first()
    contracts = Contract.for_actor(actor).filter(deal=row.pk).order_by("created_at", "pk")
    orders = Order.for_actor(actor).filter(deal=row.pk).order_by("created_at", "pk")
    made = [(each.name, page_of(each.ref)) for each in contracts]
    made += [(each.name, page_of(each.ref)) for each in orders]
    shown: dict[str, Any] = {"made": made}
    if customer is None:
        return shown | {"new_href": f"{reverse('billing:customers')}?of={Ref('company', row.company_id)}"}
    here = reverse("billing:customer", args=[customer.ref])
    sorts = (
        ("subscription", _("Subscription")),
        ("contract", _("Contract")),
        ("order", pgettext_lazy("sale", "Order")),
    )
    return shown | {"ways": [(words, f"{here}?form={sort}&deal={ref}") for sort, words in sorts]}


def issued_words(fact: RecordedFact) -> str:
    """Say that a document was issued."""
    return gettext("issued it as %(number)s") % {"number": fact.data["number"]}


def changed_words(fact: RecordedFact) -> str:
    """Say what a change of a subscription was, and from when on it counts."""
    day = day_text(timezone.localtime(datetime.fromisoformat(fact.data["counts_at"])).date(), reader_locale())
    said = {
        ChangeSort.START: gettext("began it, from %(day)s on"),
        ChangeSort.PLAN: gettext("changed what it consists of, from %(day)s on"),
        ChangeSort.SEATS: gettext("changed the seats, from %(day)s on"),
        ChangeSort.ADD_ONS: gettext("changed the add-ons, from %(day)s on"),
        ChangeSort.PAUSE: gettext("paused it, from %(day)s on"),
        ChangeSort.RESUME: gettext("let it go on, from %(day)s on"),
        ChangeSort.CANCEL: gettext("ended it, on %(day)s"),
        ChangeSort.RENEW: gettext("renewed it, from %(day)s on"),
        ChangeSort.KEEP: gettext("took back what was to come, on %(day)s"),
    }
    return said[ChangeSort(fact.data["sort"])] % {"day": day}


def committed_words(fact: RecordedFact) -> str:
    """Say what is spent at least."""
    if not fact.data["amount"]:
        return gettext("ended the agreed minimum")
    said = gettext("agreed on at least %(amount)s every %(months)s months")
    return said % {"amount": amount_of(fact), "months": fact.data["months"]}


def noticed_words(fact: RecordedFact) -> str:
    """Say that notice was given, and when it ends by it."""
    if not fact.data["given"]:
        return gettext("took the notice back")
    return gettext("kept the notice: it ends on %(day)s") % {"day": _day(fact.data["ends_day"])}


def renewed_words(fact: RecordedFact) -> str:
    """Say until when a contract binds now."""
    if fact.data["by_itself"]:
        return gettext("let it renew by itself until %(day)s") % {"day": _day(fact.data["end_day"])}
    return gettext("renewed it until %(day)s") % {"day": _day(fact.data["end_day"])}


def ended_words(fact: RecordedFact) -> str:
    """Say when a contract ended."""
    return gettext("saw it end on %(day)s") % {"day": _day(fact.data["day"])}


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text), reader_locale())


def settles(ref: Ref, actor: Actor, as_of: datetime) -> Mapping[str, Any] | None:  # noqa: ARG001  the panel asks for it
    """Return what settled a document, and the way to settle it; nothing for a draft."""
    row = Invoice.for_actor(actor).filter(pk=ref.id).exclude(number=None).first()
    if row is None:
        return None
    return {
        "settled": [settled_words(each) for each in settlements_of_document(row) if not each.undoes_id],
        "href": reverse("billing:settling", args=[row.ref]),
        "may_settle": may(actor, "invoice", Verb.CHANGE),
    }


def amount_of(fact: RecordedFact) -> str:
    """Return the amount that a fact tells of."""
    return amount_words(Money.of(fact.data["amount"], fact.data["currency"]))


def settled(fact: RecordedFact) -> str:
    """Say what an amount settled."""
    said = {
        SettlementSort.ALLOCATION: gettext("%(amount)s was paid with it"),
        SettlementSort.CREDIT: gettext("%(amount)s was credited"),
        SettlementSort.WRITE_OFF: gettext("%(amount)s was written off"),
        SettlementSort.REFUND: gettext("%(amount)s was refunded"),
    }
    return said[SettlementSort(fact.data["sort"])] % {"amount": amount_of(fact)}


def undone(fact: RecordedFact) -> str:
    """Say what was undone."""
    said = {
        SettlementSort.ALLOCATION: gettext("The payment of %(amount)s was undone"),
        SettlementSort.CREDIT: gettext("The credit of %(amount)s was undone"),
        SettlementSort.WRITE_OFF: gettext("The write-off of %(amount)s was undone"),
        SettlementSort.REFUND: gettext("The refund of %(amount)s was undone"),
    }
    return said[SettlementSort(fact.data["sort"])] % {"amount": amount_of(fact)}


def requested(fact: RecordedFact) -> str:
    """Say what waits for a second person."""
    said = {
        RequestSort.REFUND: gettext("A refund of %(amount)s waits for a second person"),
        RequestSort.CREDIT_NOTE: gettext("A credit note of %(amount)s waits for a second person"),
        RequestSort.WRITE_OFF: gettext("A write-off of %(amount)s waits for a second person"),
    }
    return said[RequestSort(fact.data["sort"])] % {"amount": amount_of(fact)}


def closed(fact: RecordedFact) -> str:
    """Say what became of what waited."""
    said = {
        RequestOutcome.DONE: gettext("A second person agreed, and it was done"),
        RequestOutcome.REFUSED: gettext("A second person refused"),
        RequestOutcome.WITHDRAWN: gettext("The request was withdrawn"),
        RequestOutcome.FAILED: gettext("A second person agreed, and it could not be done any more"),
    }
    return said[RequestOutcome(fact.data["outcome"])]


def recognised_words(fact: RecordedFact) -> str:
    """Say that what was earned in a month became revenue."""
    return gettext("posted the revenue of %(month)s") % {"month": fact.data["month"]}


def reconciled_words(fact: RecordedFact) -> str:
    """Say what a reconciliation found."""
    return gettext("checked the books and found differences") if fact.data["red"] else gettext("checked the books")


MONTH_STEPS: Final = STEPS
NAVIGATION: Final = (
    NavItem("bill", _("Invoices"), "billing:invoices", 10, "invoice"),
    NavItem("bill", _("Customers"), "billing:customers", 40, "customer"),
    NavItem("bill", _("Subscriptions"), "billing:subscriptions", 42, "subscription"),
    NavItem("bill", _("Contracts and orders"), "billing:contracts", 44, "contract"),
    NavItem("bill", _("Recurring revenue"), "billing:recurring", 46, "subscription"),
    NavItem("bill", _("Invoice runs"), "billing:runs", 12, "invoice_run"),
    NavItem("bill", _("Payments"), "billing:payments", 50, "payment"),
    NavItem("bill", _("Outstanding"), "billing:ageing", 52, "invoice"),
    NavItem("books", _("Deferred revenue"), "billing:deferred", 35, "entry"),
    NavItem("books", _("Reconciliation"), "billing:reconciliation", 15, "reconciliation"),
    NavItem("books", _("Tax rates"), "billing:tax_rates", 70, "tax_rate", Verb.CREATE),
)
RECORD_PAGES: Final = (
    RecordPage("invoice", "billing:invoice"),
    RecordPage("invoice_run", "billing:run"),
    RecordPage("payment", "billing:payment"),
    RecordPage("money_request", "billing:money_request"),
    RecordPage("customer", "billing:customer"),
    RecordPage("subscription", "billing:subscription"),
    RecordPage("contract", "billing:contract"),
    RecordPage("order", "billing:order"),
)
METRIC_PAGES: Final = (
    MetricPage(
        (
            *("mrr", "arr", "mrr_new", "mrr_reactivation", "mrr_expansion", "mrr_contraction", "mrr_churn"),
            *("mrr_net_new", "nrr", "grr", "customer_expansion", "customers", "customers_won", "customers_lost"),
            *("logo_churn", "customer_retention", "arpa"),
        ),
        _("Month by month"),
        "billing:recurring",
        "subscription",
    ),
)
PANELS: Final = (
    Panel("entry", 10, _("What it is made of"), "billing/_entry.html", parts_of_entry, beside=False),
    Panel("account", 10, _("What it is made of"), "billing/_account.html", parts_of_account),
    Panel("invoice", 20, _("Settled"), "billing/_settled.html", settles),
    Panel("company", 30, _("Billing"), "billing/_panel.html", billing_panel),
    Panel("person", 30, _("Billing"), "billing/_panel.html", billing_panel),
    Panel("deal", 30, _("Agreed by it"), "billing/_won.html", won_panel),
)
REQUEST_WORDS: Final = (
    RequestWords(REQUESTS[RequestSort.REFUND], _("Refund the money")),
    RequestWords(REQUESTS[RequestSort.CREDIT_NOTE], _("Issue the credit note")),
    RequestWords(REQUESTS[RequestSort.WRITE_OFF], _("Write off the debt")),
)
KIND_WORDS: Final = (
    KindWords(
        "invoice",
        lambda count: ngettext("an invoice", "%(count)s invoices", count) % {"count": count},
        "billing:invoices",
    ),
)
FACT_WORDS: Final = (
    FactWords(InvoiceDrafted.name, lambda _fact: gettext("drafted it"), "plus"),
    FactWords(InvoiceIssued.name, issued_words, "bill"),
    FactWords(InvoiceSent.name, lambda _fact: gettext("sent it"), "mail"),
    FactWords(InvoiceVoided.name, lambda _fact: gettext("made it void"), "undo"),
    FactWords(RevenueRecognised.name, recognised_words, "bill"),
    FactWords(Reconciled.name, reconciled_words, "check"),
    FactWords(InvoiceDiscarded.name, lambda _fact: gettext("threw the draft away"), "trash"),
    FactWords(CustomerAdded.name, lambda _fact: gettext("began to invoice them"), "plus"),
    FactWords(CustomerChanged.name, lambda _fact: gettext("changed what documents say of them"), "edit"),
    FactWords(ContractSigned.name, lambda _fact: gettext("signed it"), "plus"),
    FactWords(ContractChanged.name, lambda _fact: gettext("changed it"), "edit"),
    FactWords(ContractCommitted.name, committed_words, "bill"),
    FactWords(ContractNoticed.name, noticed_words, "edit"),
    FactWords(ContractRenewed.name, renewed_words, "check"),
    FactWords(ContractEnded.name, ended_words, "undo"),
    FactWords(SubscriptionChanged.name, changed_words, "edit"),
    FactWords(SubscriptionTermsChanged.name, lambda _fact: gettext("agreed on another trial or end"), "edit"),
    FactWords(OrderPlaced.name, lambda _fact: gettext("placed it"), "plus"),
    FactWords(OrderCalledOff.name, lambda _fact: gettext("called it off"), "undo"),
    FactWords(
        PaymentRecorded.name,
        lambda fact: gettext("The payment was recorded: %(amount)s") % {"amount": amount_of(fact)},
        "plus",
    ),
    FactWords(
        PaymentTakenBack.name,
        lambda fact: gettext("The payment of %(amount)s was taken back") % {"amount": amount_of(fact)},
        "undo",
    ),
    FactWords(AmountSettled.name, settled, "check"),
    FactWords(SettlementUndone.name, undone, "undo"),
    FactWords(MoneyRequested.name, requested, "edit"),
    FactWords(MoneyRequestClosed.name, closed, "check"),
)
