"""Keeping the index: records go in by sets, from what their rows say now; nobody else writes it.

One writer at a time, the drainer of the handler `kit.search` or a rebuild, so that what several records share, the
spellings of a word, is never waited for in a circle. Erasing takes rows out at once, in its own transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from caudal.core.ids import Ref
from caudal.kit.access import policies, sharing
from caudal.kit.models import SearchEntry, SearchVisit, SubjectKey
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.search import spelling
from caudal.kit.search.findable import Findable, findables
from caudal.kit.search.words import NAME, folded, lexemes, vector

HANDLER: Final = "kit.search"
BATCH: Final = 1000
TITLE_LENGTH: Final = 400

PUT: Final = """
INSERT INTO kit_search_entry AS entry (kind, record, title_key, words)
SELECT %s, record, title_key, words::tsvector
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS new (record, title_key, words)
ORDER BY record
ON CONFLICT (kind, record) DO UPDATE SET title_key = excluded.title_key, words = excluded.words
WHERE (entry.title_key, entry.words) IS DISTINCT FROM (excluded.title_key, excluded.words)
"""
NAMES_OF: Final = """
SELECT DISTINCT lexeme FROM kit_search_entry, unnest(words) AS word (lexeme, positions, weights)
WHERE kind = %s AND record = ANY(%s) AND 'A' = ANY(weights)
"""
SPELL: Final = """
INSERT INTO kit_search_spelling (variant, word) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING
"""
SPELT: Final = (
    "SELECT word FROM kit_search_spelling WHERE (variant, word) IN (SELECT each, each FROM unnest(%s::text[]) AS each)"
)
UNSPELL: Final = """
DELETE FROM kit_search_spelling AS spelling USING unnest(%s::text[], %s::text[]) AS lost (word, sought)
WHERE spelling.word = lost.word AND NOT EXISTS (SELECT FROM kit_search_entry WHERE words @@ sought::tsquery)
"""


def owner_mark(owner: UUID | None) -> str:
    """Return the mark of the records of a member or shared with one or with a team, or of those that nobody owns."""
    return f"@{owner.hex}" if owner else "@"


def kind_mark(kind: str) -> str:
    """Return the mark of the records of a kind."""
    return f"#{kind}"


def refresh(refs: Iterable[Ref]) -> None:
    """Bring records up to date, and those that speak of them; what is gone, or not found by kind, leaves the index."""
    by_kind: dict[str, set[UUID]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, set()).add(ref.id)
    for kind, ids in by_kind.items():
        if kind in findables():
            refresh_kind(findables()[kind], sorted(ids))
    for findable, batch in speaking_of(by_kind):
        refresh_kind(findable, batch)


def speaking_of(by_kind: dict[str, set[UUID]]) -> Iterator[tuple[Findable, list[UUID]]]:
    """Yield, in batches, the records that speak of some others by name."""
    for findable in findables().values():
        for kind, path in findable.named.items():
            if kind in by_kind:
                rows = findable.model._default_manager.filter(NOT_DELETED, **{f"{path}__in": by_kind[kind]})
                ids = rows.order_by("pk").values_list("pk", flat=True).iterator(BATCH)
                while batch := list(islice(ids, BATCH)):
                    yield findable, batch


def refresh_kind(findable: Findable, ids: Sequence[UUID]) -> None:
    """Bring records of one kind up to date, in one statement for all of them."""
    erased = set(
        SubjectKey.objects.filter(kind=findable.kind, subject__in=ids, erased_at__isnull=False).values_list(
            "subject", flat=True
        )
    )
    rows = [
        row
        for row in findable.model._default_manager.filter(NOT_DELETED, pk__in=ids)
        .select_related(*findable.related)
        .order_by("pk")
        if row.pk not in erased
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NAMES_OF, [findable.kind, list(ids)])
        before = spelling.spelt(word for (word,) in cursor.fetchall())
        names = put(findable, rows)
        gone = sorted(set(ids) - {row.pk for row in rows})
        if gone:
            SearchEntry.objects.filter(kind=findable.kind, record__in=gone).delete()
            SearchVisit.objects.filter(kind=findable.kind, record__in=gone).delete()
        spell(names - before)
        unspell(before - names)


def put(findable: Findable, rows: Sequence[Record]) -> set[str]:
    """Write the entries of some rows, and return the words of their names in which mistakes are forgiven."""
    owner_of = owner_getter(findable.kind)
    shared = sharing().holders(findable.kind, [row.pk for row in rows]) if policies()[findable.kind].is_shared else {}
    names: set[str] = set()
    titles, vectors = [], []
    for row, wording in zip(rows, findable.wordings(rows), strict=True):
        marked = lexemes(wording)
        names |= spelling.spelt(word for word, mark in marked.items() if mark == NAME)
        titles.append(folded(wording.title)[:TITLE_LENGTH])
        whose = {owner_of(row), *shared.get(row.pk, ())}
        vectors.append(vector(marked, (kind_mark(findable.kind), *map(owner_mark, whose))))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(PUT, [findable.kind, [row.pk for row in rows], titles, vectors])
    return names


def owner_getter(kind: str) -> Callable[[Any], UUID | None]:
    """Return what says whose a record is, by the policy of its kind."""
    path = policies()[kind].owner
    return attrgetter(path.replace("__", ".")) if path else lambda _row: None


def spell(words: set[str]) -> None:
    """Take in the spellings of words that no name held before."""
    if not words:
        return
    with connection.cursor() as cursor:
        cursor.execute(SPELT, [sorted(words)])
        fresh = list(spelling.pairs(words - {word for (word,) in cursor.fetchall()}))
        if fresh:
            cursor.execute(SPELL, [[variant for variant, _ in fresh], [word for _, word in fresh]])


def unspell(words: set[str]) -> None:
    """Forget the spellings of those of some words that no name holds any more."""
    if words:
        listed = sorted(words)
        with connection.cursor() as cursor:
            cursor.execute(UNSPELL, [listed, [f"'{word}':{NAME}" for word in listed]])


def forget(ref: Ref) -> None:
    """Take a record out, and all that speak of it, in the current transaction; a fact brings the others back.

    Erasing calls this: what the index knew is gone when the transaction is.
    """
    dropped = {ref.kind: {ref.id}}
    for findable, batch in list(speaking_of(dropped)):
        dropped.setdefault(findable.kind, set()).update(batch)
    with transaction.atomic(), connection.cursor() as cursor:
        names: set[str] = set()
        for kind, ids in dropped.items():
            cursor.execute(NAMES_OF, [kind, list(ids)])
            names |= spelling.spelt(word for (word,) in cursor.fetchall())
            SearchEntry.objects.filter(kind=kind, record__in=ids).delete()
        SearchVisit.objects.filter(kind=ref.kind, record=ref.id).delete()
        unspell(names)


def rebuild(watch: Callable[[str, int, int], None]) -> dict[str, int]:
    """Write the whole index anew, each batch in its own transaction, and return how many records it holds by kind.

    Searches go on meanwhile, the handler waits. `watch` is told the kind, how many are done and how many there are.
    """
    with alone():
        SearchEntry.objects.exclude(kind__in=list(findables())).delete()
        counts = {findable.kind: rebuild_kind(findable, watch) for findable in findables().values()}
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT word FROM kit_search_spelling ORDER BY word")
            words = [word for (word,) in cursor.fetchall()]
        for start in range(0, len(words), BATCH):
            unspell(set(words[start : start + BATCH]))
    return counts


def rebuild_kind(findable: Findable, watch: Callable[[str, int, int], None]) -> int:
    """Write all records of a kind in order of id, then drop the entries of those that are gone."""
    rows = findable.model._default_manager.filter(NOT_DELETED)
    total, done = rows.count(), 0
    ids = rows.order_by("pk").values_list("pk", flat=True)
    batch = list(ids[:BATCH])
    while batch:
        refresh_kind(findable, batch)
        done += len(batch)
        watch(findable.kind, done, total)
        batch = list(ids.filter(pk__gt=batch[-1])[:BATCH])
    entries = SearchEntry.objects.filter(~Exists(rows.filter(pk=OuterRef("record"))), kind=findable.kind)
    gone = list(entries.values_list("record", flat=True))
    for start in range(0, len(gone), BATCH):
        refresh_kind(findable, gone[start : start + BATCH])
    return done


@contextmanager
def alone() -> Iterator[None]:
    """Keep the handler's drainer out until the block ends, by the lock that it takes itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"drain {HANDLER}"])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"drain {HANDLER}"])
