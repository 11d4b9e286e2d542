"""The API: prices. Written by bin/client."""

from caudal.client.transport import Resource, Version, quoted


class PricesRoutes(Resource):
    """The routes of prices."""

    def withdraw(self, price_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a price back before its day."""
        self._send("DELETE", f"/api/v1/prices/{quoted(price_id)}", idempotency_key=idempotency_key, version=version)
