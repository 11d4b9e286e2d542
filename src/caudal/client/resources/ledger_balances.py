"""The API: ledger balances. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Balance
from caudal.client.transport import Resource


class Balances(TypedDict):
    """The trial balance: debits positive, the sum of each currency zero."""

    balances: list[Balance]


class LedgerBalancesQuery(TypedDict):
    """What may be asked."""

    through: NotRequired[str | None]


class LedgerBalancesRoutes(Resource):
    """The routes of ledger balances."""

    def ledger_balances(self, **query: Unpack[LedgerBalancesQuery]) -> Balances:
        """Return the trial balance: every account in every currency."""
        found: Balances = self._send("GET", "/api/v1/ledger/balances", query=query)
        return found
