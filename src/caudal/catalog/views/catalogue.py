"""The page of everything that is sold."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.catalog import queries
from caudal.catalog.models import Offering
from caudal.catalog.views.words import every, price_told
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company_day


@needs("offering")
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the offerings with what they cost today, by pillar and product."""
    actor, today = actor_of(request), company_day(now())
    rows = []
    for each in queries.every_offering(actor):
        pillar = each.product.pillar
        retired = getattr(each, "retirement", None)
        state = _("retired") if retired and retired.from_date <= today else ""
        rows.append(
            Row(
                cells=[
                    Cell(each.name, href=reverse("catalog:offering", args=[each.ref]), note=state),
                    each.product.name,
                    pillar.label(get_language() or "en") if pillar else None,
                    each.get_role_display(),
                    every(each),
                    priced(each, today),
                ],
                id=str(each.ref),
            )
        )
    columns = [
        Column(_("Offering")),
        Column(_("Product"), line=2),
        Column(_("Pillar"), line=0),
        Column(_("Bought"), line=0),
        Column(_("Paid"), line=0),
        Column(_("Price today"), line=3),
    ]
    table = Table(columns=columns, rows=rows, caption=_("Offerings")) if rows else None
    new_href = reverse("catalog:offering_new") if may(actor, Offering.kind, Verb.CREATE) else ""
    return render(request, "catalog/catalogue.html", {"title": _("Catalogue"), "table": table, "new_href": new_href})


def priced(offering: Offering, today: date) -> str:
    """Return what the charges of an offering cost whoever buys it today, in the currency that it has first."""
    told = []
    for charge in queries.by_sort(offering.charges.all()):
        current = [each for each in charge.prices.all() if each.from_date <= today]
        if current:
            told.append(price_told(current[0].price, current[0].currency))
    return " + ".join(told)
