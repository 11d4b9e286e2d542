"""The API: settings. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource


class SettingsChange(TypedDict):
    """What to change; what is left out stays. Currency and time zone are what all numbers stand on, and stay."""

    name: NotRequired[str]
    language: NotRequired[str]
    fiscal_start_month: NotRequired[int]
    approval_above: NotRequired[MoneyBody | None]
    refund_above: NotRequired[MoneyBody | None]
    response_hours: NotRequired[int]
    invoicing: NotRequired[str]


class Settings(TypedDict):
    """What the company says of itself."""

    id: str
    version: int
    name: str
    currency: str
    zone: str
    country: str
    language: str
    fiscal_start_month: int
    approval_above: MoneyBody | None
    refund_above: MoneyBody | None
    response_hours: int
    invoicing: str
    environment: str


class SettingsRoutes(Resource):
    """The routes of settings."""

    def get(self) -> Settings:
        """Return what the company says of itself."""
        found: Settings = self._send("GET", "/api/v1/settings")
        return found

    def change(self, *, idempotency_key: str | None = None, **body: Unpack[SettingsChange]) -> Settings:
        """Change what the company says of itself; If-Match says which version was read."""
        found: Settings = self._send("PATCH", "/api/v1/settings", idempotency_key=idempotency_key, body=body)
        return found
