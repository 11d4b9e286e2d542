"""The API: billing orders. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import BundleItem
from caudal.client.transport import Resource, Version, quoted


class OrderItem(TypedDict):
    """An offering that is sold once."""

    offering_id: str
    quantity: NotRequired[str]
    discount_percent: NotRequired[str | None]


class NewOrder(TypedDict):
    """Something to sell once."""

    customer_id: str
    day: str
    items: NotRequired[list[OrderItem]]
    bundles: NotRequired[list[BundleItem]]
    name: NotRequired[str]
    contract_id: NotRequired[str | None]


class Order(TypedDict):
    """An order; it is open until it is invoiced or called off."""

    id: str
    version: int
    customer_id: str
    name: str
    currency: str
    day: str
    is_open: bool
    is_called_off: bool


class BillingOrdersRoutes(Resource):
    """The routes of billing orders."""

    def create_order(self, *, idempotency_key: str | None = None, **body: Unpack[NewOrder]) -> Order:
        """Sell something once, due on a day."""
        found: Order = self._send("POST", "/api/v1/billing/orders", idempotency_key=idempotency_key, body=body)
        return found

    def get_order(self, order_id: str) -> Order:
        """Return an order."""
        found: Order = self._send("GET", f"/api/v1/billing/orders/{quoted(order_id)}")
        return found

    def call_off_order(self, order_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Order:
        """Call off an order that is not invoiced; it stays to be seen."""
        found: Order = self._send(
            "DELETE", f"/api/v1/billing/orders/{quoted(order_id)}", idempotency_key=idempotency_key, version=version
        )
        return found
