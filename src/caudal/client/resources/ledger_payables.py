"""The API: ledger payables. Written by bin/client."""

from typing import TypedDict

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource


class Payable(TypedDict):
    """What is still owed to a supplier for a document."""

    document: str
    party: str
    owed: MoneyBody
    since: str
    entry_id: str


class PayableList(TypedDict):
    """What is owed to suppliers, the oldest first."""

    items: list[Payable]


class LedgerPayablesRoutes(Resource):
    """The routes of ledger payables."""

    def list_ledger_payables(self) -> PayableList:
        """List what is owed to suppliers, the oldest first."""
        found: PayableList = self._send("GET", "/api/v1/ledger/payables")
        return found
