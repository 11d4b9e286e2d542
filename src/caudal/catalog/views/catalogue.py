"""The page of everything that is sold: offerings, products that they are ways to buy, bundles and features."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.catalog import actions, queries
from caudal.catalog.forms.bundles import BundleForm
from caudal.catalog.forms.contents import FeatureForm
from caudal.catalog.forms.products import ProductForm
from caudal.catalog.models import Bundle, Feature, Offering, Product, TaxKind
from caudal.catalog.views.editing import is_retired, kept
from caudal.catalog.views.words import every, price_told, value_told
from caudal.core.money import Currency
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.formats import money_text, percent_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company, company_day, pillars

PRODUCT: Final = "product"
BUNDLE: Final = "bundle"
FEATURE: Final = "feature"


@needs("offering")
@require_http_methods(["GET", "POST"])
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the offerings with what they cost today, products, bundles and features; add one where it is sent."""
    actor, today = actor_of(request), company_day(now())
    asked = request.POST.get("do", "")
    offerings, products = queries.every_offering(actor), queries.every_product(actor)
    does = adding(request, actor, asked, offerings)
    if request.method == "POST" and asked in does:
        require(actor, asked, Verb.CREATE)
        if onwards := kept(*does[asked]):
            return redirect(onwards)
    bundles, features = queries.bundles(actor), queries.features(actor)
    context = {
        "title": _("Catalogue"),
        "table": listed(offerings, today) if offerings else None,
        "products": products_listed(products, today) if products else None,
        "bundles": bundles_listed(bundles, today) if bundles else None,
        "features": features_listed(features, offerings) if features else None,
        "new_href": reverse("catalog:offering_new") if may(actor, Offering.kind, Verb.CREATE) else "",
        "forms": {part: form for part, (form, _act) in does.items() if may(actor, part, Verb.CREATE)},
        "can_bundle": len(offerings) > 1,
    }
    wrong = any(form.errors for form, _act in does.values())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "catalog/catalogue.html", context, status=status)


def adding(
    request: HttpRequest, actor: Actor, asked: str, offerings: Sequence[Offering]
) -> dict[str, tuple[forms.Form, Callable[[], str]]]:
    """Return the forms of what can be added here, and what each does."""

    def sent(part: str) -> Any:
        return request.POST if asked == part else None

    own = company()
    product = ProductForm(sent(PRODUCT), pillars=pillars(), currency=own.currency if own else "")
    bundle = BundleForm(sent(BUNDLE), offerings=offerings, prefix=BUNDLE)
    feature = FeatureForm(sent(FEATURE), prefix=FEATURE)
    made: dict[str, Any] = {"actor": actor, "as_of": now()}

    def add_product() -> str:
        row = actions.add_product(**made, **product.values())
        messages.success(request, _("Added: %(name)s") % {"name": row.name})
        return reverse("catalog:product", args=[row.ref])

    def add_bundle() -> str:
        row = actions.add_bundle(**made, **bundle.values())
        messages.success(request, _("Added: %(name)s") % {"name": row.name})
        return reverse("catalog:bundle", args=[row.ref])

    def add_feature() -> str:
        row = actions.add_feature(**made, **feature.cleaned_data)
        messages.success(request, _("Added: %(name)s") % {"name": row.name})
        return reverse("catalog:catalogue") + "#features"

    return {PRODUCT: (product, add_product), BUNDLE: (bundle, add_bundle), FEATURE: (feature, add_feature)}


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
        Column(_("Bought"), line=0, short=True),
        Column(_("Paid"), line=2 if of_product else 0, short=True),
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


def bundles_listed(bundles: Iterable[Bundle], today: date) -> Table:
    """Return bundles as a table: what they are made of, and what they cost or are lowered by today."""
    own = company()
    currency = Currency(own.currency) if own else None
    rows = []
    for each in bundles:
        price = queries.bundle_price(each, currency, today) if currency else None
        parts = [
            f"{part.quantity} × {part.offering.name}" if part.quantity > 1 else part.offering.name
            for part in queries.parts_of(each)
        ]
        lowered = _("%(percent)s less") % {"percent": percent_text(each.discount_percent / 100, reader_locale())}
        cells = [
            Cell(each.name, href=reverse("catalog:bundle", args=[each.ref])),
            " + ".join(parts),
            money_text(price.amount, price.currency.code, reader_locale()) if price else lowered,
        ]
        rows.append(Row(cells=cells, id=str(each.ref)))
    columns = [Column(_("Bundle"), line=1), Column(_("What it is made of"), line=2), Column(_("Price today"), line=3)]
    return Table(columns=columns, rows=rows, caption=_("Bundles"))


def features_listed(features: Sequence[Feature], offerings: Iterable[Offering]) -> Table:
    """Return what offerings say of features, a line for each feature."""
    names = {each.pk: each.name for each in offerings}
    rows = []
    for feature in features:
        said = sorted(
            (names[each.offering_id], value_told(each.value))
            for each in feature.offerings.all()
            if each.offering_id in names
        )
        told = " · ".join(f"{name}: {value}" for name, value in said)
        rows.append(Row(cells=[feature.name, feature.get_sort_display(), told or None], id=str(feature.ref)))
    columns = [Column(_("Feature"), line=1), Column(_("Says"), line=0), Column(_("What offerings say of it"), line=2)]
    return Table(columns=columns, rows=rows, caption=_("Features"))


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
