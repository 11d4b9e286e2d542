"""The plan that counts."""

import hashlib
from functools import lru_cache
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.plans import Plan, read_plan
from caudal.kit.access import Actor, Verb
from caudal.plan.models import PlanVersion

_PLANS_KEPT = 8


class NoPlan(Problem):
    """No plan was adopted yet."""

    code = "plan.none_adopted"
    status = 404
    message = msg("No plan was adopted yet.")
    hint = msg("Adopt one on the page Plan, or with: caudal plan adopt estrategia")


def adopted_version(actor: Actor) -> PlanVersion | None:
    """Return the version that counts, if the actor may see it: the one adopted last."""
    return PlanVersion.for_actor(actor).order_by("-created_at", "-pk").first()


def adopted_plan(actor: Actor) -> tuple[PlanVersion, Plan]:
    """Return the version that counts and its plan, at its size. Raises NoPlan."""
    version = adopted_version(actor)
    if version is None:
        raise NoPlan
    return version, _plan(version.text, version.version_name)


def plan_of(actor: Actor, version_id: UUID) -> Plan:
    """Return the plan of a version that was adopted once, at its size. Raises NotFound."""
    return version_called(actor, version_id)[1]


def version_called(actor: Actor, version_id: UUID) -> tuple[PlanVersion, Plan]:
    """Return a version that was adopted once and its plan, at its size. Raises NotFound."""
    version = PlanVersion.one_for(actor, Verb.VIEW, version_id)
    return version, _plan(version.text, version.version_name)


def version_before(actor: Actor) -> tuple[PlanVersion, Plan] | None:
    """Return the version that counted before this one, where both are the same plan and say other things."""
    latest = list(PlanVersion.for_actor(actor).order_by("-created_at", "-pk")[:2])
    if len(latest) < 2:  # noqa: PLR2004  two of them
        return None
    (now, plan), (before, other) = ((one, _plan(one.text, one.version_name)) for one in latest)
    alike = (now.sha256, now.version_name) == (before.sha256, before.version_name)
    return None if alike or plan.id != other.id else (before, other)


def digest(data: bytes) -> str:
    """Return what tells two plan files apart."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=_PLANS_KEPT)
def _plan(text: str, version_name: str) -> Plan:
    """A file that was adopted once is readable: only a newer, stricter reader could refuse it."""
    read = read_plan(text.encode())
    if read.plan is None:
        raise NoPlan
    return read.plan.in_version(version_name) if version_name else read.plan
