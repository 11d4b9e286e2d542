"""Will it happen? Many futures of the plan, and how many of them reach each target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from caudal.core.drivers import Node
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.plans import UnitKind
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import SIMULATION, start_simulation
from caudal.plan.queries import (
    RUNS,
    SEED,
    NoPlan,
    about,
    chance_words,
    kept_futures,
    plan_of,
    plan_to_play,
    reach_words,
    shifts,
    tree_of,
    version_before,
)
from caudal.plan.views.lines import language
from caudal.plan.views.outlook import Outlook, goal_words
from caudal.plan.views.repairing import Chances, chances_of
from caudal.plan.views.versions import comparison_address
from caudal.ui.charts import Chart, Fan, fan
from caudal.ui.formats import number_text, percent_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.queries import operation_for, operations

_GOOD, _FAIR, _HALF = 0.8, 0.4, 0.5
_MATTER = 5
_LEAST = 0.005
"""Shares of the variance below this are not worth a line."""
MANY = (10_000, 100_000, 1_000_000)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """A driver and how much of what may happen it explains."""

    label: str
    share: str
    width: int
    words: str


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """Something of which there may not be enough."""

    label: str
    words: str
    chance: str
    tone: str


@dataclass(frozen=True, slots=True)
class Past:
    """A simulation that somebody asked for."""

    ref: str
    runs: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Since:
    """What the latest change of the plan did to the chances."""

    chances: Chances
    compare: str
    before: datetime


@needs("plan")
@require_GET
def future_page(request: HttpRequest) -> HttpResponse:
    """Say how many futures reach each target, and what matters."""
    actor = actor_of(request)
    title = _("Will it happen?")
    try:
        outlook = Outlook.of(actor, request.GET.dict())
    except NoPlan:
        return render(request, "plan/none.html", {"title": title, "may_adopt": may(actor, "plan", Verb.CREATE)})
    context = {
        "title": title,
        "plan_name": outlook.named,
        "outlook": outlook,
        "many": [(count, number_text(count, reader_locale())) for count in MANY],
        "played": [
            Past(
                str(each.ref),
                number_text(each.params["runs"], reader_locale()),
                each.get_state_display(),
                each.created_at,
            )
            for each in operations(actor, (SIMULATION,), limit=_SHOWN)
        ],
    }
    if outlook.node is None or not outlook.tree.drivers:
        return render(request, "plan/no_drivers.html", context)
    found = kept_futures(outlook.tree, runs=RUNS, months=outlook.tree.plan.months, seed=SEED, changed=outlook.changed)
    context |= {"since": since_before(request, outlook)}
    return render(request, "plan/futures.html", {**context, **story(outlook, outlook.node, found.to_json())})


def since_before(request: HttpRequest, outlook: Outlook) -> Since | None:
    """Return what the latest change of the plan did to the chances; nothing for a scenario or a first plan."""
    actor = actor_of(request)
    before = None if outlook.changed or outlook.scenario else version_before(actor)
    if before is None:
        return None
    version, plan = before
    return Since(
        chances_of(shifts(plan, outlook.tree.plan)),
        comparison_address(str(version.ref), ""),
        version.created_at,
    )


@needs("plan")
@require_POST
def simulation_start(request: HttpRequest) -> HttpResponse:
    """Let a worker play many futures."""
    actor = actor_of(request)
    outlook = Outlook.of(actor, request.POST.dict())
    runs = request.POST.get("runs", "")
    operation = start_simulation(
        actor=actor,
        as_of=now(),
        runs=int(runs) if runs.isdecimal() and int(runs) in MANY else MANY[0],
        months=None,
        seed=SEED,
        sets=[f"{name}={value!r}" for name, value in outlook.changed.items()],
        scenario=outlook.scenario.called if outlook.scenario else "",
    )
    return redirect("plan:simulation", str(operation.ref))


@needs("plan")
@require_GET
def simulation_page(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Say how far a simulation is, or what came out of it."""
    actor = actor_of(request)
    operation = operation_for(actor, Verb.VIEW, Ref.parse(operation_id, "operation").id, names=(SIMULATION,))
    asked = operation.params
    adopted = Outlook.of(actor, request.GET.dict())
    try:
        plan = plan_to_play(actor, UUID(asked["version"]), asked.get("scenario", ""))
    except Problem:  # what was played is there, even where the scenario is not any more
        plan = plan_of(actor, UUID(asked["version"]))
    tree = tree_of(plan)
    changes = dict(each.split("=", 1) for each in asked["set"])
    outlook = Outlook(tree, adopted.starts_on, {"of": request.GET.get("of", "")})
    runs = number_text(asked["runs"], reader_locale())
    context: dict[str, Any] = {
        "title": _("%(runs)s futures") % {"runs": runs},
        "crumbs": [(_("Will it happen?"), adopted.address("plan:futures", keep=False))],
        "operation": operation,
        "ref": str(operation.ref),
        "state": operation.get_state_display(),
        "is_open": operation.finished_at is None,
        "outlook": outlook,
        "set_words": "; ".join(
            ([plan.scenario.label.told(language())] if plan.scenario else [])
            + [
                f"{tree.by_id[name].label.told(language())}: {about(tree.by_id[name].unit, float(value), per=True)}"
                for name, value in changes.items()
                if name in tree.by_id
            ]
        ),
    }
    if operation.result and outlook.node is not None:
        context |= story(outlook, outlook.node, operation.result)
    answer = render(request, "plan/simulation.html", context)
    if request.headers.get("hx-request") and operation.finished_at is not None:
        answer["HX-Refresh"] = "true"  # the page has become another one
    return answer


def story(outlook: Outlook, node: Node, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page tells of futures: the sentence, the fan, what matters, all targets and capacities."""
    numbers = {number["id"]: number for number in found["numbers"]}
    number = numbers[node.id]
    return {
        "node": node,
        "summary": summary(outlook, node, found, number),
        "chart": fan_chart(outlook, node, number),
        "matters": matters(outlook, number),
        "targets": target_table(outlook, numbers),
        "capacities": capacity_lines(outlook, found),
        "runs_told": number_text(found["runs"], reader_locale()),
        "together": "" if found["all_targets_at_once"] is None else chance_words(found["all_targets_at_once"]),
    }


def summary(outlook: Outlook, node: Node, found: Mapping[str, Any], number: Mapping[str, Any]) -> str:
    """Say the chance of the number's target in a sentence, or where the number will be."""
    last = number["months"][-1]
    said = {
        "what": node.label.told(language()),
        "when": outlook.when(found["months"]),
        "low": about(node.unit, last["p5"]),
        "high": about(node.unit, last["p95"]),
    }
    if "chance" not in last:
        return _("%(what)s will most likely be from %(low)s to %(high)s in %(when)s.") % said
    said |= {"chance": reach_words(last["chance"]), "goal": goal_words(node)}
    return _("%(chance)s: %(what)s of %(goal)s in %(when)s.") % said


def finding(outlook: Outlook, node: Node, number: Mapping[str, Any]) -> str:
    """Say from which month on most futures reach the target."""
    said = {"what": node.label.told(language())}
    if node.goal is None:
        return _("%(what)s, month by month") % said
    months = [month["chance"] for month in number["months"]]
    from_last = next((place for place, chance in enumerate(reversed(months)) if chance < _HALF), len(months))
    if not from_last:
        return _("%(what)s: most futures do not reach the target") % said
    if from_last == len(months):
        return _("%(what)s: most futures reach the target in every month") % said
    when = outlook.when(len(months) - from_last + 1)
    return _("%(what)s: most futures reach the target from %(when)s on") % {**said, "when": when}


def fan_chart(outlook: Outlook, node: Node, number: Mapping[str, Any]) -> Chart:
    """Draw a number over the months: the middle, the range of nine in ten futures, and the target."""
    columns = (
        Column(_("Month"), line=1),
        Column(_("1 of 20 is below"), line=0),
        Column(_("Half are below"), line=2),
        Column(_("1 of 20 is above"), line=0),
        Column(_("Reach the target"), line=3),
    )
    points, rows = [], []
    for place, month in enumerate(number["months"], 1):
        when = outlook.when(place, skeleton="yMMM")
        told = tuple(about(node.unit, month[name]) or Cell(void=True) for name in ("p5", "p50", "p95"))
        chance = Cell(void=True) if month.get("chance") is None else chance_words(month["chance"])
        rows.append(Row((when, *told, chance)))
        if month["p50"] is not None:
            words = _("%(middle)s, most likely from %(low)s to %(high)s") % {
                "middle": about(node.unit, month["p50"]),
                "low": about(node.unit, month["p5"]),
                "high": about(node.unit, month["p95"]),
            }
            points.append(Fan(when, month["p5"], month["p50"], month["p95"], words))
    goal = node.goal
    bound = None if goal is None or goal.bound is None else float(goal.bound)
    title = finding(outlook, node, number)
    note = _("The line is the middle future, the shade holds nine of ten; the dashes are the target.")
    spec = fan(points, bound=bound, share=node.unit.kind is UnitKind.PERCENT)
    return Chart("fan", title, spec, Table(columns, rows, caption=title), note=note)


def matters(outlook: Outlook, number: Mapping[str, Any]) -> list[Matter]:
    """Return the drivers that explain most of what may happen to a number."""
    found = []
    for one in number["influences"][:_MATTER]:
        if one["share"] < _LEAST:
            continue
        node = outlook.tree.by_id[one["driver"]]
        words = _("raises it") if one["rank"] >= 0 else _("lowers it")
        share = percent_text(one["share"], reader_locale(), places=0)
        found.append(Matter(node.label.told(language()), share, round(one["share"] * 100), words))
    return found


def target_table(outlook: Outlook, numbers: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return every computed number with a target, the least likely first."""
    columns = (
        Column(_("Target"), line=1),
        Column(_("Plan"), line=2),
        Column(_("Reach it"), "state", line=3),
        Column(_("1 of 20 is below"), line=0),
        Column(_("Half are below"), line=0),
        Column(_("1 of 20 is above"), line=0),
        Column(_("What matters most"), line=0),
    )
    nodes = [node for node in outlook.tree.computed if node.goal is not None]
    rows = []
    for node in sorted(nodes, key=lambda each: numbers[each.id]["months"][-1]["chance"]):
        number = numbers[node.id]
        last = number["months"][-1]
        first = number["influences"][0] if number["influences"] else None
        rows.append(
            Row(
                (
                    node.label.told(language()),
                    goal_words(node),
                    Cell(chance_words(last["chance"]), tone=chance_tone(last["chance"])),
                    *(about(node.unit, last[name]) or Cell(void=True) for name in ("p5", "p50", "p95")),
                    outlook.tree.by_id[first["driver"]].label.told(language()) if first else Cell(void=True),
                ),
                href=f"?of={node.id}",
            )
        )
    return Table(columns, rows, caption=_("How many futures reach each target"))


def chance_tone(chance: float) -> str:
    """Return the colour of a chance."""
    return "good" if chance >= _GOOD else "warn" if chance >= _FAIR else "bad"


def capacity_lines(outlook: Outlook, found: Mapping[str, Any]) -> list[CapacityLine]:
    """Say of what there may not be enough, and from when on."""
    needs_of = {need.id: need for need in outlook.tree.needs}
    lines = []
    for capacity in found["capacities"]:
        need = needs_of[capacity["id"]]
        short, last = capacity["short"], len(capacity["short"])
        needed, there = capacity["needs"][-1]["p50"], capacity["has"][-1]["p50"]
        words = ""
        if needed is not None and there:
            share = percent_text(needed / there, reader_locale(), places=0)
            said = {"share": share, "when": outlook.when(last)}
            words = _("The middle future needs %(share)s of what there is in %(when)s.") % said
        first = next((month for month, chance in enumerate(short, 1) if chance >= _HALF), None)
        if first is not None:
            short_from = _("Short in most futures from %(when)s on.") % {"when": outlook.when(first)}
            words = f"{words} {short_from}".strip()
        tone = chance_tone(1 - short[-1])
        chance = _("short in %(chance)s") % {"chance": chance_words(short[-1])}
        lines.append(CapacityLine(need.label.told(language()), words, chance, tone))
    return lines
