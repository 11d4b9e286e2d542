"""Waking the drainers: one job per handler, after the commit, at most one waiting.

The wake-up may get lost with the process; the facts cannot. A sweep once a minute wakes whoever has facts waiting.
"""

from contextlib import suppress

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

DRAIN_TASK = "caudal.kit.tasks.drain_handler"


def wake_after_commit(handlers: set[str]) -> None:
    """Defer one drain of each handler once the current transaction has committed; once per transaction."""
    waiting: set[str] | None = getattr(connection, "caudal_to_wake", None)
    if waiting is None or not any(hook[1] is _wake_waiting for hook in connection.run_on_commit):
        waiting = connection.caudal_to_wake = set()  # type: ignore[attr-defined]  lives as long as the connection
        if handlers:
            transaction.on_commit(_wake_waiting)
    waiting |= handlers


def wake(handlers: set[str]) -> None:
    """Defer one drain of each handler now."""
    for name in sorted(handlers):
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(DRAIN_TASK, queueing_lock=name, queue="facts").defer(handler=name)


def _wake_waiting() -> None:
    waiting: set[str] = connection.caudal_to_wake  # type: ignore[attr-defined]  set by wake_after_commit
    connection.caudal_to_wake = set()  # type: ignore[attr-defined]
    wake(waiting)
