"""Every target of the plan, with the lines of the document that it comes from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.plans import Plan
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.queries import NoPlan, Standing, Standings, amount, interval, standing, state_word, tone
from caudal.plan.views.first import scale_text, size_words, tabs
from caudal.plan.views.lines import language, rows_address
from caudal.ui.tables import Cell, Column, Row, Table


@needs("plan")
@require_GET
def target_list(request: HttpRequest) -> HttpResponse:
    """List the targets."""
    actor = actor_of(request)
    try:
        found = standing(actor=actor, as_of=now(), pillar=request.GET.get("pillar") or None)
    except NoPlan:
        return render(request, "plan/none.html", {"title": _("Targets"), "may_adopt": may(actor, "plan", Verb.CREATE)})
    return render(
        request,
        "plan/targets.html",
        {
            "title": _("Targets"),
            "plan_name": found.plan.name.told(language()),
            "document": found.plan.document,
            "adopted": found.version,
            "size": size_words(found),
            "tabs": tabs(found, request.GET.dict()),
            "table": target_table(found),
        },
    )


def target_table(standings: Standings) -> Table:
    """Return the targets as a table, in the order of the plan."""
    return Table(
        columns=(
            Column(_("Target"), line=1),
            Column(_("Plan"), line=2),
            Column(_("Size"), line=0),
            Column(_("Line of business"), line=0),
            Column(_("Actual"), line=0),
            Column(_("State"), "state", line=3),
            Column(_("Metric"), line=0),
            Column(_("Lines of the document"), line=0),
        ),
        rows=[row(each, standings.plan) for each in standings.targets],
        caption=_("Targets of the plan"),
    )


def row(standing_of: Standing, plan: Plan) -> Row:
    """Return one target as a row; its address is that of the rows behind the number."""
    target = standing_of.target
    pillars = {pillar.id: pillar.label.told(language()) for pillar in plan.pillars}
    address = rows_address(standing_of)
    scale = scale_text(plan.version.scale) if standing_of.scaled and plan.version else ""
    return Row(
        cells=(
            Cell(target.label.told(language()), note=target.id, href=reverse("plan:target", args=[target.id])),
            interval(target),
            scale or Cell(void=True),
            pillars[target.pillar] if target.pillar else Cell(void=True),
            Cell(
                amount(target, standing_of.verdict.actual), href=address, note=_("typed") if standing_of.typed else ""
            ),
            Cell(state_word(standing_of), tone=tone(standing_of)),
            target.metric,
            ", ".join(map(str, target.lines)),
        ),
        id=target.id,
    )
