"""The API: features. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource

FeatureSort: TypeAlias = Literal["switch", "number", "text"]
"""What is said of a feature."""


class FeatureIn(TypedDict):
    """A feature to add."""

    name: str
    code: str
    sort: NotRequired[FeatureSort]


class Feature(TypedDict):
    """A feature."""

    id: str
    name: str
    code: str
    sort: str


class FeaturesRoutes(Resource):
    """The routes of features."""

    def list(self) -> Sequence[Feature]:
        """List the features, by name."""
        found: Sequence[Feature] = self._send("GET", "/api/v1/features")
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[FeatureIn]) -> Feature:
        """Add a feature."""
        found: Feature = self._send("POST", "/api/v1/features", idempotency_key=idempotency_key, body=body)
        return found
