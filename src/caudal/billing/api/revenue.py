"""Routes of deferred revenue, recognition, and the reconciliation."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.billing import actions, queries
from caudal.billing.models import Reconciliation
from caudal.core.money import Currency, Money
from caudal.core.periods import CalendarPeriod, day_in, zone_named
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, public_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace.queries import founded

router = Router()

MONTH: Final = r"^\d{4}-(0[1-9]|1[0-2])$"
CODE = Annotated[str, Field(min_length=3, max_length=3, examples=["EUR"])]
LABEL = Annotated[str, Field(pattern=MONTH, examples=["2026-03"])]
COUNT = Annotated[int, Field(default=12, ge=1, le=60)]


class DeferredQuery(Body):
    """In which currency, and so many months from one on; without it the company's own, from this month on."""

    currency: CODE | None = None
    since: LABEL | None = None
    months: COUNT


class RecogniseIn(Body):
    """Up to which month; the last one that is over without it."""

    month: LABEL | None = None


class DeferredRowOut(Schema):
    """What was invoiced in a month (none: before the first one), and what of it becomes revenue in each month."""

    invoiced_in: str | None
    invoiced: MoneyBody
    before: MoneyBody
    recognised: list[MoneyBody]
    later: MoneyBody


class DeferredOut(Schema):
    """The waterfall of deferred revenue; `left` is what is deferred at the end of each month."""

    currency: str
    months: list[str]
    rows: list[DeferredRowOut]
    left: list[MoneyBody]


class RecognisedOut(Schema):
    """What was posted for a month: lines that became revenue, amounts that were accrued, and the entries."""

    month: str
    lines: int
    accrued: int
    entry_ids: list[str]


class RecognitionOut(Schema):
    """The months that had something to tell."""

    months: list[RecognisedOut]


class ComparedOut(Schema):
    """Two numbers that should be one: amounts in minor units of a currency, or counts where it is empty."""

    currency: str
    one: int
    other: int


class OddOut(Schema):
    """A row where they differ."""

    row: str
    compared: ComparedOut


class CheckOut(Schema):
    """A check: green or since when not, its numbers by currency, and the first rows that differ."""

    key: str
    green: bool
    since: datetime | None = None
    sums: list[ComparedOut]
    odd: list[OddOut]
    odd_count: int


class ReconciliationOut(Schema):
    """What a reconciliation found, and when; nothing while there was none."""

    id: str | None
    as_of: datetime | None
    red: int
    checks: list[CheckOut]


@router.get("/deferred", response=DeferredOut)
@needs("entry")
def revenue_deferred(request: HttpRequest, query: Query[DeferredQuery]) -> DeferredOut:
    """Return the waterfall of deferred revenue: by month of invoicing, what becomes revenue in each month."""
    own = founded()
    first = _first(query.since) or day_in(now(), zone_named(own.zone))
    found = queries.deferred(
        actor_of(request), Currency(query.currency or own.currency), first=first, count=query.months
    )
    return DeferredOut(
        currency=found.currency.code,
        months=[f"{days.start:%Y-%m}" for days in found.periods[1:]],
        rows=[
            DeferredRowOut(
                invoiced_in=f"{row.booked_in.start:%Y-%m}" if place else None,
                invoiced=_money(row.booked),
                before=_money(row.recognised[0]),
                recognised=[_money(each) for each in row.recognised[1:]],
                later=_money(row.left),
            )
            for place, row in enumerate(found.rows)
        ],
        left=[_money(each) for each in found.left[1:]],
    )


@router.post("/recognition", response=RecognitionOut)
@needs("entry", Verb.CREATE)
def revenue_recognise(request: HttpRequest, body: RecogniseIn) -> RecognitionOut:
    """Post what became revenue up to a month, and what was earned and not invoiced; nothing is posted twice."""
    found = actions.recognise_through(actor=actor_of(request), as_of=now(), month=_first(body.month))
    return RecognitionOut(
        months=[
            RecognisedOut(
                month=f"{each.month:%Y-%m}",
                lines=each.lines,
                accrued=each.accrued,
                entry_ids=[str(public_id("entry", entry)) for entry in each.entries],
            )
            for each in found
        ]
    )


@router.get("/reconciliation", response=ReconciliationOut)
@needs("reconciliation")
def revenue_reconciliation(request: HttpRequest) -> ReconciliationOut:
    """Return what the last reconciliation found."""
    return _reconciliation(queries.last_reconciliation(actor_of(request)))


@router.post("/reconciliation", response={201: ReconciliationOut})
@needs("reconciliation", Verb.CREATE)
def revenue_reconcile(request: HttpRequest) -> Status[ReconciliationOut]:
    """Check books, documents and terms against each other now, and return what was found."""
    return Status(201, _reconciliation(actions.run_reconciliation(actor=actor_of(request), as_of=now())))


def _reconciliation(row: Reconciliation | None) -> ReconciliationOut:
    if row is None:
        return ReconciliationOut(id=None, as_of=None, red=0, checks=[])
    said: list[dict[str, Any]] = row.checks
    return ReconciliationOut(id=str(row.ref), as_of=row.as_of, red=row.red, checks=[CheckOut(**each) for each in said])


def _money(amount: Money) -> MoneyBody:
    return MoneyBody(**amount.to_json())


def _first(label: str | None) -> date | None:
    return CalendarPeriod.parse(label).days.start if label else None
