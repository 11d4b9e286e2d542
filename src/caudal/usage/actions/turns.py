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


def wait_for_turn() -> None:
    """Wait until no other write of usage is under way, and keep others waiting until this transaction ends.

    Whoever asks what time it is does so after this: then nothing was asked as of a later instant without what follows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN_LOCK])


def take_turn(as_of: datetime) -> datetime:
    """Wait for a turn, and return the instant of what is written in it: `as_of`, or that of the write before."""
    wait_for_turn()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [as_of])
        (at,) = cursor.fetchone()
    return at  # type: ignore[no-any-return]  # rows of a cursor are untyped
