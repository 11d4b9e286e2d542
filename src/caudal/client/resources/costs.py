"""The API: costs. Written by bin/client."""

from typing import Any, TypedDict, Unpack

from caudal.client.resources.shared import CostIn, MoneyBody
from caudal.client.transport import Resource


class CostLine(TypedDict):
    """What one charge comes to: `decision` is its waterfall, `parts` what the catalogue asks tier by tier."""

    charge: str
    name: str
    sort: str
    stream: str
    quantity: str
    price_number: int
    parts: list[dict[str, Any]]
    decision: dict[str, Any]
    amount: MoneyBody | None


class Cost(TypedDict):
    """What an offering costs: once, every period, and the first period with both."""

    lines: list[CostLine]
    once: MoneyBody | None
    every_period: MoneyBody | None
    first: MoneyBody | None


class CostsRoutes(Resource):
    """The routes of costs."""

    def work_out(self, *, idempotency_key: str | None = None, **body: Unpack[CostIn]) -> Cost:
        """Say what an offering would cost, line by line, with every step from the catalogue price on."""
        found: Cost = self._send("POST", "/api/v1/costs", idempotency_key=idempotency_key, body=body)
        return found
