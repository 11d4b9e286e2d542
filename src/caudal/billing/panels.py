"""What billing shows elsewhere: its lines of the rail, the pages of its records, and how its facts read."""

from typing import Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from caudal.billing.events import (
    InvoiceDiscarded,
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceSent,
    InvoiceVoided,
)
from caudal.kit.access import Verb
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, KindWords, NavItem, RecordPage


def issued_words(fact: RecordedFact) -> str:
    """Say that a document was issued."""
    return gettext("issued it as %(number)s") % {"number": fact.data["number"]}


NAVIGATION: Final = (
    NavItem("bill", _("Invoices"), "billing:invoices", 10, "invoice"),
    NavItem("bill", _("Invoice runs"), "billing:runs", 12, "invoice_run"),
    NavItem("bill", _("Tax rates"), "billing:tax_rates", 60, "tax_rate", Verb.CREATE),
)
RECORD_PAGES: Final = (RecordPage("invoice", "billing:invoice"), RecordPage("invoice_run", "billing:run"))
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
)
