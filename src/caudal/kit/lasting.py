"""What changes seldom and every document asks for: read once, and kept for as long as its tables stand as they are.

Tables belong to a group. Every transaction that writes to one of them leaves a number made by chance in `kit_stamp`, a
new one with each statement, and the sum of a group's numbers is its stamp. Equal stamps therefore mean equal content,
also within a transaction that changes it, after one that was taken back, and in a copy of the database; and nobody who
writes waits for anybody else who does. A look costs one short statement, so what is given is never older than what a
query at that place would have found; within `steady`, than one at its beginning.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from threading import Lock
from typing import Final, Generic, TypeVar

from django.db import connection, migrations, transaction

from caudal.kit.pipelining import Sent, send

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

STAMP: Final = "SELECT sum(stamp) FROM kit_stamp WHERE name = %s"
STAMPS: Final = "SELECT name, sum(stamp) FROM kit_stamp GROUP BY name"
# A snapshot sees the numbers before or their sum after, which comes to the same.
COMPACT: Final = """
WITH gone AS (DELETE FROM kit_stamp RETURNING name, stamp)
INSERT INTO kit_stamp (name, transaction, stamp)
SELECT name, pg_current_xact_id(), sum(stamp) FROM gone GROUP BY name
"""
BEGUN: Final = """
INSERT INTO kit_stamp (name, transaction, stamp)
VALUES (%s, pg_current_xact_id(), hashtextextended(gen_random_uuid()::text, 0)) ON CONFLICT DO NOTHING
"""
MOST: Final = 4096


class Lasting(Generic[K, T]):
    """Values that follow from a group of tables alone. Whoever gets one must not change it: others get the same."""

    def __init__(self, group: str, *, most: int = MOST) -> None:
        """Keep at most so many values of a group, those that were asked for last."""
        self._group, self._most = group, most
        self._stamp: Decimal | None = None
        self._kept: OrderedDict[K, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, read: Callable[[], T]) -> T:
        """Return the value of a key, read anew if any table of the group was written to."""
        return self.among([key], lambda _: {key: read()})[key]

    def among(self, keys: Iterable[K], read: Callable[[list[K]], Mapping[K, T]]) -> dict[K, T]:
        """Return the values of keys; those that are not kept are read together. A key without a value is left out."""
        asked, stamp = list(dict.fromkeys(keys)), self._look()
        with self._lock:
            kept = self._kept if stamp is not None and stamp == self._stamp else {}
            found = {key: kept[key] for key in asked if key in kept}
            for key in found:
                self._kept.move_to_end(key)
        missing = [key for key in asked if key not in found]
        if not missing:
            return found
        made = read(missing)
        # What was written while it was read may or may not be in it: such a value is given, and not kept.
        if stamp is not None and stamp == self._look_now():
            self._keep(stamp, made)
        return found | {key: made[key] for key in missing if key in made}

    def _keep(self, stamp: Decimal, made: Mapping[K, T]) -> None:
        with self._lock:
            if stamp != self._stamp:
                self._stamp = stamp
                self._kept.clear()
            self._kept.update(made)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def _look(self) -> Decimal | None:
        """The stamp of the group; None where nobody says whether it changed."""
        looked = _looked.get()
        return self._look_now() if looked is None else looked.stamps().get(self._group)

    def _look_now(self) -> Decimal | None:
        stamp: Decimal | None = send(STAMP, [self._group]).rows()[0][0]
        return stamp


class _Looked:
    """The stamps of all groups at one look, which is on its way from the beginning."""

    def __init__(self) -> None:
        self._sent: Sent | None = send(STAMPS)
        self._stamps: dict[str, Decimal] | None = None
        self._within = tuple(connection.savepoint_ids)

    def forget(self) -> None:
        self._sent = self._stamps = None

    def stamps(self) -> Mapping[str, Decimal]:
        within = tuple(connection.savepoint_ids)
        if within[: len(self._within)] != self._within:
            # What was seen within a savepoint that is over may have been taken back with it.
            self.forget()
        if self._stamps is None:
            self._within = within
            self._stamps = dict((self._sent or send(STAMPS)).rows())
        return self._stamps


_looked: Final[ContextVar[_Looked | None]] = ContextVar("caudal_looked", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Look at stamps once for a whole block, or for the block that it lies in: what is kept is given by that look.

    What others write meanwhile is not looked for, though what was not kept is read as it is by then. Own changes are
    seen: each is told by a fact, and after one stamps are looked at anew.
    """
    if _looked.get() is not None:
        yield
        return
    token = _looked.set(_Looked())
    try:
        yield
    finally:
        _looked.reset(token)


def look_again() -> None:
    """Look at stamps anew when somebody asks next: something was written."""
    looked = _looked.get()
    if looked is not None:
        looked.forget()


def compact_stamps() -> None:
    """Put the sum of a group's numbers in the place of them all: looks stay short, and stamps stay what they are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COMPACT)


def stamped(group: str, *tables: str) -> migrations.RunSQL:
    """Return the step of a migration by which tables belong to a group."""
    made = [
        f"CREATE TRIGGER {table}_restamps AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION kit_restamp('{group}')"
        for table in tables
    ]
    taken = "".join(f"DROP TRIGGER {table}_restamps ON {table};" for table in tables)
    forgotten = ("DELETE FROM kit_stamp WHERE name = %s", [group])
    return migrations.RunSQL([(BEGUN, [group]), *made], [taken, forgotten])
