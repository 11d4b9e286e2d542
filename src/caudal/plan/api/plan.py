"""Routes of the plan that counts."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.core.ids import Ref
from caudal.core.intervals import Reading
from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel
from caudal.core.plans import Plan
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import (
    RepairChoice,
    adopt_plan,
    apply_repair,
    change_milestone,
    start_repair_search,
    start_simulation,
)
from caudal.plan.adapters import minimiser
from caudal.plan.models import PlanVersion
from caudal.plan.queries import (
    MONTHS_MOST,
    RUNS,
    RUNS_AT_ONCE,
    RUNS_MOST,
    SEED,
    RepairAsked,
    adopted_plan,
    asked_report,
    bar_rows,
    bars_of,
    changes_of,
    checks_of,
    kept_futures,
    must_rows,
    musts_of,
    phase_standings,
    price_rows,
    prices_outside,
    repair_data,
    repair_found,
    review,
    review_rows,
    scenario_called,
    split_data,
    split_of,
    split_range,
    standing,
    standing_rows,
    tree_data,
    tree_of,
    wanted_of,
)

router = Router()


class PlanOut(Schema):
    """The plan that counts; targets at the size of its version."""

    id: str
    name: str
    version: str
    starts_on: date
    sha256: str
    adopted_at: datetime
    adopted_by: str
    targets: list[dict[str, Any]]
    passages: dict[str, list[dict[str, Any]]]
    """Parts, prices, channels, budget, phases, methodologies, stack and claims."""


class PlanIn(Schema, extra="forbid"):
    """A plan file to adopt."""

    text: str = Field(min_length=1, max_length=1_000_000)
    version: str = ""
    starts_on: date


class StandingOut(Schema):
    """One target and how it stands: numbers as decimal texts, ratios as parts of one, days half-open."""

    id: str
    lo: str
    hi: str | None
    unit: str
    metric: str | None
    pillar: str | None
    scaled: bool
    start: str | None = Field(None, alias="from")
    to: str | None
    actual: str | None
    projection: str | None
    pace: str | None
    share_elapsed: str | None
    state: str
    typed: bool
    """Whether somebody typed the actual, since nothing counts it."""
    reason: str


class StandingsOut(Schema):
    """The plan against what happened, as of an instant."""

    as_of: datetime
    counted_at: datetime | None
    """When the oldest of the figures was counted, where some take so long that they are kept; else null."""
    day: date
    targets: list[StandingOut]


@router.get("/plan", response=PlanOut)
@needs("plan")
def get_plan(request: HttpRequest) -> PlanOut:
    """Return the plan that counts."""
    return plan_out(*adopted_plan(actor_of(request)))


@router.post("/plan", response={201: PlanOut})
@needs("plan", Verb.CREATE)
def adopt(request: HttpRequest, body: PlanIn) -> Status[PlanOut]:
    """Adopt a plan file; one with mistakes is refused with all of them."""
    actor = actor_of(request)
    adopt_plan(actor=actor, as_of=now(), text=body.text, version=body.version, starts_on=body.starts_on)
    return Status(201, plan_out(*adopted_plan(actor)))


class PriceOutsideOut(Schema):
    """A list price that the catalogue has outside the plan's range: what a unit costs, in the plan's unit."""

    id: str
    code: str
    offering_id: str
    from_date: date
    currency: str
    cost: str
    range: list[str | None]
    unit: str
    finding: str


class ChecksOut(Schema):
    """The checks of the plan that counts, and the catalogue's prices outside its ranges.

    Numbers are exact p/q, ends that do not exist null.
    """

    reading: Reading
    broken: int
    checks: list[dict[str, Any]]
    prices: list[PriceOutsideOut]


class RepairsOut(Schema):
    """The least to change: what is broken, the proved minimum, its cores, and repairs with their diffs."""

    sha256: str
    reading: Reading
    broken: list[str]
    minimum: int | None
    proved: bool
    together: bool
    summary: str
    cores: list[dict[str, Any]]
    repairs: list[dict[str, Any]]
    rebases: list[dict[str, Any]]


class RepairIn(Schema, extra="forbid"):
    """A repair to make the plan: found with which checks and reading, for which file, and its number."""

    sha256: str = Field(min_length=64, max_length=64)
    checks: str = Field("all", max_length=1000)
    reading: Reading = Reading.TARGET
    take: int = Field(1, ge=1, le=100)
    lock: list[str] = Field(default=[], max_length=200)
    """Targets that keep their ranges."""
    rebase: bool = False
    """Whether `take` counts the targets that may be told for another time, and not the repairs."""


class RepairSearchIn(Schema, extra="forbid"):
    """What a repair is searched for: a reading, checks, and targets that keep their ranges."""

    reading: Reading = Reading.TARGET
    checks: str = Field("all", max_length=1000)
    lock: list[str] = Field(default=[], max_length=200)


class RepairSearchOut(Schema):
    """The operation that searches; when it is done, the repairs are read at once."""

    operation: str


class RepairQuery(Schema):
    """What a repair is asked of: a reading, checks, and targets that keep their ranges."""

    reading: Reading = Reading.TARGET
    checks: str = Field("all", max_length=1000)
    lock: list[str] = Field(default=[], max_length=200)


@router.get("/plan/checks", response=ChecksOut)
@needs("plan")
def get_checks(
    request: HttpRequest, reading: Reading = Reading.TARGET, checks: str = "all", scenario: str = ""
) -> dict[str, Any]:
    """Check whether the plan, or a scenario, adds up, by all checks, own, standard, a group, or ids."""
    actor = actor_of(request)
    plan = looked_at(actor, scenario)
    found = review(plan, checks_of(plan, (), checks), reading)
    prices = price_rows(prices_outside(actor, now(), plan))
    return {"reading": reading, "broken": len(found.broken), "checks": review_rows(found), "prices": prices}


@router.get("/plan/repairs", response=RepairsOut)
@needs("plan")
def get_repairs(request: HttpRequest, query: Query[RepairQuery]) -> dict[str, Any]:
    """Find the least to change so that the checks hold, with the proof; many checks take seconds."""
    asked = RepairAsked.of(actor_of(request), reading=query.reading, checks=query.checks, locked=query.lock)
    report = asked_report(asked, repair_found(asked, minimiser()))
    return {"sha256": asked.version.sha256, **repair_data(report, asked.version.text, "plan.toml")}


@router.post("/plan/repair-searches", response={202: RepairSearchOut})
@needs("plan")
def search_repair(request: HttpRequest, body: RepairSearchIn) -> Status[dict[str, str]]:
    """Let a worker find the least to change, and keep it; the operation says how far it is."""
    actor = actor_of(request)
    asked = RepairAsked.of(actor, reading=body.reading, checks=body.checks, locked=body.lock)
    operation = start_repair_search(actor=actor, as_of=now(), asked=asked)
    return Status(202, {"operation": str(operation.ref)})


@router.post("/plan/repairs", response={201: PlanOut})
@needs("plan", Verb.CREATE)
def repair(request: HttpRequest, body: RepairIn) -> Status[PlanOut]:
    """Make one of the repairs the plan that counts."""
    actor = actor_of(request)
    choice = RepairChoice(
        sha256=body.sha256,
        reading=body.reading,
        checks=body.checks,
        take=body.take,
        locked=tuple(body.lock),
        rebase=body.rebase,
    )
    apply_repair(actor=actor, as_of=now(), choice=choice, minimiser=minimiser())
    return Status(201, plan_out(*adopted_plan(actor)))


@router.get("/plan/standing", response=StandingsOut, by_alias=True)
@needs("plan")
def get_standing(request: HttpRequest, month: str | None = None, pillar: str | None = None) -> dict[str, Any]:
    """Compare the plan with what happened: as of now, or at the end of a month (2026-03) that has ended."""
    asked = CalendarPeriod.parse(month) if month else None
    if asked is not None and asked.grain is not Grain.MONTH:
        raise UnreadableLabel(text=month)
    found = standing(actor=actor_of(request), as_of=now(), month=asked, pillar=pillar)
    return {
        "as_of": found.moment.at,
        "counted_at": found.counted_at,
        "day": found.moment.day,
        "targets": standing_rows(found.targets),
    }


class TreeOut(Schema):
    """The driver tree in one month: each number as it usually is and with the changes, and what cannot be used.

    With `of`: how far each driver alone moves that number, and what each must be for it to be `wanted`.
    """

    plan: str
    month: int
    changed: dict[str, float]
    numbers: list[dict[str, Any]]
    findings: list[str]
    wanted: float | None = None
    moved_by: list[dict[str, Any]] = []
    must: list[dict[str, Any]] = []


class TreeQuery(Body):
    """Which month, which drivers are set (leads=12000), in which scenario; for which number what must be true."""

    month: int | None = Field(None, ge=1, le=MONTHS_MOST)
    set: list[str] = Field(default_factory=list, max_length=100)
    of: str | None = None
    to: float | None = None
    scenario: str = Field("", max_length=80)


class FuturesQuery(Body):
    """How often, over how many months, from which seed, in which scenario, with which drivers set (id=value)."""

    runs: int = Field(RUNS, ge=1, le=RUNS_AT_ONCE)
    months: int | None = Field(None, ge=1, le=MONTHS_MOST)
    seed: int = Field(SEED, ge=0)
    set: list[str] = Field(default_factory=list, max_length=100)
    scenario: str = Field("", max_length=80)


class SplitQuery(Body):
    """What to split; what the channels usually spend without it."""

    budget: float | None = Field(None, gt=0)


class FuturesOut(Schema):
    """The plan played many times: quantiles by number and month, chances of targets, what matters, capacities."""

    runs: int
    months: int
    all_targets_at_once: float | None
    numbers: list[dict[str, Any]]
    capacities: list[dict[str, Any]]


class SplitOut(Schema):
    """The best split of a budget; no split at all brings more than `gap` beyond what this one does.

    Curves in `slow` first bring more and more; without them the gap is nothing.
    """

    budget: float
    brings: float
    price: float
    gap: float
    slow: list[str]
    shares: list[dict[str, Any]]


class SimulationIn(Schema, extra="forbid"):
    """What is to be played: how often, over how many months, from which seed, with which drivers set (id=value)."""

    runs: int = Field(100_000, ge=1, le=RUNS_MOST)
    months: int | None = Field(None, ge=1, le=MONTHS_MOST)
    seed: int = Field(SEED, ge=0)
    set: list[str] = Field(default_factory=list, max_length=100)
    scenario: str = Field("", max_length=80)


class SimulationOut(Schema):
    """Work that was begun: the operation that says how far it is, and its result when it is done."""

    operation: str


@router.get("/plan/tree", response=TreeOut)
@needs("plan")
def get_tree(request: HttpRequest, query: Query[TreeQuery]) -> dict[str, Any]:
    """Compute the driver tree with some drivers set, and what must be true for one of its numbers."""
    plan = looked_at(actor_of(request), query.scenario)
    tree, month = tree_of(plan), query.month or plan.months
    changed = changes_of(tree, query.set)
    told = tree_data(tree, month, changed)
    if query.of is not None:
        wanted = wanted_of(tree, query.of, query.to)
        told["wanted"] = wanted
        told["moved_by"] = bar_rows(bars_of(tree, query.of, month=month, changed=changed))
        if wanted is not None:
            told["must"] = must_rows(musts_of(tree, query.of, wanted, month=month, changed=changed))
    return told


@router.get("/plan/futures", response=FuturesOut)
@needs("plan")
def get_futures(request: HttpRequest, query: Query[FuturesQuery]) -> dict[str, Any]:
    """Play the plan at once, up to 10,000 times; more is asked for as a simulation."""
    plan = looked_at(actor_of(request), query.scenario)
    tree, months = tree_of(plan), query.months or plan.months
    changed = changes_of(tree, query.set)
    return kept_futures(tree, runs=query.runs, months=months, seed=query.seed, changed=changed).to_json()


@router.post("/plan/simulations", response={202: SimulationOut})
@needs("plan")
def simulate(request: HttpRequest, body: SimulationIn) -> Status[dict[str, str]]:
    """Let a worker play the plan; the operation tells how far it is and holds the futures when it is done."""
    operation = start_simulation(
        actor=actor_of(request),
        as_of=now(),
        runs=body.runs,
        months=body.months,
        seed=body.seed,
        sets=body.set,
        scenario=body.scenario,
    )
    return Status(202, {"operation": str(operation.ref)})


@router.get("/plan/split", response=SplitOut)
@needs("plan")
def get_split(request: HttpRequest, query: Query[SplitQuery]) -> dict[str, Any]:
    """Split a budget over the channels whose curve the plan knows; without one, what they usually spend."""
    _, plan = adopted_plan(actor_of(request))
    tree = tree_of(plan)
    return split_data(split_of(tree, query.budget if query.budget is not None else split_range(tree)[1]))


class MilestoneOut(Schema):
    """A milestone with its days, half-open, and where it stands: to_come, under_way, late or done."""

    phase: str
    milestone: str
    label: str
    start: date = Field(alias="from")
    to: date
    state: str
    days_late: int
    owner: str | None
    done_on: date | None
    version: int


class MilestonesOut(Schema):
    """The milestones of the plan that counts, in its order."""

    milestones: list[MilestoneOut]


class MilestoneIn(Schema, extra="forbid"):
    """Who sees to a milestone and the day on which it was done; null for nobody, and while it is not."""

    owner: str | None = None
    done_on: date | None = None


@router.get("/plan/milestones", response=MilestonesOut, by_alias=True)
@needs("milestone")
def list_milestones(request: HttpRequest) -> dict[str, Any]:
    """Return the milestones with their owners and what is late."""
    return {"milestones": milestone_rows(actor_of(request))}


@router.put("/plan/milestones/{phase}/{milestone}", response=MilestonesOut, by_alias=True)
@needs("milestone", Verb.CHANGE)
def put_milestone(request: HttpRequest, phase: str, milestone: str, body: MilestoneIn) -> dict[str, Any]:
    """Say who sees to a milestone and when it was done; If-Match says which version was read."""
    actor = actor_of(request)
    change_milestone(
        actor=actor,
        as_of=now(),
        phase=phase,
        milestone=milestone,
        owner_id=Ref.parse(body.owner, "member").id if body.owner else None,
        done_on=body.done_on,
        expected_version=version_of(request),
    )
    return {"milestones": milestone_rows(actor)}


def milestone_rows(actor: Actor) -> list[dict[str, Any]]:
    """Return the milestones as the API tells them."""
    return [
        {
            "phase": phase.phase.id,
            "milestone": each.milestone.id,
            "label": each.milestone.label.en,
            "from": each.due.days.start,
            "to": each.due.days.end,
            "state": each.due.progress.value,
            "days_late": each.due.days_late,
            "owner": str(Ref("member", each.owner_id)) if each.owner_id else None,
            "done_on": each.done_on,
            "version": each.version,
        }
        for phase in phase_standings(actor, now())
        for each in phase.milestones
    ]


def looked_at(actor: Actor, scenario: str) -> Plan:
    """Return the plan that counts, or what a scenario makes of its plan."""
    return scenario_called(actor, scenario).plan if scenario else adopted_plan(actor)[1]


def plan_out(version: PlanVersion, plan: Plan) -> PlanOut:
    """Return a version as the API tells it."""
    return PlanOut(
        id=str(Ref("plan", version.pk)),
        name=version.name,
        version=version.version_name,
        starts_on=version.starts_on,
        sha256=version.sha256,
        adopted_at=version.created_at,
        adopted_by=version.created_by,
        targets=[target.to_json() for target in plan.targets],
        passages=plan.passages.to_json(),
    )
