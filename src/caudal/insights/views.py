"""Pages of numbers: what there is, what one comes to, and the records that it is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.errors import Problem
from caudal.core.metrics import METRICS, Cell, Metric, Request
from caudal.core.periods import Grain
from caudal.insights import queries
from caudal.insights.forms import QuestionForm
from caudal.insights.queries import Contribution, Drill, Figure, Result
from caudal.kit.access import Actor
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.charts import Chart
from caudal.ui.formats import COUNT, DAYS, SHARE, Unit, quantity_text, reader_locale
from caudal.ui.tables import Cell as Shown
from caudal.ui.tables import Column, Pager, Row, Table

RECORDS: Final = 100
"""How many records a page of them lists."""
UNKNOWN: Final = "~"
"""In an address, the dimension that nobody knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The form, and the answer or why there is none."""

    form: QuestionForm
    result: Result | None
    problem: str = ""


@needs("metric")
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every metric, with what it means and whether anything feeds it."""
    language = get_language() or "en"
    rows = [
        Row(
            cells=[
                one.label.in_language(language),
                one.description.in_language(language),
                Shown(_("fed"), tone="good") if queries.is_fed(one) else Shown(_("nothing feeds it yet")),
            ],
            href=reverse("insights:metric", args=[one.id]),
        )
        for one in METRICS
    ]
    table = Table(
        columns=(Column(_("Metric"), line=1), Column(_("What it says"), line=2), Column(_("Data"), "state", line=3)),
        rows=rows,
        caption=_("Metrics"),
    )
    return render(request, "insights/catalogue.html", {"title": _("Metrics"), "table": table})


@needs("metric")
@require_GET
def metric(request: HttpRequest, metric_id: str) -> HttpResponse:
    """Show what a metric comes to, by time and by one dimension."""
    actor, found = actor_of(request), queries.metric_named(metric_id)
    language = get_language() or "en"
    context: dict[str, Any] = {
        "title": found.label.in_language(language),
        "crumbs": [(_("Metrics"), reverse("insights:catalogue"))],
        "description": found.description.in_language(language),
        "metric": found,
        "drivers": [(one, queries.metric_named(one).label.in_language(language)) for one in found.drivers],
        "fed": queries.is_fed(found),
    }
    if context["fed"]:
        asked = ask(actor, found, request.GET)
        context |= {"form": asked.form, "problem": asked.problem, "result": asked.result}
        if asked.result is not None:
            table = figure_table(asked.result, asked.form.cleaned_data)
            context["chart"] = chart_of(asked.result, table) if asked.result.request.grain else None
            context["table"] = table
    return render(request, "insights/metric.html", context)


@needs("metric")
@require_GET
def rows(request: HttpRequest, metric_id: str) -> HttpResponse:
    """List the records that one number is made from."""
    actor, found = actor_of(request), queries.metric_named(metric_id)
    values = request.GET
    asked = queries.question(
        actor,
        metric_id,
        as_of=now(),
        start=day_of(values.get("from")),
        end=day_of(values.get("to")),
        by=values.getlist("by"),
        where=values.get("where", ""),
    )
    cell = Cell(asked.start, tuple(None if one == UNKNOWN else one for one in values.getlist("d")))
    first = max(0, int(values["first"])) if values.get("first", "").isdigit() else 0
    listed = queries.drill(actor, metric_id, asked, cell, first=first, limit=RECORDS)
    label = found.label.in_language(get_language() or "en")
    context = {
        "title": _("Behind %(metric)s") % {"metric": label},
        "crumbs": [
            (_("Metrics"), reverse("insights:catalogue")),
            (label, reverse("insights:metric", args=[metric_id])),
        ],
        "figure": figure_of(actor, found, asked, cell),
        "start": asked.start,
        "end": asked.end - timedelta(days=1),
        "where": "" if asked.where == "true" else asked.where,
        "by": list(zip(asked.by, values.getlist("d"), strict=False)),
        "table": record_table(listed),
        "total": listed.total,
        "pager": pager_of(values, first, listed),
    }
    return render(request, "insights/rows.html", context)


def ask(actor: Actor, found: Metric, values: QueryDict) -> Asked:
    """Return the answer to what the address asks; by month over the last twelve when it asks nothing."""
    names = {name: str(column.label) for name, column in queries.dimensions_of(found).items()}
    today = now().date()
    year_ago = date(today.year - 1, today.month, 1)
    given = values or QueryDict(urlencode({"grain": Grain.MONTH.value, "start": year_ago.isoformat()}))
    form = QuestionForm(given, dimensions=names)
    if not form.is_valid():
        return Asked(form, None)
    asked = form.cleaned_data
    try:
        question = queries.question(
            actor,
            found.id,
            as_of=now(),
            start=asked["start"],
            end=asked["end"],
            grain=Grain(asked["grain"]) if asked["grain"] else None,
            by=[asked["by"]] if asked["by"] else [],
            where=asked["where"],
        )
        return Asked(form, queries.measure(actor, found.id, question))
    except Problem as problem:
        return Asked(form, None, problem.told(_))


def figure_of(actor: Actor, found: Metric, asked: Request, cell: Cell) -> str:
    """Return the number that the records make, in words."""
    result = queries.measure(actor, found.id, asked)
    figure = next((one for one in result.rows if one.cell.dimensions == cell.dimensions), None)
    return amount_text(result, figure.value if figure else None)


def figure_table(result: Result, asked: Mapping[str, Any]) -> Table:
    """Return the figures as a table, each leading to its records."""
    request, grain, by = result.request, result.request.grain, result.request.by
    ratio = result.metric.kind in {"ratio", "conversion", "cohort"}
    columns = [Column(_("Period"))] if grain else []
    columns += [Column(str(queries.dimensions_of(result.metric)[name].label)) for name in by]
    columns += [value_column(result)]
    columns += [Column(_("Above the line"), "number"), Column(_("Below the line"), "number")] if ratio else []
    shown = []
    for figure in result.rows:
        cells: list[object] = [result.label(figure)] if grain else []
        cells += [Shown(one) if one is not None else Shown(_("nobody knows yet")) for one in figure.dimensions]
        cells += [number_cell(figure.value, note="" if figure.complete else _("incomplete"))]
        cells += [number_cell(figure.numerator), number_cell(figure.denominator)] if ratio else []
        shown.append(Row(cells=cells, href=rows_address(result, figure, asked["where"])))
    return Table(columns=columns, rows=shown, caption=str(request.start))


def rows_address(result: Result, figure: Figure, where: str) -> str:
    """Return the address of the records behind one figure."""
    asked: list[tuple[str, str]] = [("from", str(figure.period.start)), ("to", str(figure.period.end))]
    asked += [("where", where)] if where else []
    asked += [("by", name) for name in result.request.by]
    asked += [("d", UNKNOWN if one is None else str(one)) for one in figure.dimensions]
    return f"{reverse('insights:rows', args=[result.metric.id])}?{urlencode(asked)}"


def chart_of(result: Result, table: Table) -> Chart | None:
    """Return the figures over time as a drawing: bars for totals, lines for what cannot be added up."""
    drawn = [
        {
            "period": figure.period.start.isoformat(),
            "value": float(figure.value),
            "label": result.label(figure),
            "of": str(figure.dimensions[0]) if figure.dimensions and figure.dimensions[0] is not None else "—",
        }
        for figure in result.rows
        if figure.value is not None
    ]
    if len({one["period"] for one in drawn}) < 2:  # noqa: PLR2004  one point is no line
        return None
    adds_up = result.metric.kind in {"sum", "count"}
    colour = {"field": "of", "type": "nominal", "title": None} if result.request.by else {"value": "--accent"}
    months = {"labelAngle": 0, "labelOverlap": "greedy"}
    figures = ".0%" if not result.metric.unit else "~s"
    spec = {
        "data": {"values": drawn},
        "mark": {"type": "bar"} if adds_up else {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "label", "type": "ordinal", "title": None, "sort": {"field": "period"}, "axis": months},
            "y": {
                "field": "value",
                "type": "quantitative",
                "title": None,
                "axis": {"format": figures},
            },
            "color": colour,
        },
    }
    return Chart(id="figures", title=finding_of(result), spec=spec, table=table)


def finding_of(result: Result) -> str:
    """Say what the drawing shows: the last whole period against the one before."""
    label = result.metric.label.in_language(get_language() or "en")
    known = [one for one in result.rows if one.value is not None]
    if result.request.by or len(known) < 3:  # noqa: PLR2004  two whole periods and the one that goes on
        return label
    before, last = known[-3], known[-2]
    said = {"metric": label, "last": result.label(last), "before": result.label(before)}
    said |= {"to": amount_text(result, last.value), "from": amount_text(result, before.value)}
    if (last.value or 0) > (before.value or 0):
        return _("%(metric)s rose from %(from)s in %(before)s to %(to)s in %(last)s") % said
    if (last.value or 0) < (before.value or 0):
        return _("%(metric)s fell from %(from)s in %(before)s to %(to)s in %(last)s") % said
    return _("%(metric)s stayed at %(to)s in %(last)s") % said


def record_table(listed: Drill) -> Table:
    """Return the records as a table; what is out of the reader's reach has no name and leads nowhere."""
    ratio = any(one.denominator is not None for one in listed.rows)
    columns = [Column(_("Record"), line=1), Column(_("Day"), "date", line=2)]
    columns += [Column(_("Adds above the line") if ratio else _("Adds"), "number", line=1)]
    columns += [Column(_("Adds below the line"), "number", line=2)] if ratio else []
    rows = [record_row(one, ratio=ratio) for one in listed.rows]
    return Table(columns=columns, rows=rows, caption=_("Records"))


def record_row(record: Contribution, *, ratio: bool) -> Row:
    """Return one record with what it adds."""
    above = record.numerator if record.numerator is not None else sum((one.above for one in record.parts), Fraction(0))
    return Row(
        cells=[
            Shown(record.label or _("out of your reach")),
            record.day,
            Shown(None) if record.missing else number_cell(above),
            *([number_cell(record.denominator)] if ratio else []),
        ],
        href=page_of(record.ref) if record.ref is not None else "",
    )


def pager_of(values: QueryDict, first: int, listed: Drill) -> Pager:
    """Return the ways to the records before and after these."""

    def address(start: int) -> str:
        asked = values.copy()
        asked["first"] = str(start)
        return f"?{asked.urlencode()}"

    last = first + len(listed.rows)
    return Pager(
        first=first + 1 if listed.rows else 0,
        last=last,
        total=listed.total,
        previous_href=address(max(0, first - RECORDS)) if first else "",
        next_href=address(last) if last < listed.total else "",
    )


def amount_text(result: Result, value: Fraction | None) -> str:
    """Return a value in its unit and the reader's language; a dash for a ratio over nothing."""
    if value is None:
        return "—"
    if result.metric.is_money:
        unit = Unit("money", result.request.currency)
    elif not result.metric.unit:
        unit = SHARE
    else:
        unit = DAYS if result.metric.unit == "day" else COUNT
    return quantity_text(value, unit, reader_locale())


def value_column(result: Result) -> Column:
    """Return the column of a metric's values, in its unit."""
    if result.metric.is_money:
        return Column(_("Value"), "money", currency=result.request.currency)
    if not result.metric.unit:
        return Column(_("Value"), "percent")
    return Column(_("Value"), "days" if result.metric.unit == "day" else "number")


def number_cell(value: Fraction | None, *, note: str = "") -> Shown:
    """Return an exact number as a cell; a dash where there is none to be had."""
    return Shown(void=True, note=note) if value is None else Shown(value, note=note)


def day_of(text: str | None) -> date | None:
    """Return the day that an address names, or none for what is no day."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
