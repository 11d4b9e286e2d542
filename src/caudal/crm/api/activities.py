"""Routes of activities."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.models import Activity, ActivityKind, ActivityOutcome, Completion, Direction
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, PageQuery, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

Minutes = Annotated[int, Field(ge=0, le=1440)]


class DoneIn(Body):
    """When it was done, now unless it says otherwise, and what came of it."""

    outcome: ActivityOutcome | Literal[""] = ""
    done_at: AwareDatetime | None = None
    minutes: Minutes | None = None


class ActivityIn(Body):
    """An activity to plan, or with `done` one to log. It is due on a day, at an instant, or nobody has said when."""

    kind: ActivityKind
    subject: str = ""
    body: str = ""
    about: list[str] = []
    """Ids of deals, leads, companies and people."""
    member_ids: list[str] = []
    owner_id: str | None = None
    due_date: date | None = None
    due_at: AwareDatetime | None = None
    minutes: Minutes | None = None
    direction: Direction | Literal[""] = ""
    private: bool = False
    done: DoneIn | None = None


class ActivitiesIn(Body):
    """Activities to plan or log, all of them or none."""

    items: Annotated[list[ActivityIn], Field(min_length=1, max_length=500)]


class ActivityChange(Body):
    """What to change about an activity; what is left out stays."""

    subject: Annotated[str, Field(default="")]
    body: Annotated[str, Field(default="")]
    about: Annotated[list[str], Field(default_factory=list)]
    owner_id: str | None = None
    due_date: date | None = None
    due_at: AwareDatetime | None = None
    minutes: Minutes | None = None
    direction: Annotated[Direction | Literal[""], Field(default="")]


class DoneOut(Schema):
    """When it was done, by whom, and what came of it."""

    outcome: str
    done_at: datetime
    done_by: str


class ActivityOut(Schema):
    """An activity."""

    id: str
    version: int
    kind: str
    subject: str
    body: str
    about: list[str]
    member_ids: list[str]
    owner_id: str | None
    due_date: date | None
    due_at: datetime | None
    minutes: int | None
    direction: str
    private: bool
    done: DoneOut | None


class ActivityPage(Schema):
    """Some activities, and the cursor of the next page."""

    items: list[ActivityOut]
    next: str | None


class ActivityQuery(PageQuery):
    """Which activities, in which order. Days are those of the company's zone, or of the member's."""

    about: str | None = None
    owner_id: str | None = None
    kind: ActivityKind | None = None
    outcome: ActivityOutcome | None = None
    state: Literal["planned", "done", "overdue"] | None = None
    due_from: date | None = None
    due_before: date | None = None
    done_from: date | None = None
    done_before: date | None = None
    text: str = ""
    order: Literal["newest", "due"] = "newest"


@router.get("/activities", response=ActivityPage)
@needs("activity", Verb.VIEW)
def list_activities(request: HttpRequest, query: Query[ActivityQuery]) -> ActivityPage:
    """List activities, by default those that were changed last first."""
    values: Any = query.dict(exclude={"cursor", "limit", "order", "kind", "about", "owner_id"})
    filters = queries.ActivityFilters(
        **{name: value for name, value in values.items() if value is not None},
        does=query.kind or "",
        about=Ref.parse(query.about) if query.about else None,
        owner_id=row_id("member", query.owner_id) if query.owner_id else None,
    )
    found = queries.activities(
        actor_of(request), filters, as_of=now(), order=query.order, cursor=query.cursor, limit=query.limit
    )
    return ActivityPage(items=[_activity(each) for each in found.rows], next=found.next)


@router.post("/activities", response={201: ActivityOut})
@needs("activity", Verb.CREATE)
def create_activity(request: HttpRequest, response: HttpResponse, body: ActivityIn) -> Status[ActivityOut]:
    """Plan an activity, or log one that was done."""
    actor, as_of = actor_of(request), now()
    made = actions.log_activity(actor=actor, as_of=as_of, activity=_draft(body, as_of))
    tag(response, made)
    return Status(201, _activity(queries.activity(actor, made.pk)))


@router.post("/activities/many", response={201: ActivityPage})
@needs("activity", Verb.CREATE)
def create_activities(request: HttpRequest, body: ActivitiesIn) -> Status[ActivityPage]:
    """Plan and log many activities, in the order given: all of them, or none when one is refused."""
    actor, as_of = actor_of(request), now()
    made = actions.log_activities(actor=actor, as_of=as_of, activities=[_draft(each, as_of) for each in body.items])
    rows = queries.activities_named(actor, [each.pk for each in made])
    return Status(201, ActivityPage(items=[_activity(each) for each in rows], next=None))


@router.get("/activities/{activity_id}", response=ActivityOut)
@needs("activity", Verb.VIEW)
def get_activity(request: HttpRequest, response: HttpResponse, activity_id: str) -> ActivityOut:
    """Return an activity."""
    found = queries.activity(actor_of(request), row_id("activity", activity_id))
    tag(response, found)
    return _activity(found)


@router.patch("/activities/{activity_id}", response=ActivityOut)
@needs("activity", Verb.CHANGE)
def change_activity(
    request: HttpRequest, response: HttpResponse, activity_id: str, body: ActivityChange
) -> ActivityOut:
    """Change an activity, move it to another time or hand it over; If-Match says which version was read."""
    actor, found_id = actor_of(request), row_id("activity", activity_id)
    values: Any = body.dict(exclude_unset=True)
    if "about" in values:
        values["about"] = tuple(Ref.parse(each) for each in values["about"])
    if values.get("owner_id") is not None:
        values["owner_id"] = row_id("member", values["owner_id"])
    changed = actions.change_activity(
        actor=actor,
        as_of=now(),
        activity_id=found_id,
        expected_version=version_of(request, required=True),
        **values,
    )
    tag(response, changed)
    return _activity(queries.activity(actor, found_id))


@router.delete("/activities/{activity_id}", response={204: None})
@needs("activity", Verb.DELETE)
def delete_activity(request: HttpRequest, activity_id: str) -> Status[None]:
    """Take an activity out."""
    actions.delete_activity(
        actor=actor_of(request),
        as_of=now(),
        activity_id=row_id("activity", activity_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.post("/activities/{activity_id}/completion", response={201: ActivityOut})
@needs("activity", Verb.CHANGE)
def complete_activity(
    request: HttpRequest, response: HttpResponse, activity_id: str, body: DoneIn
) -> Status[ActivityOut]:
    """Say that an activity was done, and what came of it."""
    actor = actor_of(request)
    done = actions.complete_activity(
        actor=actor,
        as_of=now(),
        activity_id=row_id("activity", activity_id),
        outcome=body.outcome,
        done_at=body.done_at,
        minutes=body.minutes,
        expected_version=version_of(request),
    )
    tag(response, done)
    return Status(201, _activity(queries.activity(actor, done.pk)))


@router.delete("/activities/{activity_id}/completion", response=ActivityOut)
@needs("activity", Verb.CHANGE)
def reopen_activity(request: HttpRequest, response: HttpResponse, activity_id: str) -> ActivityOut:
    """Take back that an activity was done."""
    actor = actor_of(request)
    reopened = actions.reopen_activity(
        actor=actor,
        as_of=now(),
        activity_id=row_id("activity", activity_id),
        expected_version=version_of(request),
    )
    tag(response, reopened)
    return _activity(queries.activity(actor, reopened.pk))


def _draft(body: ActivityIn, as_of: datetime) -> actions.ActivityDraft:
    done = body.done
    minutes = done.minutes if done and done.minutes is not None else body.minutes
    return actions.ActivityDraft(
        does=body.kind,
        subject=body.subject,
        body=body.body,
        about=tuple(Ref.parse(each) for each in body.about),
        members=tuple(row_id("member", each) for each in body.member_ids),
        owner_id=row_id("member", body.owner_id) if body.owner_id else None,
        due_date=body.due_date,
        due_at=body.due_at,
        minutes=minutes,
        direction=body.direction,
        is_private=body.private,
        done=actions.DoneDraft(done_at=done.done_at or as_of, outcome=done.outcome) if done else None,
    )


def _activity(found: Activity) -> ActivityOut:
    completion: Completion | None = getattr(found, "completion", None)
    refs = queries.refs_of_links(found)
    return ActivityOut(
        id=str(found.ref),
        version=found.version,
        kind=found.does,
        subject=found.subject,
        body=found.body,
        about=[str(ref) for ref in refs if ref.kind != "member"],
        member_ids=[str(ref) for ref in refs if ref.kind == "member"],
        owner_id=public_id("member", found.owner_id),
        due_date=found.due_date,
        due_at=found.due_at,
        minutes=found.minutes,
        direction=found.direction,
        private=found.is_private,
        done=DoneOut(outcome=completion.outcome, done_at=completion.done_at, done_by=completion.done_by)
        if completion
        else None,
    )
