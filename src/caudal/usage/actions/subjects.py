"""Writes of subjects: whose usage the events of a key are."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.errors import msg
from caudal.crm.queries import companies_called
from caudal.kit.access import SYSTEM, Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.usage.actions.settling import KeptEvent, kept_events, rules_by_type, settle
from caudal.usage.actions.turns import take_turn
from caudal.usage.events import SubjectAdded, SubjectMoved
from caudal.usage.models import KEY_LENGTH, Subject

CHUNK: Final = 5_000
WAITING: Final = """
SELECT event, recorded_at FROM usage_waiting WHERE subject = %s AND reason = 'subject' AND event > %s
ORDER BY event LIMIT %s
"""
COUNTING: Final = """
SELECT DISTINCT r.event, i.recorded_at FROM usage_reading AS r
JOIN usage_identity AS i ON i.source = r.source AND i.key = r.key
WHERE r.company = %s AND r.subject = %s AND r.known_until IS NULL AND r.event > %s ORDER BY r.event LIMIT %s
"""


@action
def add_subject(*, actor: Actor, as_of: datetime, key: str, company_id: UUID, note: str = "") -> Subject:
    """Say whose usage the events of a key are; those that wait for it count from now on.

    Raises BadInput, NotFound for the company; a key that is known already is the database's to refuse.
    """
    require(actor, "usage_subject", Verb.CREATE)
    at = take_turn(as_of)
    said = key.strip()
    if not said or len(said) > KEY_LENGTH or not said.isprintable():
        raise BadInput({"key": msg("A subject is a text of at most 200 characters that can be seen.")})
    Subject.related_for("company", actor, [company_id])
    subject = Subject.stamped(actor=actor, as_of=as_of, key=said, company_id=company_id, note=note.strip())
    subject.save(force_insert=True)
    changes = first_values({"key": said, "company_id": company_id, "note": note.strip()})
    fact = SubjectAdded(subject=subject.ref, about=(subject.company.ref,), changes=changes)
    publish(fact, actor=actor, occurred_at=as_of)
    _settle(_found(WAITING, [said]), at)
    return subject


@action
def move_subject(
    *, actor: Actor, as_of: datetime, subject_id: UUID, company_id: UUID, expected_version: int | None = None
) -> Subject:
    """Give a subject to another company, with all its usage: it was never the first one's, as we know from now on.

    What was asked as of an earlier instant stays. Raises NotFound, VersionConflict.
    """
    at = take_turn(as_of)
    subject = Subject.one_for(actor, Verb.CHANGE, subject_id, lock=True)
    Subject.related_for("company", actor, [company_id])
    before = subject.company
    changes = subject.change(actor=actor, as_of=as_of, expected_version=expected_version, company_id=company_id)
    if changes:
        subject.refresh_from_db(fields=["company"])
        about = (before.ref, subject.company.ref)
        publish(SubjectMoved(subject=subject.ref, about=about, changes=changes), actor=actor, occurred_at=as_of)
        _settle(_found(COUNTING, [before.pk, subject.pk]), at)
    return subject


def welcome_subjects(keys: Collection[str], at: datetime) -> None:
    """Make subjects of keys that say themselves which company they mean: its public id, or its web domain."""
    named = companies_called(SYSTEM, keys)
    known = set(Subject.objects.filter(key__in=named).values_list("key", flat=True)) if named else set()
    for key in sorted(named.keys() - known):
        subject = Subject.stamped(actor=SYSTEM, as_of=at, key=key, company_id=named[key])
        subject.save(force_insert=True)
        changes = first_values({"key": key, "company_id": named[key]})
        fact = SubjectAdded(subject=subject.ref, about=(subject.company.ref,), changes=changes)
        publish(fact, actor=SYSTEM, occurred_at=at)


def _found(statement: str, parameters: list[Any]) -> Iterator[list[KeptEvent]]:
    last = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*parameters, last, CHUNK])
            rows = cursor.fetchall()
        if not rows:
            return
        yield kept_events(rows)
        last = rows[-1][0]


def _settle(chunks: Iterator[list[KeptEvent]], at: datetime) -> None:
    rules = rules_by_type()
    for events in chunks:
        settle(events, at, rules)
