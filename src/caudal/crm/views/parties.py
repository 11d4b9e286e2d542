"""What the pages of a company and of a person say."""

from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caudal.crm import queries
from caudal.crm.models import Company, Person
from caudal.crm.queries import DealFilters, Totals
from caudal.crm.views.nouns import COMPANY, DEAL, PERSON
from caudal.crm.views.records import Action, Figure, NextStep, Portrait, known, value
from caudal.crm.views.words import deals_words
from caudal.kit.access import Actor, Verb, may
from caudal.kit.countries import country_name
from caudal.ui.formats import reader_locale
from caudal.ui.lists.tables import sum_text


def company_portrait(company: Company, actor: Actor, as_of: datetime, may_change: bool) -> Portrait:  # noqa: ARG001, FBT001  the shape of every portrait
    """Say what a company buys and what is known of it."""
    deals = queries.totals_by_state(actor, DealFilters(company_id=company.pk))
    selling, sold = deals["open"], deals["won"]
    about = {"company": company.name, "next": COMPANY.href(company)}
    return Portrait(
        figures=[
            worth(_("Open deals"), selling),
            worth(_("Won"), sold),
            *known(value(_("Employees"), company.employees, "number")),
        ],
        next=first_deal(actor, selling, sold, about),
        facts=[
            value(_("Web domain"), company.domain, field="domain"),
            value(_("Phone"), company.phone or None, href=dial(company.phone_e164 or company.phone)),
            value(_("Sector"), company.sector or None, field="sector"),
            value(_("Sales model"), company.get_sales_model_display() or None),
            value(_("Address"), address(company) or None),
            value(_("Country"), country_words(company) or None, field="country"),
            value(
                _("Part of"),
                company.parent and company.parent.name,
                href=COMPANY.href(company.parent) if company.parent else "",
                field="parent",
            ),
            value(_("Owner"), company.owner and company.owner.name, field="owner"),
        ],
        primary=new_deal(actor, about),
        actions=[Action(_("New person"), f"{PERSON.new_href}?{urlencode(about)}", "person")]
        if may(actor, "person", Verb.CREATE)
        else (),
    )


def person_portrait(person: Person, actor: Actor, as_of: datetime, may_change: bool) -> Portrait:  # noqa: ARG001, FBT001  the shape of every portrait
    """Say what a person buys and how to reach them."""
    deals = queries.totals_by_state(actor, DealFilters(person_id=person.pk))
    selling, sold = deals["open"], deals["won"]
    about = {"person": person.name, "next": PERSON.href(person)}
    if person.company:
        about["company"] = person.company.name
    return Portrait(
        figures=[worth(_("Open deals"), selling), worth(_("Won"), sold)],
        next=first_deal(actor, selling, sold, about),
        facts=[
            value(
                _("Company"),
                person.company and person.company.name,
                href=COMPANY.href(person.company) if person.company else "",
                field="company",
            ),
            value(_("Job title"), person.job_title or None, field="job_title"),
            value(_("E-mail"), person.email, href=f"mailto:{person.email}" if person.email else "", field="email"),
            *(value(_("Other e-mail"), each, href=f"mailto:{each}") for each in person.other_emails),
            *phones_of(person),
            value(_("Language"), language_words(person.language) or None),
            value(_("City"), person.city or None),
            value(_("Country"), country_words(person) or None),
            value(_("Owner"), person.owner and person.owner.name, field="owner"),
        ],
        primary=new_deal(actor, about),
    )


def phones_of(person: Person) -> list[Figure]:
    """Return the numbers of a person, the first one first, each with its way to dial it."""
    numbers = [person.phone, *person.other_phones]
    keys = [*person.phone_keys, *[""] * len(numbers)]
    return [
        value(_("Other phone") if place else _("Phone"), number or None, href=dial(keys[place] or number))
        for place, number in enumerate(numbers)
    ]


def dial(number: str) -> str:
    """Return the address that dials a number."""
    return f"tel:{number.replace(' ', '')}" if number else ""


def address(company: Company) -> str:
    """Return where a company is, below its country, in one line."""
    town = " ".join(filter(None, (company.postal_code, company.city)))
    return ", ".join(filter(None, (company.street, town, company.region)))


def country_words(party: Company | Person) -> str:
    """Return a country in the reader's language, or as it was said."""
    return country_name(party.country_code, get_language() or "en") if party.country_code else party.country


def language_words(tag: str) -> str:
    """Return what a language is called in the reader's."""
    return str(reader_locale().languages.get(tag.replace("-", "_"), tag)).capitalize() if tag else ""


def worth(label: str, totals: Totals) -> Figure:
    """Return a number of deals with what they are worth."""
    return value(label, sum_text(totals.amounts) or totals.count, note=deals_words(totals.count))


def new_deal(actor: Actor, about: dict[str, str]) -> Action | None:
    """Return the way to a new deal, with what is known of it filled in."""
    if not may(actor, "deal", Verb.CREATE):
        return None
    return Action(_("New deal"), f"{DEAL.new_href}?{urlencode(about)}", "plus")


def first_deal(actor: Actor, selling: Totals, sold: Totals, about: dict[str, str]) -> NextStep | None:
    """Return the step to a first deal, where there is none."""
    if selling.count or sold.count or not may(actor, "deal", Verb.CREATE):
        return None
    return NextStep(_("There is no deal with them yet."), "deal", _("New deal"), f"{DEAL.new_href}?{urlencode(about)}")
