"""The page of everything that is sold: the offerings, and the products that they are ways to buy."""

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.catalog import actions, queries
from caudal.catalog.forms.products import ProductForm
from caudal.catalog.models import Offering, Product, TaxKind
from caudal.catalog.views.editing import is_retired, kept
from caudal.catalog.views.words import every, price_told
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company, company_day, pillars


@needs("offering")
@require_http_methods(["GET", "POST"])
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the offerings with what they cost today, and the products; add a product where one is sent."""
    actor, today = actor_of(request), company_day(now())
    if request.method == "POST":
        require(actor, Product.kind, Verb.CREATE)
    own = company()
    form = ProductForm(request.POST or None, pillars=pillars(), currency=own.currency if own else "")
    if request.method == "POST" and (onwards := kept(form, lambda: added(request, actor, form))):
        return redirect(onwards)
    offerings, products = queries.every_offering(actor), queries.every_product(actor)
    context = {
        "title": _("Catalogue"),
        "table": listed(offerings, today) if offerings else None,
        "products": products_listed(products, today) if products else None,
        "new_href": reverse("catalog:offering_new") if may(actor, Offering.kind, Verb.CREATE) else "",
        "form": form if may(actor, Product.kind, Verb.CREATE) else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "catalog/catalogue.html", context, status=status)


def added(request: HttpRequest, actor: Actor, form: ProductForm) -> str:
    """Add a product, and lead to its page. Raises Problem."""
    made = actions.add_product(actor=actor, as_of=now(), **form.values())
    messages.success(request, _("Added: %(name)s") % {"name": made.name})
    return reverse("catalog:product", args=[made.ref])


def listed(offerings: Iterable[Offering], today: date, *, of_product: bool = False) -> Table:
    """Return offerings as a table, with what they cost today; of one product without what that says."""
    rows = []
    for each in offerings:
        product, end = each.product, queries.not_sold_from(each)
        state = _("retired") if end and end <= today else ""
        cells: list[object] = [Cell(each.name, href=reverse("catalog:offering", args=[each.ref]), note=state)]
        if not of_product:
            cells += [Cell(product.name, href=reverse("catalog:product", args=[product.ref])), pillar_of(product)]
        cells += [each.get_role_display(), every(each), priced(each, today)]
        rows.append(Row(cells=cells, id=str(each.ref)))
    columns = [Column(_("Offering"))]
    if not of_product:
        columns += [Column(_("Product"), line=2), Column(_("Pillar"), line=0)]
    columns += [
        Column(_("Bought"), line=0),
        Column(_("Paid"), line=2 if of_product else 0),
        Column(_("Price today"), line=3),
    ]
    return Table(columns=columns, rows=rows, caption=_("Offerings"))


def products_listed(products: Iterable[Product], today: date) -> Table:
    """Return products as a table, each as what it is taxed today."""
    rows = []
    for each in products:
        state = _("retired") if is_retired(each, today) else ""
        cells = [
            Cell(each.name, href=reverse("catalog:product", args=[each.ref]), note=state),
            each.sku,
            pillar_of(each),
            each.get_stream_display(),
            TaxKind(queries.taxed_on(each, today)).label,
            each.list_price,
        ]
        rows.append(Row(cells=cells, id=str(each.ref)))
    columns = [
        Column(_("Product"), line=1),
        Column(_("SKU"), line=2),
        Column(_("Pillar"), line=0),
        Column(_("Revenue stream"), line=0),
        Column(_("Taxed"), line=3),
        Column(_("List price"), kind="money", line=2),
    ]
    return Table(columns=columns, rows=rows, caption=_("Products"))


def pillar_of(product: Product) -> str | None:
    """Return the name of a product's pillar."""
    return product.pillar.label(get_language() or "en") if product.pillar else None


def priced(offering: Offering, today: date) -> str:
    """Return what the charges of an offering cost whoever buys it today, in the currency that it has first."""
    told = []
    for charge in queries.by_sort(offering.charges.all()):
        current = [each for each in charge.prices.all() if each.from_date <= today]
        if current:
            told.append(price_told(current[0].price, current[0].currency))
    return " + ".join(told)
