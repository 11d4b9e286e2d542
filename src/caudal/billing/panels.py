"""What billing shows elsewhere: lines of the rail, pages of its records, a panel of companies and people, its facts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.billing.events import (
    ContractChanged,
    ContractCommitted,
    ContractEnded,
    ContractNoticed,
    ContractRenewed,
    ContractSigned,
    CustomerAdded,
    CustomerChanged,
    OrderCalledOff,
    OrderPlaced,
    SubscriptionChanged,
    SubscriptionTermsChanged,
)
from caudal.billing.models import ChangeSort, Customer
from caudal.billing.queries.overview import overview
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, Panel, RecordPage, page_of
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


def changed_words(fact: RecordedFact) -> str:
    """Say what a change of a subscription was, and from when on it counts."""
    day = day_text(timezone.localtime(datetime.fromisoformat(fact.data["counts_at"])).date(), reader_locale())
    said = {
        ChangeSort.START: gettext("The subscription begins on %(day)s"),
        ChangeSort.PLAN: gettext("It consists of something else from %(day)s on"),
        ChangeSort.SEATS: gettext("It has another number of seats from %(day)s on"),
        ChangeSort.ADD_ONS: gettext("It has other add-ons from %(day)s on"),
        ChangeSort.PAUSE: gettext("It is paused from %(day)s on"),
        ChangeSort.RESUME: gettext("It goes on from %(day)s on"),
        ChangeSort.CANCEL: gettext("It ends on %(day)s"),
        ChangeSort.RENEW: gettext("It is renewed from %(day)s on"),
        ChangeSort.KEEP: gettext("What was to come was taken back on %(day)s"),
    }
    return said[ChangeSort(fact.data["sort"])] % {"day": day}


def committed_words(fact: RecordedFact) -> str:
    """Say what is spent at least."""
    if not fact.data["amount"]:
        return gettext("Nothing is spent at least any more")
    said = gettext("At least %(amount)s %(currency)s are spent every %(months)s months")
    return said % {name: fact.data[name] for name in ("amount", "currency", "months")}


def noticed_words(fact: RecordedFact) -> str:
    """Say that notice was given, and when it ends by it."""
    if not fact.data["given"]:
        return gettext("Notice was taken back")
    return gettext("Notice was given: it ends on %(day)s") % {"day": _day(fact.data["ends_day"])}


def renewed_words(fact: RecordedFact) -> str:
    """Say until when a contract binds now."""
    if fact.data["by_itself"]:
        return gettext("It renewed by itself until %(day)s") % {"day": _day(fact.data["end_day"])}
    return gettext("It was renewed until %(day)s") % {"day": _day(fact.data["end_day"])}


def ended_words(fact: RecordedFact) -> str:
    """Say when a contract ended."""
    return gettext("It ended on %(day)s") % {"day": _day(fact.data["day"])}


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text), reader_locale())


NAVIGATION: Final = (
    NavItem("bill", _("Customers"), "billing:customers", 40, "customer"),
    NavItem("bill", _("Subscriptions"), "billing:subscriptions", 42, "subscription"),
    NavItem("bill", _("Contracts and orders"), "billing:contracts", 44, "contract"),
)
RECORD_PAGES: Final = (
    RecordPage("customer", "billing:customer"),
    RecordPage("subscription", "billing:subscription"),
    RecordPage("contract", "billing:contract"),
    RecordPage("order", "billing:order"),
)
PANELS: Final = tuple(
    Panel(kind, 30, _("Billing"), "billing/_panel.html", billing_panel) for kind in ("company", "person")
)
FACT_WORDS: Final = (
    FactWords(CustomerAdded.name, lambda _fact: gettext("They are invoiced from now on"), "plus"),
    FactWords(CustomerChanged.name, lambda _fact: gettext("What documents say of them changed"), "edit"),
    FactWords(ContractSigned.name, lambda _fact: gettext("The contract was signed"), "plus"),
    FactWords(ContractChanged.name, lambda _fact: gettext("The contract was changed"), "edit"),
    FactWords(ContractCommitted.name, committed_words, "bill"),
    FactWords(ContractNoticed.name, noticed_words, "edit"),
    FactWords(ContractRenewed.name, renewed_words, "check"),
    FactWords(ContractEnded.name, ended_words, "undo"),
    FactWords(SubscriptionChanged.name, changed_words, "edit"),
    FactWords(
        SubscriptionTermsChanged.name, lambda _fact: gettext("Its trial or its end was agreed otherwise"), "edit"
    ),
    FactWords(OrderPlaced.name, lambda _fact: gettext("It was ordered"), "plus"),
    FactWords(OrderCalledOff.name, lambda _fact: gettext("It was called off"), "undo"),
)
