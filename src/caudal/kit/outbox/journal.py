"""All facts in one line, for whoever takes them from outside: none is ever skipped, and none moves.

A fact stands at the number of its transaction, and transactions end in another order than they began. So a reader is
given only what stands before every transaction that still runs in this database: nothing can come in there any more.
A long transaction makes readers wait, never miss.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from django.db import connection
from django.db.models import Q
from typing_extensions import override

from caudal.kit.cursors import CursorUnreadable
from caudal.kit.models import RecordedFactRow
from caudal.kit.outbox.facts import RecordedFact
from caudal.kit.outbox.timeline import recorded

# A running transaction is asked for by its number of 32 bits; what a transaction itself wrote, it may read. Who cleans
# and counts the tables on the database's own account, for minutes at times, has no user and writes no facts.
SETTLED_BEFORE: Final = """
WITH seen AS (
    SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next,
           pg_current_xact_id_if_assigned()::text::bigint AS own
), top AS (
    SELECT greatest(next, own + 1) AS top FROM seen
), running AS (
    SELECT backend_xid::text::bigint AS xid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
      AND usesysid IS NOT NULL
    UNION ALL
    SELECT transaction::text::bigint FROM pg_prepared_xacts WHERE database = current_database()
), whole AS (
    SELECT (top >> 32 << 32) + xid - CASE WHEN (top >> 32 << 32) + xid > top THEN 1::bigint << 32 ELSE 0 END AS xid
    FROM running, top
)
SELECT least((SELECT top FROM top), (SELECT min(xid) FROM whole)) + kit_shift()
"""


NOTHING: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Behind which fact a reader stands. As text it is the cursor that programs keep."""

    transaction: int = 0
    nth: int = 0
    fact: UUID = NOTHING

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor; nothing is the beginning. Raises CursorUnreadable.

        >>> place = Place.parse("1f-2-00000000000000000000000000000007")
        >>> place.transaction, place.nth
        (31, 2)
        """
        transaction, _, rest = text.partition("-")
        nth, _, fact = rest.partition("-")
        if not text:
            return cls()
        try:
            found = cls(int(transaction, 16), int(nth, 16), UUID(hex=fact))
        except ValueError:
            raise CursorUnreadable from None
        if str(found) != text or not all(0 <= each < 1 << 63 for each in (found.transaction, found.nth)):
            raise CursorUnreadable
        return found

    @override
    def __str__(self) -> str:
        return f"{self.transaction:x}-{self.nth:x}-{self.fact.hex}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some facts of the journal in its order, and behind which place the next ones stand."""

    facts: Sequence[RecordedFact]
    end: Place
    is_last: bool
    """Whether there is nothing more to be read for now."""


def end_of_journal() -> Place:
    """Return the place of the last fact that can be read now."""
    with connection.cursor() as cursor:
        # What this transaction saw of others a while ago is not what runs now.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(SETTLED_BEFORE)
        (before,) = cursor.fetchone()
    last = RecordedFactRow.objects.filter(place__lt=before).order_by("-place", "-nth", "-id").first()
    return _place_of(last) if last else Place()


def journal(after: Place, *, names: Collection[str] = (), limit: int = 200) -> Stretch:
    """Return the facts that stand behind a place, those of some names or all, without personal values."""
    end = end_of_journal()
    if end <= after:
        return Stretch((), after, is_last=True)
    rows = RecordedFactRow.objects.filter(
        ~_until(after), _until(end), place__gte=after.transaction, place__lte=end.transaction
    )
    if names:
        rows = rows.filter(name__in=names)
    found = list(rows.order_by("place", "nth", "id")[: limit + 1])
    is_last = len(found) <= limit
    found = found[:limit]
    return Stretch(
        list(recorded(found, personal=False)),
        end if is_last else _place_of(found[-1]),
        is_last,
    )


def _until(place: Place) -> Q:
    """The facts up to a place, the one there among them."""
    there = Q(place=place.transaction)
    behind = Q(nth__lt=place.nth) | Q(nth=place.nth, id__lte=place.fact)
    return Q(place__lt=place.transaction) | there & behind


def _place_of(row: RecordedFactRow) -> Place:
    return Place(row.place, row.nth, row.id)


def facts_called(prefix: str) -> list[RecordedFact]:
    """Return every fact whose name begins so, in the order of the journal, with personal values.

    For checks of a whole installation: there is no door.
    """
    rows = RecordedFactRow.objects.filter(name__startswith=prefix).order_by("place", "nth", "id")
    return list(recorded(rows, personal=True))
