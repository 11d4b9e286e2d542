"""Products: what is sold, at which list price."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from caudal.catalog import actions, queries
from caudal.catalog.models import Product
from caudal.catalog.queries import Asked, NotSoldAnyMore
from caudal.core.money import Currency, Money
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.panels import page_of
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import fixed_world, new_id, use
from caudal.workspace.actions import issue_key
from tests.crm.browsing import Enter, text_of
from tests.world import AT, Shop


def test_a_change_of_price_tells_both_prices(shop: Shop) -> None:
    product = shop.products["professional"]
    changed = actions.change_product(
        actor=shop.actor("ana"), as_of=AT, product_id=product.pk, list_price=Money.of("119", "EUR"), expected_version=1
    )
    assert (changed.list_price, changed.version) == (Money.of("119", "EUR"), 2)
    assert timeline(product.ref)[0].data["changes"] == {
        "list_price": [{"amount": "99.00", "currency": "EUR"}, {"amount": "119.00", "currency": "EUR"}]
    }
    with pytest.raises(VersionConflict):
        actions.change_product(actor=SYSTEM, as_of=AT, product_id=product.pk, unit="seat", expected_version=1)


def test_a_product_is_found_by_its_name_or_its_sku(shop: Shop) -> None:
    rosa = shop.actor("rosa")
    assert [each.name for each in queries.products(rosa).rows] == ["Documents", "Professional", "Prompt course"]
    assert queries.products(rosa, text="PRÓMPT").rows == [shop.products["course"]]
    assert queries.products(rosa, text="PRO").rows == [shop.products["professional"], shop.products["course"]]
    assert queries.every_product(rosa) == list(queries.products(rosa).rows)
    actions.change_product(actor=SYSTEM, as_of=AT, product_id=shop.products["course"].pk, name="Curso")
    assert queries.products(rosa, text="curso").rows == [shop.products["course"]]


def test_a_sku_names_one_product(shop: Shop) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_product(actor=SYSTEM, as_of=AT, name="Other", sku="PRO")
    for nothing in (None, "", "  "):
        assert actions.add_product(actor=SYSTEM, as_of=AT, name="Without", sku=nothing).sku is None
    assert Product.objects.filter(sku="PRO").get() == shop.products["professional"]


def test_whoever_sells_sees_products_and_administrators_keep_them(shop: Shop) -> None:
    before = business_digest()
    with pytest.raises(NotAllowed):
        actions.add_product(actor=shop.actor("marta"), as_of=AT, name="Mine")
    with pytest.raises(NotFound):
        actions.change_product(actor=shop.actor("rosa"), as_of=AT, product_id=shop.products["course"].pk, name="Mine")
    with pytest.raises(BadInput, match="Some fields"):
        actions.add_product(actor=SYSTEM, as_of=AT, name="  ")
    with pytest.raises(NotFound):
        actions.add_product(actor=SYSTEM, as_of=AT, name="x", pillar_id=new_id())
    assert business_digest() == before


def test_programs_add_and_change_products(shop: Shop, client: Client) -> None:
    scopes = ("catalog:read", "catalog:write", "workspace:read")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Shop", role="admin", scopes=scopes)
    key = {"Authorization": f"Bearer {token}"}
    body = {"name": "Bundle", "sku": "B-1", "list_price": {"amount": "10.00", "currency": "EUR"}}
    with use(fixed_world(at=AT)):
        made = client.post("/api/v1/products", body, "application/json", headers=key)
        path = f"/api/v1/products/{made.json()['id']}"
        taken = client.post("/api/v1/products", body, "application/json", headers=key)
        cheaper = client.patch(path, {"list_price": None}, "application/json", headers=key | {"If-Match": made["ETag"]})
        assert client.get(path, headers=key).json() == cheaper.json()
        exempt = client.put(f"{path}/tax-kind", {"tax_kind": "exempt"}, "application/json", headers=key).json()
        retired = client.put(f"{path}/retirement", {"from_date": "2026-03-02"}, "application/json", headers=key).json()
        offering = {"product_id": made.json()["id"], "name": "Late", "code": "late"}
        late = client.post("/api/v1/offerings", offering, "application/json", headers=key)
        back = client.delete(f"{path}/retirement", headers=key).json()
        again = client.post("/api/v1/offerings", offering, "application/json", headers=key)
    assert (made.status_code, made.json()["list_price"]) == (201, {"amount": "10.00", "currency": "EUR"})
    assert (taken.status_code, taken.json()["title"]) == (409, "Another product has this SKU.")
    assert (cheaper.json()["list_price"], cheaper.json()["sku"], cheaper["ETag"]) == (None, "B-1", '"2"')
    assert (made.json()["tax_kind"], exempt["tax_kind"]) == ("standard", "exempt")
    assert exempt["tax_kinds"] == [{"tax_kind": "exempt", "from_date": "2026-03-02"}]
    assert (retired["retired_from_date"], late.status_code) == ("2026-03-02", 422)
    assert (back["retired_from_date"], again.status_code) == (None, 201)
    found = client.get("/api/v1/products?text=bun", headers=key).json()
    assert [each["name"] for each in found["items"]] == ["Bundle"]


def test_a_product_is_added_changed_taxed_and_retired_on_pages(shop: Shop, enter: Enter) -> None:
    ana, rosa, before = enter("ana"), enter("rosa"), business_digest()
    with use(fixed_world(at=AT)):
        said = {
            "name": "Audit",
            "sku": "AUD",
            "pillar": "",
            "stream": "consulting",
            "tax_kind": "reduced",
            "unit": "day",
        }
        said |= {"list_price": "1200,50", "currency": "EUR", "do": "product"}
        assert rosa.post("/catalogue", said).status_code == 403
        for wrong, told in (
            ({"list_price": "1200.505"}, "1200.505"),
            ({"sku": "PRO"}, "Another product has this SKU."),
            ({"name": " "}, "required"),
        ):
            refused = ana.post("/catalogue", said | wrong)
            assert (refused.status_code, told in text_of(refused)) == (422, True), told
        assert business_digest() == before
        onwards = ana.post("/catalogue", said)
        made = Product.objects.get(sku="AUD")
        page = f"/products/{made.ref}"
        assert (onwards["location"], made.list_price) == (page, Money.of("1200.50", "EUR"))
        assert page_of(made.ref) == page
        shown = text_of(ana.get("/catalogue"))
        assert "Audit" in shown
        assert "Reduced rate" in shown
        del said["tax_kind"]
        assert ana.post(page, said | {"do": "save", "name": "Audit day", "version": "1"}).status_code == 302
        assert "was changed by somebody else" in text_of(ana.post(page, said | {"do": "save", "version": "1"}))
        too_early = {"do": "tax", "tax-tax_kind": "exempt", "tax-from_date": "2026-03-01"}
        assert "what was issued keeps its tax" in ana.post(page, too_early).content.decode()
        assert ana.post(page, too_early | {"tax-from_date": "2026-04-01"}).status_code == 302
        made.refresh_from_db()
        assert [queries.taxed_on(made, date(2026, month, 31)) for month in (3, 5)] == ["reduced", "exempt"]
        # A new way to buy it counts as the product says; retired with it, it is sold again with it.
        offering = actions.add_offering(actor=SYSTEM, as_of=AT, product_id=made.pk, name="Audit", code="audit")
        charge = actions.add_charge(
            actor=SYSTEM, as_of=AT, offering_id=offering.pk, name="Day", code="day", sort="recurring"
        )
        price = {"tiers": [{"flat": "1000"}]}
        actions.add_price(
            actor=SYSTEM, as_of=AT, charge_id=charge.pk, currency="EUR", from_date=date(2026, 1, 1), price=price
        )
        assert charge.stream == "consulting"
        ana.post(page, {"do": "retire", "retire-from_date": "2026-03-02"})
        assert "Not sold to new customers from:" in text_of(rosa.get(page))
        asked = Asked(date(2026, 3, 2), Currency("EUR"))
        with pytest.raises(NotSoldAnyMore):
            queries.cost_of(SYSTEM, offering.pk, asked)
        assert queries.cost_of(SYSTEM, offering.pk, replace(asked, customer_since=date(2026, 2, 1))).calculation.first
        ana.post(page, {"do": "bring_back"})
        assert queries.cost_of(SYSTEM, offering.pk, asked).calculation.first == Money.of("1000", "EUR")
        assert "said how it is taxed from Apr 1, 2026 on: Exempt" in text_of(ana.get(page))
        happened = {fact.name.removeprefix("catalog.product_") for fact in timeline(made.ref)}
        assert happened == {"added", "changed", "taxed", "retired", "brought_back"}
