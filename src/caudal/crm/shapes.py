"""The fields of companies, people, leads and deals, as lists know them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db.models import BooleanField, Case, CharField, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from caudal.catalog.queries import every_product
from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.models import CloseReason, Company, Deal, DisqualifyReason, ForecastCategory, Lead, Outcome, Person
from caudal.kit.places import Written
from caudal.kit.shapes import FieldKind, Option, Reader, Shape, ShapeField
from caudal.workspace.queries import active_members, in_own_currency, pillars

DEAL_STATES: Final = {
    "open": Q(close=None),
    "won": Q(close__outcome=Outcome.WON),
    "lost": Q(close__outcome=Outcome.LOST),
}
LEAD_STATES: Final = {
    "open": Q(conversion=None, disqualification=None),
    "converted": Q(conversion__isnull=False),
    "disqualified": Q(conversion=None, disqualification__isnull=False),
}


def text(name: str, label: Any, *, path: str = "", **more: Any) -> ShapeField:
    """Return a field of words: a column of the row, or of one that it names."""
    column = path or name
    return ShapeField(name=name, label=label, kind=FieldKind.TEXT, column=column, read=value_at(column), **more)


def moment(name: str, label: Any, kind: FieldKind, *, path: str = "", **more: Any) -> ShapeField:
    """Return a field that is a day or an instant."""
    column = path or name
    return ShapeField(
        name=name, label=label, kind=kind, column=column, read=value_at(column), **{"grouped": True, **more}
    )


def value_at(path: str) -> Callable[[Any], Any]:
    """Return what reads the value at the end of a path, None where there is nothing."""
    steps = path.split("__")

    def read(row: Any) -> Any:
        for step in steps:
            row = getattr(row, step, None)
            if row is None:
                return None
        return row if row != "" else None

    return read


def chosen(name: str, label: Any, choices: Sequence[tuple[str, Any]], *, path: str, **more: Any) -> ShapeField:
    """Return a field that is one of a closed set of values."""
    options = [Option(value, said) for value, said in choices]
    return ShapeField(
        name=name,
        label=label,
        kind=FieldKind.CHOICE,
        column=path,
        read=value_at(path),
        options=lambda _reader: options,
        grouped=True,
        **more,
    )


def standing(states: Sequence[tuple[str, Any]], conditions: dict[str, Q], state_of: Callable[[Any], str]) -> ShapeField:
    """Return the field that says how a record stands, which other rows tell."""
    options = [Option(value, said) for value, said in states]
    cases = [When(condition, then=Value(value)) for value, condition in conditions.items()]
    return ShapeField(
        name="state",
        label=_("State"),
        kind=FieldKind.CHOICE,
        column=lambda _reader: Case(*cases, output_field=CharField()),
        conditions=conditions,
        read=state_of,
        options=lambda _reader: options,
        grouped=True,
    )


def owner() -> tuple[ShapeField, ...]:
    """Return the fields that say who looks after a record."""
    return (
        ShapeField(
            name="owner",
            label=_("Owner"),
            kind=FieldKind.LINK,
            link="member",
            column="owner_id",
            read=value_at("owner"),
            options=lambda _reader: [Option(str(Ref("member", pk)), name) for pk, name in active_members()],
            order="owner__name",
            grouped=True,
            argument="owner_id",
        ),
        text("owner.name", _("Owner's name"), path="owner__name", listed=False),
        ShapeField(
            name="owner.in_my_team",
            label=_("Owner is in my team"),
            kind=FieldKind.BOOLEAN,
            column=of_my_team,
            read=lambda _row: None,
            personal=True,
            listed=False,
        ),
    )


def of_my_team(reader: Reader) -> Combinable:
    """Return the condition that a row belongs to somebody in the reader's team or the teams below."""
    mine = sorted(reader.actor.team | ({reader.actor.member} if reader.actor.member else set()))
    return Written(
        "⟦owner⟧ = any(%(team)s::uuid[])", {"owner": "owner_id"}, {"team": mine}, output_field=BooleanField()
    )


def named(name: str, label: Any, name_label: Any, kind: str) -> tuple[ShapeField, ShapeField]:
    """Return the fields of a link to a company or a person: the record, and its name to search in."""
    return (
        ShapeField(
            name=name,
            label=label,
            kind=FieldKind.LINK,
            link=kind,
            column=f"{name}_id",
            read=value_at(name),
            order=f"{name}__name_key",
            argument=f"{name}_id",
        ),
        text(f"{name}.name", name_label, path=f"{name}__name", listed=False),
    )


TAGS: Final = ShapeField(
    name="tags",
    label=_("Tags"),
    kind=FieldKind.TEXT,
    column=lambda _reader: Written(
        "nullif(array_to_string(⟦tags⟧, ', '), '')", {"tags": "tags"}, output_field=CharField()
    ),
    read=lambda row: ", ".join(row.tags) or None,
    several=True,
    holds=lambda entry: Q(tags__overlap=queries.tags_like(entry)),
    argument="tags",
)
"""The tags of a record, with commas between them; `has(tags, "VIP")` asks for one."""


STAMPS: Final = (
    moment("created_at", _("Added"), FieldKind.INSTANT, order="created_at", falls=True),
    moment("changed_at", _("Changed"), FieldKind.INSTANT, order="changed_at", falls=True),
)


def stages(reader: Reader) -> list[Option]:
    """Return the stages, under their pipelines."""
    found = queries.pipelines(reader.actor)
    names = {each.pk: each.name for each in found}
    return [
        Option(str(each.ref), each.name, names[each.pipeline_id]) for each in queries.stages_of(reader.actor, *found)
    ]


def deal_state(deal: Deal) -> str:
    """Return how a deal stands."""
    close = getattr(deal, "close", None)
    return str(close.outcome) if close else "open"


def lead_state(lead: Lead) -> str:
    """Return how a lead stands."""
    if getattr(lead, "conversion", None) is not None:
        return "converted"
    return "disqualified" if getattr(lead, "disqualification", None) is not None else "open"


def business_day(reader: Reader) -> Combinable:
    """Return the day whose rate counts for a deal: that of its end, today while it is open."""
    return Written(
        "coalesce((⟦closed_at⟧ at time zone %(zone)s)::date, %(today)s::date)",
        {"closed_at": "close__closed_at"},
        {"zone": reader.actor.zone, "today": reader.today},
    )


def worth(reader: Reader) -> tuple[Combinable, Combinable]:
    """Return the quotient that the amount of a deal is in the company's currency."""
    return in_own_currency("amount", reader.currency, business_day(reader), reader.today)


def completed(deals: Sequence[Deal]) -> None:
    """Give deals their pipelines, and the colours of their tags."""
    queries.at_home(deals)
    queries.tinted(deals)


DEALS: Final = Shape(
    model=Deal,
    order="-opened_at",
    search=queries.deals_with,
    with_names=queries.with_names,
    complete=completed,
    change=actions.change_deal,
    fields=(
        text("name", pgettext_lazy("field", "Deal"), order="name_key", argument="name", identifies=True),
        *named("company", _("Company"), _("Company's name"), "company"),
        text("company.sector", _("Sector"), path="company__sector", grouped=True),
        text("company.country", _("Country"), path="company__country", grouped=True),
        *named("person", _("Person"), _("Person's name"), "person"),
        standing(
            [
                ("open", pgettext_lazy("deal", "Open")),
                ("won", pgettext_lazy("deal", "Won")),
                ("lost", pgettext_lazy("deal", "Lost")),
            ],
            DEAL_STATES,
            deal_state,
        ),
        ShapeField(
            name="stage",
            label=_("Stage"),
            kind=FieldKind.LINK,
            link="stage",
            column="stage_id",
            read=value_at("stage"),
            options=stages,
            ordered=True,
            order="stage__position",
            grouped=True,
            argument="stage_id",
            written_by=actions.move_deal,
        ),
        text("stage.name", _("Stage's name"), path="stage__name", listed=False, grouped=True),
        ShapeField(
            name="pipeline",
            label=_("Pipeline"),
            kind=FieldKind.LINK,
            link="pipeline",
            column="pipeline_id",
            read=value_at("pipeline"),
            options=lambda reader: [Option(str(each.ref), each.name) for each in queries.pipelines(reader.actor)],
            grouped=True,
        ),
        chosen("reason", _("Reason"), CloseReason.choices, path="close__reason"),
        *owner(),
        ShapeField(
            name="product",
            label=_("Product"),
            kind=FieldKind.LINK,
            link="product",
            column="product_id",
            read=value_at("product"),
            options=lambda reader: [Option(str(each.ref), each.name) for each in every_product(reader.actor)],
            grouped=True,
            argument="product_id",
        ),
        moment("opened_at", _("Opened"), FieldKind.INSTANT, order="opened_at", falls=True),
        moment(
            "expected_close_date",
            _("Expected to close"),
            FieldKind.DATE,
            order="expected_close_date",
            argument="expected_close_date",
        ),
        moment(
            "closed_at", _("Closed"), FieldKind.INSTANT, path="close__closed_at", order="close__closed_at", falls=True
        ),
        ShapeField(
            name="probability",
            label=_("Probability"),
            kind=FieldKind.NUMBER,
            column="stage__probability",
            read=value_at("stage__probability"),
        ),
        chosen(
            "forecast_category",
            _("Forecast category"),
            [pair for pair in ForecastCategory.choices if pair[0] != ForecastCategory.CLOSED],
            path="stage__forecast_category",
        ),
        ShapeField(
            name="amount",
            label=_("Amount"),
            kind=FieldKind.MONEY,
            column=lambda reader: worth(reader)[0],
            over=lambda reader: worth(reader)[1],
            money="amount",
            read=lambda deal: deal.amount,
            order="amount_minor",
            falls=True,
            summed=True,
            argument="amount",
        ),
        TAGS,
        *STAMPS,
    ),
)


def pillar_options(_reader: Reader) -> list[Option]:
    """Return the lines of business in the reader's language."""
    language = get_language() or "en"
    return [Option(str(pillar.ref), pillar.label(language)) for pillar in pillars()]


LEADS: Final = Shape(
    model=Lead,
    order="-captured_at",
    search=queries.leads_with,
    with_names=lambda rows: rows.select_related(*queries.LEAD_JOINS),
    complete=queries.tinted,
    change=actions.change_lead,
    fields=(
        text("name", _("Name"), order="name_key", argument="name", identifies=True),
        text("company_name", _("Company"), argument="company_name"),
        standing(
            [
                ("open", pgettext_lazy("lead", "Open")),
                ("converted", pgettext_lazy("lead", "Converted")),
                ("disqualified", pgettext_lazy("lead", "Disqualified")),
            ],
            LEAD_STATES,
            lead_state,
        ),
        chosen(
            "reason",
            _("Why"),
            DisqualifyReason.choices,
            path="disqualification__reason",
            argument="reason",
            written_by=actions.disqualify_lead,
        ),
        text("email", _("E-mail"), argument="email", identifies=True),
        text("phone", _("Phone"), argument="phone", identifies=True),
        text("channel", _("Channel"), grouped=True, argument="channel"),
        ShapeField(
            name="pillar",
            label=_("Pillar"),
            kind=FieldKind.LINK,
            link="pillar",
            column="pillar_id",
            read=value_at("pillar"),
            options=pillar_options,
            grouped=True,
            argument="pillar_id",
        ),
        *owner(),
        moment("captured_at", _("Captured"), FieldKind.INSTANT, order="captured_at", falls=True),
        TAGS,
        *STAMPS,
    ),
)
COMPANIES: Final = Shape(
    model=Company,
    order="name",
    search=queries.companies_with,
    with_names=lambda rows: rows.select_related("parent", "owner"),
    complete=queries.tinted,
    change=actions.change_company,
    fields=(
        text("name", _("Name"), order="name_key", argument="name", identifies=True),
        text("domain", _("Web domain"), argument="domain", identifies=True),
        text("sector", _("Sector"), grouped=True, argument="sector"),
        text("country", _("Country"), grouped=True, argument="country"),
        *named("parent", _("Part of"), _("Parent company's name"), "company"),
        *owner(),
        ShapeField(
            name="employees",
            label=_("Employees"),
            kind=FieldKind.NUMBER,
            column="employees",
            read=value_at("employees"),
            order="employees",
            falls=True,
            argument="employees",
        ),
        TAGS,
        *STAMPS,
    ),
)
PEOPLE: Final = Shape(
    model=Person,
    order="name",
    search=queries.people_with,
    with_names=lambda rows: rows.select_related("company", "owner"),
    complete=queries.tinted,
    change=actions.change_person,
    fields=(
        text("name", _("Name"), order="name_key", argument="name", identifies=True),
        *named("company", _("Company"), _("Company's name"), "company"),
        text("job_title", _("Job title"), argument="job_title"),
        text("email", _("E-mail"), argument="email", identifies=True),
        text("phone", _("Phone"), argument="phone", identifies=True),
        *owner(),
        TAGS,
        *STAMPS,
    ),
)
SHAPES: Final = (DEALS, LEADS, COMPANIES, PEOPLE)
