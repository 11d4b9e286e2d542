"""One import at a time: two that name the same new company would make it twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

from caudal.core.errors import Problem, msg

LOCK: Final = "caudal.import"


class ImportRunning(Problem):
    """Another import is at work."""

    code = "import.running"
    status = 409
    message = msg("Another import is running.")
    hint = msg("Wait until it has ended.")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of imports. It goes with the connection, so that of a process that died is free at once.

    Raises ImportRunning.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            raise ImportRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK])
