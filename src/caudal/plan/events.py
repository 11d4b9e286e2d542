"""Facts that the plan publishes."""

from dataclasses import dataclass
from typing import ClassVar

from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAdopted(Fact):
    """A plan counts from now on."""

    name: ClassVar[str] = "plan.plan_adopted"

    plan: str
    sha256: str
    version_name: str
    starts_on: str
    targets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneChanged(Fact):
    """A milestone has another owner, was done, or is open again."""

    name: ClassVar[str] = "plan.milestone_changed"

    plan: str
    phase: str
    milestone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBegun(Fact):
    """Somebody began to write a plan, a budget or a forecast."""

    name: ClassVar[str] = "plan.draft_begun"

    sha256: str
    origin: str
    begun_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChanged(Fact):
    """A draft reads otherwise: so many lines of its text came and went, and these fields changed."""

    name: ClassVar[str] = "plan.draft_changed"

    lines_added: int
    lines_removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProposed(Fact):
    """Two others are asked to approve a draft."""

    name: ClassVar[str] = "plan.draft_proposed"

    round: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTakenBack(Fact):
    """A proposal was taken back before it was decided."""

    name: ClassVar[str] = "plan.draft_taken_back"

    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDecided(Fact):
    """Somebody approved a draft, or sent it back; `approved` says that it was the approval that froze it."""

    name: ClassVar[str] = "plan.draft_decided"

    round: int
    granted: bool
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDeleted(Fact):
    """A draft was thrown away."""

    name: ClassVar[str] = "plan.draft_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioKept(Fact):
    """Somebody gave a name to a plan with some things otherwise."""

    name: ClassVar[str] = "plan.scenario_kept"

    base: str
    copied_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioChanged(Fact):
    """A scenario says other things otherwise: these, as section and id, were said, said anew, and taken back."""

    name: ClassVar[str] = "plan.scenario_changed"

    said: tuple[str, ...]
    taken_back: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioDeleted(Fact):
    """A scenario was thrown away."""

    name: ClassVar[str] = "plan.scenario_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualTyped(Fact):
    """Somebody typed what a number came to in a period up to a day, corrected it, or took it back."""

    name: ClassVar[str] = "plan.actual_typed"

    number: str
    pillar: str
    unit: str
    period: str
    through: str
    revision: int
