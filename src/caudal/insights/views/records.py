"""The page behind a number: the records that it is made from, each with what it adds."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.metrics import Cell, Metric, Request
from caudal.core.periods import Days, Grain
from caudal.insights import queries
from caudal.insights.forms import StretchForm
from caudal.insights.queries import Contribution, Drill, Figure
from caudal.insights.views import addresses, words
from caudal.insights.views.working import formula_words, working_table
from caudal.kit.access import Actor
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.problems import BadInput
from caudal.kit.world import now
from caudal.ui.tables import Cell as Shown
from caudal.ui.tables import Column, Pager, Row, Table

RECORDS: Final = 100
"""How many records a page of them lists."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a question, one cell of its answer, and from which record on."""

    request: Request
    cell: Cell
    first: int


@needs("metric")
@require_GET
def records(request: HttpRequest, metric_id: str) -> HttpResponse:
    """List the records that one number is made from."""
    actor, metric = actor_of(request), queries.metric_named(metric_id)
    asked = read(actor, metric, request.GET)
    figure = queries.figure_at(actor, metric.id, asked.request, asked.cell)
    listed = queries.drill(actor, metric_id, asked.request, asked.cell, first=asked.first, limit=RECORDS)
    question = asked.request
    texts = words.dimension_texts(question.by)
    names = words.dimension_names(metric)
    context = {
        "title": _("Behind %(metric)s") % {"metric": words.name_of(metric)},
        "crumbs": [
            (_("Metrics"), reverse("insights:catalogue")),
            (words.name_of(metric), back_to(metric, request.GET)),
        ],
        "metric_name": words.name_of(metric),
        "description": metric.description.in_language(words.language()),
        "value": words.exact(metric, question.currency, figure.value),
        "stretch": words.stretch_text(Days(question.start, question.end)),
        "conditions": [
            (names[name], words.dimension_text(texts, name, value))
            for name, value in zip(question.by, asked.cell.dimensions, strict=True)
        ],
        "age": asked.cell.age,
        "where": "" if question.where == "true" else question.where,
        "missing": figure.missing,
        "hidden": any(one.ref is None for one in listed.rows),
        "total": listed.total,
        "formula": formula_words(metric),
        "working": working_table(actor, metric, question, figure),
        "table": record_table(listed, figure),
        "pager": pager_of(request.GET, asked.first, listed),
    }
    return render(request, "insights/records.html", context)


def read(actor: Actor, metric: Metric, values: QueryDict) -> Asked:
    """Return what an address asks for. Raises BadInput for what cannot be read, and what `question` raises."""
    form = StretchForm(values)
    wrong = {name: " ".join(map(str, said)) for name, said in form.errors.items()}
    grain, by, given = values.get("grain", ""), values.getlist("by"), values.getlist("is")
    if grain and grain not in set(Grain):
        wrong["grain"] = _("This is not one of the choices.")
    if len(by) != len(given):
        wrong["is"] = _("Each dimension has one value.")
    if wrong:
        raise BadInput(wrong)
    asked = queries.question(
        actor,
        metric.id,
        as_of=now(),
        start=form.cleaned_data["from"],
        end=form.cleaned_data["to"],
        grain=Grain(grain) if grain else None,
        by=by,
        where=form.cleaned_data["where"],
    )
    try:
        dimensions = tuple(addresses.read(metric, name, text) for name, text in zip(by, given, strict=True))
    except (ValueError, ArithmeticError) as error:
        raise BadInput({"is": _("A dimension cannot have this value.")}) from error
    return Asked(asked, Cell(asked.start, dimensions, whole_number(values, "age")), whole_number(values, "first") or 0)


def whole_number(values: QueryDict, name: str) -> int | None:
    """Return a whole number from zero out of an address, or none. Raises BadInput for anything else."""
    text = values.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004  more rows than there will ever be
        raise BadInput({name: _("This is not a whole number.")})
    return int(text)


def back_to(metric: Metric, values: QueryDict) -> str:
    """Return the address of the metric's page over the days of the number."""
    kept = {name: values.get(name, "") for name in ("from", "to", "where")}
    return addresses.metric_address(metric, **kept, by=next(iter(values.getlist("by")), ""))


def record_table(listed: Drill, figure: Figure) -> Table:
    """Return the records as a table with their sum on top; what is out of reach has no name and leads nowhere."""
    metric, currency = listed.metric, listed.request.currency
    rows = listed.rows
    summable = all(one.numerator is not None for one in rows)
    sides = words.sides(metric)
    ratio = sides is not None
    columns = [Column(_("Record"), line=1), Column(_("Day"), "date", line=2)]
    if not summable:
        texts = [words.capital(one.in_language(words.language())) for one in queries.part_names(metric)]
        columns += [Column(text, "number") for text in texts]
        return Table(columns, [Row(part_cells(one), href=href_of(one)) for one in rows], caption=_("Records"))
    named = queries.sides_of(metric)
    if named is not None:
        columns += [
            words.value_column(one, currency, label, line=line)
            for line, (one, label) in enumerate(zip(named, sides or (), strict=True), start=1)
        ]
    else:
        adds, below = sides or (_("Adds"), "")
        columns += [words.value_column(metric, currency, adds, line=1) if not ratio else Column(adds, "number", line=1)]
        columns += [Column(below, "number", line=2)] if ratio else []
    totals = [_("Sum of all records"), None, figure.numerator, *([figure.denominator] if ratio else [])]
    shown = [Row(record_cells(one, ratio=ratio), href=href_of(one)) for one in rows]
    return Table(columns, shown, totals if shown else (), caption=_("Records"))


def record_cells(record: Contribution, *, ratio: bool) -> list[object]:
    """Return the cells of one record."""
    adds = Shown(None, note=_("no value to count")) if record.missing else Shown(record.numerator)
    return [name_cell(record), record.day, adds, *([Shown(record.denominator)] if ratio else [])]


def part_cells(record: Contribution) -> list[object]:
    """Return the cells of one record of a number that is no sum of records."""
    return [name_cell(record), record.day, *(Shown(part.above or Fraction(0)) for part in record.parts)]


def name_cell(record: Contribution) -> Shown:
    """Return what a record is called, if the reader may know."""
    return Shown(record.label) if record.ref is not None else Shown(_("out of your reach"))


def href_of(record: Contribution) -> str:
    """Return the address of a record's page."""
    return page_of(record.ref) if record.ref is not None else ""


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
