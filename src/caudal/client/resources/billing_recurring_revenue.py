"""The API: billing recurring revenue. Written by bin/client."""

from typing import Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody, Recurring
from caudal.client.transport import Resource


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


class RecurringRevenueQuery(TypedDict):
    """What may be asked."""

    currency: NotRequired[str | None]
    pillar: NotRequired[str]
    stream: NotRequired[str]
    plan_id: NotRequired[str | None]
    until: NotRequired[str | None]
    months: NotRequired[int]
    by: NotRequired[Literal["stream", "pillar", "plan", "currency"]]


class RecurringRevenueMovementsQuery(TypedDict):
    """What may be asked."""

    currency: NotRequired[str | None]
    pillar: NotRequired[str]
    stream: NotRequired[str]
    plan_id: NotRequired[str | None]
    month: NotRequired[str | None]
    kind: NotRequired[Literal["new", "expansion", "contraction", "churn", "reactivation"] | None]
    limit: NotRequired[int]


class BillingRecurringRevenueRoutes(Resource):
    """The routes of billing recurring revenue."""

    def recurring_revenue(self, **query: Unpack[RecurringRevenueQuery]) -> Recurring:
        """Return recurring revenue with its movements month by month, what became of customers, and its parts."""
        found: Recurring = self._send("GET", "/api/v1/billing/recurring-revenue", query=query)
        return found

    def recurring_revenue_movements(self, **query: Unpack[RecurringRevenueMovementsQuery]) -> MrrChangeList:
        """Return the movements of a month: the rows that its numbers are the sums of."""
        found: MrrChangeList = self._send("GET", "/api/v1/billing/recurring-revenue/movements", query=query)
        return found
