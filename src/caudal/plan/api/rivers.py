"""The route of the river."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.queries import river, river_data

router = Router()


class BranchOut(Schema):
    """Where the water of a reach comes from, or goes: one channel, one pillar."""

    value: str | None
    actual: str


class ReachOut(Schema):
    """What a reach carries so far and what was due by now, as decimal texts; null where nobody knows."""

    reach: str
    metric: str
    actual: str | None
    due: str | None
    currency: str | None
    typed: bool
    by: str | None
    branches: list[BranchOut]


class RiverOut(Schema):
    """The way from leads to cash over some days, half-open, in the order of the water."""

    start: date = Field(alias="from")
    to: date
    words: str
    reaches: list[ReachOut]


@router.get("/plan/river", response=RiverOut, by_alias=True)
@needs("plan")
def get_river(request: HttpRequest, month: str | None = None) -> dict[str, Any]:
    """Return the river of this month so far, or of a month (2026-03) that has ended."""
    asked = CalendarPeriod.parse(month) if month else None
    if asked is not None and asked.grain is not Grain.MONTH:
        raise UnreadableLabel(text=month)
    return river_data(river(actor_of(request), as_of=now(), month=asked))
