"""What the catalogue shows elsewhere: its line of the rail, the pages of its records, and how its facts read."""

from collections.abc import Callable
from datetime import date
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.catalog import events
from caudal.catalog.models import TaxKind
from caudal.core.money import Money
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, RecordPage
from caudal.ui.formats import day_text, money_text, reader_locale

NAVIGATION: Final = (NavItem("sell", _("Catalogue"), "catalog:catalogue", 70, "offering"),)
RECORD_PAGES: Final = (
    RecordPage("bundle", "catalog:bundle"),
    RecordPage("offering", "catalog:offering"),
    RecordPage("product", "catalog:product"),
)


def said(words: object) -> Callable[[RecordedFact], str]:
    """Return a way of telling a fact that says the same of each."""
    return lambda _fact: str(words)


def day_of(fact: RecordedFact) -> str:
    """Return from which day on what a fact says counts."""
    return day_text(date.fromisoformat(fact.data["from_date"]), reader_locale())


def taxed(fact: RecordedFact) -> str:
    """Say as what a product is taxed, and from when on."""
    kind = TaxKind(fact.data["tax_kind"]).label
    return gettext("said how it is taxed from %(day)s on: %(kind)s") % {"day": day_of(fact), "kind": kind}


def retired(fact: RecordedFact) -> str:
    """Say from when on nobody new can buy it."""
    return gettext("retired it from %(day)s on") % {"day": day_of(fact)}


def priced(fact: RecordedFact) -> str:
    """Say from when on a price counts, and in which currency."""
    return gettext("added a price in %(currency)s from %(day)s on") % {
        "currency": fact.data["currency"],
        "day": day_of(fact),
    }


def withdrawn(fact: RecordedFact) -> str:
    """Say which price was taken back before its day."""
    return gettext("took price %(number)s in %(currency)s back") % {
        "number": fact.data["number"],
        "currency": fact.data["currency"],
    }


def bundled(fact: RecordedFact) -> str:
    """Say what a bundle costs from when on."""
    if fact.data["amount"] is None:
        return gettext("let its discount count again from %(day)s on") % {"day": day_of(fact)}
    price = Money.of(fact.data["amount"], fact.data["currency"])
    told = money_text(price.amount, price.currency.code, reader_locale())
    return gettext("priced it at %(price)s from %(day)s on") % {"price": told, "day": day_of(fact)}


FACT_WORDS: Final = (
    FactWords(events.ProductAdded.name, said(_("added the product")), "plus"),
    FactWords(events.ProductChanged.name, said(_("changed the product")), "edit"),
    FactWords(events.ProductTaxed.name, taxed, "edit"),
    FactWords(events.ProductRetired.name, retired, "lock"),
    FactWords(events.ProductBroughtBack.name, said(_("brought it back")), "undo"),
    FactWords(events.OfferingAdded.name, said(_("added the offering")), "plus"),
    FactWords(events.OfferingChanged.name, said(_("changed the offering")), "edit"),
    FactWords(events.OfferingRetired.name, retired, "lock"),
    FactWords(events.OfferingBroughtBack.name, said(_("brought it back")), "undo"),
    FactWords(events.ChargeAdded.name, said(_("added a charge")), "plus"),
    FactWords(events.ChargeChanged.name, said(_("changed a charge")), "edit"),
    FactWords(events.PriceAdded.name, priced, "money"),
    FactWords(events.PriceWithdrawn.name, withdrawn, "undo"),
    FactWords(events.FeatureAdded.name, said(_("added the feature")), "plus"),
    FactWords(events.BundleAdded.name, said(_("added the bundle")), "plus"),
    FactWords(events.BundleChanged.name, said(_("changed the bundle")), "edit"),
    FactWords(events.BundlePriced.name, bundled, "money"),
)
