"""Scenarios: kept under a name, changed, copied, written into a draft of the plan, thrown away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.plans import Override, apply_overrides, apply_scenario, leave_as_planned, overrides_in, say_otherwise
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.plan.actions.drafting import begin_draft, clean_text
from caudal.plan.events import ScenarioChanged, ScenarioDeleted, ScenarioKept
from caudal.plan.models import NAME_LENGTH, NOTE_LENGTH, SCENARIO_BYTES, PlanDraft, PlanScenario, Purpose
from caudal.plan.queries import base_of, scenario_called, scenario_source

LONGEST: Final = {"name": NAME_LENGTH, "why": NOTE_LENGTH}


class ScenarioNamed(Problem):
    """Two scenarios of one name could not be told apart where they stand side by side."""

    code = "plan.scenario_named"
    status = 409
    message = msg("There is a scenario “{name}” already.")
    hint = msg("Give this one another name.")


class NothingOtherwise(Problem):
    """A draft of a scenario that changes nothing would be the plan itself."""

    code = "plan.scenario_empty"
    status = 409
    message = msg("“{name}” changes nothing of the plan yet.")
    hint = msg("Say what is otherwise in it first.")


@action
def keep_scenario(
    *, actor: Actor, as_of: datetime, name: str, why: str = "", base: str = "", text: str = "", copied_from: str = ""
) -> PlanScenario:
    """Keep a plan with some things otherwise, under a name; the text may have mistakes.

    `base` is the id of an adopted plan or a draft, empty for the plan that counts. Raises BadInput, ScenarioNamed,
    NoPlan, NotFound.
    """
    require(actor, "plan_scenario", Verb.CREATE)
    values = {"name": name.strip(), "why": why.strip(), "base": base, "text": clean_text(text)}
    refuse_wrong(values)
    base_of(actor, base)
    refuse_named(values["name"])
    scenario = PlanScenario.stamped(actor=actor, as_of=as_of, **values)
    scenario.save(force_insert=True)
    kept = ScenarioKept(subject=scenario.ref, base=base, copied_from=copied_from, changes=first_values(values))
    publish(kept, actor=actor, occurred_at=as_of)
    return scenario


@action
def change_scenario(
    *, actor: Actor, as_of: datetime, scenario_id: UUID, expected_version: int | None = None, **given: str
) -> PlanScenario:
    """Change a scenario: name, why, base, text; what is not given stays.

    Raises NotFound, BadInput, ScenarioNamed, VersionConflict.
    """
    scenario = PlanScenario.one_for(actor, Verb.CHANGE, scenario_id, lock=True)
    values = {key: clean_text(value) if key == "text" else value.strip() for key, value in given.items()}
    refuse_wrong(values)
    if "base" in values and values["base"] != scenario.base:
        base_of(actor, values["base"])
    if values.get("name", scenario.name) != scenario.name:
        refuse_named(values["name"])
    before = said_in(scenario.text)
    changes = scenario.change(actor=actor, as_of=as_of, expected_version=expected_version, **values)
    if changes:
        after = said_in(scenario.text)
        changed = ScenarioChanged(
            subject=scenario.ref,
            said=tuple(key for key, said in after.items() if before.get(key) != said),
            taken_back=tuple(key for key in before if key not in after),
            changes=changes,
        )
        publish(changed, actor=actor, occurred_at=as_of)
    return scenario


@action
def say_in_scenario(
    *,
    actor: Actor,
    as_of: datetime,
    scenario_id: UUID,
    overrides: Iterable[Override] = (),
    as_planned: Iterable[tuple[str, str]] = (),
    expected_version: int | None = None,
) -> PlanScenario:
    """Say some things otherwise in a scenario, and others as the plan does again. Raises as `change_scenario` does."""
    text = PlanScenario.one_for(actor, Verb.CHANGE, scenario_id).text
    for section, override_id in as_planned:
        text = leave_as_planned(text, section, override_id)
    return change_scenario(
        actor=actor,
        as_of=as_of,
        scenario_id=scenario_id,
        expected_version=expected_version,
        text=say_otherwise(text, overrides),
    )


@action
def copy_scenario(*, actor: Actor, as_of: datetime, called: str, name: str) -> PlanScenario:
    """Keep a copy of a scenario, also of one in the plan's file. Raises NotFound, UnknownScenario, ScenarioNamed."""
    laid = scenario_called(actor, called)
    text = say_otherwise("", laid.overrides) if laid.row is None else laid.row.text
    base = laid.row.base if laid.row else ""
    return keep_scenario(actor=actor, as_of=as_of, name=name, why=laid.why, base=base, text=text, copied_from=called)


@action
def draft_scenario(
    *, actor: Actor, as_of: datetime, called: str, name: str = "", purpose: str = Purpose.PLAN
) -> PlanDraft:
    """Begin a draft that is a scenario written into the text of its plan.

    Raises NotFound, UnknownScenario, ScenarioUnreadable, NothingOtherwise, UnreadablePlan.
    """
    require(actor, "plan_draft", Verb.CREATE)
    laid = scenario_called(actor, called)
    made = laid.plan
    if not laid.overrides or laid.source is None or made.scenario is None:
        raise NothingOtherwise(name=laid.name)
    text = laid.source.text
    applied = apply_scenario(text, called) if laid.row is None else apply_overrides(text, laid.row.text, made.scenario)
    source = scenario_source(laid, applied)
    return begin_draft(actor=actor, as_of=as_of, source=source, name=name, purpose=purpose, note=laid.why)


@action
def delete_scenario(*, actor: Actor, as_of: datetime, scenario_id: UUID, expected_version: int | None = None) -> None:
    """Throw a scenario away. Raises NotFound, VersionConflict."""
    scenario = PlanScenario.one_for(actor, Verb.DELETE, scenario_id, lock=True)
    scenario.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(ScenarioDeleted(subject=scenario.ref), actor=actor, occurred_at=as_of)


def refuse_named(name: str) -> None:
    if PlanScenario.objects.filter(name=name, deleted_at=None).exists():
        raise ScenarioNamed(name=name)


def refuse_wrong(values: dict[str, Any]) -> None:
    """Refuse what the columns cannot hold, everything at once."""
    wrong = {key: msg("This is too long.") for key, longest in LONGEST.items() if len(values.get(key, "")) > longest}
    if not values.get("name", "-"):
        wrong["name"] = msg("Give it a name.")
    if len(values.get("text", "").encode()) > SCENARIO_BYTES:
        wrong["text"] = msg("What a scenario says otherwise has at most fifty thousand bytes.")
    if wrong:
        raise BadInput(wrong)


def said_in(text: str) -> dict[str, tuple[tuple[str, str], ...]]:
    return {f"{each.section}.{each.id}": each.said for each in overrides_in(text)}
