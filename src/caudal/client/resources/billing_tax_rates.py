"""The API: billing tax rates. Written by bin/client."""

from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource


class TaxRateIn(TypedDict):
    """A rate to add; it is never changed after that."""

    country: str
    tax_kind: Literal["standard", "reduced"]
    from_day: str
    percent: str
    source: NotRequired[str]


class TaxRate(TypedDict):
    """The percentage of a country for a kind of product from a day on."""

    id: str
    country: str
    tax_kind: str
    from_day: str
    percent: str
    source: str


class TaxRateList(TypedDict):
    """Rates by country and kind, the latest first."""

    rates: list[TaxRate]


class ListTaxRatesQuery(TypedDict):
    """What may be asked."""

    country: NotRequired[str | None]


class BillingTaxRatesRoutes(Resource):
    """The routes of billing tax rates."""

    def list_tax_rates(self, **query: Unpack[ListTaxRatesQuery]) -> TaxRateList:
        """List tax rates by country and kind, the latest first."""
        found: TaxRateList = self._send("GET", "/api/v1/billing/tax-rates", query=query)
        return found

    def add_tax_rate(self, *, idempotency_key: str | None = None, **body: Unpack[TaxRateIn]) -> TaxRate:
        """Add a rate with the day from which it counts."""
        found: TaxRate = self._send("POST", "/api/v1/billing/tax-rates", idempotency_key=idempotency_key, body=body)
        return found
