"""The API: charges. Written by bin/client."""

from typing import Any, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Charge, Price, Stream, VolumeStep
from caudal.client.transport import Resource, Version, quoted


class ChargeChange(TypedDict):
    """What to change about a charge; what is left out stays."""

    name: NotRequired[str]
    unit: NotRequired[str]
    stream: NotRequired[Stream]


class PriceFinding(TypedDict):
    """What is odd about a price."""

    code: str
    severity: str
    message: str


class Lint(TypedDict):
    """A price as it is kept, and everything that is odd about it."""

    price: dict[str, Any]
    findings: list[PriceFinding]


class PriceIn(TypedDict):
    """A price to add; see the guide of the catalogue for how `price` is written."""

    currency: str
    from_date: str
    existing_from_date: NotRequired[str | None]
    price: dict[str, Any]


class VolumeIn(TypedDict):
    """All volume discounts of a charge."""

    discounts: list[VolumeStep]


class ChargesRoutes(Resource):
    """The routes of charges."""

    def get(self, charge_id: str) -> Charge:
        """Return a charge."""
        found: Charge = self._send("GET", f"/api/v1/charges/{quoted(charge_id)}")
        return found

    def change(
        self,
        charge_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ChargeChange],
    ) -> Charge:
        """Change a charge; If-Match says which version was read."""
        found: Charge = self._send(
            "PATCH", f"/api/v1/charges/{quoted(charge_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def set_volume_discounts(
        self, charge_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[VolumeIn]
    ) -> Charge:
        """Say from which quantities a charge costs less; all of it at once."""
        found: Charge = self._send(
            "PUT",
            f"/api/v1/charges/{quoted(charge_id)}/volume-discounts",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def create_price(
        self, charge_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[PriceIn]
    ) -> Price:
        """Give a charge a price in a currency from a day on."""
        found: Price = self._send(
            "POST",
            f"/api/v1/charges/{quoted(charge_id)}/prices",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def check_price(
        self, charge_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[PriceIn]
    ) -> Lint:
        """Say what would be odd about a price, in itself and beside the others of the charge."""
        found: Lint = self._send(
            "POST",
            f"/api/v1/charges/{quoted(charge_id)}/price-check",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
