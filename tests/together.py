"""Several who do something at once, each with a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any, TypeAlias

from django.db import connection

from caudal.core.errors import Problem

Work: TypeAlias = Callable[[Barrier], Any]
"""Waits at the barrier until everybody is there, at the place where it matters."""
PATIENCE_SECONDS = 20


def together(*works: Work) -> list[Any]:
    """Let everybody work at once; return what came out, a refusal where it was refused, in no order."""
    barrier, found = Barrier(len(works), timeout=PATIENCE_SECONDS), []

    def run(work: Work) -> None:
        try:
            found.append(work(barrier))
        except Problem as problem:
            found.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def is_waited_for() -> bool:
    """Say whether somebody waits for what this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return bool(cursor.fetchone()[0])
