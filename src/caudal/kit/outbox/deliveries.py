"""Taking facts: a drainer per handler, in batches, in order per subject; a failing fact parks its subject."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from caudal.core.ids import Ref
from caudal.kit.models import Delivery
from caudal.kit.outbox.handlers import Handler, batch_handler, handler, handlers
from caudal.kit.outbox.timeline import recorded
from caudal.kit.outbox.waking import wake

__all__ = ["batch_handler", "drain", "handler", "pending", "retry", "waiting_handlers"]

BATCH: Final = 200
BIG_BATCH: Final = 2000
"""Facts that a handler takes at once which takes many."""
RETRY_AFTER: Final = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""After these waits a parked subject is tried again by itself; then it waits for a person."""

log = structlog.get_logger("caudal.outbox")


def drain(name: str, *, as_of: datetime) -> int:
    """Let one handler take everything that waits for it, and return how many facts it took.

    Nothing happens when another drainer of the same handler is at work, or when the handler is not installed any more.
    """
    found = handlers().get(name)
    taken = 0
    while found is not None:
        batch, took = _drain_batch(found, as_of)
        taken += took
        if batch < _batch_of(found):
            break
    return taken


def pending(name: str | None = None) -> "QuerySet[Delivery]":
    """Return what waits for one handler or for all, oldest first; parked ones have an error and a time."""
    rows = Delivery.objects.select_related("fact").order_by("id")
    return rows.filter(handler=name) if name else rows


def waiting_handlers(*, as_of: datetime) -> set[str]:
    """Return the handlers that have something to take now."""
    due = Delivery.objects.filter(Q(parked_at=None) | Q(retry_at__lte=as_of))
    return set(due.values_list("handler", flat=True).distinct())


def retry(name: str, subject: Ref) -> None:
    """Try a parked subject again now."""
    Delivery.objects.filter(
        handler=name, subject_kind=subject.kind, subject_id=subject.id, parked_at__isnull=False
    ).update(parked_at=None, retry_at=None)
    wake({name})


def _batch_of(found: Handler) -> int:
    return BIG_BATCH if found.is_batch else BATCH


def _drain_batch(found: Handler, as_of: datetime) -> tuple[int, int]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"drain {found.name}"])
            if not cursor.fetchone()[0]:
                return 0, 0
        batch = list(_next_deliveries(found.name, as_of)[: _batch_of(found)])
        if found.is_batch and len(batch) > 1 and _take_at_once(found, batch):
            return len(batch), len(batch)
        parked: set[tuple[str, object]] = set()
        taken = 0
        for delivery in batch:
            subject = (delivery.subject_kind, delivery.subject_id)
            if subject in parked:
                continue
            if _take(found, delivery, as_of):
                taken += 1
            else:
                parked.add(subject)
    return len(batch), taken


def _next_deliveries(name: str, as_of: datetime) -> "QuerySet[Delivery]":
    parked_before = Delivery.objects.filter(
        Q(retry_at=None) | Q(retry_at__gt=as_of),
        handler=name,
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        parked_at__isnull=False,
    )
    return Delivery.objects.filter(~Exists(parked_before), handler=name).select_related("fact").order_by("id")


def _take(found: Handler, delivery: Delivery, as_of: datetime) -> bool:
    try:
        with transaction.atomic():
            found.take(list(recorded([delivery.fact], personal=not found.is_batch)))
            delivery.delete()
    except Exception as error:  # whatever a handler raises, only its subject waits
        wait = RETRY_AFTER[delivery.attempts] if delivery.attempts < len(RETRY_AFTER) else None
        Delivery.objects.filter(pk=delivery.pk).update(
            attempts=delivery.attempts + 1,
            error=f"{type(error).__name__}: {error}"[:2000],
            parked_at=as_of,
            retry_at=as_of + wait if wait else None,
        )
        log.exception("handler_failed", handler=found.name, fact=str(delivery.fact_id), attempts=delivery.attempts + 1)
        return False
    return True


def _take_at_once(found: Handler, batch: list[Delivery]) -> bool:
    try:
        with transaction.atomic():
            found.take(list(recorded([delivery.fact for delivery in batch], personal=False)))
            Delivery.objects.filter(pk__in=[delivery.pk for delivery in batch]).delete()
    except Exception:  # whichever of them it was: one by one, only its subject waits
        log.exception("batch_failed", handler=found.name, facts=len(batch))
        return False
    return True
