"""Lists: filtered, in a stated order that ends with the primary key, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from caudal.core.money import Currency, Money
from caudal.core.periods import start_of_day
from caudal.crm.models import Company, Deal, Lead, Outcome, Person
from caudal.crm.queries.texts import companies_with, deals_with, leads_with, people_with
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.formulas import computed, with_formulas
from caudal.kit.lists import Selection, narrowed, order_of
from caudal.kit.names import name_key
from caudal.kit.records import Record
from caudal.kit.shapes import Reader, shape_of
from caudal.workspace.queries import company, own_fields

R = TypeVar("R", bound=Record)

NEWEST: Final = "newest"

DEAL_ORDERS: Final[Mapping[str, Order]] = {
    order.name: order
    for order in (
        Order.by(NEWEST, "-opened_at"),
        Order.by("name", "name_key"),
        Order.by("amount", "-amount_minor"),
        Order.by("expected_close", "expected_close_date"),
        Order.by("changed", "-changed_at"),
    )
}
LEAD_ORDERS: Final[Mapping[str, Order]] = {
    order.name: order for order in (Order.by(NEWEST, "-captured_at"), Order.by("name", "name_key"))
}
COMPANY_ORDERS: Final[Mapping[str, Order]] = {
    order.name: order for order in (Order.by("name", "name_key"), Order.by(NEWEST, "-created_at"))
}
PERSON_ORDERS: Final[Mapping[str, Order]] = {
    order.name: order for order in (Order.by("name", "name_key"), Order.by(NEWEST, "-created_at"))
}

DealState = Literal["open", "won", "lost"]
LeadState = Literal["open", "converted", "disqualified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFilters:
    """Which deals; what is None or empty does not narrow. Days of closing are those of the zone in force."""

    text: str = ""
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    owner_id: UUID | None = None
    company_id: UUID | None = None
    person_id: UUID | None = None
    product_id: UUID | None = None
    state: DealState | None = None
    closed_from: date | None = None
    closed_before: date | None = None

    def condition(self) -> Q:
        """Return the condition on deals. Days become instants here, because instants have an index and days do not."""
        zone = timezone.get_current_timezone()
        named = {
            f"{name}_id": value
            for name in ("pipeline", "stage", "owner", "company", "person", "product")
            if (value := getattr(self, f"{name}_id")) is not None
        }
        found = Q(**named)
        if self.text:
            found &= deals_with(self.text)
        if self.state == "open":
            found &= Q(close=None)
        elif self.state is not None:
            found &= Q(close__outcome=Outcome(self.state))
        if self.closed_from is not None:
            found &= Q(close__closed_at__gte=start_of_day(self.closed_from, zone))
        if self.closed_before is not None:
            found &= Q(close__closed_at__lt=start_of_day(self.closed_before, zone))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilters:
    """Which leads; what is None or empty does not narrow."""

    text: str = ""
    channel: str = ""
    pillar_id: UUID | None = None
    owner_id: UUID | None = None
    unowned: bool = False
    state: LeadState | None = None

    def condition(self) -> Q:
        """Return the condition on leads."""
        found = Q()
        if self.text:
            found &= leads_with(self.text)
        if self.channel:
            found &= Q(channel=self.channel)
        if self.pillar_id is not None:
            found &= Q(pillar_id=self.pillar_id)
        if self.owner_id is not None:
            found &= Q(owner_id=self.owner_id)
        if self.unowned:
            found &= Q(owner=None)
        if self.state is not None:
            found &= Q(conversion__isnull=self.state != "converted")
            found &= Q(disqualification__isnull=self.state != "disqualified")
        return found


@dataclass(frozen=True, slots=True)
class Sought:
    """What a reader wrote of a list at an instant: an expression that narrows it, and an order."""

    selection: Selection
    as_of: datetime

    @classmethod
    def of(cls, selection: Selection, as_of: datetime) -> "Sought | None":
        """Return it, None where nothing was written."""
        return cls(selection, as_of) if selection != Selection() else None

    def reader(self, actor: Actor) -> Reader:
        """Return who reads, with the company's currency."""
        own = company()
        return Reader(actor=actor, as_of=self.as_of, currency=own.currency if own else "")

    def narrowed(self, rows: "QuerySet[R]", actor: Actor) -> "QuerySet[R]":
        """Return those of some rows that were asked for. Raises Refused."""
        return narrowed(rows, shape_of(rows.model.kind), self.selection, self.reader(actor))


def reckoned(record: R, actor: Actor, as_of: datetime) -> R:
    """Let one record, however it was read, carry what the company's formulas make of it, in one query if there are any.

    Return the record.
    """
    if any(each.computed for each in own_fields(record.kind)):
        computed([record], Sought(Selection(), as_of).reader(actor))
    return record


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows a list has, and what they are worth in each currency."""

    count: int
    amounts: tuple[Money, ...] = ()


def deals(
    actor: Actor,
    filters: DealFilters = DealFilters(),
    *,
    order: str = NEWEST,
    cursor: str | None = None,
    limit: int = LIMIT,
    verb: Verb = Verb.VIEW,
    sought: Sought | None = None,
) -> Page[Deal]:
    """Return a page of deals with what they name, in four queries; newest first means by when they were opened.

    Orders: see `DEAL_ORDERS`. Raises CursorUnreadable.
    """
    rows = Deal.for_actor(actor, verb).filter(filters.condition())
    return _page(rows, DEAL_ORDERS[order], actor, sought, cursor=cursor, limit=limit)


def totals_of(actor: Actor, filters: DealFilters = DealFilters()) -> Totals:
    """Return how many deals a list has and what they are worth by currency, in one query."""
    return _totals(_counted(actor, filters, "amount_currency"))


def totals_by_state(actor: Actor, filters: DealFilters = DealFilters()) -> dict[str, Totals]:
    """Return what `totals_of` does of those that are open, won and lost, in one query."""
    found = _counted(actor, filters, "amount_currency", "close__outcome")
    return {
        state: _totals([row for row in found if row["close__outcome"] == outcome])
        for state, outcome in (("open", None), ("won", Outcome.WON), ("lost", Outcome.LOST))
    }


def _counted(actor: Actor, filters: DealFilters, *by: str) -> list[dict[str, Any]]:
    rows = Deal.for_actor(actor).filter(filters.condition()).order_by(*by)
    return [dict(each) for each in rows.values(*by).annotate(count=Count("pk"), minor=Sum("amount_minor"))]


def _totals(found: Sequence[Mapping[str, Any]]) -> Totals:
    return Totals(
        count=sum(row["count"] for row in found),
        amounts=tuple(
            Money(int(row["minor"]), Currency(row["amount_currency"])) for row in found if row["amount_currency"]
        ),
    )


def leads(
    actor: Actor,
    filters: LeadFilters = LeadFilters(),
    *,
    order: str = NEWEST,
    cursor: str | None = None,
    limit: int = LIMIT,
    verb: Verb = Verb.VIEW,
    sought: Sought | None = None,
) -> Page[Lead]:
    """Return a page of leads with how they ended, in one query; newest first means by when they were captured.

    Orders: see `LEAD_ORDERS`. Raises CursorUnreadable.
    """
    rows = Lead.for_actor(actor, verb).filter(filters.condition())
    return _page(rows, LEAD_ORDERS[order], actor, sought, cursor=cursor, limit=limit)


def companies(
    actor: Actor,
    *,
    text: str = "",
    owner_id: UUID | None = None,
    order: str = "name",
    cursor: str | None = None,
    limit: int = LIMIT,
    sought: Sought | None = None,
) -> Page[Company]:
    """Return a page of companies, in one query. Orders: see `COMPANY_ORDERS`. Raises CursorUnreadable."""
    rows = Company.for_actor(actor)
    if text:
        rows = rows.filter(companies_with(text))
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    return _page(rows, COMPANY_ORDERS[order], actor, sought, cursor=cursor, limit=limit)


def people(
    actor: Actor,
    *,
    text: str = "",
    company_id: UUID | None = None,
    owner_id: UUID | None = None,
    order: str = "name",
    cursor: str | None = None,
    limit: int = LIMIT,
    sought: Sought | None = None,
) -> Page[Person]:
    """Return a page of people, in one query. Orders: see `PERSON_ORDERS`. Raises CursorUnreadable."""
    rows = Person.for_actor(actor)
    if text:
        rows = rows.filter(people_with(text))
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    if company_id is not None:
        rows = rows.filter(company_id=company_id)
    return _page(rows, PERSON_ORDERS[order], actor, sought, cursor=cursor, limit=limit)


def companies_named(actor: Actor, names: set[str]) -> "QuerySet[Company]":
    """Return the companies that bear one of the names in any spelling of case, accents and space, oldest first."""
    keys = {name_key(name) for name in names}
    return Company.for_actor(actor).filter(name_key__in=keys).order_by("created_at", "pk")


def _page(
    rows: "QuerySet[R]", order: Order, actor: Actor, sought: Sought | None, *, cursor: str | None, limit: int
) -> Page[R]:
    """Return a page of rows with what they name, narrowed and ordered by what a reader wrote."""
    shape = shape_of(rows.model.kind)
    if sought is not None and (shape.computes or sought.selection != Selection()):
        reader = sought.reader(actor)
        rows = with_formulas(narrowed(rows, shape, sought.selection, reader), shape, reader)
        order = order_of(shape, sought.selection.sort, reader) if sought.selection.sort else order
    found = page(shape.with_names(rows), order, cursor=cursor, limit=limit)
    shape.complete(found.rows)
    return found
