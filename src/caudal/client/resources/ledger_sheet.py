"""The API: ledger sheet. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Balance, MoneyBody
from caudal.client.transport import Resource


class Sheet(TypedDict):
    """What is owned and owed, as positive numbers, and what was earned in earlier fiscal years and in this one."""

    assets: list[Balance]
    liabilities: list[Balance]
    equity: list[Balance]
    retained: list[MoneyBody]
    result: list[MoneyBody]


class LedgerSheetQuery(TypedDict):
    """What may be asked."""

    through: NotRequired[str | None]


class LedgerSheetRoutes(Resource):
    """The routes of ledger sheet."""

    def ledger_sheet(self, **query: Unpack[LedgerSheetQuery]) -> Sheet:
        """Return what is owned and owed, and whose it is."""
        found: Sheet = self._send("GET", "/api/v1/ledger/sheet", query=query)
        return found
