"""The API: prices. Written by bin/client."""

from typing import Any, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class PriceListIn(TypedDict):
    """A price list as text: a line for each tier under the headings that a list taken out has."""

    text: str
    from_date: NotRequired[str | None]
    dry_run: NotRequired[bool]


class PriceList(TypedDict):
    """The lines of a price list."""

    lines: list[dict[str, str]]


class PriceListPlan(TypedDict):
    """What a price list changes, with the price before each, and everything that is odd or wrong about it."""

    dry_run: bool
    sound: bool
    known: int
    changes: list[dict[str, Any]]
    findings: list[dict[str, str]]


class ListQuery(TypedDict):
    """What may be asked."""

    every: NotRequired[bool]


class PricesRoutes(Resource):
    """The routes of prices."""

    def withdraw(self, price_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a price back before its day."""
        self._send("DELETE", f"/api/v1/prices/{quoted(price_id)}", idempotency_key=idempotency_key, version=version)

    def list(self, **query: Unpack[ListQuery]) -> PriceList:
        """List the prices that hold or begin later, a line for each tier; all there ever were if asked."""
        found: PriceList = self._send("GET", "/api/v1/prices", query=query)
        return found

    def give_list(self, *, idempotency_key: str | None = None, **body: Unpack[PriceListIn]) -> PriceListPlan:
        """Say what a price list changes, and without a dry run do all of it or nothing."""
        found: PriceListPlan = self._send("POST", "/api/v1/prices", idempotency_key=idempotency_key, body=body)
        return found
