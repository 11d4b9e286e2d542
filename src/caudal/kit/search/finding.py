"""Answering: candidates from the index, then the door, then the order in which a person expects them.

Most questions have few candidates: all of them are ranked. A question that fits thousands is answered from the best of
them: what the member opened, titles that begin so, the newest, and some others (docs/adr/0018-search.md).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, policies
from caudal.kit.search import spelling
from caudal.kit.search.findable import Findable, findables
from caudal.kit.search.highlights import Span, spans
from caudal.kit.search.index import kind_mark, owner_mark
from caudal.kit.search.questions import Question, asked, forgiving, misspelt
from caudal.kit.search.visits import last_visits
from caudal.kit.search.words import quoted

LIMIT: Final = 8
"""Hits of a kind."""
CANDIDATES_MAX: Final = 400
FORGIVEN_MAX: Final = 24
"""Words of names that one misspelt word is taken for."""

NEWEST: Final = 5000
"""Records of a kind that are looked through, the newest first, when a question fits too many."""

RANK: Final = """
CASE WHEN title_key = %(key)s OR (%(whole)s <> '' AND words @@ %(whole)s::tsquery) THEN 0
     WHEN starts_with(title_key, %(key)s) THEN 1 ELSE 2 END
"""
FEW: Final = f"""
SELECT kind, record, {RANK} FROM (
    SELECT kind, record, title_key, words FROM kit_search_entry WHERE words @@ %(query)s::tsquery OFFSET 0
) AS found LIMIT %(most)s
"""  # noqa: S608  the parts are constants
# What fits too many: each part reads a bounded number of rows, whatever the table holds.
MANY: Final = f"""
WITH near AS (
    (SELECT record FROM kit_search_visit JOIN kit_search_entry USING (kind, record)
     WHERE member = %(member)s AND kind = %(kind)s AND words @@ %(query)s::tsquery)
    UNION
    (SELECT record FROM (
        SELECT record, words FROM kit_search_entry
        WHERE kind = %(kind)s AND title_key >= %(key)s AND title_key < %(after)s ORDER BY kind, title_key LIMIT 2000
     ) AS titled WHERE words @@ %(query)s::tsquery LIMIT 200)
    UNION
    (SELECT record FROM (
        SELECT record, words FROM kit_search_entry WHERE kind = %(kind)s ORDER BY kind DESC, record DESC LIMIT {NEWEST}
     ) AS newest WHERE words @@ %(query)s::tsquery LIMIT 50)
)
SELECT kind, record, {RANK} FROM near JOIN kit_search_entry USING (record) WHERE kind = %(kind)s
"""  # noqa: S608  the parts are constants
IS_LARGE: Final = f"""
SELECT count(*) > {NEWEST} FROM (SELECT FROM kit_search_entry WHERE kind = %(kind)s LIMIT {NEWEST + 1}) AS first
"""  # noqa: S608  the parts are constants
BY_ID: Final = """
SELECT kind, record, CASE WHEN %(first)s = %(last)s THEN 0 ELSE 1 END FROM kit_search_entry
WHERE kind = %(kind)s AND record BETWEEN %(first)s AND %(last)s ORDER BY record LIMIT %(most)s
"""
MEANT: Final = "SELECT DISTINCT word FROM kit_search_spelling WHERE variant = ANY(%s)"


class Rank(IntEnum):
    """How well a record fits, the best first."""

    EXACT = 0
    """The whole title, address, number or id was typed."""
    PREFIX = 1
    """The title begins with it."""
    WORD = 2
    """Each word begins some word of it."""
    TYPO = 3
    """So it is if one letter of a word was mistyped."""

    @property
    def score(self) -> int:
        """From 100 down, for programs."""
        return 100 - 25 * self.value


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, as it is shown."""

    ref: Ref
    title: str
    note: str
    rank: Rank
    marks: tuple[Span, ...] = ()
    """Where in the title the words stand that were typed."""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, best first."""

    findable: Findable
    hits: tuple[Hit, ...]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that fits, not yet through the door."""

    record: UUID
    rank: Rank


Found = dict[str, dict[UUID, Candidate]]


def find(actor: Actor, text: str, *, kinds: Collection[str] | None = None, limit: int = LIMIT) -> list[Group]:
    """Return what fits a text within the actor's reach, grouped by kind, the group with the best hit first."""
    question = asked(text)
    within = scopes(actor, kinds)
    if not within or not (question.words or question.ids):
        return []
    found = candidates(question, within, actor)
    opened = visits_of(actor)
    shown = through_the_door(actor, found, opened)
    meant: dict[str, list[str]] = {}
    if sum(map(len, shown.values())) < limit and (wrong := misspelt(question)):
        meant = meant_by(wrong)
        loose = forgiven(question, meant, within)
        known = {Ref(kind, each.record) for kind, listed in shown.items() for each in listed}
        for kind, listed in through_the_door(actor, loose, opened).items():
            shown.setdefault(kind, []).extend(each for each in listed if Ref(kind, each.record) not in known)
    groups = [group_of(actor, findables()[kind], listed, question, meant, limit) for kind, listed in shown.items()]
    return sorted(
        (group for group in groups if group.hits), key=lambda group: (group.hits[0].rank, group.findable.order)
    )


def recent(actor: Actor, limit: int = LIMIT) -> list[tuple[Findable, Hit]]:
    """Return what the actor opened last and may still open, the last first."""
    refs = [ref for ref in last_visits(actor.member) if ref.kind in findables()] if actor.member else []
    shown: dict[Ref, Hit] = {}
    for kind in {ref.kind for ref in refs}:
        listed = [Candidate(ref.id, Rank.WORD) for ref in refs if ref.kind == kind]
        group = group_of(actor, findables()[kind], listed, asked(""), {}, len(listed))
        shown |= {hit.ref: hit for hit in group.hits}
    return [(findables()[ref.kind], shown[ref]) for ref in refs if ref in shown][:limit]


def scopes(actor: Actor, kinds: Collection[str] | None) -> dict[str, str]:
    """Return the kinds of which the actor reaches anything, each with the marks of what is within reach, as a query.

    It only narrows the candidates: the door decides.
    """
    within = {}
    for kind in findables():
        if kinds is not None and kind not in kinds:
            continue
        policy = policies()[kind]
        owners = policy.owners(actor, Verb.VIEW)
        mark = quoted(kind_mark(kind))
        if owners is None:
            within[kind] = mark
        elif owners:
            holders = actor.teams if policy.is_open(actor, Verb.VIEW) else frozenset()
            marks = sorted(quoted(owner_mark(owner)) for owner in owners | holders)
            within[kind] = f"({mark} & ({' | '.join(marks)}))"
    return within


def candidates(question: Question, within: Mapping[str, str], actor: Actor) -> Found:
    """Return what fits, all of it where that is not much, the best of it where it is."""
    found: Found = {}
    terms: dict[str, Any] = {"key": question.key, "whole": question.whole}
    rows: list[tuple[str, UUID, int]] = []
    if len(question.key) > 1 and question.words:
        rows = fetched(FEW, {**terms, "query": question.query, "most": CANDIDATES_MAX + 1})
    if question.words and (len(rows) > CANDIDATES_MAX or len(question.key) == 1):
        rows = best_of_many(question, within, actor, terms)
    if question.ids and question.ids[0] in within:
        kind, first, last = question.ids
        rows += fetched(BY_ID, {"kind": kind, "first": first, "last": last, "most": LIMIT + 1})
    for kind, record, rank in rows:
        if kind in within:
            keep(found, kind, Candidate(record, Rank(rank)))
    return found


def best_of_many(
    question: Question, within: Mapping[str, str], actor: Actor, terms: Mapping[str, Any]
) -> list[tuple[str, UUID, int]]:
    """Return the best of each kind, and where these are few, others: of a small kind all were looked through."""
    rows: list[tuple[str, UUID, int]] = []
    for kind, marks in within.items():
        near = {"kind": kind, "query": f"{question.query} & {marks}", "member": actor.member}
        found = fetched(MANY, {**terms, **near, "after": f"{question.key}\U0010ffff"})
        if len(found) <= LIMIT and len(question.key) > 1 and fetched(IS_LARGE, near)[0][0]:
            found += fetched(FEW, {**terms, "query": near["query"], "most": CANDIDATES_MAX})
        rows += found
    return rows


def keep(found: Found, kind: str, candidate: Candidate) -> None:
    """Keep a candidate unless a better one for the same record is there."""
    listed = found.setdefault(kind, {})
    if candidate.record not in listed or candidate.rank < listed[candidate.record].rank:
        listed[candidate.record] = candidate


def meant_by(words: Iterable[str]) -> dict[str, list[str]]:
    """Return the words of names that are one mistake away from those that were typed, the likeliest first."""
    typed = sorted(set(words))
    looked_up = sorted({variant for word in typed for variant in spelling.variants(word)})
    with connection.cursor() as cursor:
        cursor.execute(MEANT, [looked_up])
        known = [word for (word,) in cursor.fetchall()]
    return {
        word: sorted(
            (each for each in known if spelling.is_one_mistake(word, each)),
            key=lambda each, word=word: (each[0] != word[0], len(each) != len(word), each),  # type: ignore[misc]  # a default is how a loop's value is kept
        )[:FORGIVEN_MAX]
        for word in typed
    }


def forgiven(question: Question, meant: dict[str, list[str]], within: Mapping[str, str]) -> Found:
    """Return what fits if one letter of each word may be wrong."""
    query = forgiving(question, meant)
    found: Found = {}
    if query:
        terms = {
            "key": question.key,
            "whole": "",
            "query": f"{query} & ({' | '.join(within.values())})",
            "most": CANDIDATES_MAX,
        }
        for kind, record, _ in fetched(FEW, terms):
            keep(found, kind, Candidate(record, Rank.TYPO))
    return found


def visits_of(actor: Actor) -> dict[Ref, int]:
    """Return what the actor opened, with its place from the last one."""
    return {ref: place for place, ref in enumerate(last_visits(actor.member))} if actor.member else {}


def through_the_door(actor: Actor, found: Found, opened: Mapping[Ref, int]) -> dict[str, list[Candidate]]:
    """Return the candidates that the actor may open, in their order: rank, last opened, last changed."""
    shown = {}
    for kind, listed in found.items():
        rows = findables()[kind].model.for_actor(actor).filter(pk__in=list(listed))
        changed: dict[UUID, datetime] = dict(rows.values_list("pk", "changed_at"))
        shown[kind] = sorted(
            (listed[record] for record in changed),
            key=lambda each, kind=kind, changed=changed: (  # type: ignore[misc]  # defaults are how a loop's values are kept
                each.rank,
                opened.get(Ref(kind, each.record), len(opened)),
                -changed[each.record].timestamp(),
                each.record,
            ),
        )
    return shown


def group_of(
    actor: Actor,
    findable: Findable,
    listed: Sequence[Candidate],
    question: Question,
    meant: Mapping[str, Sequence[str]],
    limit: int,
) -> Group:
    """Return the first of the candidates of a kind as they are shown."""
    wanted = [each.record for each in listed[:limit]]
    rows = list(findable.model.for_actor(actor).filter(pk__in=wanted).select_related(*findable.related))
    titles = {row.pk: wording.title for row, wording in zip(rows, findable.wordings(rows), strict=True)}
    by_id = {row.pk: row for row in rows}
    words = {word.text for word in question.words}
    forgiven_words = {each for several in meant.values() for each in several}
    hits = tuple(
        Hit(
            Ref(findable.kind, each.record),
            titles[each.record],
            findable.note(by_id[each.record]),
            each.rank,
            spans(titles[each.record], words, forgiven_words if each.rank is Rank.TYPO else ()),
        )
        for each in listed[:limit]
        if each.record in by_id
    )
    return Group(findable, hits, has_more=len(listed) > limit)


def fetched(sql: str, terms: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, terms)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
