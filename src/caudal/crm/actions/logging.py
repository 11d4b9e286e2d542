"""Writing down what is to be done and what was done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from caudal.core.errors import msg
from caudal.core.ids import Ref
from caudal.core.mentions import mentioned
from caudal.crm.actions.checking import Reader, owner_within
from caudal.crm.actions.telling import told
from caudal.crm.events import ActivityLogged, ActivityPlanned
from caudal.crm.models import (
    OUTCOMES,
    Activity,
    ActivityKind,
    ActivityLink,
    ActivityOutcome,
    Company,
    Completion,
    Deal,
    Direction,
    Lead,
    Person,
)
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import Fact, publish_many
from caudal.kit.records import NotFound, first_values
from caudal.workspace.queries import active_members

BATCH: Final = 1000
RECORDS: Final[Mapping[str, type[Deal | Lead | Company | Person]]] = {
    "deal": Deal,
    "lead": Lead,
    "company": Company,
    "person": Person,
}
"""What an activity may be about."""
LOGGED_MINUTES_MAX: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneDraft:
    """When an activity was done and what came of it; the outcome is one of its kind, or empty."""

    done_at: datetime
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDraft:
    """An activity to plan or, with `done`, to log.

    It is about what a deal and a person that it names belong to as well. It is due on a day, in the zone of its owner,
    or at an instant, or nobody has said when.
    """

    does: str
    subject: str = ""
    body: str = ""
    about: tuple[Ref, ...] = ()
    members: tuple[UUID, ...] = ()
    """Colleagues who take part besides the owner."""
    owner_id: UUID | None = None
    due_date: date | None = None
    due_at: datetime | None = None
    minutes: int | None = None
    direction: str = ""
    is_private: bool = False
    done: DoneDraft | None = None
    is_of_owner: bool = False
    """Whether its owner wrote it, and not whoever enters it here."""


@action
def log_activity(*, actor: Actor, as_of: datetime, activity: ActivityDraft) -> Activity:
    """Plan an activity, or log one that was done. Raises BadInput, NotFound, NotAllowed, OwnerOutOfReach."""
    return log_activities(actor=actor, as_of=as_of, activities=[activity])[0]


@action
def log_activities(
    *, actor: Actor, as_of: datetime, activities: Sequence[ActivityDraft], tells_mentions: bool = True
) -> list[Activity]:
    """Plan and log many, in the order given; see `log_activity`. What was done is told of on its own day.

    Anybody may be given something to do; what was done is written down for those whose rows the actor looks after.
    """
    require(actor, "activity", Verb.CREATE)
    checked = _checked(actor, activities)
    Activity.related_for("owner", actor, [each.owner_id for each in checked if each.owner_id])
    links = [_whole(draft, known) for known in [reached(actor, checked)] for draft in checked]
    rows = [_row(actor, as_of, draft) for draft in checked]
    Activity.objects.bulk_create(rows, batch_size=BATCH)
    ActivityLink.objects.bulk_create(
        (link for row, refs in zip(rows, links, strict=True) for link in links_to(row, refs)), batch_size=BATCH
    )
    Completion.objects.bulk_create(
        (
            Completion(activity=row, outcome=draft.done.outcome, done_at=draft.done.done_at, done_by=actor.id)
            for row, draft in zip(rows, checked, strict=True)
            if draft.done
        ),
        batch_size=BATCH,
    )
    speaks = tells_mentions and any("@" in text for each in checked for text in (each.subject, each.body))
    names = active_members() if speaks else []
    publish_many(
        (_fact(row, draft, refs, names) for row, draft, refs in zip(rows, checked, links, strict=True)),
        actor=actor,
        occurred_at=as_of,
    )
    return rows


def check_activity(reader: Reader, values: Mapping[str, Any], row: int = 0) -> None:
    """Refuse words that are too long, a length that no day holds, and an activity that says nothing."""
    reader.fits(Activity, {name: values[name] for name in ("subject", "body", "minutes") if name in values}, row)
    if (values.get("minutes") or 0) > LOGGED_MINUTES_MAX:
        reader.refuse("minutes", msg("An activity takes a day at most."), row)
    if values["does"] in {ActivityKind.NOTE, ActivityKind.TASK} and not (values["subject"] or values["body"]):
        reader.refuse("subject", msg("Say what it is about."), row)
    if values.get("due_date") and values.get("due_at"):
        reader.refuse("due_date", msg("Give a day or an instant, not both."), row)


def check_outcome(reader: Reader, does: str, outcome: str, place: str = "outcome", row: int = 0) -> None:
    """Refuse an outcome that the kind does not have."""
    if outcome and outcome not in OUTCOMES.get(does, ()):
        wanted = ", ".join(OUTCOMES.get(does, ()))
        said = msg("This is not an outcome of this kind.") if wanted else msg("A note has no outcome.")
        reader.refuse(place, said, row)


def reached(actor: Actor, drafts: Sequence[ActivityDraft]) -> dict[Ref, Any]:
    """Return the rows that drafts are about, one query for each kind. Raises NotFound for one out of sight."""
    wanted: dict[str, list[UUID]] = {}
    for draft in drafts:
        for ref in draft.about:
            if ref.kind not in RECORDS:
                raise NotFound(kind=ref.kind, id=ref)
            wanted.setdefault(ref.kind, []).append(ref.id)
    found: dict[Ref, Any] = {}
    for kind, ids in wanted.items():
        found |= {row.ref: row for row in RECORDS[kind].many_for(actor, Verb.VIEW, ids).values()}
    Activity.related_for("owner", actor, [member for draft in drafts for member in draft.members])
    return found


def links_to(row: Activity, refs: Iterable[Ref]) -> Iterator[ActivityLink]:
    """Return the links of an activity."""
    for ref in refs:
        yield ActivityLink(activity=row, **{f"{ref.kind}_id": ref.id})


def with_owners(refs: Iterable[Ref], known: Mapping[Ref, Any]) -> tuple[Ref, ...]:
    """Return what an activity is about with the company and the person that those belong to, each once."""
    found: list[Ref] = []
    for ref in refs:
        found.append(ref)
        for kind in ("company", "person"):
            owner_id = getattr(known.get(ref), f"{kind}_id", None)
            if owner_id:
                found.append(Ref(kind, owner_id))
    return tuple(dict.fromkeys(found))


def said_of(row: Activity) -> dict[str, Any]:
    """Return what is said of an activity, as its facts tell it."""
    names = ("subject", "body", "owner_id", "due_date", "due_at", "minutes", "direction", "is_private")
    return {name: getattr(row, name) for name in names if getattr(row, name) is not False}


def _checked(actor: Actor, drafts: Sequence[ActivityDraft]) -> list[ActivityDraft]:
    reader = Reader(many=len(drafts) > 1)
    found = []
    for row, draft in enumerate(drafts):
        reader.choice(draft.does, ActivityKind.values, "does", row)
        reader.choice(draft.direction, ["", *Direction.values], "direction", row)
        tidy = replace(draft, subject=" ".join(draft.subject.split()), body=draft.body.strip())
        check_activity(
            reader,
            {
                "does": tidy.does,
                "subject": tidy.subject,
                "body": tidy.body,
                "minutes": tidy.minutes,
                "due_date": tidy.due_date,
                "due_at": tidy.due_at,
            },
            row,
        )
        if tidy.done:
            check_outcome(reader, tidy.does, tidy.done.outcome, "done.outcome", row)
            tidy = replace(tidy, owner_id=owner_within(actor, "activity", Verb.CREATE, tidy.owner_id))
        elif tidy.does == ActivityKind.NOTE:
            reader.refuse("does", msg("A note is written down, not planned. Plan a task instead."), row)
        elif tidy.owner_id is None:
            tidy = replace(tidy, owner_id=owner_within(actor, "activity", Verb.CREATE, None))
        found.append(tidy)
    reader.finish()
    return found


def _whole(draft: ActivityDraft, known: Mapping[Ref, Any]) -> tuple[Ref, ...]:
    members = (Ref("member", member_id) for member_id in draft.members if member_id != draft.owner_id)
    return tuple(dict.fromkeys((*with_owners(draft.about, known), *members)))


def _row(actor: Actor, as_of: datetime, draft: ActivityDraft) -> Activity:
    row = Activity.stamped(
        actor=actor,
        as_of=as_of,
        does=draft.does,
        subject=draft.subject,
        body=draft.body,
        owner_id=draft.owner_id,
        due_date=draft.due_date,
        due_at=draft.due_at,
        minutes=draft.minutes,
        direction=draft.direction,
        is_private=draft.is_private,
    )
    if draft.is_of_owner and draft.owner_id:
        row.created_by = str(Ref("member", draft.owner_id))
    return row


def _fact(row: Activity, draft: ActivityDraft, refs: tuple[Ref, ...], names: Sequence[tuple[UUID, str]]) -> Fact:
    said = first_values(said_of(row))
    mentions = tuple(Ref("member", each) for each in mentioned(f"{row.subject} {row.body}", names))
    if draft.done is None:
        return told(ActivityPlanned, row, said, about=refs, does=row.does, mentions=mentions)
    outcome = ActivityOutcome(draft.done.outcome).value if draft.done.outcome else ""
    return told(
        ActivityLogged,
        row,
        said,
        about=refs,
        at=draft.done.done_at,
        does=row.does,
        outcome=outcome,
        mentions=mentions,
    )
