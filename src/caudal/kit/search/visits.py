"""What each member opened last: it comes first among what is found, and fills the bar while nothing is typed."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from caudal.core.ids import Ref

KEPT: Final = 100
"""Records per member."""
NOTE: Final = """
WITH noted AS (
    INSERT INTO kit_search_visit AS visit (member, kind, record, opened_at)
    VALUES (%(member)s, %(kind)s, %(record)s, %(at)s)
    ON CONFLICT (member, kind, record) DO UPDATE SET opened_at = greatest(visit.opened_at, excluded.opened_at)
    RETURNING member, kind, record
)
DELETE FROM kit_search_visit WHERE (member, kind, record) IN (
    SELECT member, kind, record FROM kit_search_visit
    WHERE member = %(member)s AND (kind, record) <> (%(kind)s, %(record)s)
    ORDER BY opened_at DESC, kind, record OFFSET %(others)s
)
"""
LAST: Final = """
SELECT kind, record FROM kit_search_visit WHERE member = %s ORDER BY opened_at DESC, kind, record LIMIT %s
"""


def note_visit(*, member: UUID, record: Ref, as_of: datetime) -> None:
    """Remember that a member opened a record; beyond `KEPT`, the oldest are dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            {"member": member, "kind": record.kind, "record": record.id, "at": as_of, "others": KEPT - 1},
        )


def last_visits(member: UUID, limit: int = KEPT) -> list[Ref]:
    """Return what a member opened, the last first. Whether they still may is for the door to say."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [member, limit])
        return [Ref(kind, record) for kind, record in cursor.fetchall()]
