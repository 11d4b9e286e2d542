"""Statements that nobody waits for: sent one behind the other, by the pipeline mode of PostgreSQL.

What a short statement takes is mostly its way to the server and back, its plan, and a process that is put to sleep for
it and woken. Inside of `pipelined`, a statement that is sent by `send` is on its way at once and its process goes on;
all others wait as ever, also for what was sent before them, so that code which knows nothing of it may stand between.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from select import select
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg import Error, Pipeline
from psycopg.errors import PipelineAborted
from psycopg.pq import PipelineStatus

from caudal.kit.waiting import WAITS

PREPARED_AFTER: Final = 5
"""What a connection sends so many times is prepared by it."""
_sending: Final[ContextVar[bool]] = ContextVar("caudal_sending", default=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement that is under way."""

    cursor: CursorWrapper

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows it finds, once they are there. Raises what it or a statement before it was refused for."""
        with self.cursor:
            found: list[tuple[Any, ...]] = WAITS.get()(self.cursor.fetchall)
        return found


@contextmanager
def pipelined() -> Iterator[None]:
    """Let statements that are sent within the block follow each other; inside of another such block, join it.

    For the inside of an action. What the database refuses of them comes up at some statement behind it: at the latest
    when its rows or those of a later one are asked for, at a statement that waits, or as the outermost block ends.
    In the block nothing is copied, and a text holds one statement.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Statements follow each other within a transaction; use it inside an action.")
    raw = connection.connection
    if raw.pgconn.pipeline_status:
        yield
        return
    with connection.wrap_database_errors, ExitStack() as block:
        pipeline = block.enter_context(raw.pipeline())
        block.enter_context(connection.execute_wrapper(_Waiting(pipeline)))
        # The server opens no cursors in this mode: what is read in chunks elsewhere is read at once.
        connection.chunked_cursor = connection.cursor  # type: ignore[method-assign]  # this instance alone
        block.callback(delattr, connection, "chunked_cursor")
        try:
            yield
        except BaseException:
            # What else was under way is passed over, and is no news: it goes the way of what was refused.
            with suppress(Error):
                pipeline.sync()
            raise
        WAITS.get()(block.close)


def send(statement: str, parameters: Sequence[Any] = ()) -> Sent:
    """Send a statement, and wait for it only outside of `pipelined`.

    Its parameters go beside it, so that a connection that sends it often has it planned once. They have no type but
    their own: a text or a NULL is cast where the statement does not say what it is.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    cursor = wrapped(_SentCursor(connection.connection))  # type: ignore[arg-type,call-arg]  # its stub is empty
    token = _sending.set(True)
    try:
        cursor.execute(statement, parameters)
    finally:
        _sending.reset(token)
    _flush()
    return Sent(cursor)


def _flush() -> None:
    """Send what the socket did not take at once: the driver would wait for its result, and the server for the rest."""
    raw = connection.connection
    with connection.wrap_database_errors:
        while raw.pgconn.flush():
            readable, _, _ = select([raw], [raw], [])
            if readable:
                raw.pgconn.consume_input()


class _SentCursor(ServerBindingCursor):
    """Has what it sends often prepared. What others send does not count: each of those texts holds its values.

    Within transactions only: a plan that a migration spoilt goes with the transaction that meets it.
    """

    def execute(self, query: Any, params: Any = None) -> Any:
        """Send a statement."""
        raw = connection.connection
        raw.prepare_threshold = PREPARED_AFTER if connection.in_atomic_block else None
        try:
            return super().execute(query, params)  # type: ignore[misc]  # its stub is empty
        finally:
            raw.prepare_threshold = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Waits for every statement but those that were sent: whoever carries one out reads at once what it did."""

    pipeline: Pipeline

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Carry a statement out."""
        if _sending.get():
            return execute(*arguments)
        if self.pipeline.status is PipelineStatus.ABORTED:
            # A refusal has come up, and the server passes over what follows it up to here: a savepoint goes back now.
            with suppress(PipelineAborted):
                self.pipeline.sync()
        done = execute(*arguments)
        _flush()
        with connection.wrap_database_errors:
            self.pipeline.sync()
        return done
