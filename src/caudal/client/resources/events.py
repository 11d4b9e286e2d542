"""The API: events. Written by bin/client."""

from typing import Any, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource


class Event(TypedDict):
    """A fact as webhooks send it."""

    type: str
    timestamp: str
    data: dict[str, Any]


class Events(TypedDict):
    """Facts in the order of the journal, and the cursor behind them, which is there also when nothing happened."""

    items: list[Event]
    next: str
    is_last: bool


class ListQuery(TypedDict):
    """What may be asked."""

    after: NotRequired[str]
    types: NotRequired[str]
    limit: NotRequired[int]


class EventsRoutes(Resource):
    """The routes of events."""

    def list(self, **query: Unpack[ListQuery]) -> Events:
        """Return what happened behind a cursor."""
        found: Events = self._send("GET", "/api/v1/events", query=query)
        return found
