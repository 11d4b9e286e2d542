"""The calculator: what an offering would cost, line by line, with every step, and a curve of totals."""

from collections.abc import Iterable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.catalog import queries
from caudal.catalog.forms.costs import CostForm, refuse
from caudal.catalog.models import Offering, Stream
from caudal.catalog.queries import Cost, CostLine
from caudal.catalog.views.words import STEPS
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.charts import Chart
from caudal.ui.formats import money_text, number_text, reader_locale
from caudal.ui.tables import Column, Row, Table
from caudal.workspace.queries import company_day


@needs("offering")
@require_GET
def cost(request: HttpRequest, offering_id: str) -> HttpResponse:
    """Say what an offering would cost; without anything asked, one seat or unit of it today."""
    actor = actor_of(request)
    found = queries.offering(actor, Ref.parse(offering_id, Offering.kind).id)
    charges = queries.charges_of(actor, [found.pk])
    today = company_day(now())
    currencies = queries.currencies_of(charges)
    given = request.GET.copy()
    if "currency" not in given and currencies:
        given.update({"currency": currencies[0], "day": today.isoformat(), "seats": "1"})
    form = CostForm(given, offering=found, charges=charges, today=today)
    context = {
        "title": _("What would “%(name)s” cost?") % {"name": found.name},
        "crumbs": [
            (_("Catalogue"), reverse("catalog:catalogue")),
            (found.name, reverse("catalog:offering", args=[found.ref])),
        ],
        "form": form,
        "has_prices": bool(currencies),
    }
    status = HTTPStatus.OK
    if currencies and form.is_valid():
        try:
            context |= answered(queries.cost_of(actor, found.pk, form.asked()))
        except Problem as problem:
            refuse(form, problem, gettext)
    if currencies and form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "catalog/cost.html", context, status=status)


def answered(cost: Cost) -> dict[str, object]:
    """Return what something costs as the page shows it."""
    found = cost.calculation
    return {
        "first": told(found.first),
        "every_period": told(found.every_period) if found.every_period and found.once else "",
        "once": told(found.once) if found.every_period and found.once else "",
        "steps": steps(found.lines, cost.asked.currency),
        "chart": curve(cost),
    }


def steps(lines: Iterable[CostLine], currency: Currency) -> Table:
    """Return the waterfall of every line, step by step."""
    rows = []
    for line in lines:
        for number, step in enumerate(line.decision.steps):
            quantity = number_text(line.charge.quantity, reader_locale()) if not number else ""
            stream = Stream(line.charge.stream).label if not number else ""
            change = Money.of(step.delta, currency)
            after = Money.of(step.after, currency)
            rows.append(Row(cells=[line.charge.name, stream, quantity, STEPS.get(step.name, step.name), change, after]))
    columns = [
        Column(_("Charge"), line=1),
        Column(_("Revenue stream"), line=0),
        Column(_("Quantity"), kind="text", line=3),
        Column(_("Step"), line=2),
        Column(_("Change"), kind="money", line=1),
        Column(_("So far"), kind="money", line=2),
    ]
    return Table(columns=columns, rows=rows, caption=_("From the catalogue price to the price"))


def curve(cost: Cost) -> Chart | None:
    """Return how the total grows with the quantity; None where nothing depends on one."""
    points = queries.total_by_quantity(cost)
    if not points:
        return None
    label = _("Quantity")
    total = _("Total")
    values = [{"quantity": quantity, "total": float(money.amount), "told": told(money)} for quantity, money in points]
    spec = {
        "data": {"values": values},
        "mark": {"type": "line", "color": "--accent", "strokeWidth": 2, "point": {"color": "--accent", "size": 30}},
        "encoding": {
            "x": {"field": "quantity", "type": "quantitative", "title": label},
            "y": {
                "field": "total",
                "type": "quantitative",
                "title": cost.asked.currency.code,
                "axis": {"format": "~s"},
            },
            "tooltip": [{"field": "quantity", "title": label}, {"field": "told", "title": total}],
        },
    }
    rows = [Row(cells=[quantity, money]) for quantity, money in points]
    table = Table(
        columns=[Column(label, kind="number", line=1), Column(total, kind="money", line=2)],
        rows=rows,
        caption=_("Total by quantity"),
    )
    highest = points[-1]
    title = _("%(quantity)s cost %(total)s") % {
        "quantity": number_text(highest[0], reader_locale()),
        "total": told(highest[1]),
    }
    return Chart(id="total-by-quantity", title=title, spec=spec, table=table)


def told(money: Money) -> str:
    """Return an amount in the reader's words."""
    return money_text(money.amount, money.currency.code, reader_locale())
