"""The API: ledger confirmations. Written by bin/client."""

from caudal.client.transport import Resource, Version, quoted


class LedgerConfirmationsRoutes(Resource):
    """The routes of ledger confirmations."""

    def withdraw_month_step(
        self, month_confirmation_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> None:
        """Take a confirmation back; it stays with who gave it and who took it back."""
        self._send(
            "POST",
            f"/api/v1/ledger/confirmations/{quoted(month_confirmation_id)}/withdrawal",
            idempotency_key=idempotency_key,
            version=version,
        )
