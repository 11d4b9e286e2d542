"""Offerings: charges and prices by date, what is refused, and what something costs, step by step."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.html import strip_tags

from caudal.catalog import actions, queries
from caudal.catalog.actions.charges import AmongTheUsed, FaultyPrice
from caudal.catalog.actions.offerings import AlreadyRetired, NotAnAddOn
from caudal.catalog.models import Charge, Offering, PriceVersion
from caudal.catalog.offline import UnreadablePrice, UsageGiven
from caudal.catalog.queries import Asked, MeterUsage, NoPriceInCurrency, NoSuchTerm, NotSoldAnyMore
from caudal.core.money import Currency, Money
from caudal.core.pricing import NoPriceYet
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.outbox import drain, timeline
from caudal.kit.problems import BadInput
from caudal.kit.search.finding import find
from caudal.kit.search.index import HANDLER
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import issue_key
from tests.crm.browsing import Enter, text_of
from tests.world import AT, Shop

EUR = Currency("EUR")
TODAY = date(2026, 3, 2)
MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}


@dataclass(frozen=True, slots=True)
class Range:
    """Professional: 99 a month, 20 a seat (10 % less from 10), documents by volume; priority support beside it."""

    pro: Offering
    base: Charge
    seats: Charge
    documents: Charge
    support: Offering


@pytest.fixture
def sold(shop: Shop) -> Range:
    product = shop.products["professional"]
    pro = actions.add_offering(**MADE, product_id=product.pk, name="Professional", code="pro", trial_days=14)
    support = actions.add_offering(**MADE, product_id=product.pk, name="Priority support", code="care", role="add_on")
    actions.set_add_ons(**MADE, offering_id=pro.pk, add_on_ids=[support.pk])
    actions.set_terms(**MADE, offering_id=pro.pk, terms=[(12, Decimal(10)), (36, Decimal(20))])
    said: list[tuple[Offering, str, str, str, str, dict[str, Any]]] = [
        (pro, "base", "recurring", "subscription", "", {"tiers": [{"flat": "99"}]}),
        (pro, "seats", "seat", "licence", "", {"tiers": [{"unit": "20"}], "free_units": "1"}),
        (
            pro,
            "documents",
            "usage",
            "usage",
            "documents",
            {"mode": "volume", "tiers": [{"up_to": "100", "unit": "1"}, {"unit": "0.9"}], "maximum": "500"},
        ),
        (support, "care", "recurring", "support", "", {"tiers": [{"flat": "49"}]}),
    ]
    charges = {}
    for offering, code, sort, stream, meter, price in said:
        charge = actions.add_charge(
            **MADE, offering_id=offering.pk, name=code.title(), code=code, sort=sort, stream=stream, meter=meter
        )
        actions.add_price(**MADE, charge_id=charge.pk, currency="EUR", from_date=date(2026, 1, 1), price=price)
        charges[code] = charge
    actions.set_volume_discounts(**MADE, charge_id=charges["seats"].pk, discounts=[(10, Decimal(10))])
    return Range(pro, charges["base"], charges["seats"], charges["documents"], support)


def test_a_price_rises_for_new_customers_first_and_for_existing_ones_later(shop: Shop, sold: Range) -> None:
    actions.add_price(
        **MADE, charge_id=sold.base.pk, currency="EUR", from_date=date(2026, 6, 1), existing_from_date=date(2026, 9, 1),
        price={"tiers": [{"flat": "119"}]},
    )  # fmt: skip
    (charge,) = [each for each in queries.charges_of(SYSTEM, [sold.pro.pk]) if each.code == "base"]

    def number(day: date, since: date | None = None) -> int:
        return queries.price_at(charge, currency=EUR, day=day, customer_since=since).number

    assert (number(date(2026, 5, 31)), number(date(2026, 6, 1))) == (1, 2)
    assert [number(date(2026, month, 1), TODAY) for month in (6, 8, 9)] == [1, 1, 2]
    with pytest.raises(NoPriceYet, match="2025-12-31"):
        number(date(2025, 12, 31))
    with pytest.raises(NoPriceInCurrency, match="another one: EUR"):
        queries.price_at(charge, currency=Currency("USD"), day=TODAY)
    # Who looks at a retired offering as an existing customer goes on paying; nobody new can buy it.
    actions.retire_offering(**MADE, offering_id=sold.pro.pk, from_date=TODAY)
    with pytest.raises(NotSoldAnyMore):
        queries.cost_of(SYSTEM, sold.pro.pk, Asked(TODAY, EUR))
    old = Asked(TODAY, EUR, customer_since=TODAY - timedelta(days=9))
    assert queries.cost_of(SYSTEM, sold.pro.pk, old).calculation.first == Money.of("99", "EUR")
    with pytest.raises(AlreadyRetired):
        actions.retire_offering(**MADE, offering_id=sold.pro.pk, from_date=date(2027, 1, 1))
    actions.bring_back_offering(**MADE, offering_id=sold.pro.pk)
    assert [fact.name for fact in timeline(sold.pro.ref)][:2] == [
        "catalog.offering_brought_back",
        "catalog.offering_retired",
    ]


def test_a_price_is_never_edited_and_two_never_begin_on_one_day(shop: Shop, sold: Range) -> None:
    first = queries.prices_of(SYSTEM, sold.base.pk)[0]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_priceversion SET price = '{}' WHERE id = %s", [first.pk])
    free = {"tiers": [{"flat": "0"}]}
    said: dict[str, Any] = {**MADE, "charge_id": sold.base.pk, "currency": "EUR"}
    with pytest.raises(IntegrityError, match="catalog_price_day"), transaction.atomic():
        actions.add_price(**said, from_date=first.from_date, price=free)
    with pytest.raises(AmongTheUsed):
        actions.withdraw_price(**MADE, price_id=first.pk)
    later = actions.add_price(**said, from_date=date(2027, 1, 1), price=free)
    actions.withdraw_price(**MADE, price_id=later.pk)
    again = actions.add_price(**said, from_date=date(2027, 1, 1), price=free)
    assert (later.number, again.number) == (2, 3)
    assert [fact.name for fact in timeline(later.ref)] == ["catalog.price_withdrawn", "catalog.price_added"]


def test_every_line_says_how_the_catalogue_price_became_the_price(shop: Shop, sold: Range) -> None:
    usage = (MeterUsage("documents", UsageGiven(Decimal(101))),)
    asked = Asked(TODAY, EUR, seats=Decimal(11), usage=usage, months=12, add_on_ids=(sold.support.pk,))
    cost = queries.cost_of(shop.actor("rosa"), sold.pro.pk, asked)
    steps = {
        line.charge.code: [(step.name, str(step.delta)) for step in line.decision.steps]
        for line in cost.calculation.lines
    }
    assert steps == {
        "base": [("catalogue", "99.00"), ("term", "-9.90")],
        # Ten of eleven seats are paid: 200, less 10 % by volume, less 10 % of 180 for the term.
        "seats": [("catalogue", "200.00"), ("volume", "-20.00"), ("term", "-18.00")],
        # By volume all 101 documents cost 0.90; a term lowers no usage.
        "documents": [("catalogue", "90.90")],
        "care": [("catalogue", "49.00")],
    }
    # 89.10 + 162 + 90.90 + 49
    assert cost.calculation.first == Money.of("391.00", "EUR")
    parts = {sold.pro.pk: 11, sold.support.pk: 1}
    bought = actions.add_bundle(**MADE, name="All", code="all", discount_percent=Decimal(50), parts=parts)
    half = queries.cost_of_bundle(SYSTEM, bought.pk, asked).calculation
    assert half.first == Money.of("195.50", "EUR")
    most = replace(asked, usage=(MeterUsage("documents", UsageGiven(Decimal(9000))),))
    documents = queries.cost_of(SYSTEM, sold.pro.pk, most).calculation.lines[2]
    assert [(step.name, str(step.delta)) for step in documents.decision.steps][1] == ("guard", "-7600.00")
    curve = queries.total_by_quantity(cost)
    assert (curve[0][0], curve[0][1].major) == (0, "229.00")  # 89.10 + 90.90 + 49, without a seat
    with pytest.raises(NoSuchTerm):
        queries.cost_of(SYSTEM, sold.pro.pk, replace(asked, months=24))


def test_what_contradicts_itself_is_refused_and_leaves_nothing(shop: Shop, sold: Range) -> None:
    before = business_digest()
    said: dict[str, Any] = {**MADE, "charge_id": sold.documents.pk, "currency": "EUR", "from_date": date(2027, 1, 1)}
    twice = [{"name": name, "where": {"kind": ["a"]}, "tiers": [{"unit": "1"}]} for name in ("one", "other")]
    with pytest.raises(FaultyPrice):
        actions.add_price(**said, price={"shape": "matrix", "rows": twice})
    unreadable: tuple[dict[str, Any], ...] = (
        {"tiers": []},
        {"tiers": [{"unit": 1.5}]},
        {"tiers": [{"unit": "NaN"}]},
        {"tiers": [{"unit": "-1"}]},
        {"tiers": [{"unit": "1"}], "percent": "2"},
        {"shape": "percentage"},
        {"shape": "cheap"},
    )
    for wrong in unreadable:
        with pytest.raises(UnreadablePrice):
            actions.add_price(**said, price=wrong)
    with pytest.raises(BadInput):
        actions.add_price(**said | {"charge_id": sold.base.pk}, price={"shape": "percentage", "percent": "2"})
    with pytest.raises(NotAnAddOn):
        actions.set_add_ons(**MADE, offering_id=sold.pro.pk, add_on_ids=[sold.pro.pk])
    with pytest.raises(BadInput):
        actions.change_offering(**MADE, offering_id=sold.pro.pk, interval="once")
    with pytest.raises(NotAllowed):
        actions.add_feature(actor=shop.actor("marta"), as_of=AT, name="Export", code="export")
    assert business_digest() == before


def test_programs_keep_the_catalogue_and_ask_what_something_would_cost(shop: Shop, client: Client) -> None:
    scopes = ("catalog:read", "catalog:write", "workspace:read")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Shop", role="finance", scopes=scopes)
    key = {"Authorization": f"Bearer {token}"}

    def send(method: str, path: str, body: Any = None, **headers: str) -> Any:
        found = client.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json", headers=key | headers)
        assert found.status_code < 300, found.content
        return found.json() if found.content else None

    with use(fixed_world(at=AT)):
        product = str(shop.products["documents"].ref)
        made = send("POST", "offerings", {"product_id": product, "name": "Bulk", "code": "Bulk"})
        path = f"offerings/{made['id']}"
        charge = send(
            "POST",
            f"{path}/charges",
            {"name": "Documents", "code": "docs", "sort": "usage", "stream": "data", "meter": "docs"},
        )
        rows = [
            {"name": "contracts", "where": {"kind": ["contract"]}, "tiers": [{"unit": "0.5"}]},
            {"name": "others", "tiers": [{"up_to": "10", "unit": "0.1"}, {"unit": "0.05"}]},
        ]
        price = {"currency": "JPY", "from_date": "2026-01-01", "price": {"shape": "matrix", "rows": rows}}
        assert send("POST", f"charges/{charge['id']}/prices", price)["number"] == 1
        send(
            "PUT",
            f"charges/{charge['id']}/volume-discounts",
            {"discounts": [{"quantity_min": 1000, "discount_percent": "5"}]},
            **{"If-Match": "*"},
        )
        feature = send("POST", "features", {"name": "Languages", "code": "languages", "sort": "number"})
        send("PUT", f"{path}/features", {"features": [{"feature_id": feature["id"], "value": 12}]}, **{"If-Match": "*"})
        send("PUT", f"{path}/terms", {"terms": [{"months": 24, "discount_percent": "12.5"}]}, **{"If-Match": "*"})
        usage = [
            {"meter": "docs", "quantity": "7", "where": {"kind": "contract"}},
            {"meter": "docs", "quantity": "30", "where": {"kind": "letter"}},
        ]
        cost = send("POST", "costs", {"offering_id": made["id"], "currency": "JPY", "usage": usage})
        assert send("PUT", f"{path}/retirement", {"from_date": "2026-05-01"})["retired_from_date"] == "2026-05-01"
        whole = send("DELETE", f"{path}/retirement")
        odd = send(
            "POST",
            f"charges/{charge['id']}/price-check",
            {
                "currency": "EUR",
                "from_date": "2026-02-01",
                "price": {"mode": "volume", "tiers": [{"up_to": "15", "unit": "10"}, {"unit": "5"}]},
            },
        )
    assert (whole["code"], whole["terms"]) == ("bulk", [{"months": 24, "discount_percent": "12.5"}])
    assert whole["features"] == [{"feature_id": feature["id"], "value": 12}]
    # 7 x 0.5 and 10 x 0.1 + 20 x 0.05 are 5.5, which is 6 yen.
    assert cost["first"] == {"amount": "6", "currency": "JPY"}
    assert [each["row"] for each in cost["lines"][0]["parts"]] == ["contracts", "others", "others"]
    assert cost["lines"][0]["decision"]["steps"][0] == {
        "name": "catalogue",
        "stage": "catalogue",
        "before": "0",
        "after": "6",
    }
    assert [each["code"] for each in odd["findings"]] == ["pricing.total_falls"]


@pytest.mark.usefixtures("today")
def test_the_calculator_shows_every_step_and_the_total_by_quantity(shop: Shop, sold: Range, enter: Enter) -> None:
    rosa = enter("rosa")
    assert "€99.00" in text_of(rosa.get("/catalogue"))
    shown = rosa.get(f"/offerings/{sold.pro.ref}")
    assert "10% less from 10" in text_of(shown)
    assert "prices/new" not in shown.content.decode()
    asked = f"/offerings/{sold.pro.ref}/cost?currency=EUR&day=2026-03-02&seats=11&usage-documents-0=101&months=12"
    text = text_of(rosa.get(asked))
    # 89.10 + 162 + 90.90
    for told in ("It comes to €342.00", "Catalogue price", "Volume discount", "Term", "−€18.00", "Total by quantity"):
        assert told in text, told
    refused = rosa.get(f"/offerings/{sold.pro.ref}/cost?currency=EUR&day=1999-01-01&seats=1")
    assert (refused.status_code, "There is no price for 1999-01-01" in text_of(refused)) == (422, True)


@pytest.mark.usefixtures("today")
def test_a_price_is_checked_before_it_is_kept(shop: Shop, sold: Range, enter: Enter) -> None:
    page, ana = f"/charges/{sold.documents.ref}/prices/new", enter("ana")
    assert enter("rosa").get(page).status_code == 403
    said = {"currency": "EUR", "from_date": "2026-07-01", "shape": "volume"}
    tiers = {"up_to-0": "15", "unit-0": "10", "unit-1": "5"}
    before = PriceVersion.objects.count()
    tried = text_of(ana.post(page, said | tiers | {"try": "1"}))
    assert "€10.00 each up to 15, €5.00 each beyond (for all units)" in tried
    assert "15 units cost 150 EUR, and 16 cost 80 EUR: more costs less." in tried
    assert ana.post(page, said | {"unit-0": "cheap"}).status_code == 422
    assert PriceVersion.objects.count() == before
    assert ana.post(page, said | tiers).status_code == 302
    again = ana.post(page, said | tiers)
    assert "already has a price in this currency from this day on" in text_of(again)
    assert PriceVersion.objects.count() == before + 1


@pytest.mark.usefixtures("today")
def test_a_price_is_read_while_it_is_typed(shop: Shop, sold: Range, enter: Enter) -> None:
    page, ana = f"/charges/{sold.documents.ref}/prices/check", enter("ana")
    assert enter("rosa").post(page, {"unit-0": "1"}).status_code == 403
    days = {"currency": "EUR", "from_date": "2026-07-01"}
    asked = "Begin to say the price, and see here"
    share = {"shape": "percentage", "percent": "2.5", "fixed": "0.1", "free_count": "3", "each_least": "0.2"}
    for said, told in (
        ({"shape": "volume"}, asked),  # nothing was typed yet
        (
            {"shape": "volume", "unit-0": "cheap"},
            "Each unit: Write digits with a point before at most twelve decimals.",
        ),
        ({"shape": "volume", "unit-0": "2", "from_date": ""}, "For new customers from: This field is required."),
        ({"shape": "graduated", "unit-0": "2", "zero_usage": "nothing"}, "€2.00 each · nothing without usage"),
        ({"shape": "volume", "up_to-0": "15", "unit-0": "10", "unit-1": "5"}, "and 16 cost 80 EUR: more costs less."),
        (share, "2.5 % of each transaction + €0.10 · the first 3 transactions free · at least €0.20 each"),
        (share | {"each_most": "0.1"}, "at least 0.2 and at most 0.1: both cannot hold."),
    ):
        answer = ana.post(page, days | said)
        read = " ".join(strip_tags(unescape(answer.content.decode())).split())
        assert (answer.status_code, told in read) == (200, True), (said, read)
    before = PriceVersion.objects.count()
    assert ana.post(page.replace("check", "new"), days | share | {"each_most": "9"}).status_code == 302
    kept = PriceVersion.objects.get(charge=sold.documents, from_date="2026-07-01")
    assert (kept.price["free_count"], kept.price["each_most"]) == (3, "9")
    assert PriceVersion.objects.count() == before + 1
    drain(HANDLER, as_of=AT)
    found = [group for group in find(shop.actor("rosa"), "pro") if group.findable.kind == "offering"]
    assert [hit.title for group in found for hit in group.hits][:1] == [sold.pro.name]


@pytest.mark.usefixtures("today")
def test_people_add_an_offering_its_charges_and_its_end_on_pages(shop: Shop, sold: Range, enter: Enter) -> None:
    ana, before = enter("ana"), business_digest()
    assert enter("rosa").get("/offerings/new").status_code == 403
    said = {"product": str(shop.products["course"].ref), "name": "Course by seat", "code": "seats", "role": "main"}
    said |= {
        "interval": "month",
        "interval_count": "1",
        "timing": "advance",
        "trial_days": "0",
        "terms": "12 10\n36 20",
    }
    for wrong, told in (
        ({"terms": "twelve 10"}, "Write a line for each:"),
        ({"terms": "12 200"}, "Write a percentage from 0 to 100"),
        ({"code": "pro"}, "Another offering has this code."),
    ):
        refused = ana.post("/offerings/new", said | wrong)
        assert (refused.status_code, told in text_of(refused)) == (422, True), told
    assert business_digest() == before
    assert ana.post("/offerings/new", said).status_code == 302
    made = Offering.objects.get(code="seats")
    page = f"/offerings/{made.ref}/edit"
    assert "36 20" in ana.get(page).content.decode()
    changed = said | {"do": "save", "name": "Course for teams", "terms": "24 12,5", "version": str(made.version)}
    ana.post(page, changed)
    assert "was changed by somebody else" in text_of(ana.post(page, changed | {"name": "Mine"}))
    assert list(made.terms.values_list("months", "discount_percent")) == [(24, Decimal("12.5"))]
    seat = {"do": "charge", "charge-name": "Seat", "charge-code": "seat", "charge-sort": "usage"}
    seat |= {"charge-stream": "training"}
    assert "A charge by usage names its meter" in text_of(ana.post(page, seat))
    onwards = ana.post(page, seat | {"charge-sort": "seat"})
    assert onwards["location"] == f"/charges/{made.charges.get().ref}/prices/new"
    ana.post(page, {"do": "retire", "retire-from_date": "2026-05-01"})
    shown = text_of(ana.get(f"/offerings/{made.ref}"))
    assert "Not sold to new customers from:" in shown
    ana.post(page, {"do": "bring_back"})
    assert "Not sold to new customers from:" not in text_of(ana.get(f"/offerings/{made.ref}"))
