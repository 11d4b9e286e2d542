"""The four lists: the views that they are born with, and what they draw in their own way."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from caudal.crm.models import Deal, Lead, Outcome
from caudal.crm.views.cells import fields_in_place, places_of
from caudal.crm.views.nouns import COMPANY, DEAL, LEAD, PERSON, Noun
from caudal.crm.views.tags import tags_cell
from caudal.crm.views.words import deals_words
from caudal.kit.lists import ListView
from caudal.kit.panels import page_of
from caudal.ui.lists.asking import ALL, Asked
from caudal.ui.lists.pages import Empty, Listing, Way, count_text
from caudal.ui.tables import Cell


def deal_stage(deal: Deal) -> Cell:
    """Return the stage of an open deal, or how it ended."""
    close = getattr(deal, "close", None)
    if close is None:
        return Cell(deal.stage.name, tone="accent")
    return Cell(close.get_outcome_display(), tone="good" if close.outcome == Outcome.WON else "bad")


def deal_state(deal: Deal) -> Cell:
    """Return how a deal stands."""
    close = getattr(deal, "close", None)
    return Cell(pgettext("deal", "Open"), tone="accent") if close is None else deal_stage(deal)


def deal_buyer(deal: Deal) -> Cell | None:
    """Return the company that buys, else the person."""
    buyer = deal.company or deal.person
    return Cell(buyer.name, href=page_of(buyer.ref)) if buyer else None


def lead_state(lead: Lead) -> Cell:
    """Return how a lead stands."""
    if getattr(lead, "conversion", None) is not None:
        return Cell(pgettext("lead", "Converted"), tone="good")
    given_up = getattr(lead, "disqualification", None)
    return Cell(
        pgettext("lead", "Disqualified") if given_up else pgettext("lead", "Open"),
        tone="idle" if given_up else "accent",
    )


def board_way(asked: Asked) -> list[Way]:
    """Return the way to the board."""
    return [Way(_("Show as a board"), reverse("crm:board"), icon="columns")] if asked.shape.kind == Deal.kind else []


def name_of(row: Any) -> str:
    """Return the name that opens a row."""
    return str(row.name)


OPEN_DEALS: Final = ("name", "company", "stage", "owner", "opened_at", "expected_close_date", "amount")
CLOSED_DEALS: Final = ("name", "company", "reason", "owner", "opened_at", "closed_at", "amount")
LEAD_COLUMNS: Final = ("name", "company_name", "channel", "pillar", "owner", "captured_at")

DEALS: Final = Listing(
    plural=DEAL.plural,
    href_of=DEAL.href,
    edit_hrefs=partial(places_of, DEAL),
    edited=partial(fields_in_place, DEAL.kind),
    totals=True,
    ways=board_way,
    count_words=deals_words,
    search_label=gettext_lazy("Find by deal or company"),
    cells={"name": name_of, "tags": tags_cell, "company": deal_buyer, "stage": deal_stage, "state": deal_state},
    kinds={"tags": "tags", "stage": "state", "state": "state"},
    views=(
        ListView(
            key="open",
            label=pgettext_lazy("deals", "Open"),
            where='state = "open"',
            columns=OPEN_DEALS,
        ),
        ListView(key="won", label=pgettext_lazy("deals", "Won"), where='state = "won"', columns=CLOSED_DEALS),
        ListView(key="lost", label=pgettext_lazy("deals", "Lost"), where='state = "lost"', columns=CLOSED_DEALS),
        ListView(key=ALL, label=pgettext_lazy("deals", "All"), columns=OPEN_DEALS),
    ),
    empty=Empty(
        gettext_lazy("No deals yet"),
        gettext_lazy(
            "A deal is something that somebody may buy. Here you see what is open, what it is worth, what happens next."
        ),
        "deal",
        gettext_lazy("For example: Document archive, Globex, €12,000, to close in June"),
        gettext_lazy("You have them in files? “caudal import FOLDER” reads them, and says first what it would do."),
    ),
)
LEADS: Final = Listing(
    plural=LEAD.plural,
    href_of=LEAD.href,
    edit_hrefs=partial(places_of, LEAD),
    edited=partial(fields_in_place, LEAD.kind),
    count_words=count_text,
    search_label=gettext_lazy("Find by name, company or e-mail"),
    cells={"name": name_of, "tags": tags_cell, "state": lead_state},
    kinds={"tags": "tags", "state": "state"},
    views=(
        ListView(
            key="open",
            label=pgettext_lazy("leads", "Open"),
            where='state = "open"',
            columns=LEAD_COLUMNS,
        ),
        ListView(
            key="converted",
            label=pgettext_lazy("leads", "Converted"),
            where='state = "converted"',
            columns=LEAD_COLUMNS,
        ),
        ListView(
            key="disqualified",
            label=pgettext_lazy("leads", "Disqualified"),
            where='state = "disqualified"',
            columns=("name", "company_name", "reason", *LEAD_COLUMNS[2:]),
        ),
        ListView(
            key=ALL,
            label=pgettext_lazy("leads", "All"),
            columns=("name", "company_name", "state", *LEAD_COLUMNS[2:]),
        ),
    ),
    empty=Empty(
        gettext_lazy("No leads yet"),
        gettext_lazy(
            "A lead is a sign that somebody may buy. Here they wait until you convert them into deals or give them up."
        ),
        "lead",
        gettext_lazy("For example: Marta Ibáñez, Globex, from the webinar in March"),
        gettext_lazy("Programs can send leads through the API, with a key from the settings."),
    ),
)
COMPANIES: Final = Listing(
    plural=COMPANY.plural,
    href_of=COMPANY.href,
    edit_hrefs=partial(places_of, COMPANY),
    edited=partial(fields_in_place, COMPANY.kind),
    count_words=count_text,
    search_label=gettext_lazy("Find by name or web domain"),
    cells={"name": name_of, "tags": tags_cell},
    kinds={"tags": "tags"},
    views=(
        ListView(
            key=ALL,
            label=pgettext_lazy("companies", "All"),
            columns=("name", "domain", "sector", "country", "owner", "employees", "created_at"),
        ),
    ),
    empty=Empty(
        gettext_lazy("No companies yet"),
        gettext_lazy("Companies that you sell to, buy from or work with. Deals and people hang on them."),
        "company",
        gettext_lazy("For example: Globex, globex.com, Energy, Spain, 1,200 employees"),
    ),
)
PEOPLE: Final = Listing(
    plural=PERSON.plural,
    href_of=PERSON.href,
    edit_hrefs=partial(places_of, PERSON),
    edited=partial(fields_in_place, PERSON.kind),
    count_words=count_text,
    search_label=gettext_lazy("Find by name or e-mail"),
    cells={"name": name_of, "tags": tags_cell},
    kinds={"tags": "tags"},
    views=(
        ListView(
            key=ALL,
            label=pgettext_lazy("people", "All"),
            columns=("name", "company", "job_title", "email", "phone", "owner", "created_at"),
        ),
    ),
    empty=Empty(
        gettext_lazy("No people yet"),
        gettext_lazy("People you know by name, usually at a company. Converting a lead adds them too."),
        "people",
        gettext_lazy("For example: Marta Ibáñez, head of purchasing, Globex"),
    ),
)
LISTINGS: Final[Mapping[Noun, Listing]] = {DEAL: DEALS, LEAD: LEADS, COMPANY: COMPANIES, PERSON: PEOPLE}
