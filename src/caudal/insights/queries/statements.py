"""Runs the statements of metrics on Django's own connection, in its transaction and with its rights."""

from typing import Any, Final

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from caudal.core.errors import Problem, msg
from caudal.core.metrics import Sql

TIMEOUT: Final = "20s"
"""How long the database may work on one statement."""

_LIMIT: Final = "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)"


class TooSlow(Problem):
    """The database took longer than a reader waits."""

    code = "metric.too_slow"
    status = 503
    message = msg("This took longer than {timeout} and was stopped.")
    hint = msg("Ask for fewer days, a coarser grain or fewer dimensions.")


def fetch(sql: Sql) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that ends in time. Raises TooSlow."""
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LIMIT, [TIMEOUT])
            before = cursor.fetchall()[0][0]
            cursor.execute(sql.text, dict(sql.parameters))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            if nested:
                # The limit would last for the rest of a transaction that is not ours.
                cursor.execute(_LIMIT, [before])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow(timeout=TIMEOUT) from error
        raise
    return rows
