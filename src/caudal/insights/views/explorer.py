"""The page of one metric: what it means, what it comes to, by time and by one dimension."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.errors import Problem
from caudal.core.expressions import Refused
from caudal.core.metrics import Metric, Request
from caudal.core.periods import Days, Grain, add_months
from caudal.insights import queries
from caudal.insights.forms import QuestionForm
from caudal.insights.queries import Figure, Result
from caudal.insights.views import words
from caudal.insights.views.addresses import metric_address, rows_address
from caudal.insights.views.drawing import chart_of
from caudal.insights.views.words import Texts
from caudal.kit.access import Actor
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import pages_of_metric
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import company_day


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole number, and its parts."""

    whole: Result
    parts: Result


@needs("metric")
@require_GET
def explorer(request: HttpRequest, metric_id: str) -> HttpResponse:
    """Show what a metric comes to."""
    actor, metric, as_of = actor_of(request), queries.metric_named(metric_id), now()
    context: dict[str, Any] = {
        "title": words.name_of(metric),
        "crumbs": [(_("Metrics"), reverse("insights:catalogue"))],
        "description": metric.description.in_language(words.language()),
        "facts": facts_of(metric),
        "fed": queries.is_fed(metric),
        "pages": pages_of_metric(metric.id, actor),
    }
    if context["fed"]:
        form = QuestionForm(asked_by_default(request.GET, as_of), dimensions=words.dimension_names(metric))
        answer = answer_of(actor, metric, form, as_of=as_of)
        context["form"] = form
        if answer is not None:
            context |= shown(answer)
    return render(request, "insights/metric.html", context)


def asked_by_default(values: QueryDict, as_of: datetime) -> QueryDict:
    """Return what the address asks; the months since the same month of last year when it asks nothing."""
    if values:
        return values
    month = company_day(as_of).replace(day=1)
    asked = QueryDict(mutable=True)
    asked.update({"from": add_months(month, -12).isoformat(), "grain": Grain.MONTH.value})
    return asked


def answer_of(actor: Actor, metric: Metric, form: QuestionForm, *, as_of: datetime) -> Answer | None:
    """Return the answer, or none and what is wrong with the question beside the field that it is about."""
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    try:
        request = queries.question(
            actor,
            metric.id,
            as_of=as_of,
            start=asked["from"],
            end=asked["to"],
            grain=Grain(asked["grain"]) if asked["grain"] else None,
            by=(asked["by"],) if asked["by"] else (),
            where=asked["where"],
        )
        parts = queries.measure(actor, metric.id, request)
        return Answer(whole_of(actor, metric, request, parts), parts)
    except Refused as problem:
        for finding in problem.findings:
            form.add_error("where", f"{finding.place}: {finding.told(_)}")
    except Problem as problem:
        field = field_of(problem)
        if field is None:
            raise
        form.add_error(field, problem.told(_))
    return None


def whole_of(actor: Actor, metric: Metric, request: Request, parts: Result) -> Result:
    """Return the one number of all the days: parts of a share do not add up to it."""
    if request.grain is None and not request.by:
        return parts
    return queries.measure(actor, metric.id, replace(request, grain=None, by=()))


def field_of(problem: Problem) -> str | None:
    """Return the field of the form that a problem is about."""
    topic = problem.code.partition(".")[0]
    return {"expression": "where", "period": "to"}.get(topic)


def facts_of(metric: Metric) -> dict[str, Any]:
    """Return the definition of a metric as the page shows it."""
    return {
        "formula": queries.formula_text(metric.formula),
        "sides": [linked(one) for one in queries.sides_of(metric) or ()],
        "unit": words.unit_name(metric),
        "better": words.better(metric),
        "drivers": [linked(queries.metric_named(one)) for one in metric.drivers],
        "explains": [linked(one) for one in queries.used_by(metric)],
        "sources": queries.sources_of(metric),
        "source": metric.source,
    }


def linked(metric: Metric) -> tuple[str, str]:
    """Return what a metric is called and its address."""
    return words.name_of(metric), metric_address(metric)


def shown(answer: Answer) -> dict[str, Any]:
    """Return the answer as the page shows it."""
    whole, parts = answer.whole, answer.parts
    request = whole.request
    texts = words.dimension_texts(parts.request.by)
    table = figure_table(parts, texts)
    chart = chart_of(parts, texts, table)
    single = parts is whole or len(whole.rows) != 1
    return {
        "whole": None if len(whole.rows) != 1 else words.amount(whole.metric, request.currency, whole.whole.value),
        "whole_href": "" if len(whole.rows) != 1 else rows_address(whole, whole.whole),
        "complete": all(figure.complete or figure.age is not None for figure in whole.rows),
        "stretch": words.stretch_text(Days(request.start, request.end)),
        "findings": parts.findings,
        "chart": chart,
        "table": None if chart or (single and len(parts.rows) == 1) else table,
    }


def figure_table(result: Result, texts: Texts) -> Table:
    """Return the figures as a table, each leading to its records."""
    request, metric = result.request, result.metric
    sides, named = words.sides(metric), queries.sides_of(metric)
    aged = any(figure.age is not None for figure in result.rows)
    names = words.dimension_names(metric)
    columns = [Column(_("Period"), line=1)] if request.grain else []
    columns += [Column(_("Age"), "number", line=0)] if aged else []
    columns += [Column(names[name]) for name in request.by]
    columns += [words.value_column(metric, request.currency, words.name_of(metric), line=1)]
    if named is not None:
        columns += [
            words.value_column(one, request.currency, label, line=line)
            for line, (one, label) in enumerate(zip(named, sides or (), strict=True), start=2)
        ]
    else:
        columns += [Column(side, "number", line=line) for line, side in enumerate(sides or (), start=2)]
    rows = [Row(figure_cells(result, figure, texts, ratio=sides is not None)) for figure in result.rows]
    return Table(columns=columns, rows=rows, caption=words.name_of(metric))


def figure_cells(result: Result, figure: Figure, texts: Texts, *, ratio: bool) -> list[object]:
    """Return the cells of one figure."""
    request, metric = result.request, result.metric
    cells: list[object] = [words.period_text(request, figure.period)] if request.grain else []
    cells += [figure.age] if figure.age is not None else []
    cells += [
        words.dimension_text(texts, name, value) for name, value in zip(request.by, figure.dimensions, strict=True)
    ]
    note = _("incomplete") if figure.missing else ""
    cells.append(words.value_cell(metric, request.currency, figure.value, href=rows_address(result, figure), note=note))
    named = queries.sides_of(metric)
    if named is not None:
        cells += [
            words.value_cell(one, request.currency, value, href=rows_address(result, figure, one))
            for one, value in zip(named, (figure.numerator, figure.denominator), strict=True)
        ]
    elif ratio:
        cells += [Cell(figure.numerator), Cell(figure.denominator)]
    return cells
