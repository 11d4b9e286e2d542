"""Which event counts of one that was corrected: the end of its chain of corrections, as the core has it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

Name = tuple[str, str]
"""Source and key of an event."""

TARGETED: Final = """
SELECT DISTINCT c.source, c.target FROM usage_correction AS c
JOIN unnest(%s::text[], %s::text[]) AS n (source, key) ON c.source = n.source AND c.target = n.key
"""
ROOTS: Final = """
WITH RECURSIVE up (source, key) AS (
    SELECT n.source COLLATE "C", n.key COLLATE "C" FROM unnest(%s::text[], %s::text[]) AS n (source, key)
    UNION
    SELECT c.source, c.target FROM up JOIN usage_correction AS c ON c.source = up.source AND c.key = up.key
)
SELECT up.source, up.key, i.event, i.recorded_at FROM up
LEFT JOIN usage_identity AS i ON i.source = up.source AND i.key = up.key
WHERE NOT EXISTS (SELECT FROM usage_correction AS c WHERE c.source = up.source AND c.key = up.key)
"""
TREES: Final = """
WITH RECURSIVE down (source, key, root) AS (
    SELECT n.source COLLATE "C", n.key COLLATE "C", n.key COLLATE "C"
    FROM unnest(%s::text[], %s::text[]) AS n (source, key)
    UNION
    SELECT c.source, c.key, down.root FROM down
    JOIN usage_correction AS c ON c.source = down.source AND c.target = down.key
)
SELECT down.source, down.root, c.event, c.target, c.key, c.recorded_at FROM down
JOIN usage_correction AS c ON c.source = down.source AND c.key = down.key
"""
MARK: Final = """
UPDATE usage_correction AS c SET stands = m.stands FROM unnest(%s::uuid[], %s::bool[]) AS m (event, stands)
WHERE c.event = m.event AND c.stands <> m.stands
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of events that corrections touch: which ones count, which do not, which wait for their target."""

    counting: Mapping[UUID, datetime] = field(default_factory=dict)
    """With the instant at which each was recorded."""
    superseded: frozenset[UUID] = frozenset()
    lost: frozenset[UUID] = frozenset()
    """Corrections of what has not arrived."""


@dataclass(frozen=True, slots=True)
class _Correction:
    event: UUID
    target: str
    key: str
    recorded_at: datetime


def targeted(names: Collection[Name]) -> set[Name]:
    """Return those of some events that a correction names."""
    with connection.cursor() as cursor:
        cursor.execute(TARGETED, _columns(names))
        return set(cursor.fetchall())


def settle_standing(names: Collection[Name]) -> Standing:
    """Work out which events of the chains that some belong to count now, and mark the corrections among them."""
    if not names:
        return Standing()
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, _columns(names))
        roots = {(source, key): (event, recorded_at) for source, key, event, recorded_at in cursor.fetchall()}
        cursor.execute(TREES, _columns(roots))
        trees: dict[Name, list[_Correction]] = {root: [] for root in roots}
        for source, root, event, target, key, recorded_at in cursor.fetchall():
            trees[source, root].append(_Correction(event, target, key, recorded_at))
        counting: dict[UUID, datetime] = {}
        superseded: set[UUID] = set()
        lost: set[UUID] = set()
        for root, (event, recorded_at) in roots.items():
            corrections = {each.event for each in trees[root]}
            if event is None:
                lost |= corrections
                continue
            stands, received_at = _end_of(root[1], (event, recorded_at), trees[root])
            counting[stands] = received_at
            superseded |= (corrections | {event}) - {stands}
        marked = [each.event for tree in trees.values() for each in tree]
        cursor.execute(MARK, [marked, [each in counting for each in marked]])
    return Standing(counting, frozenset(superseded), frozenset(lost))


def _end_of(key: str, found: tuple[UUID, datetime], corrections: Collection[_Correction]) -> tuple[UUID, datetime]:
    """The event that stands in the place of another: of several corrections the last recorded one leads on."""
    latest: Mapping[str, _Correction] = {
        each.target: each for each in sorted(corrections, key=lambda one: (one.recorded_at, one.key))
    }
    while key in latest:
        key, found = latest[key].key, (latest[key].event, latest[key].recorded_at)
    return found


def _columns(names: Collection[Name]) -> list[list[str]]:
    return [[source for source, _ in names], [key for _, key in names]]
