"""The API: ledger export. Written by bin/client."""

from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource


class LedgerExportQuery(TypedDict):
    """What may be asked."""

    syntax: NotRequired[Literal["beancount", "hledger", "ledger"]]


class LedgerExportRoutes(Resource):
    """The routes of ledger export."""

    def ledger_export(self, **query: Unpack[LedgerExportQuery]) -> bytes:
        """Return the chart and the whole journal in the syntax of beancount, hledger or ledger."""
        found: bytes = self._send("GET", "/api/v1/ledger/export", query=query)
        return found
