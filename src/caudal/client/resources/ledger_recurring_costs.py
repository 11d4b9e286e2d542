"""The API: ledger recurring costs. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import LedgerCostIn, MoneyBody
from caudal.client.transport import Resource, Version, quoted


class RecurringAmount(TypedDict):
    """Another amount, from a day on."""

    from_day: str
    amount: MoneyBody


class RecurringEnd(TypedDict):
    """The last day that a cost recurs on."""

    last_day: str


class RecurringIn(TypedDict):
    """A cost that is posted every month from its day on, up to a last one if there is one."""

    cost: LedgerCostIn
    last_day: NotRequired[str | None]


class Recurring(TypedDict):
    """A cost that recurs; `follows_id` is the one that it took the place of."""

    id: str
    account: str
    paid_from: str
    amount: MoneyBody
    party: str
    channel: str
    note: str
    first_day: str
    last_day: str | None
    follows_id: str | None


class RecurringList(TypedDict):
    """Costs that recur, those that go on first."""

    items: list[Recurring]


class LedgerRecurringCostsRoutes(Resource):
    """The routes of ledger recurring costs."""

    def list_ledger_recurring_costs(self) -> RecurringList:
        """List the costs that recur every month."""
        found: RecurringList = self._send("GET", "/api/v1/ledger/recurring-costs")
        return found

    def add_ledger_recurring_cost(
        self, *, idempotency_key: str | None = None, **body: Unpack[RecurringIn]
    ) -> Recurring:
        """Let a cost recur every month; what is due already is posted."""
        found: Recurring = self._send(
            "POST", "/api/v1/ledger/recurring-costs", idempotency_key=idempotency_key, body=body
        )
        return found

    def end_ledger_recurring_cost(
        self, cost_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[RecurringEnd]
    ) -> Recurring:
        """Let a cost recur up to a day and no longer."""
        found: Recurring = self._send(
            "POST",
            f"/api/v1/ledger/recurring-costs/{quoted(cost_id)}/end",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def change_ledger_recurring_cost(
        self,
        cost_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[RecurringAmount],
    ) -> Recurring:
        """Let another amount recur from a day on; return the cost that recurs then."""
        found: Recurring = self._send(
            "POST",
            f"/api/v1/ledger/recurring-costs/{quoted(cost_id)}/amount",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
