"""The API: revenue. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource


class Compared(TypedDict):
    """Two numbers that should be one: amounts in minor units of a currency, or counts where it is empty."""

    currency: str
    one: int
    other: int


class Odd(TypedDict):
    """A row where they differ."""

    row: str
    compared: Compared


class Check(TypedDict):
    """A check: green or since when not, its numbers by currency, and the first rows that differ."""

    key: str
    green: bool
    since: NotRequired[str | None]
    sums: list[Compared]
    odd: list[Odd]
    odd_count: int


class DeferredRow(TypedDict):
    """What was invoiced in a month (none: before the first one), and what of it becomes revenue in each month."""

    invoiced_in: str | None
    invoiced: MoneyBody
    before: MoneyBody
    recognised: list[MoneyBody]
    later: MoneyBody


class Deferred(TypedDict):
    """The waterfall of deferred revenue; `left` is what is deferred at the end of each month."""

    currency: str
    months: list[str]
    rows: list[DeferredRow]
    left: list[MoneyBody]


class RecogniseIn(TypedDict):
    """Up to which month; the last one that is over without it."""

    month: NotRequired[str | None]


class Recognised(TypedDict):
    """What was posted for a month: lines that became revenue, amounts that were accrued, and the entries."""

    month: str
    lines: int
    accrued: int
    entry_ids: list[str]


class Recognition(TypedDict):
    """The months that had something to tell."""

    months: list[Recognised]


class Reconciliation(TypedDict):
    """What a reconciliation found, and when; nothing while there was none."""

    id: str | None
    as_of: str | None
    red: int
    checks: list[Check]


class DeferredQuery(TypedDict):
    """What may be asked."""

    currency: NotRequired[str | None]
    since: NotRequired[str | None]
    months: NotRequired[int]


class RevenueRoutes(Resource):
    """The routes of revenue."""

    def deferred(self, **query: Unpack[DeferredQuery]) -> Deferred:
        """Return the waterfall of deferred revenue: by month of invoicing, what becomes revenue in each month."""
        found: Deferred = self._send("GET", "/api/v1/revenue/deferred", query=query)
        return found

    def recognise(self, *, idempotency_key: str | None = None, **body: Unpack[RecogniseIn]) -> Recognition:
        """Post what became revenue up to a month, and what was earned and not invoiced; nothing is posted twice."""
        found: Recognition = self._send(
            "POST", "/api/v1/revenue/recognition", idempotency_key=idempotency_key, body=body
        )
        return found

    def reconciliation(self) -> Reconciliation:
        """Return what the last reconciliation found."""
        found: Reconciliation = self._send("GET", "/api/v1/revenue/reconciliation")
        return found

    def reconcile(self, *, idempotency_key: str | None = None) -> Reconciliation:
        """Check books, documents and terms against each other now, and return what was found."""
        found: Reconciliation = self._send("POST", "/api/v1/revenue/reconciliation", idempotency_key=idempotency_key)
        return found
