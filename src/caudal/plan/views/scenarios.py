"""One scenario: what it says otherwise, said and taken back, copied, written into a draft, thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Problem, Severity
from caudal.core.ids import Ref
from caudal.core.plans import (
    Label,
    Override,
    Plan,
    Scenario,
    Unit,
    UnitKind,
    read_overrides,
    say_otherwise,
    written,
)
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox import timeline
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import now
from caudal.plan.actions import (
    change_scenario,
    copy_scenario,
    delete_scenario,
    draft_scenario,
    keep_scenario,
    say_in_scenario,
)
from caudal.plan.forms import OtherwiseForm, ScenarioForm
from caudal.plan.models import PlanScenario
from caudal.plan.queries import (
    Laid,
    difference_words,
    fixed_drivers,
    interval,
    scenario_called,
    scenarios_of,
    section_word,
    tree_of,
)
from caudal.plan.views.drafts import moment
from caudal.plan.views.lines import language
from caudal.plan.views.outlook import Outlook
from caudal.plan.views.versions import choices
from caudal.ui.tables import query
from caudal.workspace.queries import actor_names

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a scenario says otherwise, as its page lists it."""

    key: str
    section: str
    label: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of the plan that a scenario can say otherwise: what it is told in, and how it is found."""

    section: str
    id: str
    label: str
    unit: Unit
    range: str
    number: str
    """The id of the target or driver whose range it is."""

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.section}.{self.id}"


@needs("plan_scenario")
@require_GET
def scenario_page(request: HttpRequest, called: str) -> HttpResponse:
    """Show a scenario."""
    return show(request, scenario_called(actor_of(request), called))


@needs("plan_scenario", Verb.CREATE)
@require_POST
def scenario_new(request: HttpRequest) -> HttpResponse:
    """Keep what is set in What if? as a scenario, or begin one with nothing otherwise."""
    actor = actor_of(request)
    outlook = Outlook.of(actor, request.POST.dict())
    laid = outlook.scenario
    text = say_otherwise("", laid.overrides) if laid else ""
    said = fixed_drivers(outlook.tree, outlook.changed)
    scenario = keep_scenario(
        actor=actor,
        as_of=now(),
        name=request.POST.get("name", "").strip() or free_name(actor),
        why=request.POST.get("why", ""),
        base=laid.row.base if laid and laid.row else "",
        text=say_otherwise(text, said),
        copied_from=laid.called if laid else "",
    )
    messages.success(request, _("Kept: %(name)s") % {"name": scenario.name})
    return redirect("plan:scenario", str(scenario.ref))


@needs("plan_scenario", Verb.CHANGE)
@require_POST
def scenario_edit(request: HttpRequest, called: str) -> HttpResponse:
    """Change its name, why, what it is laid over, and its text; one that does not fit its plan is kept as well."""
    actor = actor_of(request)
    laid = scenario_called(actor, called, Verb.CHANGE)
    form = ScenarioForm(request.POST, bases=bases(actor))
    if not form.is_valid():
        return show(request, laid, form=form)
    values = form.cleaned_data
    try:
        change_scenario(
            actor=actor,
            as_of=now(),
            scenario_id=row_id(called),
            expected_version=values["version"],
            **{name: values[name] for name in ("name", "why", "base", "text")},
        )
    except VersionConflict:
        form.add_error(None, _("Somebody changed this meanwhile. Look at it again before you change it."))
    except NotFound:
        raise
    except Problem as refused:
        form.take(refused)
    else:
        messages.success(request, _("Saved: %(name)s") % {"name": values["name"]})
        return redirect("plan:scenario", called)
    return show(request, laid, form=form)


@needs("plan_scenario", Verb.CHANGE)
@require_POST
def scenario_say(request: HttpRequest, called: str) -> HttpResponse:
    """Say one thing otherwise, what is set in What if?, or something as the plan does again."""
    actor = actor_of(request)
    laid = scenario_called(actor, called, Verb.CHANGE)
    form, said = None, list(fixed_drivers(tree_of(laid.plan), Outlook.of(actor, request.POST.dict()).changed))
    if "what" in request.POST:
        form = OtherwiseForm(request.POST, things=options(laid))
        if form.is_valid():
            try:
                said.append(otherwise(laid, form.cleaned_data))
            except BadInput as refused:
                form.take(refused)
        if form.errors:
            return show(request, laid, otherwise_form=form)
    dropped = request.POST.get("as_planned", "")
    say_in_scenario(
        actor=actor,
        as_of=now(),
        scenario_id=row_id(called),
        overrides=said,
        as_planned=[(part[0], part[2])] if (part := dropped.partition("."))[2] else [],
    )
    messages.success(request, _("Saved: %(name)s") % {"name": laid.name})
    return redirect("plan:scenario", called)


@needs("plan_scenario", Verb.CREATE)
@require_POST
def scenario_copy(request: HttpRequest, called: str) -> HttpResponse:
    """Keep a copy of it."""
    actor = actor_of(request)
    name = free_name(actor, scenario_called(actor, called).name)
    copied = copy_scenario(actor=actor, as_of=now(), called=called, name=name)
    messages.success(request, _("Kept: %(name)s") % {"name": copied.name})
    return redirect("plan:scenario", str(copied.ref))


@needs("plan_draft", Verb.CREATE)
@require_POST
def scenario_draft(request: HttpRequest, called: str) -> HttpResponse:
    """Begin a draft that is the scenario written into its plan."""
    draft = draft_scenario(actor=actor_of(request), as_of=now(), called=called)
    messages.success(request, _("Begun: %(name)s") % {"name": draft.name})
    return redirect("plan:draft", str(draft.ref))


@needs("plan_scenario", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def scenario_delete(request: HttpRequest, called: str) -> HttpResponse:
    """Ask, and throw a scenario away."""
    actor = actor_of(request)
    laid = scenario_called(actor, called, Verb.DELETE)
    if request.method == "POST":
        delete_scenario(actor=actor, as_of=now(), scenario_id=row_id(called))
        messages.success(request, _("Deleted: %(name)s") % {"name": laid.name})
        return redirect("plan:scenarios")
    context = {
        "title": _("Delete %(name)s?") % {"name": laid.name},
        "crumbs": [*crumbs(), (laid.name, reverse("plan:scenario", args=[called]))],
        "laid": laid,
    }
    return render(request, "plan/scenario_deletion.html", context)


def show(
    request: HttpRequest,
    laid: Laid,
    *,
    form: ScenarioForm | None = None,
    otherwise_form: OtherwiseForm | None = None,
) -> HttpResponse:
    """Answer with the page."""
    actor, row = actor_of(request), laid.row
    facts = timeline(row.ref, limit=SHOWN) if row else []
    names = actor_names({fact.actor for fact in facts} | ({row.created_by, row.changed_by} if row else set()))
    writes = row is not None and may(actor, "plan_scenario", Verb.CHANGE)
    context = {
        "title": laid.name,
        "now": now(),
        "crumbs": crumbs(),
        "laid": laid,
        "who": names.get(row.created_by, "Caudal") if row else laid.author,
        "said": said_of(laid),
        "findings": [each for each in laid.findings if each.severity is not Severity.NOTE],
        "compare": reverse("plan:scenarios") + query({}, s=laid.called),
        "what_if": reverse("plan:tree") + query({}, scenario=laid.called),
        "futures": reverse("plan:futures") + query({}, scenario=laid.called),
        "writes": writes,
        "may_copy": may(actor, "plan_scenario", Verb.CREATE),
        "may_draft": laid.is_sound and bool(laid.overrides) and may(actor, "plan_draft", Verb.CREATE),
        "may_delete": row is not None and may(actor, "plan_scenario", Verb.DELETE),
        "moments": [moment(fact, names) for fact in facts],
    }
    if writes and row is not None:
        initial = {"name": row.name, "why": row.why, "base": row.base, "text": row.text, "version": row.version}
        context["form"] = form or ScenarioForm(bases=bases(actor), initial=initial)
        context["otherwise"] = otherwise_form or OtherwiseForm(things=options(laid))
    wrong = bool((form and form.errors) or (otherwise_form and otherwise_form.errors))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "plan/scenario.html", context, status=status)


def said_of(laid: Laid) -> list[Said]:
    """Return what a scenario says otherwise, with what the plan says; as written, where it does not fit the plan."""
    plan = laid.base
    changes = {(each.section, each.id): each for each in laid.changes.differences} if laid.changes else {}
    found = []
    for each in laid.overrides:
        at = (each.section, each.id)
        if each.section == "budget" and plan is not None:
            at = "targets", next((line.target for line in plan.passages.budget if line.id == each.id), "")
        words = difference_words(changes[at]) if at in changes else None
        written_ = ", ".join(f"{key} = {value}" for key, value in each.said if key != "unit")
        found.append(
            Said(
                key=f"{each.section}.{each.id}",
                section=section_word(each.section),
                label=words.label if words else each.id,
                before=words.before if words else "",
                after=words.after if words else written_,
                change=words.change if words else (_("as the plan has it") if laid.is_sound else ""),
            )
        )
    return found


def things(plan: Plan | None) -> dict[str, Thing]:
    """Return what of a plan a form can say otherwise: targets, sums of the budget, drivers of their own."""
    if plan is None:
        return {}
    targets = {target.id: target for target in plan.targets}
    found = [
        Thing("targets", each.id, each.label.told(language()), each.unit, interval(each), each.id)
        for each in plan.targets
    ]
    found += [
        Thing(
            "budget",
            line.id,
            line.label.told(language()),
            targets[line.target].unit,
            interval(targets[line.target]),
            line.target,
        )
        for line in plan.passages.budget
    ]
    found += [
        Thing("drivers", each.id, each.label.told(language()), each.unit, "", each.id)
        for each in plan.assumptions.drivers
    ]
    return {each.key: each for each in found}


def options(laid: Laid) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be said otherwise as the choices of a form, by section."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for each in things(laid.base).values():
        label = f"{each.label}: {each.range}" if each.range else each.label
        sections.setdefault(section_word(each.section), []).append((each.key, label))
    return list(sections.items())


def otherwise(laid: Laid, values: Mapping[str, Any]) -> Override:
    """Return what a form says otherwise, in the size of the plan's file. Raises BadInput."""
    plan = laid.base
    thing = things(plan)[values["what"]]
    lo, hi = (typed(thing, values[name], name) for name in ("lo", "hi"))
    if lo is None:
        raise BadInput({"lo": _("Write a number.")})
    if hi is not None and hi < lo:
        raise BadInput({"hi": _("This is below the lower end.")})
    version = plan.version if plan is not None else None
    if version is not None and thing.number in version.scales:
        lo, hi = lo / version.scale, None if hi is None else hi / version.scale
    said: dict[str, Fraction | str | bool | None] = {"lo": lo, "hi": hi}
    if hi is None and thing.section == "drivers":
        said = {"shape": "fixed", "likely": lo}
    elif hi is None:
        said["open"] = True
    override = Override(thing.section, thing.id, written({**said, "unit": thing.unit.text}))
    refuse_unsound(laid, override)
    return override


def refuse_unsound(laid: Laid, override: Override) -> None:
    """Refuse what would no longer make a plan, with what is wrong. Raises BadInput."""
    assert laid.source is not None  # noqa: S101  what can be said was offered by its plan
    assert laid.row is not None  # noqa: S101  it is written on
    text = say_otherwise(laid.row.text, [override])
    read = read_overrides(laid.source.text, text, Scenario(id="", label=Label("", "")))
    wrong = [each.told(_) for each in read.findings if each.severity is Severity.ERROR]
    if wrong and laid.is_sound:
        raise BadInput({"what": wrong[0]})


def typed(thing: Thing, text: str, name: str) -> Fraction | None:
    """Read what somebody typed: shares in percent; None for nothing. Raises BadInput."""
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip().replace(" ", "").replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > 10**15:
        raise BadInput({name: _("Write a number.")})
    return Fraction(value) / (100 if thing.unit.kind is UnitKind.PERCENT else 1)


def bases(actor: Actor) -> list[tuple[str, str]]:
    """Return what a scenario can be laid over."""
    return [(each.id, each.label) for each in choices(actor)]


def free_name(actor: Actor, like: str = "") -> str:
    """Return a name that no scenario has."""
    taken = {laid.name for laid in scenarios_of(actor)}
    stem = like or _("Scenario")
    number = 2 if like else 1
    while (name := f"{stem} {number}") in taken:
        number += 1
    return name


def row_id(called: str) -> UUID:
    """Return the id of the row that an address names; a scenario in a file is not written on. Raises NotAnId."""
    return Ref.parse(called, PlanScenario.kind).id


def crumbs() -> list[tuple[str, str]]:
    """Return the way to a scenario."""
    return [(_("Will it happen?"), reverse("plan:futures")), (_("Scenarios"), reverse("plan:scenarios"))]
