"""Waking the drainers: one job per handler, after the commit, at most one waiting.

The wake-up may get lost with the process; the facts cannot. A sweep once a minute wakes whoever has facts waiting.
"""

from contextlib import suppress
from typing import Final

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from caudal.kit.pipelining import send

DRAIN_TASK: Final = "caudal.kit.tasks.drain_handler"
WAITING: Final = "SELECT queueing_lock FROM procrastinate_jobs WHERE queueing_lock = ANY(%s) AND status = 'todo'"


class _WakeUp:
    """What is to be woken once the current transaction has committed."""

    def __init__(self) -> None:
        self.handlers: set[str] = set()

    def __call__(self) -> None:
        wake(self.handlers)


def wake_after_commit(handlers: set[str]) -> None:
    """Defer one drain of each handler once the current transaction has committed; once per transaction."""
    if not handlers:
        return
    # A hook that a savepoint took back is not among these, so what it would have woken is asked for again.
    waiting = next((hook for _, hook, *_ in connection.run_on_commit if isinstance(hook, _WakeUp)), None)
    if waiting is None:
        waiting = _WakeUp()
        transaction.on_commit(waiting)
    waiting.handlers |= handlers


def wake(handlers: set[str]) -> None:
    """Defer one drain of each handler now."""
    for name in sorted(handlers - _waiting(handlers)):
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(DRAIN_TASK, queueing_lock=name, queue="facts").defer(handler=name)


def _waiting(handlers: set[str]) -> set[str]:
    """Those that have a drain which has not begun: it will find what was committed until now."""
    return {name for (name,) in send(WAITING, [sorted(handlers)]).rows()}
