"""Routes of notifications: what a member was told, how they wish to be told, and what they follow."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, PageQuery, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions, queries
from caudal.workspace.models import REMIND_MINUTES_MAX, NoticeSort, Rhythm, Way

router = Router()


class NotificationQuery(PageQuery):
    """Which notifications."""

    show: Literal["unread", "read", "all"] = "unread"


class NotificationOut(Schema):
    """Something that the caller was told, in words of the caller's language."""

    id: str
    sort: str
    at: datetime
    unread: bool
    who: str
    words: str
    name: str
    about: str
    body: str
    href: str


class NotificationPage(Schema):
    """Notifications, newest first."""

    items: list[NotificationOut]
    next: str | None


class ReadBody(Body):
    """Whether a notification counts as read."""

    read: bool = True


class ReadOut(Schema):
    """How many were read."""

    count: int


class WaysBody(Body):
    """How a member wishes to be told of each sort, and when."""

    ways: dict[NoticeSort, Way] = {}
    rhythm: Rhythm = Rhythm.DAILY
    hour: Annotated[int, Field(ge=0, le=23)] = 8
    weekday: Annotated[int, Field(ge=0, le=6, description="Of a weekly digest; 0 is Monday.")] = 0
    remind_minutes: Annotated[int, Field(ge=0, le=REMIND_MINUTES_MAX)] = 15


class FollowingOut(Schema):
    """Whether the caller hears what happens to a record."""

    record: str
    hears: bool


@router.get("/notifications", response=NotificationPage)
@needs("notification")
def list_notifications(request: HttpRequest, query: Query[NotificationQuery]) -> NotificationPage:
    """List what the caller was told; a key is told nothing."""
    actor = actor_of(request)
    found = queries.notifications(actor, query.show, cursor=query.cursor, limit=query.limit)
    items = [
        NotificationOut(
            id=each.id,
            sort=each.sort,
            at=each.at,
            unread=each.unread,
            who=each.who,
            words=each.words,
            name=each.name,
            about=each.about,
            body=each.body,
            href=each.href,
        )
        for each in queries.told(actor, found.rows, as_of=now())
    ]
    return NotificationPage(items=items, next=found.next)


@router.post("/notifications/read", response=ReadOut)
@needs("notification", Verb.CHANGE)
def read_notifications(request: HttpRequest) -> ReadOut:
    """Note that everything was read."""
    return ReadOut(count=actions.read_notifications(actor=actor_of(request), as_of=now()))


@router.patch("/notifications/{notification_id}", response={204: None})
@needs("notification", Verb.CHANGE)
def change_notification(request: HttpRequest, notification_id: str, body: ReadBody) -> Status[None]:
    """Note that a notification was read, or is to be read again."""
    actions.read_notification(
        actor=actor_of(request),
        as_of=now(),
        notification_id=row_id("notification", notification_id),
        unread=not body.read,
    )
    return Status(204, None)


@router.get("/notification-settings", response=WaysBody)
@needs("notification")
def get_notification_settings(request: HttpRequest) -> WaysBody:
    """Say how the caller is told."""
    actor = actor_of(request)
    if actor.member is None:
        raise actions.NotAMember(actor=actor.name)
    plan = queries.digest_plan(actor.member)
    return WaysBody(
        ways={NoticeSort(sort): way for sort, way in queries.ways_of([actor.member])[actor.member].items()},
        rhythm=Rhythm(plan.rhythm),
        hour=plan.hour,
        weekday=plan.weekday,
        remind_minutes=plan.remind_minutes,
    )


@router.patch("/notification-settings", response=WaysBody)
@needs("notification", Verb.CHANGE)
def change_notification_settings(request: HttpRequest, body: WaysBody) -> WaysBody:
    """Let the caller be told otherwise; what is left out stays."""
    sent = body.dict(exclude_unset=True)
    ways = {str(sort): str(way) for sort, way in sent.pop("ways", {}).items()}
    actions.choose_ways(actor=actor_of(request), as_of=now(), ways=ways, **sent)
    return get_notification_settings(request)


@router.put("/following/{record_id}", response=FollowingOut)
@needs("notification", Verb.CHANGE)
def follow_record(request: HttpRequest, record_id: str) -> FollowingOut:
    """Hear from now on what happens to a record."""
    actions.follow_record(actor=actor_of(request), as_of=now(), record=Ref.parse(record_id))
    return FollowingOut(record=record_id, hears=True)


@router.delete("/following/{record_id}", response=FollowingOut)
@needs("notification", Verb.CHANGE)
def unfollow_record(request: HttpRequest, record_id: str) -> FollowingOut:
    """Hear no more of what happens to a record."""
    actions.follow_record(actor=actor_of(request), as_of=now(), record=Ref.parse(record_id), hears=False)
    return FollowingOut(record=record_id, hears=False)
