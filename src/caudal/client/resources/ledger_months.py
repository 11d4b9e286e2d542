"""The API: ledger months. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class ConfirmationIn(TypedDict):
    """Which step is confirmed, of whose books, and what there is to say of it."""

    step: str
    entity_id: NotRequired[str | None]
    note: NotRequired[str]


class MonthIn(TypedDict):
    """A month to close."""

    month: str


class Month(TypedDict):
    """A month: whether it is closed, how many entries it has, and who asks to reopen it."""

    month: str
    is_closed: bool
    entries: int
    closed_month_id: str | None
    asked_by: str | None


class MonthList(TypedDict):
    """The months from the first entry on, the latest first."""

    months: list[Month]


class Step(TypedDict):
    """A step: how far it is, what is missing, and who confirmed it where only people can know."""

    key: str
    words: str
    is_done: bool
    by_people: bool
    done: int
    total: int
    missing: str
    under_way: bool
    confirmation_id: str | None
    confirmed_at: str | None
    confirmed_by: str | None


class MonthSteps(TypedDict):
    """A month with its steps in order, how many are done, and whether it is closed."""

    month: str
    is_closed: bool
    done: int
    steps: list[Step]


class ReopeningIn(TypedDict):
    """Why a month has to be opened again."""

    why: str


class ListMonthStepsQuery(TypedDict):
    """What may be asked."""

    entity_id: NotRequired[str | None]


class LedgerMonthsRoutes(Resource):
    """The routes of ledger months."""

    def list_ledger_months(self) -> MonthList:
        """List the months, and which of them are closed."""
        found: MonthList = self._send("GET", "/api/v1/ledger/months")
        return found

    def close_ledger_month(self, *, idempotency_key: str | None = None, **body: Unpack[MonthIn]) -> Month:
        """Close a month that is over: nothing more is posted into it."""
        found: Month = self._send("POST", "/api/v1/ledger/months", idempotency_key=idempotency_key, body=body)
        return found

    def ask_ledger_reopening(
        self,
        closed_month_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ReopeningIn],
    ) -> Month:
        """Ask that a closed month be opened again."""
        found: Month = self._send(
            "POST",
            f"/api/v1/ledger/months/{quoted(closed_month_id)}/asking",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def reopen_ledger_month(
        self, closed_month_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Month:
        """Open a month again that somebody else asked for."""
        found: Month = self._send(
            "POST",
            f"/api/v1/ledger/months/{quoted(closed_month_id)}/reopening",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def list_month_steps(self, label: str, **query: Unpack[ListMonthStepsQuery]) -> MonthSteps:
        """Return the steps of a month's end, each as it stands now."""
        found: MonthSteps = self._send("GET", f"/api/v1/ledger/months/{quoted(label)}/steps", query=query)
        return found

    def confirm_month_step(
        self, label: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ConfirmationIn]
    ) -> MonthSteps:
        """Confirm a step that only people can know."""
        found: MonthSteps = self._send(
            "POST",
            f"/api/v1/ledger/months/{quoted(label)}/steps",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
