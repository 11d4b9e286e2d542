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
