"""The four lists: which columns, views and filters each of them has."""

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.forms.choices import pillar_pairs, pipeline_pairs, stage_pairs
from caudal.crm.models import Company, Deal, Lead, Outcome, Person
from caudal.crm.queries import DealFilters, LeadFilters, Totals
from caudal.crm.views.lists import ALL, ME, Asked, Empty, Filter, ListColumn, Listing, Tab, Way, options
from caudal.crm.views.nouns import COMPANY, DEAL, LEAD, PERSON
from caudal.kit.access import Reach, Verb, policies
from caudal.kit.cursors import Page
from caudal.ui.tables import Cell, query
from caudal.workspace.queries import active_members

NOBODY: Final = "nobody"


def owner_filter(asked: Asked, noun: str, *, unowned: bool = False) -> list[Filter]:
    """Return the filter by owner, for those who see more than their own."""
    if policies()[noun].reach(asked.actor, Verb.VIEW) is Reach.OWN:
        return []
    pairs = [(str(Ref("member", row_id)), name) for row_id, name in active_members()]
    first = [(ME, _("Me"))] if asked.actor.member else []
    if unowned:
        first.append((NOBODY, _("Nobody yet")))
    return [
        Filter(
            "owner", gettext_lazy("Owner"), options([*first, *pairs], asked.parameters.get("owner", ""), _("Anybody"))
        )
    ]


def deal_filters(asked: Asked) -> list[Filter]:
    """Return the filters of deals."""
    chosen = asked.parameters.get
    return [
        Filter(
            "pipeline",
            gettext_lazy("Pipeline"),
            options(pipeline_pairs(asked.actor), chosen("pipeline", ""), _("All pipelines")),
        ),
        Filter("stage", gettext_lazy("Stage"), options(stage_pairs(asked.actor), chosen("stage", ""), _("All stages"))),
        *owner_filter(asked, "deal"),
    ]


def narrowed_deals(asked: Asked) -> DealFilters:
    """Return which deals an address asks for."""
    return DealFilters(
        text=asked.text,
        pipeline_id=asked.id_of("pipeline", "pipeline"),
        stage_id=asked.id_of("stage", "stage"),
        owner_id=asked.id_of("owner", "member"),
        state=None if asked.state == ALL else asked.state,  # type: ignore[arg-type]  # one of the tabs
    )


def deals(asked: Asked, limit: int) -> Page[Deal]:
    """Return a page of deals."""
    return queries.deals(asked.actor, narrowed_deals(asked), order=asked.order, cursor=asked.cursor, limit=limit)


def deal_totals(asked: Asked) -> Totals:
    """Return how many deals, and what they are worth."""
    return queries.totals_of(asked.actor, narrowed_deals(asked))


def deal_state(deal: Deal) -> Cell:
    """Return the stage of an open deal, or how it ended."""
    close = getattr(deal, "close", None)
    if close is None:
        return Cell(deal.stage.name, tone="accent")
    return Cell(close.get_outcome_display(), tone="good" if close.outcome == Outcome.WON else "bad")


def board_way(asked: Asked) -> list[Way]:
    """Return the way to the board of the pipeline that the list shows."""
    href = reverse("crm:board") + query({}, pipeline=asked.parameters.get("pipeline"))
    return [Way(_("Show as a board"), href.removesuffix("?"), icon="columns")]


def name_of(row: Any) -> str | None:
    """Return the name of a row that may be missing."""
    return row.name if row is not None else None


DEALS: Final = Listing(
    noun=DEAL,
    rows=deals,
    totals=deal_totals,
    filters=deal_filters,
    ways=board_way,
    orders=queries.DEAL_ORDERS,
    order="newest",
    search_label=gettext_lazy("Find by deal or company"),
    tabs=(
        Tab("open", pgettext_lazy("deals", "Open")),
        Tab("won", pgettext_lazy("deals", "Won")),
        Tab("lost", pgettext_lazy("deals", "Lost")),
        Tab(ALL, pgettext_lazy("deals", "All")),
    ),
    columns=(
        ListColumn(gettext_lazy("Deal"), lambda deal: deal.name, order="name"),
        ListColumn(gettext_lazy("Company"), lambda deal: name_of(deal.company) or name_of(deal.person)),
        ListColumn(gettext_lazy("Stage"), deal_state, "state", only=("open", ALL)),
        ListColumn(gettext_lazy("Reason"), lambda deal: deal.close.get_reason_display() or None, only=("won", "lost")),
        ListColumn(gettext_lazy("Owner"), lambda deal: name_of(deal.owner)),
        ListColumn(gettext_lazy("Opened"), lambda deal: deal.opened_at, "date", order="newest", falls=True),
        ListColumn(
            gettext_lazy("Expected to close"),
            lambda deal: deal.expected_close_date,
            "date",
            order="expected_close",
            only=("open", ALL),
        ),
        ListColumn(gettext_lazy("Closed"), lambda deal: deal.close.closed_at, "date", only=("won", "lost")),
        ListColumn(gettext_lazy("Amount"), lambda deal: deal.amount, "money", order="amount", falls=True),
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


def lead_filters(asked: Asked) -> list[Filter]:
    """Return the filters of leads."""
    chosen = asked.parameters.get
    return [
        Filter(
            "pillar",
            gettext_lazy("Pillar"),
            options(pillar_pairs()[1:], chosen("pillar", ""), _("All pillars")),
        ),
        *owner_filter(asked, "lead", unowned=True),
    ]


def leads(asked: Asked, limit: int) -> Page[Lead]:
    """Return a page of leads."""
    unowned = asked.parameters.get("owner") == NOBODY
    filters = LeadFilters(
        text=asked.text,
        channel=asked.parameters.get("channel", ""),
        pillar_id=asked.id_of("pillar", "pillar"),
        owner_id=None if unowned else asked.id_of("owner", "member"),
        unowned=unowned,
        state=None if asked.state == ALL else asked.state,  # type: ignore[arg-type]  # one of the tabs
    )
    return queries.leads(asked.actor, filters, order=asked.order, cursor=asked.cursor, limit=limit)


def lead_state(lead: Lead) -> Cell:
    """Return how a lead stands."""
    if getattr(lead, "conversion", None) is not None:
        return Cell(_("Converted"), tone="good")
    given_up = getattr(lead, "disqualification", None)
    return Cell(_("Disqualified") if given_up else pgettext("lead", "Open"), tone="idle" if given_up else "accent")


LEADS: Final = Listing(
    noun=LEAD,
    rows=leads,
    filters=lead_filters,
    orders=queries.LEAD_ORDERS,
    order="newest",
    search_label=gettext_lazy("Find by name, company or e-mail"),
    tabs=(
        Tab("open", pgettext_lazy("leads", "Open")),
        Tab("converted", pgettext_lazy("leads", "Converted")),
        Tab("disqualified", pgettext_lazy("leads", "Disqualified")),
        Tab(ALL, pgettext_lazy("leads", "All")),
    ),
    columns=(
        ListColumn(gettext_lazy("Name"), lambda lead: lead.name, order="name"),
        ListColumn(gettext_lazy("Company"), lambda lead: lead.company_name or None),
        ListColumn(gettext_lazy("State"), lead_state, "state", only=(ALL,)),
        ListColumn(
            gettext_lazy("Why"), lambda lead: lead.disqualification.get_reason_display(), only=("disqualified",)
        ),
        ListColumn(gettext_lazy("Channel"), lambda lead: lead.channel or None),
        ListColumn(gettext_lazy("Pillar"), lambda lead: lead.pillar and lead.pillar.label(get_language() or "en")),
        ListColumn(gettext_lazy("Owner"), lambda lead: name_of(lead.owner)),
        ListColumn(gettext_lazy("Captured"), lambda lead: lead.captured_at, "date", order="newest", falls=True),
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


def companies(asked: Asked, limit: int) -> Page[Company]:
    """Return a page of companies."""
    return queries.companies(
        asked.actor,
        text=asked.text,
        owner_id=asked.id_of("owner", "member"),
        order=asked.order,
        cursor=asked.cursor,
        limit=limit,
    )


COMPANIES: Final = Listing(
    noun=COMPANY,
    rows=companies,
    filters=lambda asked: owner_filter(asked, "company"),
    orders=queries.COMPANY_ORDERS,
    order="name",
    search_label=gettext_lazy("Find by name or web domain"),
    columns=(
        ListColumn(gettext_lazy("Name"), lambda company: company.name, order="name"),
        ListColumn(gettext_lazy("Web domain"), lambda company: company.domain),
        ListColumn(gettext_lazy("Sector"), lambda company: company.sector or None),
        ListColumn(gettext_lazy("Country"), lambda company: company.country or None),
        ListColumn(gettext_lazy("Owner"), lambda company: name_of(company.owner)),
        ListColumn(gettext_lazy("Employees"), lambda company: company.employees, "number"),
        ListColumn(gettext_lazy("Added"), lambda company: company.created_at, "date", order="newest", falls=True),
    ),
    empty=Empty(
        gettext_lazy("No companies yet"),
        gettext_lazy("Companies that you sell to, buy from or work with. Deals and people hang on them."),
        "company",
        gettext_lazy("For example: Globex, globex.com, Energy, Spain, 1,200 employees"),
    ),
)


def people(asked: Asked, limit: int) -> Page[Person]:
    """Return a page of people."""
    return queries.people(
        asked.actor,
        text=asked.text,
        company_id=asked.id_of("company", "company"),
        owner_id=asked.id_of("owner", "member"),
        order=asked.order,
        cursor=asked.cursor,
        limit=limit,
    )


PEOPLE: Final = Listing(
    noun=PERSON,
    rows=people,
    filters=lambda asked: owner_filter(asked, "person"),
    orders=queries.PERSON_ORDERS,
    order="name",
    search_label=gettext_lazy("Find by name or e-mail"),
    columns=(
        ListColumn(gettext_lazy("Name"), lambda person: person.name, order="name"),
        ListColumn(gettext_lazy("Company"), lambda person: name_of(person.company)),
        ListColumn(gettext_lazy("Job title"), lambda person: person.job_title or None),
        ListColumn(gettext_lazy("E-mail"), lambda person: person.email),
        ListColumn(gettext_lazy("Phone"), lambda person: person.phone or None),
        ListColumn(gettext_lazy("Owner"), lambda person: name_of(person.owner)),
        ListColumn(gettext_lazy("Added"), lambda person: person.created_at, "date", order="newest", falls=True),
    ),
    empty=Empty(
        gettext_lazy("No people yet"),
        gettext_lazy("People you know by name, usually at a company. Converting a lead adds them too."),
        "people",
        gettext_lazy("For example: Marta Ibáñez, head of purchasing, Globex"),
    ),
)
LISTINGS: Final = (DEALS, LEADS, COMPANIES, PEOPLE)
