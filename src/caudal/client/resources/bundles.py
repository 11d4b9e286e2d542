"""The API: bundles. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class BundleChange(TypedDict):
    """What to change about a bundle; what is left out stays."""

    name: NotRequired[str]
    code: NotRequired[str]
    discount_percent: NotRequired[str]
    offering_ids: NotRequired[list[str]]


class BundleIn(TypedDict):
    """A bundle to add."""

    name: str
    code: str
    discount_percent: NotRequired[str]
    offering_ids: list[str]


class Bundle(TypedDict):
    """A bundle."""

    id: str
    version: int
    name: str
    code: str
    discount_percent: str
    offering_ids: list[str]


class BundlesRoutes(Resource):
    """The routes of bundles."""

    def list(self) -> Sequence[Bundle]:
        """List the bundles, by name."""
        found: Sequence[Bundle] = self._send("GET", "/api/v1/bundles")
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[BundleIn]) -> Bundle:
        """Sell offerings together for less."""
        found: Bundle = self._send("POST", "/api/v1/bundles", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, bundle_id: str) -> Bundle:
        """Return a bundle."""
        found: Bundle = self._send("GET", f"/api/v1/bundles/{quoted(bundle_id)}")
        return found

    def change(
        self,
        bundle_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[BundleChange],
    ) -> Bundle:
        """Change a bundle; If-Match says which version was read."""
        found: Bundle = self._send(
            "PATCH", f"/api/v1/bundles/{quoted(bundle_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found
