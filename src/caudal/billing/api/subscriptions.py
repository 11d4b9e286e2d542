"""Routes of subscriptions: what they consist of, their changes and what these would cost, and what is invoiced next."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.billing import actions
from caudal.billing.actions import Proposal, Terms
from caudal.billing.adapters import TableTaxes
from caudal.billing.api.parties import DECIMAL, PERCENT, BundleItem, bundled
from caudal.billing.models import ChangeSort, Contract, Customer, Subscription
from caudal.billing.queries import Agreed, DocumentDraft, Wanted, agreed_of
from caudal.billing.queries.upcoming import Recurring, next_documents, preview_change
from caudal.core.ids import Ref
from caudal.core.proration import Refund, When
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, PageQuery, public_id, row_id, tag, version_of
from caudal.kit.cursors import Order, page
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()
MONTHS = Annotated[int | None, Field(default=None, ge=1, le=240)]
SUBJECTS = Annotated[list[str], Field(default=[], max_length=50)]


class ItemIn(Body):
    """An offering: so many seats, perhaps at a discount or at prices of one's own, by the codes of its charges."""

    offering_id: str
    seats: DECIMAL = "1"
    item: Annotated[str, Field(default="", description="The part that goes on, by its key")]
    discount_percent: PERCENT
    discount_until: date | None = None
    prices: Annotated[dict[str, dict[str, Any]], Field(default={})]
    bundle_id: str | None = None


class SubscriptionIn(Body):
    """A subscription to begin; what is left out is as the offering says."""

    customer_id: str
    items: Annotated[list[ItemIn], Field(default=[], max_length=30)]
    bundles: Annotated[list[BundleItem], Field(default=[], max_length=5)]
    start_day: date
    end_day: date | None = None
    trial_days: Annotated[int | None, Field(default=None, ge=0, le=730)]
    months: MONTHS
    alignment: Literal["anniversary", "calendar", "billing_day"] = "anniversary"
    billing_day: Annotated[int, Field(ge=1, le=31)] = 1
    timing: Literal["advance", "arrears"] | None = None
    subjects: SUBJECTS
    contract_id: str | None = None
    with_contract: bool = False
    name: Annotated[str, Field(default="", max_length=200)]


class ChangeIn(Body):
    """A change: `sort` says which of the rest is read. Without `at` it counts now, and an end with what is paid."""

    sort: Literal["seats", "plan", "add_ons", "pause", "resume", "cancel", "renew", "keep"]
    at: datetime | None = None
    items: Annotated[list[ItemIn], Field(default=[], max_length=30)]
    seats: Annotated[str | None, Field(default=None, pattern=r"^\d{1,10}(\.\d{1,6})?$", examples=["5"])]
    item: str = ""
    when: When = When.PRORATE
    refund: Refund = Refund.PRORATED
    months: MONTHS
    discount_percent: PERCENT
    why: Annotated[str, Field(default="", max_length=200)]


class ItemOut(Schema):
    """A part of a subscription."""

    item: str
    offering_id: str
    name: str
    seats: str
    since: date
    charges: list[str]


class SubscriptionOut(Schema):
    """A subscription and what it consists of."""

    id: str
    version: int
    customer_id: str
    contract_id: str | None
    name: str
    currency: str
    zone: str
    status: str
    start_day: date
    end_day: date | None
    ends_at: datetime | None
    due_at: datetime | None
    months: int | None
    trial_days: int
    subjects: list[str]
    items: list[ItemOut]


class SubscriptionPage(Schema):
    """Some subscriptions, and the cursor of the next page."""

    items: list[SubscriptionOut]
    next: str | None


class SubscriptionQuery(PageQuery):
    """Which subscriptions."""

    status: Literal["", "active", "paused", "ended"] = ""


class DraftLineOut(Schema):
    """A line of a document as it will be."""

    sort: str
    text: str
    quantity: str
    share: str
    net: MoneyBody
    service_start: datetime
    service_end: datetime
    tax_category: str
    tax_percent: str


class DocumentDraftOut(Schema):
    """A document as it will be."""

    sort: str
    due_from: date
    lines: list[DraftLineOut]
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody


class DraftList(Schema):
    """Documents as they will be, by the day on which they fall due."""

    documents: list[DocumentDraftOut]


class RecurringRevenueOut(Schema):
    """What recurs, without what is used."""

    per_period: MoneyBody
    per_month: MoneyBody


class ChangePreviewOut(Schema):
    """What a change comes to, before it is made."""

    counts_at: datetime
    at_once: list[DocumentDraftOut]
    following: list[DocumentDraftOut]
    following_without: list[DocumentDraftOut]
    before: RecurringRevenueOut
    after: RecurringRevenueOut


@router.get("/subscriptions", response=SubscriptionPage)
@needs("subscription", Verb.VIEW)
def list_subscriptions(request: HttpRequest, query: Query[SubscriptionQuery]) -> SubscriptionPage:
    """List subscriptions, the latest first."""
    rows = Subscription.for_actor(actor_of(request))
    rows = rows.filter(status=query.status) if query.status else rows
    found = page(rows, Order.by("latest", "-created_at"), cursor=query.cursor, limit=query.limit)
    agreed = agreed_of(found.rows)
    return SubscriptionPage(items=[_out(agreed[each.pk]) for each in found.rows], next=found.next)


@router.post("/subscriptions", response={201: SubscriptionOut})
@needs("subscription", Verb.CREATE)
def create_subscription(request: HttpRequest, response: HttpResponse, body: SubscriptionIn) -> Status[SubscriptionOut]:
    """Begin a subscription of a customer."""
    said: Any = body.dict(exclude={"customer_id", "items", "bundles", "contract_id", "subjects"})
    row = actions.subscribe(
        actor=actor_of(request),
        as_of=now(),
        customer_id=row_id(Customer.kind, body.customer_id),
        wanted=[*_wanted(body.items), *bundled(request, body.bundles)],
        terms=Terms(**said, subjects=tuple(body.subjects)),
        contract_id=row_id(Contract.kind, body.contract_id) if body.contract_id else None,
    )
    return Status(201, _answer(response, row))


@router.get("/subscriptions/{subscription_id}", response=SubscriptionOut)
@needs("subscription", Verb.VIEW)
def get_subscription(request: HttpRequest, response: HttpResponse, subscription_id: str) -> SubscriptionOut:
    """Return a subscription and what it consists of."""
    return _answer(response, _row(request, subscription_id))


@router.post("/subscriptions/{subscription_id}/changes", response=SubscriptionOut)
@needs("subscription", Verb.CHANGE)
def change_subscription(
    request: HttpRequest, response: HttpResponse, subscription_id: str, body: ChangeIn
) -> SubscriptionOut:
    """Make a change; If-Match says which version was read."""
    row = actions.change_subscription(
        actor=actor_of(request),
        as_of=now(),
        subscription_id=row_id(Subscription.kind, subscription_id),
        asked=_proposal(body),
        expected_version=version_of(request),
    )
    return _answer(response, row)


@router.post("/subscriptions/{subscription_id}/previews", response=ChangePreviewOut)
@needs("subscription", Verb.CHANGE)
def preview_subscription(request: HttpRequest, subscription_id: str, body: ChangeIn) -> ChangePreviewOut:
    """Say what a change would cost; nothing is written."""
    actor, as_of = actor_of(request), now()
    row = Subscription.one_for(actor, Verb.CHANGE, row_id(Subscription.kind, subscription_id))
    found = preview_change(actor, row, _proposal(body), as_of=as_of, taxes=TableTaxes())
    return ChangePreviewOut(
        counts_at=found.change.at,
        at_once=_drafts(found.at_once),
        following=_drafts(found.following),
        following_without=_drafts(found.following_without),
        before=_recurring(found.before),
        after=_recurring(found.after),
    )


@router.get("/subscriptions/{subscription_id}/next", response=DraftList)
@needs("subscription", Verb.VIEW)
def next_of_subscription(request: HttpRequest, subscription_id: str) -> DraftList:
    """Return what is invoiced of a subscription next, as it will be by what is known of usage now."""
    row = _row(request, subscription_id)
    found = next_documents(
        actor_of(request), row.customer, as_of=now(), taxes=TableTaxes(), only=agreed_of([row])[row.pk]
    )
    return DraftList(documents=_drafts(found))


@router.get("/customers/{customer_id}/next", response=DraftList)
@needs("customer", Verb.VIEW)
def next_of_customer(request: HttpRequest, customer_id: str) -> DraftList:
    """Return what is invoiced of a customer next, as it will be by what is known of usage now."""
    actor = actor_of(request)
    customer = Customer.one_for(actor, Verb.VIEW, row_id(Customer.kind, customer_id))
    return DraftList(documents=_drafts(next_documents(actor, customer, as_of=now(), taxes=TableTaxes())))


def _row(request: HttpRequest, subscription_id: str) -> Subscription:
    return Subscription.one_for(actor_of(request), Verb.VIEW, row_id(Subscription.kind, subscription_id))


def _answer(response: HttpResponse, row: Subscription) -> SubscriptionOut:
    tag(response, row)
    return _out(agreed_of([row])[row.pk])


def _wanted(items: Iterable[ItemIn]) -> list[Wanted]:
    return [
        Wanted(
            row_id("offering", each.offering_id),
            Decimal(each.seats),
            each.item,
            None if each.discount_percent is None else Decimal(each.discount_percent),
            each.discount_until,
            each.prices,
            row_id("bundle", each.bundle_id) if each.bundle_id else None,
        )
        for each in items
    ]


def _proposal(body: ChangeIn) -> Proposal:
    return Proposal(
        ChangeSort(body.sort),
        body.at,
        wanted=_wanted(body.items),
        seats=None if body.seats is None else Decimal(body.seats),
        item=body.item,
        when=body.when,
        refund=body.refund,
        months=body.months,
        discount_percent=None if body.discount_percent is None else Decimal(body.discount_percent),
        why=body.why,
    )


def _out(one: Agreed) -> SubscriptionOut:
    row = one.row
    names = ("name", "currency", "zone", "status", "start_day", "end_day", "ends_at", "due_at", "months")
    return SubscriptionOut(
        id=str(row.ref),
        version=row.version,
        customer_id=str(Ref(Customer.kind, row.customer_id)),
        contract_id=public_id(Contract.kind, row.contract_id),
        trial_days=row.trial_days,
        subjects=row.subjects,
        items=[
            ItemOut(
                item=each.key,
                offering_id=str(public_id("offering", each.offering)),
                name=each.name,
                seats=f"{each.seats:f}",
                since=each.since,
                charges=[charge.code for charge in each.charges],
            )
            for each in one.items
        ],
        **{name: getattr(row, name) for name in names},
    )


def _drafts(found: Iterable[DocumentDraft]) -> list[DocumentDraftOut]:
    return [
        DocumentDraftOut(
            sort=draft.sort,
            due_from=draft.due_from,
            lines=[
                DraftLineOut(
                    sort=each.due.sort,
                    text=each.due.text,
                    quantity=f"{each.due.quantity:f}",
                    share=str(each.due.share),
                    net=MoneyBody(**each.due.net.to_json()),
                    service_start=each.due.period.start,
                    service_end=each.due.period.end,
                    tax_category=each.taxed.tax.category,
                    tax_percent=f"{each.taxed.tax.percent:f}",
                )
                for each in draft.lines
            ],
            net=MoneyBody(**draft.net.to_json()),
            tax=MoneyBody(**draft.tax.to_json()),
            gross=MoneyBody(**draft.gross.to_json()),
        )
        for draft in found
    ]


def _recurring(found: Recurring) -> RecurringRevenueOut:
    return RecurringRevenueOut(
        per_period=MoneyBody(**found.per_period.to_json()), per_month=MoneyBody(**found.per_month.to_json())
    )
