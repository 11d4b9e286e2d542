"""Endpoints: where facts are sent, which of them, and the secret that they are signed with."""

import ipaddress
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.http import is_public
from caudal.kit.outbox import end_of_journal, publish
from caudal.kit.outbox.facts import REGISTRY
from caudal.kit.problems import BadInput
from caudal.kit.records import Changes, first_values
from caudal.kit.signatures import new_secret
from caudal.kit.vault import lock_away
from caudal.kit.world import new_id
from caudal.workspace.events import (
    WebhookAdded,
    WebhookChanged,
    WebhookEnded,
    WebhookRemoved,
    WebhookReplayed,
    WebhookResumed,
    WebhookSecretChanged,
)
from caudal.workspace.models import URL_MAX, Ending, Webhook, WebhookMessage, WebhookSecret, place_columns

PING: Final = "caudal.ping"
"""What is sent to see whether anybody listens; no fact, and nothing happened."""
OLD_SECRET_SIGNS_FOR: Final = timedelta(days=1)
DESCRIPTION_MAX: Final = 200


class WebhookStopped(Problem):
    """Nothing is sent while the endpoint is switched off."""

    code = "webhook.stopped"
    status = 409
    message = msg("Nothing is sent to {url}: it is switched off.")
    hint = msg("Switch it on first.")


@action
def add_webhook(
    *, actor: Actor, as_of: datetime, url: str, events: Collection[str] = (), description: str = ""
) -> tuple[Webhook, str]:
    """Send facts to another address from now on, and return it with its secret, which is not shown again.

    `events` names facts; none means all. Raises BadInput.
    """
    require(actor, "webhook", Verb.CREATE)
    values = _checked({"url": url, "events": events, "description": description})
    webhook = Webhook.stamped(
        actor=actor,
        as_of=as_of,
        owner=actor.id,
        **place_columns(end_of_journal()),
        **values,
    )
    webhook.save(force_insert=True)
    fact = WebhookAdded(subject=webhook.ref, **_told(first_values(values)))
    publish(fact, actor=actor, occurred_at=as_of)
    return webhook, _add_secret(webhook, as_of)


@action
def change_webhook(
    *, actor: Actor, as_of: datetime, webhook: Webhook, expected_version: int | None = None, **values: Any
) -> Webhook:
    """Change where facts are sent, or which of them. Raises BadInput, VersionConflict."""
    require(actor, "webhook", Verb.CHANGE)
    checked = _checked(values)
    changes = webhook.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(WebhookChanged(subject=webhook.ref, **_told(changes)), actor=actor, occurred_at=as_of)
    return webhook


@action
def rotate_secret(*, actor: Actor, as_of: datetime, webhook: Webhook) -> str:
    """Sign with another secret from now on and return it, once; the old one signs beside it for a day."""
    require(actor, "webhook", Verb.CHANGE)
    ends_at = as_of + OLD_SECRET_SIGNS_FOR
    webhook.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=ends_at)).update(ends_at=ends_at)
    webhook.secrets.filter(ends_at__lte=as_of).delete()
    webhook.touch(actor=actor, as_of=as_of)
    publish(WebhookSecretChanged(subject=webhook.ref), actor=actor, occurred_at=as_of)
    return _add_secret(webhook, as_of)


@action
def stop_webhook(*, actor: Actor, as_of: datetime, webhook: Webhook) -> Webhook:
    """Send nothing more to an endpoint until somebody switches it on again."""
    require(actor, "webhook", Verb.CHANGE)
    return end_webhook(actor=actor, as_of=as_of, webhook=webhook, why=Ending.BY_HAND)


def end_webhook(*, actor: Actor, as_of: datetime, webhook: Webhook, why: Ending) -> Webhook:
    """Send nothing more to an endpoint, for a reason; it may be over already."""
    if webhook.ended_at is None:
        webhook.touch(actor=actor, as_of=as_of, ended_at=as_of, ended_by=actor.id, ended_why=why.value)
        publish(WebhookEnded(subject=webhook.ref, why=why.value), actor=actor, occurred_at=as_of)
    return webhook


@action
def resume_webhook(*, actor: Actor, as_of: datetime, webhook: Webhook, missed: bool = True) -> Webhook:
    """Send facts to an endpoint again, as far as whoever resumes it sees them; with what it missed, or without."""
    require(actor, "webhook", Verb.CHANGE)
    if webhook.ended_at is None:
        return webhook
    values: dict[str, Any] = dict.fromkeys(("ended_at", "ended_by", "ended_why", "failing_since"))
    if not missed:
        values |= place_columns(end_of_journal())
    webhook.touch(actor=actor, as_of=as_of, owner=actor.id, **values)
    publish(WebhookResumed(subject=webhook.ref, missed=missed), actor=actor, occurred_at=as_of)
    return webhook


@action
def remove_webhook(*, actor: Actor, as_of: datetime, webhook: Webhook, expected_version: int | None = None) -> None:
    """Take an endpoint away, with its secrets and what waited for it. Raises VersionConflict."""
    require(actor, "webhook", Verb.DELETE)
    webhook.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    webhook.secrets.all().delete()
    webhook.messages.all().delete()
    publish(WebhookRemoved(subject=webhook.ref), actor=actor, occurred_at=as_of)


@action
def ping_webhook(*, actor: Actor, as_of: datetime, webhook: Webhook) -> WebhookMessage:
    """Send a message about nothing, to see what comes back. Raises WebhookStopped."""
    require(actor, "webhook", Verb.CHANGE)
    _refuse_stopped(webhook)
    body = json.dumps({"type": PING, "timestamp": as_of.isoformat(), "data": {}}, separators=(",", ":"))
    return WebhookMessage.objects.create(
        webhook=webhook, fact=new_id(), event=PING, body=body, made_at=as_of, due_at=as_of
    )


@action
def replay_message(*, actor: Actor, as_of: datetime, webhook: Webhook, message_id: UUID) -> int:
    """Send one message once more, whatever became of it; return how many that are. Raises WebhookStopped."""
    return _replayed(actor, as_of, webhook, Q(pk=message_id))


@action
def replay_failed(*, actor: Actor, as_of: datetime, webhook: Webhook, since: datetime | None = None) -> int:
    """Send everything once more that failed since an instant, or ever; return how many. Raises WebhookStopped."""
    failed = Q(failed_at__isnull=False) if since is None else Q(failed_at__gte=since)
    return _replayed(actor, as_of, webhook, failed)


def _replayed(actor: Actor, as_of: datetime, webhook: Webhook, wanted: Q) -> int:
    require(actor, "webhook", Verb.CHANGE)
    _refuse_stopped(webhook)
    # What a worker holds right now is on its way already.
    rows = webhook.messages.filter(wanted, claimed_at=None)
    count = rows.update(due_at=as_of, tries=0, received_at=None, failed_at=None)
    if count:
        publish(WebhookReplayed(subject=webhook.ref, count=count), actor=actor, occurred_at=as_of)
    return count


def _told(changes: Changes) -> dict[str, Any]:
    """Return changes as a fact carries them: an address may hold a token, which other receivers must not read."""
    return {
        "changes": {name: pair for name, pair in changes.items() if name != "url"},
        "personal": {name: pair for name, pair in changes.items() if name == "url"},
    }


def _refuse_stopped(webhook: Webhook) -> None:
    if webhook.ended_at is not None:
        raise WebhookStopped(url=webhook.url)


def _add_secret(webhook: Webhook, as_of: datetime) -> str:
    secret, row_id = new_secret(), new_id()
    WebhookSecret.objects.create(id=row_id, webhook=webhook, sealed=lock_away(secret, row_id), made_at=as_of)
    return secret


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of an endpoint as its row keeps it. Raises BadInput."""
    wrong: dict[str, str] = {}
    said = dict(values)
    if "url" in said:
        said["url"] = str(said["url"]).strip()
        wrong |= {"url": why} if (why := _unfit(said["url"])) else {}
    if "events" in said:
        said["events"] = sorted(set(said["events"]))
        if unknown := [name for name in said["events"] if name not in REGISTRY]:
            wrong["events"] = msg("There is no such fact:") + " " + ", ".join(unknown)[:200]
    if "description" in said:
        said["description"] = " ".join(str(said["description"]).split())
        if len(said["description"]) > DESCRIPTION_MAX:
            wrong["description"] = msg("This is too long.")
    if wrong:
        raise BadInput(wrong)
    return said


def _unfit(url: str) -> str:
    """Say why facts are not sent to an address, as far as that is seen without asking for it; nothing if they are."""
    if len(url) > URL_MAX:
        return msg("This is too long.")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
        literal = ipaddress.ip_address(host) if host.replace(".", "").isdecimal() or ":" in host else None
    except ValueError:
        return msg("This is not an address that anything can be sent to.")
    if not host or parts.username or parts.password or parts.fragment or not url.isprintable() or " " in url:
        return msg("This is not an address that anything can be sent to.")
    own = host in settings.HTTP_ALLOWED
    if parts.scheme != "https" and not (own and parts.scheme == "http"):
        return msg("Facts are sent to https addresses only.")
    if literal is not None and not own and not is_public(host):
        return msg("This leads to a private or reserved address.")
    return ""
