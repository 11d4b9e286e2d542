"""Scenarios as they are read: those in the file of a plan and those that were kept, each as the plan that it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext

from caudal.core.drivers import Tree
from caudal.core.errors import Finding, Problem, Severity, msg
from caudal.core.ids import NotAnId, Ref
from caudal.core.plans import (
    Label,
    Override,
    Plan,
    PlanDifference,
    PlanFile,
    Scenario,
    UnknownScenario,
    difference,
    overrides_in,
    read_overrides,
    read_scenario,
    written,
)
from caudal.kit.access import Actor, Verb
from caudal.plan.models import Origin, PlanDraft, PlanScenario, PlanVersion
from caudal.plan.queries.adopted import plan_of
from caudal.plan.queries.drafts import Source, plan_in, read_text, source_called

_KEPT: Final = 32
_UNNAMED: Final = Scenario(id="", label=Label("", ""))
LISTED: Final = 100


class ScenarioUnreadable(Problem):
    """What the scenario says otherwise does not fit the plan that it is laid over."""

    code = "plan.scenario_unreadable"
    status = 409
    message = msg("“{name}” does not fit its plan: {finding}")
    hint = msg("Mend what it says otherwise, or lay it over another plan.")


@dataclass(frozen=True)
class Laid:
    """A scenario and the plan that it is laid over; `row` is None for one in the file of that plan."""

    called: str
    """What it is asked for by: the id of a row, or of a scenario in the file of the plan that counts."""
    name: str
    why: str
    author: str
    overrides: tuple[Override, ...]
    source: Source | None
    row: PlanScenario | None = None
    problem: str = ""
    """Why its plan cannot be looked at, where it cannot."""

    @property
    def plan_name(self) -> str:
        """What the plan that it is laid over is called."""
        return self.source.name if self.source else ""

    @cached_property
    def read(self) -> PlanFile:
        """The plan that it makes, at the size of its base, with what is wrong with it."""
        if self.source is None:
            return PlanFile(None, ())
        named = Scenario(id="", label=Label(self.name, self.name), author=self.author)
        text = None if self.row is None else self.row.text
        return _read(self.source.text, self.called, text, named, self.source.version_name)

    @property
    def base(self) -> Plan | None:
        """The plan that it is laid over, at its size."""
        return None if self.source is None else sized(self.source)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with it."""
        return self.read.findings if self.row is not None else ()

    @property
    def plan(self) -> Plan:
        """The plan that it makes. Raises ScenarioUnreadable."""
        if self.read.plan is None:
            said = next((each.told(gettext) for each in self.findings if each.severity is Severity.ERROR), self.problem)
            raise ScenarioUnreadable(name=self.name, finding=said)
        return self.read.plan

    @property
    def is_sound(self) -> bool:
        """Whether it makes a plan."""
        return self.read.plan is not None

    @cached_property
    def changes(self) -> PlanDifference | None:
        """What it changes, where it makes a plan."""
        return difference(self.base, self.plan) if self.base is not None and self.is_sound else None


def scenarios_of(actor: Actor) -> list[Laid]:
    """Return the scenarios that an actor may see: those in the file of the plan that counts, then those kept, by name.

    Raises NoPlan.
    """
    counts = source_called(actor)
    found = [_in_file(counts, each) for each in _declared(counts)]
    rows = PlanScenario.for_actor(actor).order_by("name", "pk")[:LISTED]
    return found + [_laid(actor, row, counts) for row in rows]


def scenario_called(actor: Actor, called: str, verb: Verb = Verb.VIEW) -> Laid:
    """Return a scenario by the id of its row, or its id in the file of the plan that counts.

    Raises NotFound, UnknownScenario, NoPlan.
    """
    try:
        ref = Ref.parse(called, PlanScenario.kind)
    except NotAnId:
        ref = None
    if ref is not None:
        return _laid(actor, PlanScenario.one_for(actor, verb, ref.id), None)
    counts = source_called(actor)
    declared = _declared(counts)
    for each in declared:
        if each.id == called:
            return _in_file(counts, each)
    known = ", ".join(each.id for each in declared) or "-"
    raise UnknownScenario(plan=counts.name, scenario=called[:80], scenarios=known)


def keeps(kind: str) -> bool:
    """Say whether rows of a kind hold a plan."""
    return kind in {PlanVersion.kind, PlanDraft.kind, PlanScenario.kind}


def kept_plan(actor: Actor, ref: Ref, scenario: str = "") -> Plan:
    """Return the plan that a row holds, at its size, or as one of the scenarios in its file has it.

    Raises NotFound, DraftUnreadable, ScenarioUnreadable, UnknownScenario.
    """
    if ref.kind == PlanScenario.kind:
        return scenario_called(actor, str(ref)).plan
    if ref.kind == PlanDraft.kind:
        plan = plan_in(PlanDraft.one_for(actor, Verb.VIEW, ref.id))
    else:
        plan = plan_of(actor, ref.id)
    if not scenario:
        return plan
    source = source_called(actor, str(ref))
    made = _read(source.text, scenario, None, _UNNAMED, source.version_name).plan
    assert made is not None  # noqa: S101  the plan that it is in is readable
    return made


def plan_to_play(actor: Actor, version_id: UUID, scenario: str) -> Plan:
    """Return what a simulation plays: a scenario, else a plan that was adopted. Raises as `scenario_called` does."""
    return scenario_called(actor, scenario).plan if scenario else plan_of(actor, version_id)


def base_of(actor: Actor, base: str) -> Source:
    """Return the plan that a scenario is laid over. Raises NoPlan, NotFound, PlanNotFound."""
    source = source_called(actor, base)
    if base and Ref.parse(base).kind not in {PlanVersion.kind, PlanDraft.kind}:
        raise ScenarioUnreadable(name=base, finding=gettext("it is laid over a plan or a draft"))
    return source


def scenario_source(laid: Laid, text: str) -> Source:
    """Return what a draft begins from that is the scenario written into its plan."""
    assert laid.source is not None  # noqa: S101  it made a plan
    name = f"{laid.plan_name} · {laid.name}"
    return Source(text, name, laid.source.origin, laid.called, laid.source.starts_on, laid.source.version_name)


def is_of_scenario(draft: PlanDraft) -> bool:
    """Say whether a draft was begun from a scenario: one that was kept, or by its id one in the file of its plan."""
    if draft.origin not in {Origin.ADOPTED, Origin.DRAFT}:
        return False
    try:
        return Ref.parse(draft.begun_from).kind == PlanScenario.kind
    except NotAnId:
        return True


def fixed_drivers(tree: Tree, changed: Mapping[str, float]) -> tuple[Override, ...]:
    """Return drivers that are set to one value as a scenario says them, in the size of the plan's file."""
    version = tree.plan.version
    found = []
    for name, value in changed.items():
        exactly = Fraction(repr(value))
        if version is not None and name in version.scales:
            exactly /= version.scale
        said: dict[str, Fraction | str | bool | None] = {"shape": "fixed", "likely": exactly}
        unit = tree.driver(name).unit.text
        found.append(Override("drivers", name, written({**said, "unit": unit})))
    return tuple(found)


def scenario_row(laid: Laid) -> dict[str, Any]:
    """Return a scenario for programs."""
    row, changes = laid.row, laid.changes
    return {
        "id": laid.called,
        "name": laid.name,
        "why": laid.why,
        "author": laid.author or None,
        "base": row.base if row else "",
        "plan": laid.plan_name,
        "in_file": row is None,
        "text": row.text if row else None,
        "overrides": [each.to_json() for each in laid.overrides],
        "fits": laid.is_sound,
        "findings": [
            {
                "code": each.code,
                "severity": each.severity.value,
                "line": each.place.line,
                "column": each.place.column,
                "name": each.place.name,
                "message": each.told(gettext),
            }
            for each in laid.findings
        ],
        "changes": changes.to_json()["differences"] if changes else [],
        "version": row.version if row else None,
        "changed_at": row.changed_at if row else None,
        "changed_by": row.changed_by if row else None,
    }


def sized(source: Source) -> Plan | None:
    """Return the plan of a source at its size, if its text is one."""
    return _sized(source.text, source.version_name)


@lru_cache(maxsize=_KEPT)
def _sized(text: str, version_name: str) -> Plan | None:
    plan = read_text(text).plan
    return plan.in_version(version_name) if plan is not None and version_name else plan


@lru_cache(maxsize=_KEPT)
def _read(text: str, called: str, overrides: str | None, named: Scenario, version_name: str) -> PlanFile:
    read = read_scenario(text, called) if overrides is None else read_overrides(text, overrides, named)
    if read.plan is None or not version_name:
        return read
    return replace(read, plan=read.plan.in_version(version_name))


def _declared(source: Source) -> Sequence[Scenario]:
    plan = read_text(source.text).plan
    return plan.scenarios if plan else ()


def _in_file(source: Source, scenario: Scenario) -> Laid:
    return Laid(
        called=scenario.id,
        name=scenario.label.told(get_language() or "en"),
        why=scenario.why.told(get_language() or "en") if scenario.why else "",
        author=scenario.author,
        overrides=scenario.overrides,
        source=source,
    )


def _laid(actor: Actor, row: PlanScenario, counts: Source | None) -> Laid:
    source, problem = None, ""
    try:
        source = counts if counts is not None and not row.base else source_called(actor, row.base)
    except Problem as refused:
        problem = refused.told(gettext)
    return Laid(str(row.ref), row.name, row.why, row.created_by, overrides_in(row.text), source, row, problem)
