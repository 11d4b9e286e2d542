"""The best split of a budget over channels that bring less for each further sum."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.errors import Problem
from caudal.core.plans import Unit
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.plan.queries import NoPlan, about, brought, per_of, split_of, split_range, usual
from caudal.plan.views.lines import language
from caudal.plan.views.outlook import Outlook, field_text, field_unit, typed
from caudal.ui.charts import Chart
from caudal.ui.tables import Cell, Column, Row, Table

if TYPE_CHECKING:
    from caudal.core.simulate import Split

_SUM: Final = 1000
"""The next sum of money, of which a page says what it would bring."""
_SAME: Final = 1e-6


@needs("plan")
@require_GET
def split_page(request: HttpRequest) -> HttpResponse:
    """Split a budget, and say why no other split is better."""
    actor = actor_of(request)
    title = _("Best split")
    try:
        outlook = Outlook.of(actor, request.GET.dict())
    except NoPlan:
        return render(request, "plan/none.html", {"title": title, "may_adopt": may(actor, "plan", Verb.CREATE)})
    tree = outlook.tree
    context = {"title": title, "plan_name": tree.plan.name.told(language()), "outlook": outlook}
    if not tree.responses:
        return render(request, "plan/no_curves.html", context)
    spend = tree.by_id[tree.responses[0].spend]
    least, asked, most = split_range(tree)
    budget = typed(spend, request.GET.get("budget", "")) or asked
    context |= {
        "budget": field_text(spend, budget),
        "unit": field_unit(spend),
        "least": about(spend.unit, least),
        "most": about(spend.unit, most),
    }
    try:
        split = split_of(tree, budget)
    except Problem as refused:
        return render(request, "plan/split.html", {**context, "refused": refused.told(_)}, status=422)
    return render(request, "plan/split.html", {**context, **told_split(outlook, split)})


def told_split(outlook: Outlook, split: "Split") -> dict[str, Any]:
    """Return what a page tells of a split: the sentence, the channels, the drawing and the proof."""
    tree, usually = outlook.tree, usual(outlook.tree)
    spend, unit = tree.by_id[tree.responses[0].spend].unit, split.shares[0].response.unit
    as_usual = sum(brought(each.response, usually[each.response.spend]) for each in split.shares)
    spent = sum(usually[each.response.spend] for each in split.shares)
    said = {
        "budget": about(spend, split.budget),
        "brings": things(unit, split.brings),
        "usual": about(spend, spent),
        "now": things(unit, as_usual),
    }
    same = abs(spent - split.budget) <= split.budget * _SAME
    gain = things(unit, split.brings - as_usual)
    words = _("Split best, %(budget)s bring %(brings)s.") % said
    if same:
        words += " " + _("That is %(gain)s more than as they are split in the plan.") % {"gain": gain}
    else:
        words += " " + _("The plan spends %(usual)s, which bring %(now)s.") % said
    return {
        "summary": words,
        "table": split_table(outlook, split, usually),
        "chart": split_chart(outlook, split, usually),
        "price": things(unit, split.price * _SUM),
        "next_sum": about(spend, _SUM),
        "gap": things(unit, split.gap) if split.gap > split.brings * _SAME else "",
        "slow": ", ".join(curve.label.told(language()) for curve in split.slow),
    }


def things(unit: Unit, value: float) -> str:
    """Write how many of what: "1,970 leads per month", in the plan's own word."""
    return f"{about(unit, value)} {noun(unit)} {per_of(unit)}".strip()


def noun(unit: Unit) -> str:
    """Return what is counted, in the plan's own word."""
    return unit.text.partition("/")[0]


def split_table(outlook: Outlook, split: "Split", usually: Mapping[str, float]) -> Table:
    """Return the channels: what the plan spends, what is best, and what that brings."""
    spend = outlook.tree.by_id[split.shares[0].response.spend].unit
    columns = (
        Column(_("Channel"), line=1),
        Column(_("In the plan"), line=0),
        Column(_("Best"), line=2),
        Column(_("Brings"), line=3),
        Column(
            _("The next %(sum)s bring") % {"sum": about(spend, _SUM)},
            line=0,
        ),
        Column(_("It takes"), line=0),
    )
    rows = []
    for each in split.shares:
        money, unit = outlook.tree.by_id[each.response.spend].unit, each.response.unit
        at_end = each.spend <= each.lo * (1 + _SAME) or each.spend >= each.hi * (1 - _SAME)
        rows.append(
            Row(
                (
                    Cell(each.response.label.told(language()), note=_("at an end of its range") if at_end else ""),
                    about(money, usually[each.response.spend]),
                    about(money, each.spend),
                    f"{about(unit, each.brings)} {noun(unit)}",
                    about(unit, each.marginal * _SUM),
                    _("%(lo)s to %(hi)s") % {"lo": about(money, each.lo), "hi": about(money, each.hi)},
                )
            )
        )
    return Table(columns, rows, caption=_("Best split"))


def split_chart(outlook: Outlook, split: "Split", usually: Mapping[str, float]) -> Chart:
    """Draw what the plan spends on each channel beside what is best."""
    values = []
    for each in split.shares:
        money = outlook.tree.by_id[each.response.spend].unit
        for which, value in ((_("In the plan"), usually[each.response.spend]), (_("Best"), each.spend)):
            label = each.response.label.told(language())
            values.append({"of": label, "which": which, "value": value, "told": about(money, value)})
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "of", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 150}},
            "yOffset": {"field": "which", "sort": None},
            "x": {"field": "value", "type": "quantitative", "title": None, "axis": {"format": "~s"}},
            "color": {
                "field": "which",
                "type": "nominal",
                "title": None,
                "sort": None,
                "scale": {"domain": [_("In the plan"), _("Best")], "range": ["--plan", "--accent"]},
            },
            "tooltip": [{"field": "of", "title": " "}, {"field": "told", "title": " "}],
        },
    }
    moved = max(split.shares, key=lambda each: each.spend - usually[each.response.spend])
    more = moved.spend - usually[moved.response.spend]
    title = _("What to spend on each channel")
    if more > 0:
        title = _("%(channel)s deserves the most more") % {"channel": moved.response.label.told(language())}
    return Chart("split", title, spec, split_table(outlook, split, usually))
