"""The API: billing subscriptions. Written by bin/client."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import BundleItem, DocumentDraft, DraftList, MoneyBody
from caudal.client.transport import Resource, Version, quoted


class ItemIn(TypedDict):
    """An offering: so many seats, perhaps at a discount or at prices of one's own, by the codes of its charges."""

    offering_id: str
    seats: NotRequired[str]
    item: NotRequired[str]
    discount_percent: NotRequired[str | None]
    discount_until: NotRequired[str | None]
    prices: NotRequired[dict[str, dict[str, Any]]]
    bundle_id: NotRequired[str | None]


Refund: TypeAlias = Literal["none", "prorated", "full"]
"""What a cancellation within a paid period gives back."""


When: TypeAlias = Literal["invoice_now", "prorate", "next_period", "reset_cycle"]
"""When a change counts, and when it is paid."""


class ChangeIn(TypedDict):
    """A change: `sort` says which of the rest is read. Without `at` it counts now, and an end with what is paid."""

    sort: Literal["seats", "plan", "add_ons", "pause", "resume", "cancel", "renew", "keep"]
    at: NotRequired[str | None]
    items: NotRequired[list[ItemIn]]
    seats: NotRequired[str | None]
    item: NotRequired[str]
    when: NotRequired[When]
    refund: NotRequired[Refund]
    months: NotRequired[int | None]
    discount_percent: NotRequired[str | None]
    why: NotRequired[str]


class RecurringRevenue(TypedDict):
    """What recurs, without what is used."""

    per_period: MoneyBody
    per_month: MoneyBody


class ChangePreview(TypedDict):
    """What a change comes to, before it is made."""

    counts_at: str
    at_once: list[DocumentDraft]
    following: list[DocumentDraft]
    following_without: list[DocumentDraft]
    before: RecurringRevenue
    after: RecurringRevenue


class Item(TypedDict):
    """A part of a subscription."""

    item: str
    offering_id: str
    name: str
    seats: str
    since: str
    charges: list[str]


class SubscriptionIn(TypedDict):
    """A subscription to begin; what is left out is as the offering says."""

    customer_id: str
    items: NotRequired[list[ItemIn]]
    bundles: NotRequired[list[BundleItem]]
    start_day: str
    end_day: NotRequired[str | None]
    trial_days: NotRequired[int | None]
    months: NotRequired[int | None]
    alignment: NotRequired[Literal["anniversary", "calendar", "billing_day"]]
    billing_day: NotRequired[int]
    timing: NotRequired[Literal["advance", "arrears"] | None]
    subjects: NotRequired[list[str]]
    contract_id: NotRequired[str | None]
    with_contract: NotRequired[bool]
    name: NotRequired[str]


class Subscription(TypedDict):
    """A subscription and what it consists of."""

    id: str
    version: int
    customer_id: str
    contract_id: str | None
    name: str
    currency: str
    zone: str
    status: str
    start_day: str
    end_day: str | None
    ends_at: str | None
    due_at: str | None
    months: int | None
    trial_days: int
    subjects: list[str]
    items: list[Item]


class ListSubscriptionsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    status: NotRequired[Literal["", "active", "paused", "ended"]]


class BillingSubscriptionsRoutes(Resource):
    """The routes of billing subscriptions."""

    def list_subscriptions(self, **query: Unpack[ListSubscriptionsQuery]) -> Iterator[Subscription]:
        """List subscriptions, the latest first."""
        found: Iterator[Subscription] = self._pages("/api/v1/billing/subscriptions", query)
        return found

    def create_subscription(
        self, *, idempotency_key: str | None = None, **body: Unpack[SubscriptionIn]
    ) -> Subscription:
        """Begin a subscription of a customer."""
        found: Subscription = self._send(
            "POST", "/api/v1/billing/subscriptions", idempotency_key=idempotency_key, body=body
        )
        return found

    def get_subscription(self, subscription_id: str) -> Subscription:
        """Return a subscription and what it consists of."""
        found: Subscription = self._send("GET", f"/api/v1/billing/subscriptions/{quoted(subscription_id)}")
        return found

    def change_subscription(
        self,
        subscription_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ChangeIn],
    ) -> Subscription:
        """Make a change; If-Match says which version was read."""
        found: Subscription = self._send(
            "POST",
            f"/api/v1/billing/subscriptions/{quoted(subscription_id)}/changes",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def preview_subscription(
        self,
        subscription_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ChangeIn],
    ) -> ChangePreview:
        """Say what a change would cost; nothing is written."""
        found: ChangePreview = self._send(
            "POST",
            f"/api/v1/billing/subscriptions/{quoted(subscription_id)}/previews",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def next_of_subscription(self, subscription_id: str) -> DraftList:
        """Return what is invoiced of a subscription next, as it will be by what is known of usage now."""
        found: DraftList = self._send("GET", f"/api/v1/billing/subscriptions/{quoted(subscription_id)}/next")
        return found
