"""Plans that stand in the database, for commands that are about files as well."""

from caudal.core.ids import Ref
from caudal.core.plans import Plan
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.plan.queries import PlanNotFound, keeps, kept_plan, shipped_plans


@attached()
def plan_kept(ref: Ref, scenario: str | None = None) -> Plan:
    """Return the plan that was adopted or is being written under an id, or that a scenario makes.

    Raises PlanNotFound, NotFound, UnknownScenario.
    """
    if not keeps(ref.kind):
        raise PlanNotFound(name=str(ref), shipped=", ".join(shipped_plans()))
    return kept_plan(SYSTEM, ref, scenario or "")
