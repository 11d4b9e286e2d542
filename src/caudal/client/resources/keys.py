"""The API: keys. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Role
from caudal.client.transport import Resource, Version, quoted


class KeyIn(TypedDict):
    """What a new key is to open."""

    name: str
    role: Role
    scopes: list[str]
    expires_at: NotRequired[str | None]


class Key(TypedDict):
    """A key; its token is shown once."""

    id: str
    name: str
    prefix: str
    role: str
    scopes: list[str]
    expires_at: str | None
    token: NotRequired[str | None]


class KeysRoutes(Resource):
    """The routes of keys."""

    def issue(self, *, idempotency_key: str | None = None, **body: Unpack[KeyIn]) -> Key:
        """Issue a key for a program."""
        found: Key = self._send("POST", "/api/v1/keys", idempotency_key=idempotency_key, body=body)
        return found

    def list(self) -> Sequence[Key]:
        """List the keys that still open something, newest first."""
        found: Sequence[Key] = self._send("GET", "/api/v1/keys")
        return found

    def revoke(self, key_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Stop a key from opening anything."""
        self._send("DELETE", f"/api/v1/keys/{quoted(key_id)}", idempotency_key=idempotency_key, version=version)
