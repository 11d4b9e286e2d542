"""The API: revenue. Written by bin/client."""

from typing import Literal, NotRequired, TypedDict, Unpack

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


class MrrChange(TypedDict):
    """A movement of a charge of a subscription, per month; `causes` are the numbers of its changes."""

    customer_id: str
    customer_name: str
    subscription_id: str
    subscription_name: str
    charge_id: str
    stream: str
    pillar: str
    kind: str
    at: str
    before: MoneyBody
    after: MoneyBody
    causes: list[int]


class MrrChangeList(TypedDict):
    """A page of movements, the latest first, and what all of them come to per month."""

    net: MoneyBody
    movements: list[MrrChange]
    next: str | None


class MrrMonth(TypedDict):
    """A month: its level at both ends, each kind of movement between, customers, and shares as decimals."""

    month: str
    opening: MoneyBody
    moved: dict[str, MoneyBody]
    closing: MoneyBody
    customers: int
    won: int
    lost: int
    churn: str | None
    net_retention: str | None
    gross_retention: str | None
    per_customer: MoneyBody | None


class MrrPart(TypedDict):
    """What a stream, pillar, plan or currency brings per month at both ends of the months."""

    key: str
    name: str
    opening: MoneyBody
    closing: MoneyBody


class Retention(TypedDict):
    """What became of the customers of a day, at the rates of that day."""

    since: str
    customers: int
    kept: int
    before: MoneyBody
    after: MoneyBody
    held: MoneyBody
    net: str | None
    gross: str | None


class Mrr(TypedDict):
    """Recurring revenue month by month; movements whose day has no rate are counted in `unconverted` alone."""

    currency: str
    months: list[MrrMonth]
    parts: list[MrrPart]
    retention: Retention
    unconverted: int


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


class RecurringQuery(TypedDict):
    """What may be asked."""

    currency: NotRequired[str | None]
    pillar: NotRequired[str]
    stream: NotRequired[str]
    plan_id: NotRequired[str | None]
    until: NotRequired[str | None]
    months: NotRequired[int]
    by: NotRequired[Literal["stream", "pillar", "plan", "currency"]]


class RecurringMovementsQuery(TypedDict):
    """What may be asked."""

    currency: NotRequired[str | None]
    pillar: NotRequired[str]
    stream: NotRequired[str]
    plan_id: NotRequired[str | None]
    month: NotRequired[str | None]
    kind: NotRequired[Literal["new", "expansion", "contraction", "churn", "reactivation"] | None]
    limit: NotRequired[int]


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

    def recurring(self, **query: Unpack[RecurringQuery]) -> Mrr:
        """Return recurring revenue with its movements month by month, what became of customers, and its parts."""
        found: Mrr = self._send("GET", "/api/v1/revenue/recurring", query=query)
        return found

    def recurring_movements(self, **query: Unpack[RecurringMovementsQuery]) -> MrrChangeList:
        """Return the movements of a month: the rows that its numbers are the sums of."""
        found: MrrChangeList = self._send("GET", "/api/v1/revenue/recurring/movements", query=query)
        return found
