"""The page of an offering: its charges, each with its prices over time."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.catalog import queries
from caudal.catalog.models import Charge, Offering
from caudal.catalog.views.timelines import PriceDrawing, drawings
from caudal.catalog.views.words import every, price_told, value_told
from caudal.core.decimals import plain_decimal
from caudal.core.ids import Ref
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import panels_of
from caudal.kit.world import now
from caudal.ui.formats import number_text, percent_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company_day, moments


@dataclass(frozen=True, slots=True)
class ChargeShown:
    """A charge as the page shows it."""

    name: str
    facts: list[str]
    table: Table | None
    new_href: str
    drawings: list[PriceDrawing]


@needs("offering")
@require_GET
def offering(request: HttpRequest, offering_id: str) -> HttpResponse:
    """Show what is paid for an offering, and every price that each charge had, has and will have."""
    actor = actor_of(request)
    found = queries.offering(actor, Ref.parse(offering_id, Offering.kind).id)
    today = company_day(now())
    may_price = may(actor, "price", Verb.CREATE)
    charges = [shown(each, today, may_price=may_price) for each in queries.charges_of(actor, [found.pk])]
    retired = getattr(found, "retirement", None)
    loaded = ((panel, panel.load(found.ref, actor, now())) for panel in panels_of(Offering.kind))
    context = {
        "panels": [(panel, values) for panel, values in loaded if values is not None],
        "title": found.name,
        "crumbs": [(_("Catalogue"), reverse("catalog:catalogue"))],
        "charges": charges,
        "edit_href": reverse("catalog:offering_edit", args=[found.ref]) if may(actor, "offering", Verb.CHANGE) else "",
        "cost_href": reverse("catalog:cost", args=[found.ref]),
        "note": found.note,
        "moments": moments(found.ref),
        "retired_from": retired.from_date if retired else None,
        "facts": facts_of(found),
        "terms": [(each.months, plain_decimal(each.discount_percent)) for each in found.terms.order_by("months")],
        "features": [
            (each.feature.name, value_told(each.value))
            for each in found.features.select_related("feature").order_by("feature__name", "pk")
        ],
        "add_ons": [
            (each.add_on.name, reverse("catalog:offering", args=[each.add_on.ref]))
            for each in found.add_ons.select_related("add_on").order_by("add_on__name_key", "pk")
        ],
    }
    return render(request, "catalog/offering.html", context)


def facts_of(offering: Offering) -> list[tuple[str, str]]:
    """Return what an offering says, as label and value."""
    facts = [
        (_("Product"), offering.product.name),
        (_("Code"), offering.code),
        (_("Bought"), offering.get_role_display()),
        (_("Paid"), every(offering)),
        (_("Invoiced"), offering.get_timing_display()),
    ]
    if offering.trial_days:
        facts.append((_("Trial (days)"), str(offering.trial_days)))
    return facts


def shown(charge: Charge, today: date, *, may_price: bool) -> ChargeShown:
    """Return a charge with the timeline of its prices, the latest first."""
    rows = []
    running: set[str] = set()
    for each in charge.prices.all():
        state = (_("to come"), "idle")
        if each.from_date <= today:
            state = (_("before"), "idle") if each.currency in running else (_("holds"), "good")
            running.add(each.currency)
        told = price_told(each.price, each.currency)
        cells = [told, each.currency, Cell(state[0], tone=state[1]), each.from_date, each.existing_from_date]
        rows.append(Row(cells=cells))
    columns = [
        Column(_("Price"), line=1),
        Column(_("Currency"), line=0),
        Column(_("State"), kind="state", line=2),
        Column(_("For new customers from"), kind="date", line=3),
        Column(_("For existing ones from"), kind="date", line=0),
    ]
    facts = [charge.get_sort_display(), charge.get_stream_display()]
    facts += [_("meter %(name)s") % {"name": charge.meter}] if charge.meter else []
    facts += [
        _("%(percent)s less from %(quantity)s")
        % {
            "percent": percent_text(each.discount_percent / 100, reader_locale()),
            "quantity": number_text(each.quantity_min, reader_locale()),
        }
        for each in sorted(charge.volume_discounts.all(), key=lambda each: each.quantity_min)
    ]
    return ChargeShown(
        charge.name,
        [str(fact) for fact in facts],
        Table(columns=columns, rows=rows, caption=_("Prices of %(name)s") % {"name": charge.name}) if rows else None,
        reverse("catalog:price_new", args=[charge.ref]) if may_price else "",
        drawings(charge, today),
    )
