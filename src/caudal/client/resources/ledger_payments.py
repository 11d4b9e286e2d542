"""The API: ledger payments. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource


class Paid(TypedDict):
    """The entry of a payment."""

    entry_id: str


class SupplierPaymentIn(TypedDict):
    """A payment of what is owed for a document, in whole or in part; its key pays once."""

    key: str
    document: str
    amount: MoneyBody
    day: str
    paid_from: NotRequired[str | None]


class LedgerPaymentsRoutes(Resource):
    """The routes of ledger payments."""

    def pay_ledger_supplier(self, *, idempotency_key: str | None = None, **body: Unpack[SupplierPaymentIn]) -> Paid:
        """Pay a supplier what is owed for a document, in whole or in part."""
        found: Paid = self._send("POST", "/api/v1/ledger/payments", idempotency_key=idempotency_key, body=body)
        return found
