"""The API: channels. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

ChannelKind: TypeAlias = Literal[
    "organic", "paid", "social", "email", "event", "partner", "referral", "outbound", "product", "other"
]
"""What sort of channel, for adding up many of them."""


class ChannelChange(TypedDict):
    """What to change about a channel; what is left out stays."""

    name: NotRequired[str]
    kind: NotRequired[ChannelKind]


class ChannelIn(TypedDict):
    """A channel to add."""

    name: str
    kind: NotRequired[ChannelKind]


class Channel(TypedDict):
    """A channel."""

    id: str
    version: int
    name: str
    kind: str


class ChannelsRoutes(Resource):
    """The routes of channels."""

    def list(self) -> Sequence[Channel]:
        """List the channels, by name."""
        found: Sequence[Channel] = self._send("GET", "/api/v1/channels")
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[ChannelIn]) -> Channel:
        """Add a channel."""
        found: Channel = self._send("POST", "/api/v1/channels", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, channel_id: str) -> Channel:
        """Return a channel."""
        found: Channel = self._send("GET", f"/api/v1/channels/{quoted(channel_id)}")
        return found

    def change(
        self,
        channel_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ChannelChange],
    ) -> Channel:
        """Change a channel; If-Match says which version was read. Leads that came from it bear its new name."""
        found: Channel = self._send(
            "PATCH",
            f"/api/v1/channels/{quoted(channel_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def delete(self, channel_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take out a channel that nothing came from."""
        self._send("DELETE", f"/api/v1/channels/{quoted(channel_id)}", idempotency_key=idempotency_key, version=version)
