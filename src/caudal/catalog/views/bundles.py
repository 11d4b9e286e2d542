"""The page of a bundle: what it costs beside what its parts cost alone, step by step, and what it is made of."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.catalog import actions, queries
from caudal.catalog.forms.bundles import BundleCostForm, BundleForm, BundlePriceForm
from caudal.catalog.forms.costs import refuse
from caudal.catalog.models import Bundle, Charge
from caudal.catalog.queries import BundleCost
from caudal.catalog.views.costs import steps, told
from caudal.catalog.views.editing import kept
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.formats import percent_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company, company_day, moments

SAVE: Final = "save"
PRICE: Final = "price"


@needs("bundle")
@require_http_methods(["GET", "POST"])
def bundle(request: HttpRequest, bundle_id: str) -> HttpResponse:
    """Say what a bundle would cost, and change it where something of it is sent."""
    actor, today = actor_of(request), company_day(now())
    found = queries.bundle(actor, Ref.parse(bundle_id, Bundle.kind).id)
    asked = request.POST.get("do", "")
    if request.method == "POST":
        require(actor, Bundle.kind, Verb.CHANGE)
    own = company()
    offerings = queries.every_offering(actor)
    form = BundleForm(request.POST if asked == SAVE else None, offerings=offerings, bundle=found)
    price = BundlePriceForm(
        request.POST if asked == PRICE else None, currency=own.currency if own else "", today=today, prefix=PRICE
    )
    does: dict[str, tuple[forms.Form, Callable[[], str]]] = {
        SAVE: (form, lambda: saved(request, actor, found, form)),
        PRICE: (price, lambda: priced(request, actor, found, price)),
    }
    if asked in does and (onwards := kept(*does[asked])):
        return redirect(onwards)
    charges = queries.charges_of(actor, [each.offering_id for each in found.parts.all()])
    context, wrong = asked_of(request, actor, found, charges)
    context |= {
        "title": found.name,
        "crumbs": [(_("Catalogue"), reverse("catalog:catalogue"))],
        "parts": parts_listed(found),
        "prices": prices_listed(found),
        "form": form if may(actor, Bundle.kind, Verb.CHANGE) else None,
        "price": price,
        "moments": moments(found.ref),
    }
    wrong = wrong or any(each.errors for each, _act in does.values())
    return render(
        request, "catalog/bundle.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    )


def asked_of(
    request: HttpRequest, actor: Actor, found: Bundle, charges: Sequence[Charge]
) -> tuple[dict[str, Any], bool]:
    """Return what a bundle costs as it was asked, one of it today without anything; and whether that was refused."""
    today, currencies = company_day(now()), queries.currencies_of(charges)
    given = request.GET.copy()
    if "currency" not in given and currencies:
        given.update({"currency": currencies[0], "day": today.isoformat(), "count": "1"})
    form = BundleCostForm(given, currencies=currencies, today=today)
    context: dict[str, Any] = {"ask": form, "has_prices": bool(currencies)}
    if currencies and form.is_valid():
        try:
            cost = queries.cost_of_bundle(actor, found.pk, form.asked(), count=form.cleaned_data["count"] or 1)
            context |= answered(cost)
        except Problem as problem:
            refuse(form, problem, gettext)
    return context, bool(currencies and form.errors)


def answered(cost: BundleCost) -> dict[str, object]:
    """Return what a bundle costs as the page shows it."""
    found, alone = cost.calculation, cost.alone.first
    saved_part = (alone.amount - found.first.amount) / alone.amount if alone else 0
    return {
        "first": told(found.first),
        "alone": told(alone),
        "saved": percent_text(saved_part, reader_locale()) if saved_part > 0 else "",
        "every_period": told(found.every_period) if found.every_period and found.once else "",
        "once": told(found.once) if found.every_period and found.once else "",
        "steps": steps(found.lines, cost.asked.currency),
    }


def saved(request: HttpRequest, actor: Actor, found: Bundle, form: BundleForm) -> str:
    """Keep what a bundle is made of. Raises Problem."""
    version = form.cleaned_data["version"]
    changed = actions.change_bundle(
        actor=actor, as_of=now(), bundle_id=found.pk, expected_version=version, **form.values()
    )
    messages.success(request, _("Saved: %(name)s") % {"name": changed.name})
    return reverse("catalog:bundle", args=[found.ref])


def priced(request: HttpRequest, actor: Actor, found: Bundle, form: BundlePriceForm) -> str:
    """Say what it costs from a day on. Raises Problem."""
    said = form.cleaned_data
    actions.price_bundle(
        actor=actor,
        as_of=now(),
        bundle_id=found.pk,
        currency=said["currency"],
        from_date=said["from_date"],
        amount=said["money"],
    )
    messages.success(request, _("Whoever buys it from that day on pays so: %(name)s") % {"name": found.name})
    return reverse("catalog:bundle", args=[found.ref])


def parts_listed(found: Bundle) -> Table:
    """Return what a bundle is made of."""
    rows = [
        Row(
            cells=[
                Cell(each.offering.name, href=reverse("catalog:offering", args=[each.offering.ref])),
                each.offering.product.name,
                each.quantity,
            ]
        )
        for each in queries.parts_of(found)
    ]
    columns = [
        Column(_("Offering"), line=1),
        Column(_("Product"), line=2),
        Column(_("How many"), kind="number", line=1),
    ]
    return Table(columns=columns, rows=rows, caption=_("What it is made of"))


def prices_listed(found: Bundle) -> Table | None:
    """Return what a bundle costs by currency and day, the latest first; None where it has no price."""
    ordered = sorted(found.prices.all(), key=lambda each: (each.from_date, each.number), reverse=True)
    rows = [
        Row(
            cells=[
                _("its discount counts")
                if each.amount_minor is None
                else told(Money(each.amount_minor, Currency(each.currency))),
                each.currency,
                each.from_date,
            ]
        )
        for each in sorted(ordered, key=lambda each: each.currency)
    ]
    columns = [
        Column(_("Price"), line=1),
        Column(_("Currency"), line=0),
        Column(_("For new customers from"), kind="date", line=2),
    ]
    return Table(columns=columns, rows=rows, caption=_("Prices of the bundle")) if rows else None
