"""The route of my day: what waits, the most at risk first."""

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from caudal.core.urgency import Waiting
from caudal.crm import queries
from caudal.kit.bodies import Body, MoneyBody, public_id, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class DayQuery(Body):
    """Whose day: one's own, everybody's within reach, or that of one member."""

    of: Literal["mine", "everybody"] = "mine"
    owner_id: str | None = None
    why: Waiting | None = None


class TaskOut(Schema):
    """Something that waits, and what it is worth to deal with it today."""

    why: Waiting
    record: str
    name: str
    about: str | None
    about_name: str
    owner_id: str | None
    owner: str
    does: str
    due_date: date | None
    due_at: datetime | None
    since: datetime | None
    worth: MoneyBody | None
    at_risk: MoneyBody


class DayOut(Schema):
    """What waits, the most at risk first."""

    items: list[TaskOut]
    at_risk: MoneyBody
    response_hours: int
    without_rate: list[str]


@router.get("/my-day", response=DayOut)
@needs("activity")
def get_my_day(request: HttpRequest, query: Query[DayQuery]) -> DayOut:
    """List what waits, the most at risk first; a key sees everybody's."""
    actor = actor_of(request)
    owners = None if query.of == "everybody" or actor.member is None else {actor.member}
    if query.owner_id is not None:
        owners = {row_id("member", query.owner_id)}
    found = queries.my_day(actor, as_of=now(), owners=owners)
    return DayOut(
        items=[_task(each) for each in found.tasks if query.why is None or each.why is query.why],
        at_risk=MoneyBody(**found.at_risk.to_json()),
        response_hours=found.response_hours,
        without_rate=list(found.without_rate),
    )


def _task(task: queries.Task) -> TaskOut:
    return TaskOut(
        why=task.why,
        record=str(task.ref),
        name=task.name,
        about=str(task.about) if task.about else None,
        about_name=task.about_name,
        owner_id=public_id("member", task.owner_id),
        owner=task.owner,
        does=task.does,
        due_date=task.due_date,
        due_at=task.due_at,
        since=task.since,
        worth=MoneyBody.of(task.worth),
        at_risk=MoneyBody(**task.at_risk.to_json()),
    )
