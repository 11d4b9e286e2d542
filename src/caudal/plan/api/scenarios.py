"""Routes of scenarios: what is kept, what each makes of the plan, and how they stand beside it."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, Query, Router, Schema, Status

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import change_scenario, copy_scenario, delete_scenario, draft_scenario, keep_scenario
from caudal.plan.api.drafts import DraftOut, row
from caudal.plan.models import PlanScenario
from caudal.plan.queries import (
    RUNS,
    RUNS_AT_ONCE,
    SIDES_MOST,
    NoPlan,
    adopted_plan,
    contrast_data,
    key_numbers,
    scenario_called,
    scenario_row,
    scenarios_of,
    side_by_side,
    tree_of,
)

router = Router()


class ScenarioOut(Schema):
    """A scenario: what it says otherwise, whether that fits its plan, and what it changes of it."""

    id: str
    name: str
    why: str
    author: str | None
    base: str
    plan: str
    in_file: bool
    text: str | None
    overrides: list[dict[str, Any]]
    fits: bool
    findings: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    version: int | None
    changed_at: datetime | None
    changed_by: str | None


class ScenariosOut(Schema):
    """Those in the file of the plan that counts, then those that were kept, by name."""

    scenarios: list[ScenarioOut]


class ScenarioIn(Schema, extra="forbid"):
    """What is to be kept: the tables of a scenario in a plan file as text, and the plan that it is laid over."""

    name: str = Field(min_length=1, max_length=200)
    why: str = Field("", max_length=2000)
    base: str = Field("", max_length=64)
    text: str = Field("", max_length=50_000)


class ScenarioChangeIn(Schema, extra="forbid"):
    """What is to be otherwise; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=200)
    why: str | None = Field(None, max_length=2000)
    base: str | None = Field(None, max_length=64)
    text: str | None = Field(None, max_length=50_000)


class ScenarioCopyIn(Schema, extra="forbid"):
    """The name of the copy."""

    name: str = Field(min_length=1, max_length=200)


class ScenarioDraftIn(Schema, extra="forbid"):
    """What the draft is called, and what it is to become."""

    name: str = Field("", max_length=200)
    purpose: Literal["plan", "budget", "forecast"] = "plan"


class ComparisonQuery(Body):
    """Up to four scenarios, by id, and the numbers to compare; without them those that matter most."""

    scenario: list[str] = Field(default_factory=list, max_length=SIDES_MOST)
    of: list[str] = Field(default_factory=list, max_length=20)
    runs: int = Field(RUNS, ge=1, le=RUNS_AT_ONCE)


class ScenarioComparisonOut(Schema):
    """The plan and its scenarios, played by the same chance: what each number comes to, and what each changes."""

    runs: int
    month: int
    seed: int
    numbers: list[dict[str, Any]]
    sides: list[dict[str, Any]]


@router.get("/plan-scenarios", response=ScenariosOut)
@needs("plan_scenario")
def list_scenarios(request: HttpRequest) -> dict[str, Any]:
    """Return the scenarios."""
    return {"scenarios": [scenario_row(laid) for laid in scenarios_of(actor_of(request))]}


@router.post("/plan-scenarios", response={201: ScenarioOut})
@needs("plan_scenario", Verb.CREATE)
def post_scenario(request: HttpRequest, body: ScenarioIn) -> Status[dict[str, Any]]:
    """Keep a scenario; one that does not fit its plan is kept as well, and says so."""
    actor = actor_of(request)
    kept = keep_scenario(actor=actor, as_of=now(), **body.dict())
    return Status(201, told(actor, str(kept.ref)))


@router.get("/plan-scenarios/{scenario_id}", response=ScenarioOut)
@needs("plan_scenario")
def get_scenario(request: HttpRequest, scenario_id: str) -> dict[str, Any]:
    """Return a scenario, by the id of one that was kept, or its id in the file of the plan that counts."""
    return told(actor_of(request), scenario_id)


@router.patch("/plan-scenarios/{scenario_id}", response=ScenarioOut)
@needs("plan_scenario", Verb.CHANGE)
def patch_scenario(request: HttpRequest, scenario_id: str, body: ScenarioChangeIn) -> dict[str, Any]:
    """Change a scenario; If-Match says which version was read."""
    actor = actor_of(request)
    changed = change_scenario(
        actor=actor,
        as_of=now(),
        scenario_id=Ref.parse(scenario_id, PlanScenario.kind).id,
        expected_version=version_of(request),
        **{key: value for key, value in body.dict(exclude_unset=True).items() if value is not None},
    )
    return told(actor, str(changed.ref))


@router.delete("/plan-scenarios/{scenario_id}", response={204: None})
@needs("plan_scenario", Verb.DELETE)
def remove_scenario(request: HttpRequest, scenario_id: str) -> Status[None]:
    """Throw a scenario away."""
    delete_scenario(
        actor=actor_of(request),
        as_of=now(),
        scenario_id=Ref.parse(scenario_id, PlanScenario.kind).id,
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.post("/plan-scenarios/{scenario_id}/copies", response={201: ScenarioOut})
@needs("plan_scenario", Verb.CREATE)
def post_copy(request: HttpRequest, scenario_id: str, body: ScenarioCopyIn) -> Status[dict[str, Any]]:
    """Keep a copy of a scenario, also of one in the plan's file."""
    actor = actor_of(request)
    copied = copy_scenario(actor=actor, as_of=now(), called=scenario_id, name=body.name)
    return Status(201, told(actor, str(copied.ref)))


@router.post("/plan-scenarios/{scenario_id}/drafts", response={201: DraftOut})
@needs("plan_draft", Verb.CREATE)
def post_scenario_draft(request: HttpRequest, scenario_id: str, body: ScenarioDraftIn) -> Status[dict[str, Any]]:
    """Begin a draft that is the scenario written into the text of its plan."""
    draft = draft_scenario(
        actor=actor_of(request), as_of=now(), called=scenario_id, name=body.name, purpose=body.purpose
    )
    return Status(201, row(draft))


@router.get("/plan/scenario-comparison", response=ScenarioComparisonOut)
@needs("plan_scenario")
def get_scenario_comparison(request: HttpRequest, query: Query[ComparisonQuery]) -> dict[str, Any]:
    """Set scenarios beside their plan; without ids, the first ones that fit theirs."""
    actor = actor_of(request)
    every = [scenario_called(actor, called) for called in query.scenario]
    chosen = every or [laid for laid in scenarios_of(actor) if laid.is_sound][:SIDES_MOST]
    made = [(laid.called, laid.name, laid.plan) for laid in chosen]
    base = chosen[0].base if chosen else adopted_plan(actor)[1]
    if base is None:
        raise NoPlan
    ids = key_numbers(tree_of(base), query.of, [tree_of(plan) for _, _, plan in made])
    return contrast_data(side_by_side((gettext("The plan"), base), made, ids, runs=query.runs), ids)


def told(actor: Actor, called: str) -> dict[str, Any]:
    """Return a scenario as the API tells it."""
    return scenario_row(scenario_called(actor, called))
