"""The API: ledger opening. Written by bin/client."""

from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody, Nature
from caudal.client.transport import Resource


class OpeningLineIn(TypedDict):
    """What an account held, a debit if positive; name and type add an account that the chart does not have."""

    account: str
    amount: MoneyBody
    name: NotRequired[str]
    nature: NotRequired[Nature | Literal[""]]


class OpeningIn(TypedDict):
    """The balances with which a company moves in; debits and credits of each currency are alike."""

    day: str
    lines: list[OpeningLineIn]


class Opening(TypedDict):
    """The entry that opened the books."""

    entry_id: str


class LedgerOpeningRoutes(Resource):
    """The routes of ledger opening."""

    def open_ledger_books(self, *, idempotency_key: str | None = None, **body: Unpack[OpeningIn]) -> Opening:
        """Post what the accounts held when the company moved in, once."""
        found: Opening = self._send("POST", "/api/v1/ledger/opening", idempotency_key=idempotency_key, body=body)
        return found
