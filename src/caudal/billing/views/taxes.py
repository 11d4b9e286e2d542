"""Tax rates: what counts where since when, and adding one."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.billing import actions, queries
from caudal.billing.forms import TaxRateForm
from caudal.core.errors import Problem
from caudal.kit.access import Verb, may, require
from caudal.kit.countries import country_code, country_name
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company_day


@needs("tax_rate")
@require_http_methods(["GET", "POST"])
def tax_rates(request: HttpRequest) -> HttpResponse:
    """Show the rates by country, and add one where that is sent."""
    actor, as_of = actor_of(request), now()
    form = TaxRateForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        require(actor, "tax_rate", Verb.CREATE)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                row = actions.add_tax_rate(actor=actor, as_of=as_of, **form.cleaned_data)
            except Problem as problem:
                for name, text in problem.fields.items():
                    form.add_error(name, gettext(text))
                if not problem.fields:
                    form.add_error(None, problem.told(gettext))
            else:
                messages.success(request, _("The rate counts from its day on."))
                return redirect(f"{request.path}?country={row.country}")
    asked = country_code(request.GET.get("country", ""))
    rates = queries.tax_rates(country=asked)
    language = get_language() or "en"
    today = company_day(as_of)
    current = queries.rates_on(rates, today)
    rows = [
        Row(
            cells=[
                Cell(country_name(each.country, language), note=each.country, href=f"?country={each.country}"),
                each.get_tax_kind_display(),
                each.percent / 100,
                each.from_day,
                Cell(_("in force"), tone="good") if str(each.pk) in current else None,
                each.source,
            ]
        )
        for each in rates
        # What does not count any more is shown of one country alone.
        if asked or each.from_day > today or str(each.pk) in current
    ]
    columns = [
        Column(_("Country"), line=1),
        Column(pgettext("tax", "Kind"), line=2),
        Column(_("Rate"), kind="percent", line=1),
        Column(_("From"), kind="date", line=3),
        Column(_("State"), kind="state", line=0),
        Column(_("Source"), line=0),
    ]
    context = {
        "title": _("Tax rates"),
        "table": Table(columns, rows, caption=_("Tax rates")) if rows else None,
        "form": form if may(actor, "tax_rate", Verb.CREATE) else None,
        "asked": country_name(asked, language) if asked else "",
        "now": as_of,
    }
    return render(request, "billing/tax_rates.html", context, status=status)
