"""Routes of the plan."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from caudal.core.ids import Ref
from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel
from caudal.core.plans import Plan
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import adopt_plan
from caudal.plan.models import PlanVersion
from caudal.plan.queries import adopted_plan, standing, standing_rows

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
    )
