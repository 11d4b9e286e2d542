"""How documents are told on pages: states, steps of prices, and what happened."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from caudal.billing.models import Invoice
from caudal.billing.queries import is_overdue, state_of
from caudal.core.money import Currency, Money
from caudal.ui.formats import money_text, number_text, reader_locale
from caudal.ui.tables import Cell

STEPS: Final[Mapping[str, str | Promise]] = {
    "catalogue": gettext_lazy("Catalogue price"),
    "volume": gettext_lazy("Volume discount"),
    "term": gettext_lazy("Term"),
    "bundle": gettext_lazy("Bundle"),
    "negotiated": gettext_lazy("Negotiated"),
    "guard": gettext_lazy("Limits of the price"),
    "rounding": gettext_lazy("Rounding"),
}


def state_cell(row: Invoice, today: date) -> Cell:
    """Return how a document stands, with its tone."""
    if is_overdue(row, today):
        return Cell(pgettext("invoice", "Overdue"), tone="bad")
    tones = {"draft": "idle", "open": "accent", "settled": "good", "void": "idle"}
    words = {
        "draft": pgettext("invoice", "Draft"),
        "open": pgettext("invoice", "Open"),
        "settled": pgettext("invoice", "Settled"),
        "void": pgettext("invoice", "Void"),
    }
    state = state_of(row)
    return Cell(words[state], tone=tones[state])


def documents_words(count: int) -> str:
    """Return how many documents, in words."""
    shown = number_text(count, reader_locale())
    return ngettext("%(count)s document", "%(count)s documents", count) % {"count": shown}


def name_of(row: Invoice) -> str:
    """Return what a document is called: its number, or that it is a draft."""
    return row.number or _("Draft for %(customer)s") % {"customer": row.customer.name}


def money_of(row: Invoice, minor: int) -> Money:
    """Return an amount of a document."""
    return Money(minor, Currency(row.currency))


def told(money: Money) -> str:
    """Return an amount in the reader's words."""
    return money_text(money.amount, money.currency.code, reader_locale())


def signed_text(money: Money) -> str:
    """Return an amount in the reader's words, with a plus where it is more."""
    return money_text(money.amount, money.currency.code, reader_locale(), sign=True)
