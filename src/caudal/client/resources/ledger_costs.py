"""The API: ledger costs. Written by bin/client."""

from typing import TypedDict, Unpack

from caudal.client.resources.shared import LedgerCostIn
from caudal.client.transport import Resource


class CostsIn(TypedDict):
    """Costs to post, all or none."""

    costs: list[LedgerCostIn]


class Costs(TypedDict):
    """The entries that the costs were posted as, in their order."""

    entry_ids: list[str]


class LedgerCostsRoutes(Resource):
    """The routes of ledger costs."""

    def post_ledger_costs(self, *, idempotency_key: str | None = None, **body: Unpack[CostsIn]) -> Costs:
        """Post costs, all or none, each once. Without `paid_from` they are paid from the bank."""
        found: Costs = self._send("POST", "/api/v1/ledger/costs", idempotency_key=idempotency_key, body=body)
        return found
