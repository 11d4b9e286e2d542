"""The API: ledger. Written by bin/client."""

from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource


class Balance(TypedDict):
    """What an account holds in a currency."""

    account: str
    nature: str
    label_en: str
    label_es: str
    amount: MoneyBody


class Balances(TypedDict):
    """The trial balance: debits positive, the sum of each currency zero."""

    balances: list[Balance]


class Income(TypedDict):
    """What was earned and spent, as positive numbers, and what is left by currency."""

    income: list[Balance]
    expenses: list[Balance]
    result: list[MoneyBody]


class Sheet(TypedDict):
    """What is owned and owed, as positive numbers; `result` is what was earned and not carried to equity yet."""

    assets: list[Balance]
    liabilities: list[Balance]
    equity: list[Balance]
    result: list[MoneyBody]


class BalancesQuery(TypedDict):
    """What may be asked."""

    through: NotRequired[str | None]


class IncomeQuery(TypedDict):
    """What may be asked."""

    first: str
    last: str


class SheetQuery(TypedDict):
    """What may be asked."""

    through: NotRequired[str | None]


class ExportQuery(TypedDict):
    """What may be asked."""

    syntax: NotRequired[Literal["beancount", "hledger", "ledger"]]


class LedgerRoutes(Resource):
    """The routes of ledger."""

    def balances(self, **query: Unpack[BalancesQuery]) -> Balances:
        """Return the trial balance: every account in every currency."""
        found: Balances = self._send("GET", "/api/v1/ledger/balances", query=query)
        return found

    def income(self, **query: Unpack[IncomeQuery]) -> Income:
        """Return what was earned and spent in some days."""
        found: Income = self._send("GET", "/api/v1/ledger/income", query=query)
        return found

    def sheet(self, **query: Unpack[SheetQuery]) -> Sheet:
        """Return what is owned and owed, and whose it is."""
        found: Sheet = self._send("GET", "/api/v1/ledger/sheet", query=query)
        return found

    def export(self, **query: Unpack[ExportQuery]) -> None:
        """Return the chart and the whole journal in the syntax of beancount, hledger or ledger."""
        self._send("GET", "/api/v1/ledger/export", query=query)
