"""What of customer relations is found from anywhere, and what can be done from anywhere."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from caudal.crm import events
from caudal.crm.models import Company, Competitor, Deal, Lead, Person, Tag
from caudal.kit.access import Verb
from caudal.kit.outbox import Fact
from caudal.kit.search.findable import Command, Findable
from caudal.kit.search.words import Wording
from caudal.ui.formats import money_text, reader_locale
from caudal.workspace.queries import home_country


def told(*facts: type[Fact]) -> frozenset[str]:
    """Return the names of facts after which a record is found otherwise, its coming back from the bin among them."""
    followed: tuple[type[Fact], ...] = (*facts, events.RecordRestored)
    return frozenset(fact.name for fact in followed)


def said(*texts: object) -> str:
    """Return the texts that there are, side by side."""
    return " · ".join(str(text) for text in texts if text)


def companies(rows: Sequence[Company]) -> Iterable[Wording]:
    """Return what companies are found by."""
    country = home_country()
    return (
        Wording(
            title=row.name,
            domains=(row.domain,) if row.domain else (),
            phones=(row.phone,) if row.phone else (),
            country=row.country_code or country,
        )
        for row in rows
    )


def people(rows: Sequence[Person]) -> Iterable[Wording]:
    """Return what people are found by: their names, addresses and numbers, and where they are."""
    country = home_country()
    return (
        Wording(
            title=row.name,
            names=(row.given_name, row.family_name, row.company.name if row.company else ""),
            emails=tuple(filter(None, (row.email, *row.other_emails))),
            phones=tuple(filter(None, (row.phone, *row.other_phones))),
            country=row.country_code or country,
        )
        for row in rows
    )


def leads(rows: Sequence[Lead]) -> Iterable[Wording]:
    """Return what leads are found by."""
    country = home_country()
    return (
        Wording(
            title=row.name,
            names=(row.company_name,),
            emails=(row.email,) if row.email else (),
            phones=(row.phone,) if row.phone else (),
            country=country,
        )
        for row in rows
    )


def deals(rows: Sequence[Deal]) -> Iterable[Wording]:
    """Return what deals are found by: their names, and who buys."""
    return (
        Wording(
            title=row.name,
            names=(row.company.name if row.company else "", row.person.name if row.person else ""),
        )
        for row in rows
    )


def deal_note(deal: Deal) -> str:
    """Say of a deal who buys, for how much, and where it is."""
    amount = deal.amount
    worth = money_text(amount.amount, amount.currency.code, reader_locale(), whole=True) if amount else ""
    buyer = deal.company.name if deal.company and deal.company.name not in deal.name else ""
    return said(buyer, worth, deal.stage.name)


def competitors(rows: Sequence[Competitor]) -> Iterable[Wording]:
    """Return what competitors are found by."""
    return (Wording(title=row.name, domains=(row.domain,) if row.domain else ()) for row in rows)


def tags(rows: Sequence[Tag]) -> Iterable[Wording]:
    """Return what tags are found by."""
    return (Wording(title=row.name) for row in rows)


SEARCHED: Final = (
    Findable(
        kind="company",
        plural=_("Companies"),
        icon="company",
        order=10,
        facts=told(events.CompanyAdded, events.CompanyChanged, events.CompanyDeleted),
        wordings=companies,
        note=lambda row: said(row.domain, row.country),
    ),
    Findable(
        kind="person",
        plural=_("People"),
        icon="person",
        order=20,
        facts=told(events.PersonAdded, events.PersonChanged, events.PersonDeleted),
        wordings=people,
        note=lambda row: said(row.job_title, row.company and row.company.name, row.email),
        related=("company",),
        named={"company": "company_id"},
    ),
    Findable(
        kind="deal",
        plural=_("Deals"),
        icon="deal",
        order=30,
        facts=told(events.DealOpened, events.DealChanged, events.DealDeleted),
        wordings=deals,
        note=deal_note,
        related=("company", "person", "stage"),
        named={"company": "company_id", "person": "person_id"},
    ),
    Findable(
        kind="lead",
        plural=_("Leads"),
        icon="lead",
        order=40,
        facts=told(events.LeadCaptured, events.LeadChanged, events.LeadDeleted),
        wordings=leads,
        note=lambda row: said(row.company_name, row.email),
    ),
    Findable(
        kind="competitor",
        plural=_("Competitors"),
        icon="target",
        order=50,
        facts=told(events.CompetitorAdded, events.CompetitorChanged, events.CompetitorDeleted),
        wordings=competitors,
        note=lambda row: row.domain,
    ),
    Findable(
        kind="tag",
        plural=_("Tags"),
        icon="tag",
        order=60,
        facts=told(events.TagAdded, events.TagChanged, events.TagsMerged, events.TagDeleted),
        wordings=tags,
        note=lambda _row: "",
        place="crm:tags",
    ),
)

COMMANDS: Final = (
    Command(label=_("New deal"), url_name="crm:deal_new", noun="deal", verb=Verb.CREATE, icon="plus"),
    Command(label=_("New lead"), url_name="crm:lead_new", noun="lead", verb=Verb.CREATE, icon="plus"),
    Command(label=_("New company"), url_name="crm:company_new", noun="company", verb=Verb.CREATE, icon="plus"),
    Command(label=_("New person"), url_name="crm:person_new", noun="person", verb=Verb.CREATE, icon="plus"),
)
