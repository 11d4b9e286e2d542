"""Webhooks: setting endpoints up, and sending facts to them."""

from caudal.workspace.actions.webhooks.endpoints import (
    PING,
    WebhookStopped,
    add_webhook,
    change_webhook,
    end_webhook,
    ping_webhook,
    remove_webhook,
    replay_failed,
    replay_message,
    resume_webhook,
    rotate_secret,
    stop_webhook,
)
from caudal.workspace.actions.webhooks.sending import dispatch_facts, forget_messages, send_messages

__all__ = [
    "PING",
    "WebhookStopped",
    "add_webhook",
    "change_webhook",
    "dispatch_facts",
    "end_webhook",
    "forget_messages",
    "ping_webhook",
    "remove_webhook",
    "replay_failed",
    "replay_message",
    "resume_webhook",
    "rotate_secret",
    "send_messages",
    "stop_webhook",
]
