"""The pages that add and change an offering: what it says, what is paid for it, and its end."""

from collections.abc import Callable
from datetime import date
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.catalog import actions, queries
from caudal.catalog.forms.costs import refuse
from caudal.catalog.forms.offerings import ChargeForm, OfferingForm, RetirementForm
from caudal.catalog.models import Charge, Offering, Product
from caudal.catalog.views.contents import contents
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, may
from caudal.kit.forms import kept as forms_kept
from caudal.kit.forms import status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace.queries import company_day

SAVE: Final = "save"
CHARGE: Final = "charge"
RETIRE: Final = "retire"
BRING_BACK: Final = "bring_back"


@needs("offering", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def offering_new(request: HttpRequest) -> HttpResponse:
    """Add a way to buy a product, with its terms."""
    actor = actor_of(request)
    today = company_day(now())
    products = [each for each in queries.every_product(actor) if not is_retired(each, today)]
    form = OfferingForm(request.POST or None, products=products, product=request.GET.get("product", ""))

    def add() -> str:
        made = actions.add_offering(actor=actor, as_of=now(), product_id=form.product_id(), **form.values())
        _set_terms(actor, made, form)
        messages.success(request, _("Added: %(name)s") % {"name": made.name})
        return reverse("catalog:offering", args=[made.ref])

    if request.method == "POST" and (onwards := kept(form, add)):
        return redirect(onwards)
    context = {
        "title": _("New offering"),
        "crumbs": [(_("Catalogue"), reverse("catalog:catalogue"))],
        "form": form,
        "has_products": bool(products),
    }
    return render(request, "catalog/offering_new.html", context, status=status_of(form))


@needs("offering", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def offering_edit(request: HttpRequest, offering_id: str) -> HttpResponse:
    """Change what an offering says, add what is paid for it, or say from when it is sold to nobody new."""
    actor = actor_of(request)
    found = queries.offering(actor, Ref.parse(offering_id, Offering.kind).id, Verb.CHANGE)
    asked = request.POST.get("do", "")
    form = OfferingForm(request.POST if asked == SAVE else None, offering=found)
    charge = ChargeForm(request.POST if asked == CHARGE else None, stream=found.product.stream, prefix=CHARGE)
    today = company_day(now())
    retirement = RetirementForm(request.POST if asked == RETIRE else None, today=today, prefix=RETIRE)
    back = reverse("catalog:offering", args=[found.ref])
    includes = contents(request, actor, found, asked)

    def save() -> str:
        version = form.cleaned_data["version"]
        changed = actions.change_offering(
            actor=actor, as_of=now(), offering_id=found.pk, expected_version=version, **form.values()
        )
        _set_terms(actor, changed, form)
        messages.success(request, _("Saved: %(name)s") % {"name": changed.name})
        return back

    def add_charge() -> str:
        made = actions.add_charge(actor=actor, as_of=now(), offering_id=found.pk, **charge.cleaned_data)
        messages.success(request, _("Added: %(name)s") % {"name": made.name})
        may_price = may(actor, "price", Verb.CREATE)
        return reverse("catalog:price_new", args=[Ref(Charge.kind, made.pk)]) if may_price else back

    def retire() -> str:
        from_date = retirement.cleaned_data["from_date"]
        actions.retire_offering(actor=actor, as_of=now(), offering_id=found.pk, from_date=from_date)
        messages.success(request, _("Nobody new can buy it from that day on: %(name)s") % {"name": found.name})
        return back

    def bring_back() -> str:
        actions.bring_back_offering(actor=actor, as_of=now(), offering_id=found.pk)
        messages.success(request, _("Sold again: %(name)s") % {"name": found.name})
        return back

    does: dict[str, tuple[forms.Form, Callable[[], str]]] = {
        SAVE: (form, save),
        CHARGE: (charge, add_charge),
        RETIRE: (retirement, retire),
        BRING_BACK: (forms.Form(request.POST), bring_back),
        **includes,
    }
    if request.method == "POST" and asked in does and (onwards := kept(*does[asked])):
        return redirect(onwards)
    gone = getattr(found, "retirement", None)
    context = {
        "title": _("Edit %(name)s") % {"name": found.name},
        "crumbs": [(_("Catalogue"), reverse("catalog:catalogue")), (found.name, back)],
        "form": form,
        "charge": charge,
        "retirement": retirement,
        "includes": {part: each for part, (each, _act) in includes.items()},
        "retired_from": gone.from_date if gone else None,
        "back": back,
    }
    return render(
        request, "catalog/offering_edit.html", context, status=status_of(*(each for each, _act in does.values()))
    )


def kept(form: forms.Form, act: Callable[[], str]) -> str:
    """Do what a form asks for as a whole, and return where to go on; a refusal is told in the form."""
    return forms_kept(form, act, refused=lambda refused, problem: refuse(refused, problem, gettext))


def is_retired(product: Product, today: date) -> bool:
    """Say whether nobody new can buy a product any more."""
    gone = getattr(product, "retirement", None)
    return gone is not None and gone.from_date <= today


def _set_terms(actor: Actor, offering: Offering, form: OfferingForm) -> None:
    actions.set_terms(actor=actor, as_of=now(), offering_id=offering.pk, terms=form.cleaned_data["terms"])
