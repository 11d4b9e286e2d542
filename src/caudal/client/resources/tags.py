"""The API: tags. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

TagTone: TypeAlias = Literal["idle", "accent", "good", "warn", "bad", "plan"]
"""What the colour of a tag says; the shades are those of the scheme in force."""


class TagChange(TypedDict):
    """What to change about a tag; what is left out stays."""

    name: NotRequired[str]
    tone: NotRequired[TagTone]


class TagIn(TypedDict):
    """A tag to add."""

    name: str
    tone: NotRequired[TagTone]


class TagMergeIn(TypedDict):
    """The tag that stays."""

    into_id: str


class Tag(TypedDict):
    """A tag."""

    id: str
    version: int
    name: str
    tone: str


class TagsRoutes(Resource):
    """The routes of tags."""

    def list(self) -> Sequence[Tag]:
        """List the tags, by name."""
        found: Sequence[Tag] = self._send("GET", "/api/v1/tags")
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[TagIn]) -> Tag:
        """Add a tag."""
        found: Tag = self._send("POST", "/api/v1/tags", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, tag_id: str) -> Tag:
        """Return a tag."""
        found: Tag = self._send("GET", f"/api/v1/tags/{quoted(tag_id)}")
        return found

    def change(
        self, tag_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[TagChange]
    ) -> Tag:
        """Change a tag; If-Match says which version was read. What bears it bears its new name."""
        found: Tag = self._send(
            "PATCH", f"/api/v1/tags/{quoted(tag_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def delete(self, tag_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a tag out, and off everything that bears it."""
        self._send("DELETE", f"/api/v1/tags/{quoted(tag_id)}", idempotency_key=idempotency_key, version=version)

    def merge(
        self, tag_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[TagMergeIn]
    ) -> Tag:
        """Let everything that bears a tag bear another one instead, and return that one."""
        found: Tag = self._send(
            "POST", f"/api/v1/tags/{quoted(tag_id)}/merge", idempotency_key=idempotency_key, version=version, body=body
        )
        return found
