"""Reads of webhooks: endpoints, what was sent to them and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.outbox import RecordedFact
from caudal.kit.outbox.facts import REGISTRY
from caudal.kit.records import NotFound, reached
from caudal.workspace.models import FACT, Webhook, WebhookMessage, WebhookTry

NEWEST: Final = Order.by("newest", "-made_at")

Which = Literal["all", "waiting", "received", "failed"]
STATES: Final[dict[str, Q]] = {
    "all": Q(),
    "waiting": Q(due_at__isnull=False),
    "received": Q(received_at__isnull=False),
    "failed": Q(failed_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An endpoint with how many messages to it stand where."""

    webhook: Webhook
    waiting: int
    received: int
    failed: int


def webhooks(actor: Actor) -> list[Standing]:
    """Return the endpoints that somebody may see, oldest first, with how they stand."""
    found = list(Webhook.for_actor(actor).order_by("created_at", "pk"))
    counts: dict[UUID, Any] = {
        row["webhook"]: row
        for row in WebhookMessage.objects.filter(webhook__in=found)
        .values("webhook")
        .annotate(
            waiting=Count("pk", filter=STATES["waiting"]),
            received=Count("pk", filter=STATES["received"]),
            failed=Count("pk", filter=STATES["failed"]),
        )
        .order_by("webhook")
    }
    none = {"waiting": 0, "received": 0, "failed": 0}
    standings = [(each, counts.get(each.pk, none)) for each in found]
    return [Standing(each, row["waiting"], row["received"], row["failed"]) for each, row in standings]


def webhook(actor: Actor, webhook_id: UUID, verb: Verb = Verb.VIEW, *, lock: bool = False) -> Webhook:
    """Return an endpoint that somebody may carry the verb to. Raises NotFound."""
    return Webhook.one_for(actor, verb, webhook_id, lock=lock)


def webhook_messages(
    found: Webhook, which: Which = "all", *, cursor: str | None = None, limit: int = LIMIT
) -> Page[WebhookMessage]:
    """Return a page of what was sent to an endpoint, newest first, with its tries. Raises CursorUnreadable."""
    rows = WebhookMessage.objects.filter(STATES[which], webhook=found)
    return page(_with_tries(rows), NEWEST, cursor=cursor, limit=limit)


def webhook_message(found: Webhook, message_id: UUID) -> WebhookMessage:
    """Return one message to an endpoint with all its tries. Raises NotFound."""
    row = _with_tries(WebhookMessage.objects.filter(webhook=found, pk=message_id)).first()
    if row is None:
        raise NotFound(kind=WebhookMessage.kind, id=Ref(WebhookMessage.kind, message_id))
    return row


def has_failed(found: Webhook) -> bool:
    """Say whether any message to an endpoint has failed for good."""
    return WebhookMessage.objects.filter(STATES["failed"], webhook=found).exists()


def last_try(message: WebhookMessage) -> WebhookTry | None:
    """Return the last time that a message was sent."""
    return next(iter(message.all_tries.all()), None)


def fact_names() -> list[str]:
    """Return the names of the facts that anything can be told of, in their order."""
    return sorted(REGISTRY)


def seen_facts(facts: Sequence[RecordedFact], reader: Actor) -> list[tuple[RecordedFact, dict[str, Any]]]:
    """Return those facts whose subject a reader sees, with what is told of each: ids and values of no person."""
    seen = reached({ref for fact in facts for ref in (fact.subject, *fact.about)}, reader)
    return [
        (
            fact,
            {
                "type": fact.name,
                "timestamp": fact.occurred_at.isoformat(),
                "data": {
                    "id": str(Ref(FACT, fact.id)),
                    "subject": str(fact.subject),
                    "sequence": fact.sequence,
                    "about": [str(ref) for ref in fact.about if ref in seen and ref != fact.subject],
                    "actor": fact.actor,
                    "recorded_at": fact.recorded_at.isoformat(),
                    "version": fact.version,
                    "values": dict(fact.data),
                },
            },
        )
        for fact in facts
        if fact.subject in seen
    ]


def _with_tries(rows: "QuerySet[WebhookMessage]") -> "QuerySet[WebhookMessage]":
    return rows.prefetch_related(Prefetch("all_tries", WebhookTry.objects.order_by("-at", "-pk")))
