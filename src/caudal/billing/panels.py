"""What billing shows elsewhere: its lines of the rail, the pages of its records, and how its facts read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from caudal.billing.actions import REQUESTS
from caudal.billing.events import (
    AmountSettled,
    InvoiceDiscarded,
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceSent,
    InvoiceVoided,
    MoneyRequestClosed,
    MoneyRequested,
    PaymentRecorded,
    PaymentTakenBack,
    SettlementUndone,
)
from caudal.billing.forms.payments import amount_words, settled_words
from caudal.billing.models import Invoice, RequestOutcome, RequestSort, SettlementSort
from caudal.billing.queries import settlements_of_document
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, KindWords, NavItem, Panel, RecordPage, RequestWords


def issued_words(fact: RecordedFact) -> str:
    """Say that a document was issued."""
    return gettext("issued it as %(number)s") % {"number": fact.data["number"]}


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


NAVIGATION: Final = (
    NavItem("bill", _("Invoices"), "billing:invoices", 10, "invoice"),
    NavItem("bill", _("Invoice runs"), "billing:runs", 12, "invoice_run"),
    NavItem("bill", _("Payments"), "billing:payments", 50, "payment"),
    NavItem("bill", _("Outstanding"), "billing:ageing", 52, "invoice"),
    NavItem("bill", _("Tax rates"), "billing:tax_rates", 60, "tax_rate", Verb.CREATE),
)
RECORD_PAGES: Final = (
    RecordPage("invoice", "billing:invoice"),
    RecordPage("invoice_run", "billing:run"),
    RecordPage("payment", "billing:payment"),
    RecordPage("money_request", "billing:money_request"),
)
PANELS: Final = (Panel("invoice", 20, _("Settled"), "billing/_settled.html", settles),)
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
    FactWords(InvoiceDiscarded.name, lambda _fact: gettext("threw the draft away"), "trash"),
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
