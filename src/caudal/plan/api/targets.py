"""Routes of one target: how it stands, its course, and where a difference comes from."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel
from caudal.core.plans import UnknownTarget
from caudal.kit.access import Actor
from caudal.kit.bodies import Body
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.api.plan import StandingOut
from caudal.plan.queries import (
    Against,
    Standing,
    Standings,
    course_data,
    course_of,
    explain,
    explanation_data,
    standing,
    standing_rows,
)

router = Router()


class OutlookOut(Schema):
    """Where a number will end: an interval, the share of cases it `holds` in, and the periods `seen`."""

    middle: str
    low: str
    high: str
    holds: str
    seen: int


class CourseOut(StandingOut):
    """A target with what a working day brought and must bring, where it will end, and its days so far."""

    so_far_per_day: str | None
    needed_per_day: str | None
    working_days_left: str | None
    outlook: OutlookOut | None
    days: list[dict[str, Any]]
    """Of a total: each day with what there was and what was due by the end of it."""


class EffectOut(Schema):
    """What one segment or factor adds to the difference; of a ratio, by its weight (`mix`) and its own `rate`."""

    key: str | None
    name: str
    before: str | None
    after: str | None
    amount: str
    mix: str | None
    rate: str | None


class ExplanationOut(Schema):
    """Where a difference comes from. Amounts are exact: decimals, or p/q where those do not end; they sum exactly."""

    target: str
    against: str
    start: str
    end: str
    difference: str
    days_from: str
    days_to: str
    by: str | None
    dimensions: list[str]
    effects: list[EffectOut]
    factors: list[EffectOut]
    words: str


class TargetQuery(Body):
    """At the end of which month (2026-03) that has ended; as of now without one."""

    month: str | None = None


class ExplanationQuery(TargetQuery):
    """Compared with what, and divided by which dimension."""

    against: Literal["plan", "before"] = Field("plan")
    by: str | None = Field(None, max_length=60)


@router.get("/plan-targets/{target_id}", response=CourseOut, by_alias=True)
@needs("plan")
def get_target(request: HttpRequest, target_id: str, query: Query[TargetQuery]) -> dict[str, Any]:
    """Say how one target stands, what each working day must bring, and where it will end."""
    actor, as_of = actor_of(request), now()
    found, own = standing_of(actor, target_id, query.month)
    (row,) = standing_rows([own])
    return {**row, **course_data(own, course_of(actor, found, own, as_of=as_of))}


@router.get("/plan-targets/{target_id}/explanation", response=ExplanationOut)
@needs("plan")
def get_explanation(request: HttpRequest, target_id: str, query: Query[ExplanationQuery]) -> dict[str, Any]:
    """Say where the difference to the plan, or to the time before, comes from."""
    actor, as_of = actor_of(request), now()
    found, own = standing_of(actor, target_id, query.month)
    said = explain(actor, found, own, as_of=as_of, against=Against(query.against), by=query.by)
    return explanation_data(found.plan, own, Against(query.against), said)


def standing_of(actor: Actor, target_id: str, month: str | None) -> tuple[Standings, Standing]:
    """Return how one target stands. Raises NoPlan, UnknownTarget, UnreadableLabel."""
    asked = CalendarPeriod.parse(month) if month else None
    if asked is not None and asked.grain is not Grain.MONTH:
        raise UnreadableLabel(text=month)
    found = standing(actor=actor, as_of=now(), month=asked, only={target_id})
    if not found.targets:
        raise UnknownTarget(plan=found.plan.id, target=target_id[:60])
    return found, found.targets[0]
