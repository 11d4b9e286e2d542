"""The API: activities. Written by bin/client."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

ActivityKind: TypeAlias = Literal["call", "email", "meeting", "demo", "visit", "note", "task"]
"""What somebody does."""


ActivityOutcome: TypeAlias = Literal[
    "reached",
    "no_answer",
    "voicemail",
    "wrong_number",
    "sent",
    "replied",
    "bounced",
    "held",
    "no_show",
    "cancelled",
    "completed",
    "dropped",
]
"""What came of it."""


Direction: TypeAlias = Literal["out", "in"]
"""Who called or wrote."""


class DoneIn(TypedDict):
    """When it was done, now unless it says otherwise, and what came of it."""

    outcome: NotRequired[ActivityOutcome | Literal[""]]
    done_at: NotRequired[str | None]
    minutes: NotRequired[int | None]


class ActivityIn(TypedDict):
    """An activity to plan, or with `done` one to log."""

    kind: ActivityKind
    subject: NotRequired[str]
    body: NotRequired[str]
    about: NotRequired[list[str]]
    member_ids: NotRequired[list[str]]
    owner_id: NotRequired[str | None]
    due_date: NotRequired[str | None]
    due_at: NotRequired[str | None]
    minutes: NotRequired[int | None]
    direction: NotRequired[Direction | Literal[""]]
    private: NotRequired[bool]
    done: NotRequired[DoneIn | None]


class ActivitiesIn(TypedDict):
    """Activities to plan or log, all of them or none."""

    items: list[ActivityIn]


class ActivityChange(TypedDict):
    """What to change about an activity; what is left out stays."""

    subject: NotRequired[str]
    body: NotRequired[str]
    about: NotRequired[list[str]]
    owner_id: NotRequired[str | None]
    due_date: NotRequired[str | None]
    due_at: NotRequired[str | None]
    minutes: NotRequired[int | None]
    direction: NotRequired[Direction | Literal[""]]


class Done(TypedDict):
    """When it was done, by whom, and what came of it."""

    outcome: str
    done_at: str
    done_by: str


class Activity(TypedDict):
    """An activity."""

    id: str
    version: int
    kind: str
    subject: str
    body: str
    about: list[str]
    member_ids: list[str]
    owner_id: str | None
    due_date: str | None
    due_at: str | None
    minutes: int | None
    direction: str
    private: bool
    done: Done | None


class ListQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    about: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    kind: NotRequired[ActivityKind | None]
    outcome: NotRequired[ActivityOutcome | None]
    state: NotRequired[Literal["planned", "done", "overdue"] | None]
    due_from: NotRequired[str | None]
    due_before: NotRequired[str | None]
    done_from: NotRequired[str | None]
    done_before: NotRequired[str | None]
    text: NotRequired[str]
    order: NotRequired[Literal["newest", "due"]]


class ActivitiesRoutes(Resource):
    """The routes of activities."""

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Activity]:
        """List activities, by default those that were changed last first."""
        found: Iterator[Activity] = self._pages("/api/v1/activities", query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[ActivityIn]) -> Activity:
        """Plan an activity, or log one that was done."""
        found: Activity = self._send("POST", "/api/v1/activities", idempotency_key=idempotency_key, body=body)
        return found

    def create_many(self, *, idempotency_key: str | None = None, **body: Unpack[ActivitiesIn]) -> Any:
        """Plan and log many activities, in the order given: all of them, or none when one is refused."""
        return self._send("POST", "/api/v1/activities/many", idempotency_key=idempotency_key, body=body)

    def get(self, activity_id: str) -> Activity:
        """Return an activity."""
        found: Activity = self._send("GET", f"/api/v1/activities/{quoted(activity_id)}")
        return found

    def change(
        self,
        activity_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ActivityChange],
    ) -> Activity:
        """Change an activity, move it to another time or hand it over; If-Match says which version was read."""
        found: Activity = self._send(
            "PATCH",
            f"/api/v1/activities/{quoted(activity_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def delete(self, activity_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take an activity out."""
        self._send(
            "DELETE", f"/api/v1/activities/{quoted(activity_id)}", idempotency_key=idempotency_key, version=version
        )

    def complete(
        self, activity_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[DoneIn]
    ) -> Activity:
        """Say that an activity was done, and what came of it."""
        found: Activity = self._send(
            "POST",
            f"/api/v1/activities/{quoted(activity_id)}/completion",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def reopen(self, activity_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Activity:
        """Take back that an activity was done."""
        found: Activity = self._send(
            "DELETE",
            f"/api/v1/activities/{quoted(activity_id)}/completion",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found
