"""The editor of a price: a form that says what is odd about what was typed, before it is kept."""

from http import HTTPStatus

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.catalog import actions, queries
from caudal.catalog.forms.costs import refuse
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


@needs("price", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def price_new(request: HttpRequest, charge_id: str) -> HttpResponse:
    """Give a charge a price from a day on, or only say what would be odd about it."""
    charge = queries.charge(actor_of(request), Ref.parse(charge_id, Charge.kind).id)
    today, own = company_day(now()), company()
    form = PriceForm(request.POST or None, charge=charge, today=today, currency=own.currency if own else "")
    found: tuple[Finding, ...] = ()
    told, status = "", HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                model = queries.read_price(form.price(), form.cleaned_data["currency"])
                told = price_told(queries.write_price(model), model.currency.code)
                days = {name: form.cleaned_data[name] for name in ("from_date", "existing_from_date")}
                found = queries.odd_about(charge, model, **days)
                if "try" in request.POST:
                    status = HTTPStatus.OK
                else:
                    return kept(request, form, charge)
            except Problem as problem:
                refuse(form, problem, gettext)
    context = {
        "title": _("New price of %(name)s") % {"name": charge.name},
        "crumbs": [
            (_("Catalogue"), reverse("catalog:catalogue")),
            (charge.offering.name, reverse("catalog:offering", args=[charge.offering.ref])),
        ],
        "form": form,
        "lines": list(enumerate(form.lines())),
        "told": told,
        "findings": found,
        "back_href": reverse("catalog:offering", args=[charge.offering.ref]),
    }
    return render(request, "catalog/price.html", context, status=status)


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
