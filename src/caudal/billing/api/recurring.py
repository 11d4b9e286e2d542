"""Routes of recurring revenue: its movements month by month, whose it is, and the rows behind each number."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Final, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from caudal.billing import queries
from caudal.billing.models import MovementSort
from caudal.billing.queries import Dimension, MrrMonth, Slice
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.core.periods import CalendarPeriod, Days, add_months, day_in
from caudal.kit.access import Actor
from caudal.kit.bodies import Body, MoneyBody, row_id
from caudal.kit.cursors import LIMIT_MAX
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

MONTH: Final = r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$"
LABEL = Annotated[str, Field(pattern=MONTH, examples=["2026-03"])]
KEY: Final = r"^[0-9A-Za-z_-]*$"
PLACES: Final = 6
BACK: Final = 12


class PartQuery(Body):
    """A part of recurring revenue. Without a currency all of them, in the company's by the rate of each day."""

    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])] = None
    pillar: Annotated[str, Field(max_length=40, pattern=KEY)] = ""
    stream: Annotated[str, Field(max_length=20, pattern=KEY)] = ""
    plan_id: str | None = None


class MonthsQuery(PartQuery):
    """So many months up to one, this one without any, divided by something."""

    until: LABEL | None = None
    months: Annotated[int, Field(ge=1, le=60)] = 12
    by: Dimension = Dimension.STREAM


class MovedQuery(PartQuery):
    """The movements of a month, this one without any."""

    month: LABEL | None = None
    kind: Literal["new", "expansion", "contraction", "churn", "reactivation"] | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 50


class MrrMonthOut(Schema):
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


class MrrPartOut(Schema):
    """What a stream, pillar, plan or currency brings per month at both ends of the months."""

    key: str
    name: str
    opening: MoneyBody
    closing: MoneyBody


class RetentionOut(Schema):
    """What became of the customers of a day, at the rates of that day.

    `net` is what they bring per month `after` over `before`; `gross` what is `held` of it, without what they pay more.
    """

    since: date
    customers: int
    kept: int
    before: MoneyBody
    after: MoneyBody
    held: MoneyBody
    net: str | None
    gross: str | None


class MrrOut(Schema):
    """Recurring revenue month by month; movements whose day has no rate are counted in `unconverted` alone."""

    currency: str
    months: list[MrrMonthOut]
    parts: list[MrrPartOut]
    retention: RetentionOut
    unconverted: int


class MrrChangeOut(Schema):
    """A movement of a charge of a subscription, per month; `causes` are the numbers of its changes."""

    customer_id: str
    customer_name: str
    subscription_id: str
    subscription_name: str
    charge_id: str
    stream: str
    pillar: str
    kind: str
    at: datetime
    before: MoneyBody
    after: MoneyBody
    causes: list[int]


class MrrChangeList(Schema):
    """A page of movements, the latest first, and what all of them come to per month."""

    net: MoneyBody
    movements: list[MrrChangeOut]
    next: str | None


@router.get("/recurring", response=MrrOut)
@needs("subscription")
def recurring_revenue(request: HttpRequest, query: Query[MonthsQuery]) -> MrrOut:
    """Return recurring revenue with its movements month by month, what became of customers, and its parts."""
    actor, as_of = actor_of(request), now()
    part = _part(actor, query, as_of)
    until = _month(query.until, part).end
    found = queries.mrr_months(actor, part, until=until, count=query.months)
    since = add_months(until, -BACK)
    kept = queries.mrr_retention(actor, part, since=since, until=until)
    parts = queries.mrr_parts(actor, part, query.by, since=found.months[0].month, until=until)
    return MrrOut(
        currency=part.currency.code,
        months=[_told(each) for each in found.months],
        parts=[
            MrrPartOut(
                key=str(Ref("offering", UUID(each.key))) if query.by is Dimension.PLAN and each.key else str(each.key),
                name=each.name,
                opening=_money(each.opening),
                closing=_money(each.closing),
            )
            for each in parts
        ],
        retention=RetentionOut(
            since=since,
            customers=kept.customers,
            kept=kept.kept,
            before=_money(kept.before),
            after=_money(kept.after),
            held=_money(kept.held),
            net=_share(kept.net),
            gross=_share(kept.gross),
        ),
        unconverted=found.unconverted,
    )


@router.get("/recurring/movements", response=MrrChangeList)
@needs("subscription")
def recurring_revenue_movements(request: HttpRequest, query: Query[MovedQuery]) -> MrrChangeList:
    """Return the movements of a month: the rows that its numbers are the sums of."""
    actor, as_of = actor_of(request), now()
    part = _part(actor, query, as_of)
    kind = MovementSort(query.kind) if query.kind else None
    month = _month(query.month, part)
    found = queries.mrr_moved(actor, part, month, kind=kind, cursor=query.cursor, limit=query.limit)
    return MrrChangeList(
        net=_money(found.net),
        movements=[
            MrrChangeOut(
                customer_id=str(row.customer.ref),
                customer_name=row.customer.name,
                subscription_id=str(row.subscription.ref),
                subscription_name=row.subscription.name,
                charge_id=str(row.charge.ref),
                stream=row.stream,
                pillar=row.pillar.key if row.pillar else "",
                kind=row.kind,
                at=row.at,
                before=_money(queries.per_month(row, row.before_minor)),
                after=_money(queries.per_month(row, row.after_minor)),
                causes=[each.number for each in found.causes[row.pk]],
            )
            for row in found.page.rows
        ],
        next=found.page.next,
    )


def _part(actor: Actor, query: PartQuery, as_of: datetime) -> Slice:
    return queries.mrr_slice(
        actor,
        as_of=as_of,
        currency=query.currency or "",
        pillar=query.pillar,
        stream=query.stream,
        plan=row_id("offering", query.plan_id) if query.plan_id else None,
    )


def _month(label: str | None, part: Slice) -> Days:
    return CalendarPeriod.parse(label or f"{day_in(part.as_of, part.zone):%Y-%m}").days


def _told(each: MrrMonth) -> MrrMonthOut:
    return MrrMonthOut(
        month=f"{each.month:%Y-%m}",
        opening=_money(each.opening),
        moved={kind.value: _money(amount) for kind, amount in each.moved.items()},
        closing=_money(each.closing),
        customers=each.customers,
        won=each.won,
        lost=each.lost,
        churn=_share(each.churn),
        net_retention=_share(each.net_retention),
        gross_retention=_share(each.gross_retention),
        per_customer=_money(each.per_customer) if each.per_customer is not None else None,
    )


def _money(amount: Money) -> MoneyBody:
    return MoneyBody(**amount.to_json())


def _share(share: Fraction | None) -> str | None:
    return None if share is None else f"{float(share):.{PLACES}f}"
