"""Reading facts back."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.ids import Ref
from caudal.kit.models import RecordedFactRow, Stream
from caudal.kit.outbox.facts import RecordedFact
from caudal.kit.outbox.sealing import known_keys, unseal

COUNTS: Final = """
SELECT ref, count(*) FROM kit_fact, unnest(refs) AS ref
WHERE refs && %s::varchar[] AND ref = ANY(%s::varchar[]) GROUP BY ref
"""


def timeline(ref: Ref, *, limit: int = 50, before: UUID | None = None, personal: bool = True) -> list[RecordedFact]:
    """Return the facts about a row, newest first: those it is the subject of and those that mention it.

    The caller has reached the row through its door; the timeline has none of its own. `before` is the id of the last
    fact of the page above.
    """
    rows = RecordedFactRow.objects.filter(refs__contains=[str(ref)]).order_by("-occurred_at", "-id")
    if before is not None:
        last = RecordedFactRow.objects.get(pk=before)
        rows = rows.filter(occurred_at__lte=last.occurred_at).exclude(occurred_at=last.occurred_at, id__gte=last.id)
    return list(recorded(rows[:limit], personal=personal))


def count_about(ref: Ref) -> int:
    """Return how many facts there are about a row: as facts are only added, another number means news."""
    return RecordedFactRow.objects.filter(refs__contains=[str(ref)]).count()


def counts_about(refs: Iterable[Ref]) -> dict[Ref, int]:
    """Return how many facts there are about each of some rows, in one query."""
    wanted = list(dict.fromkeys(refs))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [list(map(str, wanted))] * 2)
        counted = dict(cursor.fetchall())
    return {ref: counted.get(str(ref), 0) for ref in wanted}


def last_sequence(ref: Ref) -> int:
    """Return the number of the last fact that a row is the subject of, 0 without one."""
    return Stream.objects.filter(kind=ref.kind, subject=ref.id).values_list("last", flat=True).first() or 0


def facts_after(ref: Ref, sequence: int) -> list[RecordedFact]:
    """Return what happened to a row, which the caller has reached, after the fact of a number, oldest first."""
    rows = RecordedFactRow.objects.filter(subject_kind=ref.kind, subject_id=ref.id, sequence__gt=sequence)
    return list(recorded(rows.order_by("sequence"), personal=True))


def facts_of(ids: Iterable[UUID]) -> dict[UUID, RecordedFact]:
    """Return facts by their ids, with personal values. The caller has reached their subjects through the door."""
    return {fact.id: fact for fact in recorded(RecordedFactRow.objects.filter(pk__in=list(ids)), personal=True)}


def recorded(rows: Iterable[RecordedFactRow], *, personal: bool) -> Iterator[RecordedFact]:
    """Turn rows into values, unsealing the personal part of those whose key still exists."""
    listed = list(rows)
    sealed = [Ref(row.subject_kind, row.subject_id) for row in listed if row.sealed is not None]
    keys = known_keys(sealed) if personal and sealed else {}
    for row in listed:
        subject = Ref(row.subject_kind, row.subject_id)
        secret = keys.get(subject)
        opened: dict[str, Any] | None = None
        if row.sealed is not None and personal:
            opened = unseal(secret, row.id, bytes(row.sealed)) if secret else None
        yield RecordedFact(
            id=row.id,
            name=row.name,
            version=row.version,
            subject=subject,
            about=tuple(each for each in map(Ref.parse, row.refs) if each != subject),
            sequence=row.sequence,
            actor=row.actor,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            cause=row.cause,
            data=row.data,
            personal={} if opened is None and row.sealed is not None and personal else opened,
            erased=row.sealed is not None and personal and opened is None,
            row_version=row.row_version,
        )
