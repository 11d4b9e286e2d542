"""Saying that a batch writes, and for how long it is remembered what it wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from caudal.kit.access import policies
from caudal.kit.models import Trace
from caudal.kit.outbox.publishing import BATCH

KEPT_DAYS: Final = 30
"""For so long a batch can be taken back."""
MARK: Final = "SELECT set_config('caudal.batch', %s, true)"


@contextmanager
def tracing(batch: UUID | None) -> Iterator[None]:
    """Note what is written meanwhile, within one transaction, as written by a batch; None notes nothing.

    The batch is the cause of the facts that are published meanwhile.
    """
    if batch is None:
        yield
        return
    token = BATCH.set(batch)
    try:
        with connection.cursor() as cursor:
            cursor.execute(MARK, [str(batch)])
            yield
            cursor.execute(MARK, [""])
    finally:
        BATCH.reset(token)


def is_traced(batch: UUID) -> bool:
    """Say whether it is known what a batch wrote."""
    return Trace.objects.filter(batch=batch).exists()


def traced_nouns(batch: UUID) -> tuple[str, ...]:
    """Return the kinds of rows with a policy of their own that a batch wrote."""
    tables = set(Trace.objects.filter(batch=batch).values_list("at_table", flat=True).distinct())
    return tuple(each.noun for each in policies().values() if each.model and each.model._meta.db_table in tables)


def forget_old(*, as_of: datetime) -> int:
    """Forget what batches wrote that are too old to be taken back, and return how many rows that was about.

    The id of a batch begins with the milliseconds of its birth.
    """
    edge = int((as_of - timedelta(days=KEPT_DAYS)).timestamp() * 1000)
    return Trace.objects.filter(batch__lt=UUID(int=edge << 80)).delete()[0]
