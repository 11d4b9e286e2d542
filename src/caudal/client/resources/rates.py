"""The API: rates. Written by bin/client."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource


class Added(TypedDict):
    """How many of the rates were new."""

    added: int


class RateIn(TypedDict):
    """What one unit of a currency costs in another on a day."""

    base: str
    quote: str
    day: str
    rate: str


class Rate(TypedDict):
    """A dated rate."""

    base: str
    quote: str
    day: str
    rate: str
    source: str


class RatesIn(TypedDict):
    """Rates to add; one that is known of the day stays as it is."""

    rates: list[RateIn]
    source: str


class UsedRate(TypedDict):
    """What one unit of a currency counts in another on a day: exactly, and by the rate of which day."""

    base: str
    quote: str
    day: str
    numerator: str
    denominator: str


class ListQuery(TypedDict):
    """What may be asked."""

    quote: NotRequired[str]
    since: NotRequired[str | None]
    until: NotRequired[str | None]


class UsedQuery(TypedDict):
    """What may be asked."""

    base: str
    quote: str
    day: str


class RatesRoutes(Resource):
    """The routes of rates."""

    def list(self, **query: Unpack[ListQuery]) -> Sequence[Rate]:
        """List the newest dated rates, a thousand at most."""
        found: Sequence[Rate] = self._send("GET", "/api/v1/rates", query=query)
        return found

    def add(self, *, idempotency_key: str | None = None, **body: Unpack[RatesIn]) -> Added:
        """Add dated rates: facts of the outside, added and never changed."""
        found: Added = self._send("POST", "/api/v1/rates", idempotency_key=idempotency_key, body=body)
        return found

    def used(self, **query: Unpack[UsedQuery]) -> UsedRate:
        """Return the rate that counts between two currencies on a day: the newest of the week before it."""
        found: UsedRate = self._send("GET", "/api/v1/rates/used", query=query)
        return found
