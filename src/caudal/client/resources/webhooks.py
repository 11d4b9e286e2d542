"""The API: webhooks. Written by bin/client."""

from collections.abc import Iterator, Sequence
from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class Count(TypedDict):
    """How many messages are sent once more."""

    count: int


class Try(TypedDict):
    """One time that a message was sent."""

    at: str
    status: int | None
    millis: int
    answer: str
    error: str


class Message(TypedDict):
    """A fact on its way to an endpoint."""

    id: str
    webhook_id: str
    type: str
    state: str
    made_at: str
    next_try_at: str | None
    body: str
    tries: list[Try]


class ReplayIn(TypedDict):
    """Since when what failed is sent once more; ever, if nothing is said."""

    since: NotRequired[str | None]


class ResumeIn(TypedDict):
    """Whether what happened meanwhile is sent, too."""

    missed: NotRequired[bool]


class Secret(TypedDict):
    """A new secret, which is not shown again."""

    secret: str


class WebhookChange(TypedDict):
    """What to change; what is left out stays."""

    url: NotRequired[str]
    events: NotRequired[list[str]]
    description: NotRequired[str]


class WebhookIn(TypedDict):
    """Where facts are sent, and which of them."""

    url: str
    events: NotRequired[list[str]]
    description: NotRequired[str]


class WebhookMade(TypedDict):
    """A new webhook with its secret, which is not shown again."""

    id: str
    version: int
    url: str
    events: list[str]
    description: str
    owner: str
    failing_since: str | None
    ended_at: str | None
    ended_why: str | None
    secret: str


class Webhook(TypedDict):
    """An address to which facts are sent, and how it stands."""

    id: str
    version: int
    url: str
    events: list[str]
    description: str
    owner: str
    failing_since: str | None
    ended_at: str | None
    ended_why: str | None


class ListMessagesQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    state: NotRequired[Literal["all", "waiting", "received", "failed"]]


class WebhooksRoutes(Resource):
    """The routes of webhooks."""

    def list(self) -> Sequence[Webhook]:
        """List the webhooks, oldest first."""
        found: Sequence[Webhook] = self._send("GET", "/api/v1/webhooks")
        return found

    def add(self, *, idempotency_key: str | None = None, **body: Unpack[WebhookIn]) -> WebhookMade:
        """Send facts to another address from now on."""
        found: WebhookMade = self._send("POST", "/api/v1/webhooks", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, webhook_id: str) -> Webhook:
        """Return a webhook."""
        found: Webhook = self._send("GET", f"/api/v1/webhooks/{quoted(webhook_id)}")
        return found

    def change(
        self,
        webhook_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[WebhookChange],
    ) -> Webhook:
        """Change where facts are sent, or which; If-Match says which version was read."""
        found: Webhook = self._send(
            "PATCH",
            f"/api/v1/webhooks/{quoted(webhook_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def remove(self, webhook_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a webhook away, with what waited for it."""
        self._send("DELETE", f"/api/v1/webhooks/{quoted(webhook_id)}", idempotency_key=idempotency_key, version=version)

    def rotate_secret(self, webhook_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Secret:
        """Sign with another secret from now on; the old one signs beside it for a day."""
        found: Secret = self._send(
            "POST", f"/api/v1/webhooks/{quoted(webhook_id)}/secret", idempotency_key=idempotency_key, version=version
        )
        return found

    def ping(self, webhook_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Message:
        """Send a message about nothing."""
        found: Message = self._send(
            "POST", f"/api/v1/webhooks/{quoted(webhook_id)}/ping", idempotency_key=idempotency_key, version=version
        )
        return found

    def stop(self, webhook_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Webhook:
        """Send nothing there until it is resumed."""
        found: Webhook = self._send(
            "POST", f"/api/v1/webhooks/{quoted(webhook_id)}/end", idempotency_key=idempotency_key, version=version
        )
        return found

    def resume(
        self, webhook_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ResumeIn]
    ) -> Webhook:
        """Send facts there again, with what happened meanwhile or without."""
        found: Webhook = self._send(
            "POST",
            f"/api/v1/webhooks/{quoted(webhook_id)}/resumption",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_messages(self, webhook_id: str, **query: Unpack[ListMessagesQuery]) -> Iterator[Message]:
        """List what was sent there, newest first, with what came back."""
        found: Iterator[Message] = self._pages(f"/api/v1/webhooks/{quoted(webhook_id)}/messages", query)
        return found

    def replay_message(
        self, webhook_id: str, message_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Count:
        """Send one message once more, whatever became of it."""
        found: Count = self._send(
            "POST",
            f"/api/v1/webhooks/{quoted(webhook_id)}/messages/{quoted(message_id)}/replay",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def replay_failed(
        self, webhook_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ReplayIn]
    ) -> Count:
        """Send everything once more that failed since an instant, or ever."""
        found: Count = self._send(
            "POST",
            f"/api/v1/webhooks/{quoted(webhook_id)}/replay",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
