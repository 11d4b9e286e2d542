"""The editor of a price: a form that says what is odd about what was typed, before it is kept."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.catalog import actions, queries
from caudal.catalog.forms.prices import PriceForm
from caudal.catalog.models import Charge
from caudal.catalog.views.words import price_told
from caudal.core.errors import Finding, Problem
from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import conflict_of
from caudal.kit.world import now
from caudal.workspace.queries import company, company_day


@dataclass(frozen=True, slots=True)
class Reading:
    """How a price reads, and what is odd about it."""

    told: str = ""
    findings: tuple[Finding, ...] = ()


@needs("price", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def price_new(request: HttpRequest, charge_id: str) -> HttpResponse:
    """Give a charge a price from a day on, or only say what would be odd about it."""
    charge = queries.charge(actor_of(request), Ref.parse(charge_id, Charge.kind).id)
    form, found, status = form_of(request, charge), Reading(), HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                found = read(form, charge)
                if "try" in request.POST:
                    status = HTTPStatus.OK
                else:
                    return kept(request, form, charge)
            except Problem as problem:
                form.refuse(problem)
    context = {
        "title": _("New price of %(name)s") % {"name": charge.name},
        "crumbs": [
            (_("Catalogue"), reverse("catalog:catalogue")),
            (charge.offering.name, reverse("catalog:offering", args=[charge.offering.ref])),
        ],
        "form": form,
        "lines": list(enumerate(form.lines())),
        "reading": found,
        "check_href": reverse("catalog:price_check", args=[charge.ref]),
        "back_href": reverse("catalog:offering", args=[charge.offering.ref]),
    }
    return render(request, "catalog/price.html", context, status=status)


@needs("price", Verb.CREATE)
@require_POST
def price_check(request: HttpRequest, charge_id: str) -> HttpResponse:
    """Say how a price reads that is being typed, and what is odd or wrong about it. Nothing is kept."""
    charge = queries.charge(actor_of(request), Ref.parse(charge_id, Charge.kind).id)
    form, found = form_of(request, charge), Reading()
    if form.is_begun() and form.is_valid():
        try:
            found = read(form, charge)
        except Problem as problem:
            form.refuse(problem)
    wrong = form.complaints() if form.is_begun() else []
    return render(request, "catalog/_reading.html", {"reading": found, "wrong": wrong})


def form_of(request: HttpRequest, charge: Charge) -> PriceForm:
    """Return the form of a new price, with what was sent."""
    own = company()
    return PriceForm(
        request.POST or None, charge=charge, today=company_day(now()), currency=own.currency if own else ""
    )


def read(form: PriceForm, charge: Charge) -> Reading:
    """Read the price that a form says. Raises Problem."""
    model = queries.read_price(form.price(), form.cleaned_data["currency"])
    days = {name: form.cleaned_data[name] for name in ("from_date", "existing_from_date")}
    return Reading(
        told=price_told(queries.write_price(model), model.currency.code),
        findings=tuple(queries.odd_about(charge, model, **days)),
    )


def kept(request: HttpRequest, form: PriceForm, charge: Charge) -> HttpResponse:
    """Keep a price and lead back to the offering. Raises Problem."""
    said = form.cleaned_data
    try:
        with transaction.atomic():
            price = actions.add_price(
                actor=actor_of(request),
                as_of=now(),
                charge_id=charge.pk,
                currency=said["currency"],
                from_date=said["from_date"],
                existing_from_date=said["existing_from_date"],
                price=form.price(),
            )
    except IntegrityError as refused:
        problem = conflict_of(refused)
        if problem is None:
            raise
        raise problem from refused
    messages.success(
        request, _("Price %(number)s of “%(name)s” was added.") % {"number": price.number, "name": charge.name}
    )
    return redirect("catalog:offering", charge.offering.ref)
