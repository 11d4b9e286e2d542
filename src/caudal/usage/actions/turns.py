"""One write of usage at a time, each at an instant that is not before that of the one before.

So whoever asks as of an instant that has passed gets the same answer for ever: nothing can still be recorded before it.
"""

from datetime import datetime
from typing import Final

from django.db import connection

from caudal.usage.queries import TURN_LOCK

TAKE: Final = """
INSERT INTO usage_turn AS t (id, last_at) VALUES (1, %s)
ON CONFLICT (id) DO UPDATE SET last_at = greatest(t.last_at, excluded.last_at)
RETURNING last_at
"""


def take_turn(as_of: datetime) -> datetime:
    """Wait until no other write of usage is under way, keep others waiting until ours ends, and return its instant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN_LOCK])
        cursor.execute(TAKE, [as_of])
        (at,) = cursor.fetchone()
    return at  # type: ignore[no-any-return]  # rows of a cursor are untyped
