"""What lists of deals, leads, companies and people know of their rows: filters, orders, groups."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from caudal.core.expressions import Refused, RowValue, evaluate
from caudal.core.money import FxRate, Money
from caudal.crm import actions
from caudal.crm.actions import CloseDraft, CompanyDraft, DealDraft, LeadDraft, PersonDraft, StageStep
from caudal.crm.models import Deal
from caudal.crm.shapes import DEALS
from caudal.kit.access import SYSTEM
from caudal.kit.filters import where
from caudal.kit.lists import (
    NoSuchOrder,
    Selection,
    chosen,
    filter_of,
    groups_of,
    order_of,
    page_of,
    totals_of,
    unrated,
)
from caudal.kit.shapes import FieldKind, NoSuchField, Reader, Shape, shape_of
from caudal.workspace.actions import add_rates
from tests.world import AT, Shop

DAY = timedelta(days=1)
USD_IN_EUR = Decimal("0.5")
"""A dollar is half a euro on the day of the tests: 5,000 euros are 10,000 dollars."""


@pytest.fixture
def market(shop: Shop) -> Shop:
    """Deals of every kind: without company, owner, amount or day; in dollars; closed on different days."""
    add_rates(actor=SYSTEM, as_of=AT, rates=[FxRate.of("USD", "EUR", AT.date(), USD_IN_EUR)], source="test")
    stages = [stage for pillar in ("saas", "courses") for stage in shop.stages(pillar)[:3]]
    drafts = []
    for n in range(40):
        at = AT - n * 5 * DAY
        drafts.append(
            DealDraft(
                name=f"Deal {n % 7} Ñandú" if n % 3 else f"deal {n}",
                opened_at=at if n % 5 else None,
                company_id=(shop.acme.pk, shop.globex.pk, None)[n % 3],
                product_id=shop.products["course"].pk if n % 2 else None,
                owner_id=(shop.rosa.pk, shop.raul.pk, None)[n // 2 % 3],
                amount=(Money.of(n * 500, "EUR"), Money.of(n * 500, "USD"), None, Money.of(100, "JPY"))[n % 4],
                expected_close_date=(AT + (n - 20) * 3 * DAY).date() if n % 4 else None,
                stages=(StageStep(stage_id=stages[n % 6].pk, entered_at=at),),
                close=CloseDraft(outcome="won" if n % 2 else "lost", closed_at=at + n % 3 * DAY, reason="price")
                if n % 3 == 0
                else None,
            )
        )
    actions.open_deals(actor=SYSTEM, as_of=AT, deals=drafts)
    return shop


def reader(shop: Shop, who: str = "ana") -> Reader:
    return Reader(actor=shop.actor(who), as_of=AT, currency="EUR")


def as_expression(shape: Shape, found: Reader, row: Any) -> dict[str, RowValue]:
    """A row as expressions see it: ids for links, amounts in euros where there is a rate for them."""
    values: dict[str, RowValue] = {"me": str(found.actor.id)}
    for each in shape.fields:
        value = each.read(row)
        match each.kind:
            case FieldKind.LINK:
                values[each.name] = str(value.ref) if value is not None else None
            case FieldKind.MONEY:
                values[each.name] = in_euros(row, value)
            case _:
                values[each.name] = value
    return values


def in_euros(row: Any, amount: Money | None) -> Fraction | None:
    """The only rate is that of the dollar on the day of the tests; it holds for deals that are open or closed then."""
    if amount is None or amount.currency.code == "JPY":
        return None
    if amount.currency.code == "EUR":
        return Fraction(amount.amount)
    close = getattr(row, "close", None)
    return None if close and close.closed_at < AT else Fraction(amount.amount) * Fraction(USD_IN_EUR)


FILTERS = (
    'state = "open"',
    'state = "won" or state = "lost"',
    'state in ("open", "lost")',
    'not state = "won"',
    "amount > 5000",
    "amount > 5000 EUR and expected_close_date is not empty",
    "not amount > 5000",
    "amount <= 2000 or owner is empty",
    "amount between 1000 and 4000",
    "in_last(opened_at, 30 days)",
    "in_next(expected_close_date, 2 weeks)",
    "in_month(expected_close_date, 0) or in_month(expected_close_date, 1)",
    "in_quarter(closed_at, -1)",
    "before(opened_at, as_of - 30 days)",
    "closed_at is not empty and on(opened_at, 2026-03-02)",
    'contains(name, "nandu")',
    'contains(company.name, "ACM") and probability > 20%',
    "owner = me or owner is empty",
    'company.name = "Globex" and reason = "price"',
    'forecast_category = "pipeline" and stage.name != "Demo"',
)


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_keeps_exactly_the_rows_of_which_it_is_true(market: Shop, text: str) -> None:
    shape, found = shape_of("deal"), reader(market)
    term = where(shape, text, found).expression.term
    rows = list(shape.with_names(Deal.for_actor(found.actor)))
    shape.complete(rows)
    wanted = {row.pk for row in rows if evaluate(term, as_expression(shape, found, row), found.setting) is True}
    assert {row.pk for row in chosen(shape, Selection(where=text), found)} == wanted
    assert len(rows) == 40


def test_an_amount_without_a_rate_is_unknown_but_not_missing(market: Shop) -> None:
    shape, found = shape_of("deal"), reader(market)
    missing = {row.pk for row in Deal.for_actor(found.actor) if row.amount is None}
    assert {row.pk for row in chosen(shape, Selection(where="amount is empty"), found)} == missing
    assert chosen(shape, Selection(where="amount is not empty"), found).count() == 40 - len(missing) == 30


def test_a_filter_never_reaches_further_than_the_reader(market: Shop) -> None:
    rosa = reader(market, "rosa")
    rows = chosen(shape_of("deal"), Selection(where="state = 'open' or true"), rosa)
    assert {row.owner_id for row in rows} == {market.rosa.pk}


def test_my_team_is_everybody_below_me(market: Shop) -> None:
    marta = reader(market, "marta")
    rows = chosen(shape_of("company"), Selection(where="owner.in_my_team"), marta)
    assert [row.name for row in rows] == ["Acme"]  # Rosa's; Raúl sells in another team


def test_amounts_without_a_rate_are_counted_and_not_dropped_unseen(market: Shop) -> None:
    shape, found = shape_of("deal"), reader(market)
    selection = Selection(where="amount > 5000")
    everything = Deal.for_actor(found.actor)
    # Ten deals are in yen, and of the ten in dollars those that were closed before the rate's only day.
    without = [
        row.pk
        for row in everything.select_related("close")
        if row.amount is not None and in_euros(row, row.amount) is None
    ]
    assert len(without) > 10
    assert unrated(everything, shape, selection, found) == len(without)
    # What another condition settles is not in doubt.
    assert unrated(everything, shape, Selection(where="amount > 5000 or true"), found) == 0
    assert unrated(everything, shape, Selection(where="state = 'open'"), found) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stgae = 1", "1:1: There is no field “stgae”. Did you mean state?"),
        ("amount > 5 USD", "1:10: EUR and USD are different units."),
        ('state = "opne"', "1:9: “opne” is not one of: open, won, lost."),
        ('owner = "Rosa"', "1:9: “Rosa” is not the id of a member."),
        ("amount", "1:1: This gives: number. Wanted is: yes or no."),
    ],
)
def test_a_wrong_filter_says_where_it_is_wrong(shop: Shop, text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        where(shape_of("deal"), text, reader(shop))
    assert str(refused.value.findings[0]).startswith(said)


def orders(kind: str) -> Iterator[str]:
    names = [each.name for each in shape_of(kind).fields if each.order]
    yield from (f"{sign}{name}" for name in names for sign in ("", "-"))
    yield from (f"{one},-{other}" for one, other in pairwise(names))


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_the_pages_of_every_order_together_are_the_whole_list(market: Shop, limit: int) -> None:
    """Names, owners and days that many rows share, and rows without any: whatever the order, nothing is lost."""
    found = reader(market)
    actions.add_people(
        actor=SYSTEM,
        as_of=AT,
        people=[PersonDraft(name=f"P{n % 3}", company_id=market.acme.pk if n % 2 else None) for n in range(9)],
    )
    actions.capture_leads(
        actor=SYSTEM,
        as_of=AT,
        leads=[LeadDraft(name=f"L{n % 3}", captured_at=AT - n // 4 * DAY) for n in range(9)],
    )
    for kind in ("deal", "lead", "company", "person"):
        shape = shape_of(kind)
        for sort in orders(kind):
            rows = chosen(shape, Selection(), found)
            whole = [row.pk for row in rows.order_by(*order_of(shape, sort, found).terms(shape.model))]
            assert walked(rows, shape, Selection(sort=sort), found, limit) == whole, (kind, sort)
            if limit == 1 and kind == "deal":
                break  # one order is enough where every row is a page


def walked(rows: Any, shape: Shape, selection: Selection, found: Reader, limit: int) -> Sequence[UUID]:
    seen: list[UUID] = []
    cursor, more = None, True
    while more:
        page = page_of(rows, shape, selection, found, cursor=cursor, limit=limit)
        seen += [row.pk for row in page.rows]
        cursor, more = page.next, page.next is not None
    return seen


def test_rows_without_a_value_come_last_in_either_direction(market: Shop) -> None:
    shape, found = shape_of("deal"), reader(market)
    for sort in ("closed_at", "-closed_at"):
        rows = page_of(chosen(shape, Selection(), found), shape, Selection(sort=sort), found, limit=200).rows
        closed = [hasattr(row, "close") for row in rows]
        assert closed == sorted(closed, reverse=True)


@pytest.mark.parametrize("sort", ["probability", "stage.name", "name,-name,name,name"])
def test_a_list_cannot_be_sorted_by_what_has_no_order(shop: Shop, sort: str) -> None:
    with pytest.raises(NoSuchOrder):
        order_of(shape_of("deal"), sort, reader(shop))
    with pytest.raises(NoSuchField):
        order_of(shape_of("deal"), "luck", reader(shop))


@pytest.mark.parametrize("name", [each.name for each in DEALS.fields if each.grouped])
def test_groups_hold_every_row_once_and_all_of_their_worth(market: Shop, name: str) -> None:
    shape, found = shape_of("deal"), reader(market)
    rows = chosen(shape, Selection(), found)
    groups, whole = groups_of(rows, shape, name, found), totals_of(rows, shape, found)
    assert sum(group.totals.count for group in groups) == whole.count == 40
    sums: dict[str, Money] = {}
    for amount in (amount for group in groups for amount in group.totals.amounts["amount"]):
        known = sums.get(amount.currency.code)
        sums[amount.currency.code] = known + amount if known else amount
    assert tuple(sums[code] for code in sorted(sums)) == whole.amounts["amount"]


def test_months_are_those_of_the_reader(shop: Shop) -> None:
    """Half an hour before March begins in Madrid, and half an hour after; in UTC it is February at both times."""
    before = datetime.fromisoformat("2026-02-28T22:30:00+00:00")
    for at in (before, before + timedelta(hours=1)):
        actions.open_deal(actor=SYSTEM, as_of=AT, deal=DealDraft(name="Deal", opened_at=at))
    found = reader(shop)
    groups = groups_of(chosen(shape_of("deal"), Selection(), found), shape_of("deal"), "opened_at", found)
    assert [(group.value.month, group.totals.count) for group in groups] == [(2, 1), (3, 1)]


@pytest.mark.parametrize("kind", ["deal", "lead", "company", "person"])
def test_every_field_of_a_shape_can_be_asked_for(market: Shop, kind: str) -> None:
    shape, found = shape_of(kind), reader(market)
    if kind == "company":
        actions.add_company(actor=SYSTEM, as_of=AT, company=CompanyDraft(name="Hooli", parent_id=market.acme.pk))
    for each in shape.fields:
        empty = chosen(shape, Selection(where=f"{each.name} is empty"), found).count()
        filled = chosen(shape, Selection(where=f"{each.name} is not empty"), found).count()
        assert empty + filled == shape.model.for_actor(found.actor).count(), each.name
    assert filter_of(shape, Selection(), found) is None


def test_a_day_is_grouped_and_filtered_alike(market: Shop) -> None:
    shape, found = shape_of("deal"), reader(market)
    groups = groups_of(chosen(shape, Selection(), found), shape, "expected_close_date", found)
    march = next(group for group in groups if group.value == date(2026, 3, 1))
    in_march = Selection(
        where="not before(expected_close_date, 2026-03-01) and not after(expected_close_date, 2026-03-31)"
    )
    assert chosen(shape, in_march, found).count() == march.totals.count > 0


def test_the_default_orders_and_the_order_by_name_are_read_from_an_index(market: Shop) -> None:
    """Without rows enough to matter the planner must be told that sorting costs much."""
    found = reader(market)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_seqscan = off")
    for kind, sorts in (
        ("deal", ("-opened_at", "name", "-amount")),
        ("lead", ("-captured_at", "name")),
        ("company", ("name",)),
    ):
        shape = shape_of(kind)
        for sort in sorts:
            rows = chosen(shape, Selection(), found).order_by(*order_of(shape, sort, found).terms(shape.model))
            assert "Sort" not in rows[:50].explain(), (kind, sort)
