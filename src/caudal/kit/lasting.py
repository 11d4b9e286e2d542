"""What changes seldom and every document asks for: read once, and kept for as long as its tables stand as they are.

Tables belong to a group, and each group has a stamp in the database: every statement that writes to one of its tables
puts a new one in its place, made by chance. Equal stamps therefore mean equal content, also within a transaction that
changes it, after one that was taken back, and in a copy of the database. A look costs one short statement, so what is
given is never older than what a query at that place would have found.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar
from uuid import UUID

from django.db import connection, migrations

T = TypeVar("T")

STAMP: Final = "SELECT stamp FROM kit_stamp WHERE name = %s"
BEGUN: Final = "INSERT INTO kit_stamp (name, stamp) VALUES (%s, gen_random_uuid()) ON CONFLICT DO NOTHING"
MOST: Final = 256


class Lasting(Generic[T]):
    """Values that follow from a group of tables alone. Whoever gets one must not change it: others get the same."""

    def __init__(self, group: str, *, most: int = MOST) -> None:
        """Keep at most so many values of a group, those that were asked for last."""
        self._group, self._most = group, most
        self._kept: OrderedDict[Hashable, tuple[UUID, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return the value of a key, read anew if any table of the group was written to."""
        stamp = self._stamp()
        if stamp is None:  # nobody says whether it changed
            return read()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == stamp:
                self._kept.move_to_end(key)
                return kept[1]
        # Read after the stamp: what is written in between makes the stamp a past one, under which nobody looks again.
        value = read()
        with self._lock:
            self._kept[key] = stamp, value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value

    def _stamp(self) -> UUID | None:
        with connection.cursor() as cursor:
            cursor.execute(STAMP, [self._group])
            found = cursor.fetchone()
        return found[0] if found else None


def stamped(group: str, *tables: str) -> migrations.RunSQL:
    """Return the step of a migration by which tables belong to a group."""
    made = [
        f"CREATE TRIGGER {table}_restamps AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION kit_restamp('{group}')"
        for table in tables
    ]
    taken = "".join(f"DROP TRIGGER {table}_restamps ON {table};" for table in tables)
    return migrations.RunSQL([(BEGUN, [group]), *made], taken)
