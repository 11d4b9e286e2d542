"""Products: what is sold, at which list price."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from caudal.catalog import actions, queries
from caudal.catalog.models import Product
from caudal.core.money import Money
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import fixed_world, new_id, use
from caudal.workspace.actions import issue_key
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
    assert (made.status_code, made.json()["list_price"]) == (201, {"amount": "10.00", "currency": "EUR"})
    assert (taken.status_code, taken.json()["title"]) == (409, "Another product has this SKU.")
    assert (cheaper.json()["list_price"], cheaper.json()["sku"], cheaper["ETag"]) == (None, "B-1", '"2"')
    assert client.get(path, headers=key).json() == cheaper.json()
    found = client.get("/api/v1/products?text=bun", headers=key).json()
    assert [each["name"] for each in found["items"]] == ["Bundle"]
