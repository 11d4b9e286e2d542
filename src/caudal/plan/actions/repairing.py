"""Making a repair the plan."""

from datetime import datetime

from caudal.core.errors import Problem, msg
from caudal.core.intervals import Reading
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.plan.actions.adopting import adopt_plan
from caudal.plan.models import PlanVersion
from caudal.plan.ports import Minimiser
from caudal.plan.queries import adopted_plan, offered_repairs, repaired_text


class PlanMoved(Problem):
    """The plan that counts is another one than the repair was found for."""

    code = "plan.moved"
    status = 409
    message = msg("The plan was changed in the meantime.")
    hint = msg("Look at its findings again and choose a repair.")


class NoSuchRepair(Problem):
    """There is no repair of that number."""

    code = "plan.no_such_repair"
    status = 404
    message = msg("There is no repair number {number}; {count} were found.")


@action
def apply_repair(
    *,
    actor: Actor,
    as_of: datetime,
    sha256: str,
    checks: str,
    reading: Reading,
    take: int,
    minimiser: Minimiser,
) -> PlanVersion:
    """Make a repair of the plan that counts the plan that counts: the same file with a few targets changed.

    `sha256` is that of the file the repair was found for, `checks` and `reading` what it was found with, `take` its
    number from 1. Raises NoPlan, PlanMoved, NoSuchRepair, CannotRepair.
    """
    require(actor, "plan", Verb.CREATE)
    version, plan = adopted_plan(actor)
    if version.sha256 != sha256:
        raise PlanMoved
    report = offered_repairs(plan, reading, checks, minimiser)
    if not 1 <= take <= len(report.offers):
        raise NoSuchRepair(number=take, count=len(report.offers))
    return adopt_plan(
        actor=actor,
        as_of=as_of,
        text=repaired_text(version.text, plan, report.offers[take - 1].proposal),
        starts_on=version.starts_on,
        version=version.version_name,
    )
