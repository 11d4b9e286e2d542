"""The API: plan. Written by bin/client."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import Plan
from caudal.client.transport import Resource, Version, quoted


class AdoptedPlan(TypedDict):
    """A plan as it was adopted."""

    id: str
    name: str
    size: str
    starts_on: str
    sha256: str
    adopted_at: str
    adopted_by: str


class AdoptedPlans(TypedDict):
    """The plans that were adopted, latest first: the first one counts."""

    versions: list[AdoptedPlan]


class Branch(TypedDict):
    """Where the water of a reach comes from, or goes: one channel, one pillar."""

    value: str | None
    actual: str


class PriceOutside(TypedDict):
    """A list price that the catalogue has outside the plan's range: what a unit costs, in the plan's unit."""

    id: str
    code: str
    offering_id: str
    from_date: str
    currency: str
    cost: str
    range: list[str | None]
    unit: str
    finding: str


Reading: TypeAlias = Literal["target", "open"]
"""What "5,000+" means: two honest readings of a target without an upper end."""


class Checks(TypedDict):
    """The checks of the plan that counts, and the catalogue's prices outside its ranges."""

    reading: Reading
    broken: int
    checks: list[dict[str, Any]]
    prices: list[PriceOutside]


class Difference(TypedDict):
    """What two versions say differently; the shares by which ranges moved are exact texts."""

    added: int
    removed: int
    changed: int
    alike: int
    differences: list[dict[str, Any]]


class Futures(TypedDict):
    """The plan played many times: quantiles by number and month, chances of targets, what matters, capacities."""

    runs: int
    months: int
    all_targets_at_once: float | None
    numbers: list[dict[str, Any]]
    capacities: list[dict[str, Any]]


class MilestoneIn(TypedDict):
    """Who sees to a milestone and the day on which it was done; null for nobody, and while it is not."""

    owner: NotRequired[str | None]
    done_on: NotRequired[str | None]


Milestone = TypedDict(
    "Milestone",
    {
        "phase": str,
        "milestone": str,
        "label": str,
        "from": str,
        "to": str,
        "state": str,
        "days_late": int,
        "owner": str | None,
        "done_on": str | None,
        "version": int,
    },
)
"""A milestone with its days, half-open, and where it stands: to_come, under_way, late or done."""


class Milestones(TypedDict):
    """The milestones of the plan that counts, in its order."""

    milestones: list[Milestone]


class PlanIn(TypedDict):
    """A plan file to adopt."""

    text: str
    version: NotRequired[str]
    starts_on: str


class Reach(TypedDict):
    """What a reach carries so far and what was due by now, as decimal texts; null where nobody knows."""

    reach: str
    metric: str
    actual: str | None
    due: str | None
    currency: str | None
    typed: bool
    by: str | None
    branches: list[Branch]


class RepairIn(TypedDict):
    """A repair to make the plan: found with which checks and reading, for which file, and its number."""

    sha256: str
    checks: NotRequired[str]
    reading: NotRequired[Reading]
    take: NotRequired[int]
    lock: NotRequired[list[str]]
    rebase: NotRequired[bool]


class RepairSearchIn(TypedDict):
    """What a repair is searched for: a reading, checks, and targets that keep their ranges."""

    reading: NotRequired[Reading]
    checks: NotRequired[str]
    lock: NotRequired[list[str]]


class RepairSearch(TypedDict):
    """The operation that searches; when it is done, the repairs are read at once."""

    operation: str


class Repairs(TypedDict):
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


River = TypedDict("River", {"from": str, "to": str, "words": str, "reaches": list[Reach]})
"""The way from leads to cash over some days, half-open, in the order of the water."""


class ScenarioComparison(TypedDict):
    """The plan and its scenarios, played by the same chance: what each number comes to, and what each changes."""

    runs: int
    month: int
    seed: int
    numbers: list[dict[str, Any]]
    sides: list[dict[str, Any]]


class SimulationIn(TypedDict):
    """What is to be played: how often, over how many months, from which seed, with which drivers set (id=value)."""

    runs: NotRequired[int]
    months: NotRequired[int | None]
    seed: NotRequired[int]
    set: NotRequired[list[str]]
    scenario: NotRequired[str]


class Simulation(TypedDict):
    """Work that was begun: the operation that says how far it is, and its result when it is done."""

    operation: str


class Split(TypedDict):
    """The best split of a budget; no split at all brings more than `gap` beyond what this one does."""

    budget: float
    brings: float
    price: float
    gap: float
    slow: list[str]
    shares: list[dict[str, Any]]


Standing = TypedDict(
    "Standing",
    {
        "id": str,
        "lo": str,
        "hi": str | None,
        "unit": str,
        "metric": str | None,
        "pillar": str | None,
        "scaled": bool,
        "from": NotRequired[str | None],
        "to": str | None,
        "actual": str | None,
        "projection": str | None,
        "pace": str | None,
        "share_elapsed": str | None,
        "state": str,
        "typed": bool,
        "reason": str,
    },
)
"""One target and how it stands: numbers as decimal texts, ratios as parts of one, days half-open."""


class Standings(TypedDict):
    """The plan against what happened, as of an instant."""

    as_of: str
    counted_at: str | None
    day: str
    targets: list[Standing]


class Tree(TypedDict):
    """The driver tree in one month: each number as it usually is and with the changes, and what cannot be used."""

    plan: str
    month: int
    changed: dict[str, float]
    numbers: list[dict[str, Any]]
    findings: list[str]
    wanted: NotRequired[float | None]
    moved_by: NotRequired[list[dict[str, Any]]]
    must: NotRequired[list[dict[str, Any]]]


class GetChecksQuery(TypedDict):
    """What may be asked."""

    reading: NotRequired[Literal["target", "open"]]
    checks: NotRequired[str]
    scenario: NotRequired[str]


class GetRepairsQuery(TypedDict):
    """What may be asked."""

    reading: NotRequired[Literal["target", "open"]]
    checks: NotRequired[str]
    lock: NotRequired[list[str]]


class GetStandingQuery(TypedDict):
    """What may be asked."""

    month: NotRequired[str | None]
    pillar: NotRequired[str | None]


class GetTreeQuery(TypedDict):
    """What may be asked."""

    month: NotRequired[int | None]
    set: NotRequired[list[str]]
    of: NotRequired[str | None]
    to: NotRequired[float | None]
    scenario: NotRequired[str]


class GetFuturesQuery(TypedDict):
    """What may be asked."""

    runs: NotRequired[int]
    months: NotRequired[int | None]
    seed: NotRequired[int]
    set: NotRequired[list[str]]
    scenario: NotRequired[str]


class GetSplitQuery(TypedDict):
    """What may be asked."""

    budget: NotRequired[float | None]


class GetDifferencesQuery(TypedDict):
    """What may be asked."""

    a: NotRequired[str]
    b: NotRequired[str]


class GetScenarioComparisonQuery(TypedDict):
    """What may be asked."""

    scenario: NotRequired[list[str]]
    of: NotRequired[list[str]]
    runs: NotRequired[int]


class GetRiverQuery(TypedDict):
    """What may be asked."""

    month: NotRequired[str | None]


class PlanRoutes(Resource):
    """The routes of plan."""

    def get(self) -> Plan:
        """Return the plan that counts."""
        found: Plan = self._send("GET", "/api/v1/plan")
        return found

    def adopt(self, *, idempotency_key: str | None = None, **body: Unpack[PlanIn]) -> Plan:
        """Adopt a plan file; one with mistakes is refused with all of them."""
        found: Plan = self._send("POST", "/api/v1/plan", idempotency_key=idempotency_key, body=body)
        return found

    def get_checks(self, **query: Unpack[GetChecksQuery]) -> Checks:
        """Check whether the plan, or a scenario, adds up, by all checks, own, standard, a group, or ids."""
        found: Checks = self._send("GET", "/api/v1/plan/checks", query=query)
        return found

    def get_repairs(self, **query: Unpack[GetRepairsQuery]) -> Repairs:
        """Find the least to change so that the checks hold, with the proof; many checks take seconds."""
        found: Repairs = self._send("GET", "/api/v1/plan/repairs", query=query)
        return found

    def repair(self, *, idempotency_key: str | None = None, **body: Unpack[RepairIn]) -> Plan:
        """Make one of the repairs the plan that counts."""
        found: Plan = self._send("POST", "/api/v1/plan/repairs", idempotency_key=idempotency_key, body=body)
        return found

    def search_repair(self, *, idempotency_key: str | None = None, **body: Unpack[RepairSearchIn]) -> RepairSearch:
        """Let a worker find the least to change, and keep it; the operation says how far it is."""
        found: RepairSearch = self._send(
            "POST", "/api/v1/plan/repair-searches", idempotency_key=idempotency_key, body=body
        )
        return found

    def get_standing(self, **query: Unpack[GetStandingQuery]) -> Standings:
        """Compare the plan with what happened: as of now, or at the end of a month (2026-03) that has ended."""
        found: Standings = self._send("GET", "/api/v1/plan/standing", query=query)
        return found

    def get_tree(self, **query: Unpack[GetTreeQuery]) -> Tree:
        """Compute the driver tree with some drivers set, and what must be true for one of its numbers."""
        found: Tree = self._send("GET", "/api/v1/plan/tree", query=query)
        return found

    def get_futures(self, **query: Unpack[GetFuturesQuery]) -> Futures:
        """Play the plan at once, up to 10,000 times; more is asked for as a simulation."""
        found: Futures = self._send("GET", "/api/v1/plan/futures", query=query)
        return found

    def simulate(self, *, idempotency_key: str | None = None, **body: Unpack[SimulationIn]) -> Simulation:
        """Let a worker play the plan; the operation tells how far it is and holds the futures when it is done."""
        found: Simulation = self._send("POST", "/api/v1/plan/simulations", idempotency_key=idempotency_key, body=body)
        return found

    def get_split(self, **query: Unpack[GetSplitQuery]) -> Split:
        """Split a budget over the channels whose curve the plan knows; without one, what they usually spend."""
        found: Split = self._send("GET", "/api/v1/plan/split", query=query)
        return found

    def list_milestones(self) -> Milestones:
        """Return the milestones with their owners and what is late."""
        found: Milestones = self._send("GET", "/api/v1/plan/milestones")
        return found

    def put_milestone(
        self,
        phase: str,
        milestone: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[MilestoneIn],
    ) -> Milestones:
        """Say who sees to a milestone and when it was done; If-Match says which version was read."""
        found: Milestones = self._send(
            "PUT",
            f"/api/v1/plan/milestones/{quoted(phase)}/{quoted(milestone)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_versions(self) -> AdoptedPlans:
        """Return the plans that were adopted."""
        found: AdoptedPlans = self._send("GET", "/api/v1/plan/versions")
        return found

    def get_differences(self, **query: Unpack[GetDifferencesQuery]) -> Difference:
        """Say what version b says differently from version a."""
        found: Difference = self._send("GET", "/api/v1/plan/differences", query=query)
        return found

    def get_scenario_comparison(self, **query: Unpack[GetScenarioComparisonQuery]) -> ScenarioComparison:
        """Set scenarios beside their plan; without ids, the first ones that fit theirs."""
        found: ScenarioComparison = self._send("GET", "/api/v1/plan/scenario-comparison", query=query)
        return found

    def get_river(self, **query: Unpack[GetRiverQuery]) -> River:
        """Return the river of this month so far, or of a month (2026-03) that has ended."""
        found: River = self._send("GET", "/api/v1/plan/river", query=query)
        return found
