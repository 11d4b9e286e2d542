"""Scenarios side by side with the plan: what each comes to, how likely it is, what it changes and what it breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from caudal.core.metrics import Direction
from caudal.core.plans import UnitKind
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.queries import (
    RUNS,
    SIDES_MOST,
    Beside,
    DifferenceWords,
    Laid,
    NoPlan,
    Remark,
    about,
    better_of,
    chance_words,
    contrast_words,
    difference_words,
    key_numbers,
    known,
    scenarios_of,
    side_by_side,
    tree_of,
)
from caudal.plan.views.futures import chance_tone
from caudal.plan.views.lines import language
from caudal.plan.views.outlook import Option, Outlook, goal_words
from caudal.ui.charts import Chart, Reach, reaches
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import actor_names


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario in the list, with whether it stands in the comparison."""

    laid: Laid
    chosen: bool
    changes: str
    who: str


@dataclass(frozen=True, slots=True)
class Told:
    """One scenario in words: what it changes, breaks and mends."""

    called: str
    name: str
    href: str
    together: str
    changes: Sequence[DifferenceWords]
    breaks: Sequence[Remark]
    mends: Sequence[Remark]


@needs("plan_scenario")
@require_GET
def scenario_list(request: HttpRequest) -> HttpResponse:
    """List the scenarios, and set those that are chosen beside the plan."""
    actor = actor_of(request)
    title = _("Scenarios")
    try:
        outlook = Outlook.of(actor, {"of": request.GET.get("of", "")})
    except NoPlan:
        return render(request, "plan/none.html", {"title": title, "may_adopt": may(actor, "plan", Verb.CREATE)})
    every = scenarios_of(actor)
    asked = request.GET.getlist("s")
    sound = [laid for laid in every if laid.is_sound]
    chosen = [laid for laid in sound if laid.called in asked or not asked][:SIDES_MOST]
    names = actor_names({laid.row.changed_by for laid in every if laid.row})
    context = {
        "title": title,
        "now": now(),
        "outlook": outlook,
        "plan_name": outlook.tree.plan.name.told(language()),
        "most": SIDES_MOST,
        "too_many": len(asked) > SIDES_MOST,
        "listed": [listed(laid, chosen, names) for laid in every],
        "options": [
            Option("", _("What counts most"), not request.GET.get("of")),
            *(Option(each.id, each.label, each.id == request.GET.get("of")) for each in outlook.options),
        ],
        "may_keep": may(actor, "plan_scenario", Verb.CREATE),
    }
    if chosen:
        context |= compared(outlook, chosen, request.GET.getlist("of"))
    return render(request, "plan/scenarios.html", context)


def listed(laid: Laid, chosen: Sequence[Laid], names: Mapping[str, str]) -> Listed:
    """Return a scenario as the list shows it."""
    count = len(laid.overrides)
    words = ngettext("%(count)s thing is otherwise", "%(count)s things are otherwise", count) % {
        "count": number_text(count, reader_locale())
    }
    who = names.get(laid.row.changed_by, "Caudal") if laid.row else laid.author
    return Listed(laid, laid in chosen, words if count else _("nothing is otherwise yet"), who)


def compared(outlook: Outlook, chosen: Sequence[Laid], asked: Sequence[str]) -> dict[str, Any]:
    """Return what the page tells of scenarios beside the plan that the first of them is laid over."""
    first = chosen[0]
    assert first.base is not None  # noqa: S101  it makes a plan
    tree = tree_of(first.base)
    if not tree.drivers or not tree.computed:
        return {}
    outlook = Outlook(tree, outlook.starts_on, outlook.asked)
    ids = key_numbers(tree, [each for each in asked if each], [tree_of(laid.plan) for laid in chosen])
    sides = side_by_side((_("The plan"), first.base), [(laid.called, laid.name, laid.plan) for laid in chosen], ids)
    runs = number_text(RUNS, reader_locale())
    return {
        "charts": [contrast_chart(outlook, sides, each, first=each == ids[0]) for each in ids],
        "told": [told(side) for side in sides[1:]],
        "runs": runs,
        "when": outlook.when(outlook.month),
        "summary": summary(sides, ids[0]),
    }


def summary(sides: Sequence[Beside], number_id: str) -> str:
    """Say in a sentence which of the scenarios is the likeliest to reach what the plan asks for."""
    node = sides[0].tree.by_id[number_id]
    chances = [(side, side.futures.of(number_id).last.chance) for side in sides]
    plan = chances[0][1]
    if plan is None:
        return ""
    best, chance = max(((side, chance or 0) for side, chance in chances[1:]), key=lambda each: each[1])
    said = {
        "what": node.label.told(language()),
        "goal": goal_words(node),
        "plan": chance_words(plan),
        "best": best.name,
        "chance": chance_words(chance),
    }
    if chance <= plan:
        return _("No scenario makes %(what)s of %(goal)s likelier than the plan does: %(plan)s.") % said
    return _("%(what)s of %(goal)s comes true in %(plan)s of the plan, and in %(chance)s of “%(best)s”.") % said


def contrast_chart(outlook: Outlook, sides: Sequence[Beside], number_id: str, *, first: bool) -> Chart:
    """Draw what a number may come to in the plan and in each scenario; the table of the first one is unfolded."""
    node = sides[0].tree.by_id[number_id]
    columns = (
        Column(_("Scenario"), line=1),
        Column(_("As usual"), line=0),
        Column(_("1 of 20 is below"), line=0),
        Column(_("Half are below"), line=2),
        Column(_("1 of 20 is above"), line=0),
        Column(_("Reach the target"), "state", line=3),
        Column(_("Against the plan"), line=0),
    )
    rows, cases = [], []
    for side in sides:
        last = side.futures.of(number_id).last
        range_ = [about(node.unit, value) or Cell(void=True) for value in (last.p5, last.p50, last.p95)]
        chance = Cell(void=True)
        if last.chance is not None:
            chance = Cell(chance_words(last.chance), tone=chance_tone(last.chance))
        usually = about(node.unit, known(side.usually[number_id])) or Cell(void=True)
        rows.append(Row((side.name, usually, *range_, chance, contrast_words(side, number_id) or Cell(void=True))))
        if last.p5 is not None and last.p50 is not None and last.p95 is not None:
            words = _("%(middle)s, most likely from %(low)s to %(high)s") % {
                "middle": about(node.unit, last.p50),
                "low": about(node.unit, last.p5),
                "high": about(node.unit, last.p95),
            }
            cases.append(Reach(side.name, last.p5, last.p50, last.p95, words, plain=side.changes is None))
    goal = node.goal
    bound = None if goal is None or goal.bound is None else float(goal.bound)
    title = finding(outlook, sides, number_id)
    note = _("The dot is the middle future, the bar holds nine of ten; the dashes are the target.")
    spec = reaches(cases, bound=bound, share=node.unit.kind is UnitKind.PERCENT)
    table = Table(columns, rows, caption=title)
    return Chart(f"contrast-{number_id}", title, spec, table, note=note, short=True, open=first)


def finding(outlook: Outlook, sides: Sequence[Beside], number_id: str) -> str:
    """Say where a number comes out best."""
    node = sides[0].tree.by_id[number_id]
    said = {"what": node.label.told(language()), "when": outlook.when(outlook.month)}
    middles = [(side, side.futures.of(number_id).last.p50) for side in sides]
    there = [(side, value) for side, value in middles if value is not None]
    if not there or better_of(sides[0].tree, number_id) is Direction.BAND:
        return _("%(what)s in %(when)s") % said
    pick = min if better_of(sides[0].tree, number_id) is Direction.LOWER else max
    best, value = pick(there, key=lambda each: each[1])
    if all(other == value for _side, other in there):
        return _("%(what)s in %(when)s: the same in all") % said
    if best.changes is None:
        return _("%(what)s in %(when)s: best as the plan has it") % said
    return _("%(what)s in %(when)s: best in “%(best)s”") % {**said, "best": best.name}


def told(side: Beside) -> Told:
    """Return a scenario as the page tells it."""
    together = side.futures.together
    return Told(
        called=side.called,
        name=side.name,
        href=reverse("plan:scenario", args=[side.called]),
        together="" if together is None else chance_words(together),
        changes=[difference_words(each) for each in side.changes.differences] if side.changes else [],
        breaks=side.breaks,
        mends=side.mends,
    )
