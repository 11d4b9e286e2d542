"""Sending: facts become messages in the order of the journal, and messages are tried until they are received or fail.

A worker claims messages, commits, sends them side by side, and writes down what came back. One that dies in between
leaves claims behind, which are taken up again after a while: a message may arrive twice, under the same id.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from caudal.core.errors import Problem
from caudal.kit.access import SYSTEM, Actor, Verb, may
from caudal.kit.actions import action
from caudal.kit.clocking import clocked
from caudal.kit.failpoints import failpoint
from caudal.kit.http import HttpAnswer
from caudal.kit.letters import is_held
from caudal.kit.outbox import RecordedFact, journal
from caudal.kit.signatures import signed_headers
from caudal.kit.vault import take_out
from caudal.kit.world import world
from caudal.workspace.actions.webhooks.endpoints import end_webhook
from caudal.workspace.models import KEPT, Ending, Webhook, WebhookMessage, WebhookSecret, WebhookTry, place_columns
from caudal.workspace.queries import NotHereAnyMore, actor_called, seen_facts

WAITS: Final = (
    timedelta(),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""Before each try, after the one before it: ten in 75 h 35 min, as Standard Webhooks 1.0 proposes."""
JITTER: Final = 0.1
"""Up to this share longer, so that receivers that come back are not met by everything at once."""
FAILING_MAX: Final = timedelta(days=5)
"""An endpoint to which nothing got through for so long is switched off."""
CLAIM_LASTS: Final = timedelta(minutes=2)
STRETCH: Final = 500
ROUND: Final = 16
"""Messages that are on their way at once."""
ROUND_OF_ONE: Final = 4
"""Those of them to one endpoint; while it fails, one."""
ANSWER_MAX: Final = 1000
RETRY_AFTER_MAX_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try."""

    status: int | None = None
    millis: int = 0
    answer: str = ""
    error: str = ""
    retry_after_seconds: int = 0

    @property
    def is_received(self) -> bool:
        """Whether the receiver has it: a 2xx. A redirection is nobody's."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def dispatch_facts(*, as_of: datetime) -> int:
    """Make messages of the facts that no endpoint was told of yet, and return how many.

    Nothing leaves a restored copy that nobody has released.
    """
    made = 0
    if is_held():
        return made
    for webhook_id in (
        Webhook.objects.filter(deleted_at=None, ended_at=None).order_by("pk").values_list("pk", flat=True)
    ):
        is_last = False
        while not is_last:
            count, is_last = _dispatch(as_of, webhook_id)
            made += count
    return made


@action
def _dispatch(as_of: datetime, webhook_id: UUID) -> tuple[int, bool]:
    """Take the next facts of the journal for one endpoint; say how many became messages, and whether these were all."""
    rows = Webhook.objects.filter(pk=webhook_id, deleted_at=None, ended_at=None)
    webhook = rows.select_for_update(skip_locked=True).first()
    if webhook is None:
        return 0, True
    reader = _reader(webhook, as_of)
    if reader is None:
        end_webhook(actor=SYSTEM, as_of=as_of, webhook=webhook, why=Ending.OWNER)
        return 0, True
    found = journal(webhook.place, names=webhook.events, limit=STRETCH)
    told = messages_of(webhook, found.facts, reader, as_of)
    WebhookMessage.objects.bulk_create(told, ignore_conflicts=True)
    if found.end != webhook.place:
        rows.update(**place_columns(found.end))
    return len(told), found.is_last


def messages_of(
    webhook: Webhook, facts: Sequence[RecordedFact], reader: Actor, as_of: datetime
) -> list[WebhookMessage]:
    """Return the messages that tell an endpoint of facts, as far as the reader sees what they are about."""
    return [
        WebhookMessage(
            webhook=webhook,
            fact=fact.id,
            event=fact.name,
            body=json.dumps(body, separators=(",", ":"), ensure_ascii=False),
            made_at=as_of,
            due_at=as_of,
        )
        for fact, body in seen_facts(facts, reader)
    ]


def send_messages(*, as_of: datetime) -> int:
    """Send a round of the messages that are due, side by side, and return how many were tried.

    Several workers may be at it at once. Nothing leaves a restored copy that nobody has released.
    """
    if is_held():
        return 0
    claimed = _claim(as_of)
    if not claimed:
        return 0
    failpoint("webhooks.before_sending")
    secrets = _secrets({message.webhook_id for message in claimed}, as_of)
    with ThreadPoolExecutor(max_workers=ROUND) as pool:
        running = [
            pool.submit(copy_context().run, _sent, message, secrets.get(message.webhook_id, []), as_of)
            for message in claimed
        ]
        outcomes = [each.result() for each in running]
    failpoint("webhooks.after_sending")
    for message, outcome in zip(claimed, outcomes, strict=True):
        _written(message, outcome, as_of)
    return len(claimed)


def forget_messages(*, as_of: datetime) -> int:
    """Delete messages that were received or failed long ago, and return how many."""
    count = 0
    for column, kept in KEPT:
        rows = WebhookMessage.objects.filter(**{f"{column}__lt": as_of - kept})
        count += rows.count()
        rows.delete()
    return count


def _reader(webhook: Webhook, as_of: datetime) -> Actor | None:
    """Whose eyes decide what an endpoint is told; nobody's once they may not read facts any more."""
    try:
        found = actor_called(webhook.owner, as_of=as_of)
    except NotHereAnyMore:
        return None
    return found if may(found, "event", Verb.VIEW) else None


def _claim(as_of: datetime) -> list[WebhookMessage]:
    free = Q(claimed_at=None) | Q(claimed_at__lt=as_of - CLAIM_LASTS)
    due = WebhookMessage.objects.filter(
        free, due_at__lte=as_of, webhook__deleted_at=None, webhook__ended_at=None
    ).select_related("webhook")
    chosen: list[WebhookMessage] = []
    per_endpoint: Counter[UUID] = Counter()
    with transaction.atomic():
        for message in due.order_by("due_at", "id").select_for_update(skip_locked=True, of=("self",))[: 8 * ROUND]:
            most = ROUND_OF_ONE if message.webhook.failing_since is None else 1
            if len(chosen) < ROUND and per_endpoint[message.webhook_id] < most:
                per_endpoint[message.webhook_id] += 1
                message.tries += 1
                chosen.append(message)
                rows = WebhookMessage.objects.filter(pk=message.pk)
                rows.update(claimed_at=as_of, tries=message.tries)
    return chosen


def _secrets(webhook_ids: Iterable[UUID], as_of: datetime) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = WebhookSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=as_of), webhook_id__in=webhook_ids)
    for row in rows.order_by("-made_at", "pk"):
        secret = take_out(bytes(row.sealed), row.pk)
        if secret is not None:
            found.setdefault(row.webhook_id, []).append(secret)
    return found


def _sent(message: WebhookMessage, secrets: list[str], as_of: datetime) -> Outcome:
    """Send one message and return what came of it. It runs beside others and touches no row."""
    if not secrets:
        return Outcome(error="There is no secret of this installation to sign with: rotate it.")
    body = message.body.encode()
    signed = signed_headers(secrets, message_id=message.fact_ref, at_seconds=int(as_of.timestamp()), body=body)
    headers = signed | {"content-type": "application/json", "user-agent": "Caudal-Webhooks/1"}

    def asked() -> HttpAnswer | Problem:
        try:
            return world().way_out().send("POST", message.webhook.url, headers=headers, body=body)
        except Problem as refused:
            return refused

    answer, seconds = clocked(asked)
    millis = int(seconds * 1000)
    if isinstance(answer, Problem):
        return Outcome(millis=millis, error=f"{answer.code}: {answer.told()}"[:300])
    later = answer.headers.get("retry-after", "")
    return Outcome(
        status=answer.status,
        millis=millis,
        answer=answer.body[:ANSWER_MAX].decode(errors="replace").replace("\0", ""),
        retry_after_seconds=int(later) if later.isascii() and later.isdecimal() and len(later) <= len("86400") else 0,
    )


@action
def _written(message: WebhookMessage, outcome: Outcome, as_of: datetime) -> None:
    """Write down what came of one try: what becomes of the message, and of the endpoint."""
    rows = WebhookMessage.objects.filter(pk=message.pk)
    endpoint = Webhook.objects.filter(pk=message.webhook_id)
    if not rows.exists():  # the endpoint was taken away meanwhile
        return
    WebhookTry.objects.create(
        message=message,
        at=as_of,
        status=outcome.status,
        millis=outcome.millis,
        answer=outcome.answer,
        error=outcome.error,
    )
    if outcome.is_received:
        rows.update(received_at=as_of, failed_at=None, due_at=None, claimed_at=None)
        endpoint.exclude(failing_since=None).update(failing_since=None)
        return
    gone = outcome.status == HTTPStatus.GONE
    if gone or message.tries >= len(WAITS):
        rows.update(failed_at=as_of, due_at=None, claimed_at=None)
    else:
        wait = max(WAITS[message.tries], timedelta(seconds=min(outcome.retry_after_seconds, RETRY_AFTER_MAX_SECONDS)))
        rows.update(due_at=as_of + wait * (1 + JITTER * world().entropy.random()), claimed_at=None)
    endpoint.filter(failing_since=None).update(failing_since=as_of)
    webhook = endpoint.select_for_update().get()
    long_ago = webhook.failing_since is not None and webhook.failing_since <= as_of - FAILING_MAX
    if webhook.deleted_at is None and (gone or long_ago):
        end_webhook(actor=SYSTEM, as_of=as_of, webhook=webhook, why=Ending.GONE if gone else Ending.FAILING)
