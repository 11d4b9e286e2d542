"""The page of a product: the ways to buy it, what it says, as what it is taxed, and until when it is sold."""

from collections.abc import Callable
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
from caudal.catalog.forms.offerings import RetirementForm
from caudal.catalog.forms.products import ProductForm, TaxKindForm
from caudal.catalog.models import Product, TaxKind
from caudal.catalog.views.catalogue import listed
from caudal.catalog.views.editing import kept
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.formats import day_text, money_text, reader_locale
from caudal.workspace.queries import company, company_day, moments, pillars

SAVE: Final = "save"
TAX: Final = "tax"
RETIRE: Final = "retire"
BRING_BACK: Final = "bring_back"


@needs("product")
@require_http_methods(["GET", "POST"])
def product(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show a product, and change it where something of it is sent."""
    actor, today = actor_of(request), company_day(now())
    found = queries.product(actor, Ref.parse(product_id, Product.kind).id)
    asked = request.POST.get("do", "")
    if request.method == "POST":
        require(actor, Product.kind, Verb.CHANGE)
    form = product_form(request.POST if asked == SAVE else None, found)
    tax_kind = queries.taxed_on(found, today)
    tax = TaxKindForm(request.POST if asked == TAX else None, today=today, tax_kind=tax_kind, prefix=TAX)
    retirement = RetirementForm(request.POST if asked == RETIRE else None, today=today, prefix=RETIRE)
    does: dict[str, tuple[forms.Form, Callable[[], str]]] = {
        SAVE: (form, lambda: saved(request, actor, found, form)),
        TAX: (tax, lambda: taxed(request, actor, found, tax)),
        RETIRE: (retirement, lambda: retired(request, actor, found, retirement)),
        BRING_BACK: (forms.Form(request.POST), lambda: brought_back(request, actor, found)),
    }
    if asked in does and (onwards := kept(*does[asked])):
        return redirect(onwards)
    gone = getattr(found, "retirement", None)
    offerings = [each for each in queries.every_offering(actor) if each.product_id == found.pk]
    context = {
        "title": found.name,
        "crumbs": [(_("Catalogue"), reverse("catalog:catalogue"))],
        "table": listed(offerings, today, of_product=True) if offerings else None,
        "new_href": reverse("catalog:offering_new") + f"?product={found.ref}"
        if may(actor, "offering", Verb.CREATE)
        else "",
        "facts": facts_of(found),
        "taxed": TaxKind(tax_kind).label,
        "tax_kinds": [
            (TaxKind(each.tax_kind).label, day_text(each.from_date, reader_locale()))
            for each in found.tax_kinds.order_by("from_date", "number")
        ],
        "retired_from": gone.from_date if gone else None,
        "form": form if may(actor, Product.kind, Verb.CHANGE) else None,
        "tax": tax,
        "moments": moments(found.ref),
        "retirement": retirement,
    }
    wrong = any(each.errors for each, _act in does.values())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "catalog/product.html", context, status=status)


def product_form(data: Any, found: Product | None = None) -> ProductForm:
    """Return the form of a product, or of a new one, with what was sent."""
    own = company()
    return ProductForm(data, pillars=pillars(), currency=own.currency if own else "", product=found)


def saved(request: HttpRequest, actor: Actor, found: Product, form: ProductForm) -> str:
    """Keep what a product says. Raises Problem."""
    version = form.cleaned_data["version"]
    changed = actions.change_product(
        actor=actor, as_of=now(), product_id=found.pk, expected_version=version, **form.values()
    )
    messages.success(request, _("Saved: %(name)s") % {"name": changed.name})
    return here(found)


def taxed(request: HttpRequest, actor: Actor, found: Product, form: TaxKindForm) -> str:
    """Say as what it is taxed from a day on. Raises Problem."""
    said = form.cleaned_data
    actions.tax_product_as(
        actor=actor, as_of=now(), product_id=found.pk, tax_kind=said["tax_kind"], from_date=said["from_date"]
    )
    messages.success(request, _("Documents that are issued from that day on are taxed so."))
    return here(found)


def retired(request: HttpRequest, actor: Actor, found: Product, form: RetirementForm) -> str:
    """Sell it to nobody new from a day on. Raises Problem."""
    from_date = form.cleaned_data["from_date"]
    actions.retire_product(actor=actor, as_of=now(), product_id=found.pk, from_date=from_date)
    messages.success(request, _("Nobody new can buy it from that day on: %(name)s") % {"name": found.name})
    return here(found)


def brought_back(request: HttpRequest, actor: Actor, found: Product) -> str:
    """Sell it again."""
    actions.bring_back_product(actor=actor, as_of=now(), product_id=found.pk)
    messages.success(request, _("Sold again: %(name)s") % {"name": found.name})
    return here(found)


def here(found: Product) -> str:
    """Return the address of a product."""
    return reverse("catalog:product", args=[found.ref])


def facts_of(found: Product) -> list[tuple[str, str]]:
    """Return what a product says, as label and value."""
    price = found.list_price
    facts = [
        (_("Pillar"), found.pillar.label(get_language() or "en") if found.pillar else ""),
        (_("SKU"), found.sku or ""),
        (_("Unit"), found.unit),
        (_("Revenue stream"), found.get_stream_display()),
        (_("List price"), money_text(price.amount, price.currency.code, reader_locale()) if price else ""),
    ]
    return [(label, value) for label, value in facts if value]
