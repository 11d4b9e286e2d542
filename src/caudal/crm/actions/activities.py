"""Doing, changing, moving, handing over, reopening and deleting activities."""

from datetime import date, datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.mentions import mentioned
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.logging import ActivityDraft, check_activity, check_outcome, links_to, reached, with_owners
from caudal.crm.actions.telling import told
from caudal.crm.events import (
    ActivityChanged,
    ActivityCompleted,
    ActivityDeleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
)
from caudal.crm.models import ABOUT, Activity, ActivityKind, ActivityLink, Completion, Direction
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import Fact, publish, publish_many
from caudal.workspace.queries import active_members

DUE: Final = ("due_date", "due_at")


class ActivityDone(Problem):
    """What was done cannot be done again."""

    code = "activity.already_done"
    status = 409
    message = msg("“{activity}” was done on {day}.")
    hint = msg("Reopen it to do it again, or plan another one.")


class ActivityNotDone(Problem):
    """There is nothing to reopen."""

    code = "activity.not_done"
    status = 409
    message = msg("“{activity}” is still to be done.")


class NoteStays(Problem):
    """A note is not something to be done."""

    code = "activity.note_stays"
    status = 409
    message = msg("A note cannot become something to be done.")
    hint = msg("Plan a task that is about it.")


class ActivityValues(TypedDict, total=False):
    """What may change about an activity besides its end. A day takes the place of an instant, and the other way."""

    subject: str
    body: str
    owner_id: UUID | None
    due_date: date | None
    due_at: datetime | None
    minutes: int | None
    direction: str


@action
def change_activity(
    *,
    actor: Actor,
    as_of: datetime,
    activity_id: UUID,
    expected_version: int | None = None,
    about: tuple[Ref, ...] | None = None,
    **values: Unpack[ActivityValues],
) -> Activity:
    """Change what is said of an activity, when it is due, or whose it is; each of the three is a fact of its own.

    `about` replaces what it is about. Raises BadInput, NotFound, VersionConflict.
    """
    activity = Activity.one_for(actor, Verb.CHANGE, activity_id, lock=True)
    checked = _checked(activity, dict(values))
    if checked.get("owner_id") not in {None, activity.owner_id}:
        Activity.related_for("owner", actor, [checked["owner_id"]])
    before = links_of(activity)
    text_before = f"{activity.subject} {activity.body}"
    changes = activity.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    after = before if about is None else _relink(actor, activity, before, about)
    if after != before and not changes:
        activity.touch(actor=actor, as_of=as_of, expected_version=expected_version)
    refs = tuple(dict.fromkeys((*after, *before)))
    dues = {name: change for name, change in changes.items() if name in DUE}
    owner = {name: change for name, change in changes.items() if name == "owner_id"}
    rest = {name: change for name, change in changes.items() if name not in dues and name not in owner}
    facts: list[Fact] = []
    if rest or after != before:
        text = f"{activity.subject} {activity.body}"
        names = active_members() if "@" in text else []
        known = set(mentioned(text_before, names))
        mentions = tuple(Ref("member", each) for each in mentioned(text, names) if each not in known)
        facts.append(told(ActivityChanged, activity, rest, about=refs, does=activity.does, mentions=mentions))
    if dues:
        facts.append(told(ActivityRescheduled, activity, dues, about=refs, does=activity.does))
    if owner:
        facts.append(told(ActivityReassigned, activity, owner, about=refs, does=activity.does))
    publish_many(facts, actor=actor, occurred_at=as_of)
    return activity


@action
def complete_activity(
    *,
    actor: Actor,
    as_of: datetime,
    activity_id: UUID,
    outcome: str = "",
    done_at: datetime | None = None,
    minutes: int | None = None,
    expected_version: int | None = None,
) -> Activity:
    """Say that an activity was done, now or at an instant, and what came of it.

    Raises BadInput, NotFound, ActivityDone, VersionConflict.
    """
    activity = Activity.one_for(actor, Verb.CHANGE, activity_id, lock=True)
    completion = Completion.objects.filter(activity=activity).first()
    if completion is not None:
        raise ActivityDone(activity=activity.name, day=f"{completion.done_at:%Y-%m-%d}")
    reader = Reader()
    check_outcome(reader, activity.does, outcome)
    values = {"does": activity.does, "subject": activity.name, "body": "", "minutes": minutes}
    check_activity(reader, values)
    reader.finish()
    activity.touch(
        actor=actor, as_of=as_of, expected_version=expected_version, **({} if minutes is None else {"minutes": minutes})
    )
    done = Completion.objects.create(activity=activity, outcome=outcome, done_at=done_at or as_of, done_by=actor.id)
    fact = told(
        ActivityCompleted,
        activity,
        {},
        about=links_of(activity),
        at=done.done_at,
        does=activity.does,
        outcome=outcome,
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return activity


@action
def reopen_activity(
    *, actor: Actor, as_of: datetime, activity_id: UUID, expected_version: int | None = None
) -> Activity:
    """Take back that an activity was done. Raises NotFound, ActivityNotDone, NoteStays, VersionConflict."""
    activity = Activity.one_for(actor, Verb.CHANGE, activity_id, lock=True)
    completion = Completion.objects.filter(activity=activity).first()
    if completion is None:
        raise ActivityNotDone(activity=activity.name)
    if activity.does == ActivityKind.NOTE:
        raise NoteStays
    completion.delete()
    activity.touch(actor=actor, as_of=as_of, expected_version=expected_version)
    fact = told(
        ActivityReopened,
        activity,
        {},
        about=links_of(activity),
        does=activity.does,
        outcome_before=completion.outcome,
        done_at_before=completion.done_at,
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return activity


@action
def delete_activity(*, actor: Actor, as_of: datetime, activity_id: UUID, expected_version: int | None = None) -> None:
    """Take an activity out: pages and numbers no longer see it. Raises NotFound, VersionConflict."""
    activity = Activity.one_for(actor, Verb.DELETE, activity_id, lock=True)
    activity.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    fact = told(ActivityDeleted, activity, {}, about=links_of(activity), does=activity.does)
    publish(fact, actor=actor, occurred_at=as_of)


def links_of(activity: Activity) -> tuple[Ref, ...]:
    """Return what an activity is about and who takes part, in the order in which that was said."""
    rows = ActivityLink.objects.filter(activity=activity).order_by("pk")
    return tuple(Ref(name, getattr(row, f"{name}_id")) for row in rows for name in ABOUT if getattr(row, f"{name}_id"))


def _checked(activity: Activity, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values to write: words tidied, and only one of day and instant."""
    reader = Reader()
    if "subject" in values:
        values["subject"] = " ".join(values["subject"].split())
    if "body" in values:
        values["body"] = values["body"].strip()
    if "direction" in values:
        reader.choice(values["direction"], ["", *Direction.values], "direction")
    for given, other in (DUE, DUE[::-1]):
        if values.get(given) is not None:
            values.setdefault(other, None)
    whole = {name: values.get(name, getattr(activity, name)) for name in ("does", "subject", "body", "minutes", *DUE)}
    check_activity(reader, whole)
    reader.finish()
    return values


def _relink(actor: Actor, activity: Activity, before: tuple[Ref, ...], about: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """Make an activity be about other records; who takes part stays. What it was about already needs no door."""
    new = tuple(ref for ref in about if ref not in before)
    known = reached(actor, [ActivityDraft(does=activity.does, about=new)])
    members = tuple(ref for ref in before if ref.kind == "member")
    after = tuple(dict.fromkeys((*(ref for ref in before if ref in about), *with_owners(new, known), *members)))
    for ref in before:
        if ref not in after:
            ActivityLink.objects.filter(activity=activity, **{f"{ref.kind}_id": ref.id}).delete()
    ActivityLink.objects.bulk_create(links_to(activity, (ref for ref in after if ref not in before)))
    return after if set(after) != set(before) else before
