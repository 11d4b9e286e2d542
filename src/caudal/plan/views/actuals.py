"""Everything that was typed lately, and files of actuals: given, taken, and what was refused of them."""

import csv
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.errors import Finding, Problem
from caudal.core.plans import Plan, Target
from caudal.kit.access import Actor, Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.forms import ActualsFileForm
from caudal.plan.imports import ActualsReport, import_actuals
from caudal.plan.queries import NoPlan, Number, Typed, adopted_plan, amount, standing, typed_lately, typists
from caudal.plan.views.lines import language
from caudal.plan.views.target import fiscal_start, period_text
from caudal.ui.formats import day_text, number_text, reader_locale
from caudal.ui.lists.exports import BYTE_ORDER_MARK, defused
from caudal.ui.tables import Cell, Column, Row, Table


@needs("actual")
@require_http_methods(["GET", "POST"])
def actual_list(request: HttpRequest) -> HttpResponse:
    """List what was typed lately, and take a file in."""
    actor, title = actor_of(request), _("Typed actuals")
    try:
        _version, plan = adopted_plan(actor)
    except NoPlan:
        return render(request, "plan/none.html", {"title": title, "may_adopt": may(actor, "plan", Verb.CREATE)})
    may_type = may(actor, "actual", Verb.CREATE)
    form = ActualsFileForm(request.POST or None, request.FILES or None) if may_type else None
    findings: Sequence[Finding] = ()
    if request.method == "POST" and form is not None and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            report = import_actuals(actor=actor, as_of=now(), name=file.name, file=file)
        except Problem as refused:
            form.add_error("file", refused.told(_))
        else:
            messages.success(request, report_words(report))
            findings, form = report.findings, ActualsFileForm()
    context = {
        "title": title,
        "crumbs": [(_("Plan"), "/")],
        "form": form,
        "findings": findings,
        "table": typed_table(actor, plan),
    }
    wrong = form is not None and form.errors
    return render(
        request,
        "plan/actuals.html",
        context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
    )


@needs("actual")
@require_GET
def actual_template(request: HttpRequest) -> HttpResponse:
    """Hand out a file to fill in: every target that nothing counts, for the period at hand."""
    found = standing(actor=actor_of(request), as_of=now())
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="actuals.csv"'
    answer.write(BYTE_ORDER_MARK)
    rows = csv.writer(answer)
    rows.writerow(["target", "what", "pillar", "period", "unit", "value", "up to", "source"])
    for each in found.targets:
        if each.measured is None or each.typed is not None:
            target = each.target
            period = each.period.label if each.period else ""
            label = defused(target.label.told(language()))
            rows.writerow([target.id, label, target.pillar or "", period, target.unit.text, "", "", ""])
    return answer


def report_words(report: ActualsReport) -> str:
    """Say what became of a file."""
    count = {"count": number_text(report.typed, reader_locale())}
    said = ngettext("%(count)s actual was taken.", "%(count)s actuals were taken.", report.typed) % count
    if report.known:
        known = {"count": number_text(report.known, reader_locale())}
        said += " " + ngettext("%(count)s was known so.", "%(count)s were known so.", report.known) % known
    if report.findings:
        refused = {"count": number_text(len(report.findings), reader_locale())}
        said += (
            " "
            + ngettext(
                "%(count)s line was refused; see why below.",
                "%(count)s lines were refused; see why below.",
                len(report.findings),
            )
            % refused
        )
    return said


def typed_table(actor: Actor, plan: Plan) -> Table:
    """Return what was typed lately as a table, the newest first."""
    told = typed_lately(actor, fiscal_start())
    targets = {Number.of(target): target for target in reversed(plan.targets)}
    names = typists(told)
    return Table(
        columns=(
            Column(_("Target"), line=1),
            Column(_("Period"), line=2),
            Column(_("Up to"), line=0),
            Column(_("Value"), line=3),
            Column(_("Where it comes from"), line=0),
            Column(_("Typed by"), line=0),
            Column(_("Typed"), "date", line=0),
        ),
        rows=[row(each, targets.get(each.number), names) for each in told],
        caption=_("Actuals typed lately"),
    )


def row(told: Typed, target: Target | None, names: dict[str, str]) -> Row:
    """Return one typed actual as a row; its number may be of a plan that no longer counts."""
    href = reverse("plan:target", args=[target.id]) if target else ""
    value: Any = amount(target, told.value) if target else told.value
    return Row(
        cells=(
            Cell(target.label.told(language()) if target else told.number.id, href=href),
            period_text(told.period),
            day_text(told.through, reader_locale()),
            Cell(value, note="" if told.value is not None else _("no longer counts")),
            told.source,
            names[told.by],
            told.at,
        ),
        id=str(told.ref),
    )
