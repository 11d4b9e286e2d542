"""The API: notifications. Written by bin/client."""

from collections.abc import Iterator
from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class Notification(TypedDict):
    """Something that the caller was told, in words of the caller's language."""

    id: str
    sort: str
    at: str
    unread: bool
    who: str
    words: str
    name: str
    about: str
    body: str
    href: str


class ReadBody(TypedDict):
    """Whether a notification counts as read."""

    read: NotRequired[bool]


class Read(TypedDict):
    """How many were read."""

    count: int


class ListQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    show: NotRequired[Literal["unread", "read", "all"]]


class NotificationsRoutes(Resource):
    """The routes of notifications."""

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Notification]:
        """List what the caller was told; a key is told nothing."""
        found: Iterator[Notification] = self._pages("/api/v1/notifications", query)
        return found

    def read(self, *, idempotency_key: str | None = None) -> Read:
        """Note that everything was read."""
        found: Read = self._send("POST", "/api/v1/notifications/read", idempotency_key=idempotency_key)
        return found

    def change(
        self,
        notification_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ReadBody],
    ) -> None:
        """Note that a notification was read, or is to be read again."""
        self._send(
            "PATCH",
            f"/api/v1/notifications/{quoted(notification_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
