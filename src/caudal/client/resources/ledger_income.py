"""The API: ledger income. Written by bin/client."""

from typing import TypedDict, Unpack

from caudal.client.resources.shared import Balance, MoneyBody
from caudal.client.transport import Resource


class Income(TypedDict):
    """What was earned and spent, as positive numbers, and what is left by currency."""

    income: list[Balance]
    expenses: list[Balance]
    result: list[MoneyBody]


class LedgerIncomeQuery(TypedDict):
    """What may be asked."""

    first: str
    last: str


class LedgerIncomeRoutes(Resource):
    """The routes of ledger income."""

    def ledger_income(self, **query: Unpack[LedgerIncomeQuery]) -> Income:
        """Return what was earned and spent in some days."""
        found: Income = self._send("GET", "/api/v1/ledger/income", query=query)
        return found
