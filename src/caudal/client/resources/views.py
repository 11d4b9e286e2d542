"""The API: views. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

Sharing: TypeAlias = Literal["private", "team", "everybody"]
"""Who sees a view besides the member whose it is."""


ViewLayout: TypeAlias = Literal["list", "board"]
"""How a view shows its rows."""


class ViewChange(TypedDict):
    """What to change about a view; what is left out stays."""

    name: NotRequired[str]
    sharing: NotRequired[Sharing]
    layout: NotRequired[ViewLayout]
    where: NotRequired[str]
    columns: NotRequired[list[str]]
    sort: NotRequired[str]
    group: NotRequired[str]


class ViewDraft(TypedDict):
    """A view to keep: what it filters, shows, sorts and groups by, and who sees it."""

    record_kind: str
    name: str
    sharing: NotRequired[Sharing]
    layout: NotRequired[ViewLayout]
    where: NotRequired[str]
    columns: NotRequired[list[str]]
    sort: NotRequired[str]
    group: NotRequired[str]


class View(TypedDict):
    """A view of the list of one kind of record."""

    id: str
    version: int
    record_kind: str
    owner_id: str
    name: str
    sharing: str
    team_id: str | None
    layout: str
    where: str
    columns: list[str]
    sort: str
    group: str


class ListQuery(TypedDict):
    """What may be asked."""

    record_kind: NotRequired[str]


class ViewsRoutes(Resource):
    """The routes of views."""

    def list(self, **query: Unpack[ListQuery]) -> Sequence[View]:
        """List the views that one sees, by kind of record and name. A list is read through one as `view={id}`."""
        found: Sequence[View] = self._send("GET", "/api/v1/views", query=query)
        return found

    def save(self, *, idempotency_key: str | None = None, **body: Unpack[ViewDraft]) -> View:
        """Keep a view; views belong to members."""
        found: View = self._send("POST", "/api/v1/views", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, view_id: str) -> View:
        """Return a view."""
        found: View = self._send("GET", f"/api/v1/views/{quoted(view_id)}")
        return found

    def change(
        self, view_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ViewChange]
    ) -> View:
        """Change a view for everybody who sees it; If-Match says which version was read."""
        found: View = self._send(
            "PATCH", f"/api/v1/views/{quoted(view_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def delete(self, view_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a view away from everybody who sees it; its rows stay."""
        self._send("DELETE", f"/api/v1/views/{quoted(view_id)}", idempotency_key=idempotency_key, version=version)

    def choose_default(self, view_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Let one's own list open with a view."""
        self._send("PUT", f"/api/v1/views/{quoted(view_id)}/default", idempotency_key=idempotency_key, version=version)
