"""The API: costs. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import CostLine, MoneyBody
from caudal.client.transport import Resource


class UsageIn(TypedDict):
    """So much usage of a meter: a quantity, or the amounts of its transactions, and its values by dimension."""

    meter: str
    quantity: NotRequired[str]
    amounts: NotRequired[list[str]]
    where: NotRequired[dict[str, str]]


class CostIn(TypedDict):
    """Of what the price is asked."""

    offering_id: str
    currency: str
    day: NotRequired[str | None]
    customer_since: NotRequired[str | None]
    seats: NotRequired[str]
    usage: NotRequired[list[UsageIn]]
    months: NotRequired[int | None]
    add_on_ids: NotRequired[list[str]]


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
