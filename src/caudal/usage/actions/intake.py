"""Events come in: each is taken once and for ever, answered by itself, and counts in the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.errors import Finding, Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.world import new_id
from caudal.usage.actions.settling import KeptEvent, Rules, forget, keep_waiting, kept_events, rules_by_type, settle
from caudal.usage.actions.standing import Standing, settle_standing, targeted
from caudal.usage.actions.subjects import welcome_subjects
from caudal.usage.actions.turns import take_turn
from caudal.usage.events import UsageRecorded
from caudal.usage.models import Batch, Event, WaitingReason
from caudal.usage.offline import SentEvent, first_reading, read_event, timely, written

BATCH_MAX: Final = 10_000

IDENTITIES: Final = """
SELECT i.source, i.key, i.digest, i.event, i.recorded_at FROM usage_identity AS i
JOIN unnest(%s::text[], %s::text[]) AS n (source, key) ON i.source = n.source AND i.key = n.key
"""
IDENTIFY: Final = """
INSERT INTO usage_identity (source, key, digest, event, recorded_at)
SELECT n.*, %s FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::uuid[]) AS n
"""
KEEP: Final = """
INSERT INTO usage_event (recorded_at, batch, id, source, key, type, subject, occurred_at, corrects, data)
SELECT %s, %s, n.id, n.source, n.key, n.type, n.subject, n.occurred_at, n.corrects, n.data::jsonb
FROM unnest(
    %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[]
) AS n (id, source, key, type, subject, occurred_at, corrects, data)
"""
CORRECT: Final = """
INSERT INTO usage_correction (event, source, key, target, recorded_at, stands)
SELECT n.*, %s, false FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS n
"""
DISPUTE: Final = """
INSERT INTO usage_conflict (
    id, version, custom, created_at, created_by, changed_at, changed_by, source, key, digest, sent, settled_as
)
SELECT n.id, 1, '{}', %(at)s, %(by)s, %(at)s, %(by)s, n.source, n.key, n.digest, n.sent::jsonb, ''
FROM unnest(%(id)s::uuid[], %(source)s::text[], %(key)s::text[], %(digest)s::bytea[], %(sent)s::text[])
    AS n (id, source, key, digest, sent)
ON CONFLICT (source, key, digest) DO NOTHING
"""


class TooManyEvents(Problem):
    """A batch is too large to be one transaction."""

    code = "usage.too_many_events"
    status = 422
    message = msg("A batch has {count} events; at most {most} are taken at once.")
    hint = msg("Send them in several batches. Sending one twice does no harm.")


class Outcome(StrEnum):
    """What became of an event that was sent."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    """It was taken before, and is answered with its first receipt."""
    CONFLICTING = "conflicting"
    """Another content was taken under its identity, and that one counts."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """That an event is kept."""

    event: UUID
    recorded_at: datetime

    @property
    def id(self) -> str:
        """The public id of the event."""
        return str(Ref(Event.kind, self.event))


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event of a batch, in the order of the batch."""

    outcome: Outcome
    receipt: Receipt | None = None
    """Of a conflicting one that of the content which counts; none of a refused one."""
    waiting: str = ""
    """What an accepted one waits for before it counts: a `WaitingReason`."""
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Taken:
    """What a batch brings, while it is sorted."""

    at: datetime
    batch: UUID
    answers: dict[int, Answer]
    events: dict[tuple[str, str], KeptEvent]
    disputed: list[SentEvent]


@action
def record_events(*, actor: Actor, as_of: datetime, events: Sequence[Any]) -> tuple[Answer, ...]:
    """Take a batch of events as JSON values, numbers exact, and answer each of them. Raises TooManyEvents, NotAllowed.

    What is taken is kept for ever, and counts at once or as soon as its subject, its meter or what it corrects is
    known. An event that was taken before changes nothing; one that cannot be read is refused, and no other with it.
    """
    require(actor, "usage", Verb.CREATE)
    if len(events) > BATCH_MAX:
        raise TooManyEvents(count=len(events), most=BATCH_MAX)
    taken = _Taken(take_turn(as_of), new_id(), {}, {}, [])
    rules = rules_by_type()
    read = _readable(events, rules, taken)
    _sort_by_identity(read, taken)
    if taken.disputed:
        _dispute(taken, actor)
    if taken.events:
        _keep(taken)
        waiting = _count(taken, rules)
        for place, answer in taken.answers.items():
            if answer.outcome is Outcome.ACCEPTED and answer.receipt and answer.receipt.event in waiting:
                taken.answers[place] = Answer(Outcome.ACCEPTED, answer.receipt, waiting[answer.receipt.event])
    answers = tuple(taken.answers[place] for place in range(len(events)))
    if taken.events or taken.disputed:
        _tell(taken, answers, actor)
    return answers


def _readable(events: Sequence[Any], rules: Rules, taken: _Taken) -> dict[int, SentEvent]:
    """The events that can be taken, by their place; the others are answered."""
    readable = {}
    for number, sent in enumerate(events):
        place = f"events[{number}]"
        found = read_event(sent, place)
        if isinstance(found, SentEvent):
            wrong = timely(found.time, taken.at, place) if found.time else None
            of_type = (rule for _, rule in rules.get(found.type, ()))
            wrong = wrong or first_reading(of_type, found, f"{place}.data")
            if wrong is None:
                readable[number] = found
                continue
            found = (wrong,)
        taken.answers[number] = Answer(Outcome.REFUSED, findings=found)
    return readable


def _sort_by_identity(read: Mapping[int, SentEvent], taken: _Taken) -> None:
    """Answer each event that can be read; those that are new are what the batch brings."""
    known: dict[tuple[str, str], tuple[bytes, Receipt]] = {}
    with connection.cursor() as cursor:
        cursor.execute(IDENTITIES, [[each.source for each in read.values()], [each.id for each in read.values()]])
        for source, key, digest, event, recorded_at in cursor.fetchall():
            known[source, key] = bytes(digest), Receipt(event, recorded_at)
    for number, sent in read.items():
        name = sent.source, sent.id
        if name not in known:
            receipt = Receipt(new_id(), taken.at)
            known[name] = sent.digest, receipt
            taken.events[name] = KeptEvent(receipt.event, taken.at, _happened(sent, taken.at), sent)
            taken.answers[number] = Answer(Outcome.ACCEPTED, receipt)
            continue
        digest, receipt = known[name]
        is_same = digest == sent.digest
        taken.answers[number] = Answer(Outcome.DUPLICATE if is_same else Outcome.CONFLICTING, receipt)
        if not is_same:
            taken.disputed.append(sent)


def _happened(sent: SentEvent, at: datetime) -> datetime | None:
    """When an event happened: when it was taken, unless it says; nothing for what only takes another one away."""
    return sent.time or (at if sent.data is not None else None)


def _keep(taken: _Taken) -> None:
    """Write the events and their identities down."""
    events = list(taken.events.values())
    sent = [each.sent for each in events]
    ids = [each.id for each in events]
    sources, keys = [each.source for each in sent], [each.id for each in sent]
    with connection.cursor() as cursor:
        cursor.execute("SELECT usage_event_month(%s)", [taken.at])
        cursor.execute(IDENTIFY, [taken.at, sources, keys, [each.digest for each in sent], ids])
        rest: list[list[Any]] = [
            [each.type for each in sent],
            [each.subject for each in sent],
            [each.occurred_at for each in events],
            [each.corrects for each in sent],
            [None if each.data is None else written(each.data) for each in sent],
        ]
        cursor.execute(KEEP, [taken.at, taken.batch, ids, sources, keys, *rest])
        correcting = [each for each in events if each.sent.corrects]
        if correcting:
            columns: list[list[Any]] = [
                [each.id for each in correcting],
                [each.sent.source for each in correcting],
                [each.sent.id for each in correcting],
                [each.sent.corrects for each in correcting],
            ]
            cursor.execute(CORRECT, [taken.at, *columns])


def _count(taken: _Taken, rules: Rules) -> dict[UUID, str]:
    """Let the events of a batch count, each once corrections have their say; and return why those wait that do."""
    welcome_subjects({each.sent.subject for each in taken.events.values()}, taken.at)
    touched = targeted(taken.events) | {name for name, each in taken.events.items() if each.sent.corrects}
    standing = settle_standing(touched)
    by_id = {each.id: each for each in taken.events.values()}
    entangled = standing.counting.keys() | standing.superseded | standing.lost
    waiting = settle([each for each in by_id.values() if each.id not in entangled], taken.at, rules, fresh=True)
    if touched:
        waiting |= _settle_corrected(standing, by_id, taken, rules)
    return waiting


def _settle_corrected(
    standing: Standing, by_id: Mapping[UUID, KeptEvent], taken: _Taken, rules: Rules
) -> dict[UUID, str]:
    forget(standing.superseded, taken.at)
    older = kept_events((each, at) for each, at in standing.counting.items() if each not in by_id)
    newer = [by_id[each] for each in standing.counting if each in by_id]
    waiting = settle([*older, *newer], taken.at, rules)
    lost = [by_id[each] for each in standing.lost if each in by_id]
    keep_waiting([(each, WaitingReason.TARGET.value, None) for each in lost])
    return waiting | {each.id: WaitingReason.TARGET.value for each in lost}


def _dispute(taken: _Taken, actor: Actor) -> None:
    """Keep what came under an identity that stands for something else; the same again is kept once."""
    columns: dict[str, Any] = {
        "id": [new_id() for _ in taken.disputed],
        "source": [each.source for each in taken.disputed],
        "key": [each.id for each in taken.disputed],
        "digest": [each.digest for each in taken.disputed],
        "sent": [written(_as_sent(each)) for each in taken.disputed],
    }
    with connection.cursor() as cursor:
        cursor.execute(DISPUTE, {**columns, "at": taken.at, "by": actor.id})


def _as_sent(event: SentEvent) -> dict[str, Any]:
    time = event.time.isoformat() if event.time else None
    said = {"type": event.type, "subject": event.subject, "time": time, "corrects": event.corrects, "data": event.data}
    return {name: value for name, value in said.items() if value not in (None, "")}


def _tell(taken: _Taken, answers: Iterable[Answer], actor: Actor) -> None:
    """Keep what became of a batch, and publish it: one fact, however many events."""
    outcomes = [each.outcome for each in answers]
    counts: dict[str, Any] = {each.value: outcomes.count(each) for each in Outcome}
    Batch.objects.create(id=taken.batch, recorded_at=taken.at, recorded_by=actor.id, **counts)
    waiting = sum(bool(each.waiting) for each in answers)
    fact = UsageRecorded(subject=Ref(Batch.kind, taken.batch), **counts, waiting=waiting)
    publish(fact, actor=actor, occurred_at=taken.at)
