"""The API: bundles. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import CostLine, MoneyBody
from caudal.client.transport import Resource, Version, quoted


class BundlePartBody(TypedDict):
    """So many of an offering."""

    offering_id: str
    quantity: NotRequired[int]


class BundleChange(TypedDict):
    """What to change about a bundle; what is left out stays."""

    name: NotRequired[str]
    code: NotRequired[str]
    discount_percent: NotRequired[str]
    parts: NotRequired[list[BundlePartBody]]


class BundleCostIn(TypedDict):
    """Of what the price of a bundle is asked."""

    currency: str
    day: NotRequired[str | None]
    count: NotRequired[int]
    months: NotRequired[int | None]


class BundleCost(TypedDict):
    """What a bundle costs, charge by charge with its waterfall, and what its parts cost alone."""

    lines: list[CostLine]
    once: MoneyBody | None
    every_period: MoneyBody | None
    first: MoneyBody | None
    alone: MoneyBody | None


class BundleIn(TypedDict):
    """A bundle to add."""

    name: str
    code: str
    discount_percent: NotRequired[str]
    parts: list[BundlePartBody]


class BundlePrice(TypedDict):
    """What a bundle costs from a day on."""

    currency: str
    from_date: str
    amount: MoneyBody | None


class Bundle(TypedDict):
    """A bundle."""

    id: str
    version: int
    name: str
    code: str
    discount_percent: str
    parts: list[BundlePartBody]
    prices: list[BundlePrice]


class BundlePriceIn(TypedDict):
    """What a bundle costs whoever buys it from a day on, before tax; null lets its discount count again."""

    currency: str
    from_date: str
    amount: str | None


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

    def price(
        self,
        bundle_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[BundlePriceIn],
    ) -> Bundle:
        """Say what a bundle costs whoever buys it from a day on."""
        found: Bundle = self._send(
            "POST",
            f"/api/v1/bundles/{quoted(bundle_id)}/prices",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def work_out(
        self,
        bundle_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[BundleCostIn],
    ) -> BundleCost:
        """Say what a bundle would cost, with every step from the catalogue price on. Writes nothing."""
        found: BundleCost = self._send(
            "POST",
            f"/api/v1/bundles/{quoted(bundle_id)}/costs",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
