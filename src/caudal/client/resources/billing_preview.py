"""The API: billing preview. Written by bin/client."""

from typing import Any, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource


class PreviewDocument(TypedDict):
    """A document as it would be."""

    sort: str
    due_from: str
    lines: list[dict[str, Any]]
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody


class PreviewCustomer(TypedDict):
    """What a customer would be invoiced, or what is in the way."""

    customer_id: str
    customer_name: str
    documents: list[PreviewDocument]
    problem: str | None


class Preview(TypedDict):
    """What a run would invoice; `more` is how many customers owe something beside those told."""

    customers: list[PreviewCustomer]
    totals: list[MoneyBody]
    more: int


class PreviewBillingQuery(TypedDict):
    """What may be asked."""

    up_to: NotRequired[str | None]
    issue_day: NotRequired[str | None]


class BillingPreviewRoutes(Resource):
    """The routes of billing preview."""

    def preview_billing(self, **query: Unpack[PreviewBillingQuery]) -> Preview:
        """Say what a run would invoice, document by document. Writes nothing."""
        found: Preview = self._send("GET", "/api/v1/billing/preview", query=query)
        return found
