"""The API: my day. Written by bin/client."""

from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource

Waiting: TypeAlias = Literal["lead", "appointment", "today", "overdue", "rotting", "no_step"]
"""Why something stands on a member's list of the day."""


class Task(TypedDict):
    """Something that waits, and what it is worth to deal with it today."""

    why: Waiting
    record: str
    name: str
    about: str | None
    about_name: str
    owner_id: str | None
    owner: str
    does: str
    due_date: str | None
    due_at: str | None
    since: str | None
    worth: MoneyBody | None
    at_risk: MoneyBody


class Day(TypedDict):
    """What waits, the most at risk first."""

    items: list[Task]
    at_risk: MoneyBody
    response_hours: int
    without_rate: list[str]


class GetMyDayQuery(TypedDict):
    """What may be asked."""

    of: NotRequired[Literal["mine", "everybody"]]
    owner_id: NotRequired[str | None]
    why: NotRequired[Waiting | None]


class MyDayRoutes(Resource):
    """The routes of my day."""

    def get_my_day(self, **query: Unpack[GetMyDayQuery]) -> Day:
        """List what waits, the most at risk first; a key sees everybody's."""
        found: Day = self._send("GET", "/api/v1/my-day", query=query)
        return found
