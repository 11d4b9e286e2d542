"""The API: billing runs. Written by bin/client."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource, Version, quoted


class RunDocuments(TypedDict):
    """What the documents of a run come to in a currency: a credit note takes away, void is nothing."""

    currency: str
    count: int
    drafts: int
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody
    open: MoneyBody


class RunFailure(TypedDict):
    """A customer whom a run could not invoice, and why."""

    customer_id: str
    customer_name: str
    code: str
    title: str
    hint: str


class InvoiceRun(TypedDict):
    """A run: how far it is, what its documents come to, and whom it could not invoice."""

    id: str
    up_to: str
    as_of: str
    issue_day: str
    as_drafts: bool
    planned: int
    customers: int
    invoices: int
    documents: list[RunDocuments]
    stopped_at: str | None
    finished_at: str | None
    failures: list[RunFailure]


class RunIn(TypedDict):
    """Up to which instant is invoiced (now without one), on which day documents are issued, whether as drafts."""

    up_to: NotRequired[str | None]
    issue_day: NotRequired[str | None]
    as_drafts: NotRequired[bool]


class ListBillingRunsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class BillingRunsRoutes(Resource):
    """The routes of billing runs."""

    def list_billing_runs(self, **query: Unpack[ListBillingRunsQuery]) -> Iterator[InvoiceRun]:
        """List invoice runs, the latest first."""
        found: Iterator[InvoiceRun] = self._pages("/api/v1/billing/runs", query)
        return found

    def start_billing_run(self, *, idempotency_key: str | None = None, **body: Unpack[RunIn]) -> InvoiceRun:
        """Let a worker invoice everything that fell due; look at the run to see how far it is."""
        found: InvoiceRun = self._send("POST", "/api/v1/billing/runs", idempotency_key=idempotency_key, body=body)
        return found

    def get_billing_run(self, run_id: str) -> InvoiceRun:
        """Read a run: how far it is, and whom it could not invoice."""
        found: InvoiceRun = self._send("GET", f"/api/v1/billing/runs/{quoted(run_id)}")
        return found

    def stop_billing_run(
        self, run_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> InvoiceRun:
        """Let a run end behind the customers it is at; what is invoiced stays."""
        found: InvoiceRun = self._send(
            "POST", f"/api/v1/billing/runs/{quoted(run_id)}/stop", idempotency_key=idempotency_key, version=version
        )
        return found

    def continue_billing_run(
        self, run_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> InvoiceRun:
        """Let a run go on; those whom it could not invoice are tried again."""
        found: InvoiceRun = self._send(
            "POST", f"/api/v1/billing/runs/{quoted(run_id)}/continue", idempotency_key=idempotency_key, version=version
        )
        return found
