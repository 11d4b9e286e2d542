"""The API: notification settings. Written by bin/client."""

from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource

NoticeSort: TypeAlias = Literal["mention", "assigned", "task", "reminder", "followed", "approval", "work"]
"""Why somebody is told of something."""


Rhythm: TypeAlias = Literal["daily", "weekly", "never"]
"""How often a digest comes."""


Way: TypeAlias = Literal["mail", "digest", "page", "none"]
"""How somebody wishes to be told; each way includes those after it, and the last one none."""


class WaysBody(TypedDict):
    """How a member wishes to be told of each sort, and when."""

    ways: NotRequired[dict[str, Way]]
    rhythm: NotRequired[Rhythm]
    hour: NotRequired[int]
    weekday: NotRequired[int]
    remind_minutes: NotRequired[int]


class NotificationSettingsRoutes(Resource):
    """The routes of notification settings."""

    def get_notification_settings(self) -> WaysBody:
        """Say how the caller is told."""
        found: WaysBody = self._send("GET", "/api/v1/notification-settings")
        return found

    def change_notification_settings(self, *, idempotency_key: str | None = None, **body: Unpack[WaysBody]) -> WaysBody:
        """Let the caller be told otherwise; what is left out stays."""
        found: WaysBody = self._send(
            "PATCH", "/api/v1/notification-settings", idempotency_key=idempotency_key, body=body
        )
        return found
