"""Bundles, features and discounts by quantity: what is sold together, what it includes, and what both cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from caudal.catalog import actions, queries
from caudal.catalog.models import Bundle, Feature, Offering
from caudal.catalog.queries import Asked, NotInWholeBundles
from caudal.core.money import Currency, Money
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.panels import page_of
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import issue_key
from tests.crm.browsing import Enter, text_of
from tests.world import AT, Shop

EUR = Currency("EUR")
MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}


@dataclass(frozen=True, slots=True)
class Together:
    """Professional, 99 a month and 20 a seat, with three seats, and support at 49: 208 alone."""

    pro: Offering
    care: Offering
    bundle: Bundle


@pytest.fixture
def sold(shop: Shop) -> Together:
    product = shop.products["professional"].pk
    pro = actions.add_offering(**MADE, product_id=product, name="Professional", code="pro")
    care = actions.add_offering(**MADE, product_id=product, name="Support", code="care", role="add_on")
    for offering, sort, price in (
        (pro, "recurring", {"flat": "99"}),
        (pro, "seat", {"unit": "20"}),
        (care, "recurring", {"flat": "49"}),
    ):
        charge = actions.add_charge(
            **MADE, offering_id=offering.pk, name=f"{offering.code} {sort}", code=sort, sort=sort, stream="support"
        )
        said = {"tiers": [price]}
        actions.add_price(**MADE, charge_id=charge.pk, currency="EUR", from_date=date(2026, 1, 1), price=said)
    bundle = actions.add_bundle(
        **MADE, name="All in", code="all-in", discount_percent=Decimal(10), parts={pro.pk: 3, care.pk: 1}
    )
    actions.price_bundle(
        **MADE, bundle_id=bundle.pk, currency="EUR", from_date=date(2026, 4, 1), amount=Money.of("180", "EUR")
    )
    return Together(pro, care, bundle)


@pytest.fixture
def today() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


def _amounts(found: queries.BundleCost) -> list[str]:
    return [line.amount.major for line in found.calculation.lines]


def test_a_price_of_a_bundle_is_split_to_the_last_cent(sold: Together) -> None:
    def cost(day: date, count: int = 1) -> queries.BundleCost:
        return queries.cost_of_bundle(SYSTEM, sold.bundle.pk, Asked(day, EUR), count=count)

    # Until April its discount counts: 10 % of 99, 60 and 49.
    assert _amounts(cost(date(2026, 3, 31))) == ["89.10", "54.00", "44.10"]
    # 180 x 99/208 = 85.673, 180 x 60/208 = 51.923, 180 x 49/208 = 42.403: the cent that is left goes to the largest rest.
    april = cost(date(2026, 4, 1))
    assert _amounts(april) == ["85.67", "51.92", "42.41"]
    assert (april.calculation.first.major, april.alone.first.major) == ("180.00", "208.00")
    assert [step.name for step in april.calculation.lines[0].decision.steps] == ["catalogue", "bundle"]
    with pytest.raises(NotInWholeBundles, match="3 × Professional, 1 × Support"):
        cost(date(2026, 4, 1), count=2)  # 99 a month are paid once, however many there are
    actions.price_bundle(**MADE, bundle_id=sold.bundle.pk, currency="EUR", from_date=date(2026, 5, 1), amount=None)
    assert _amounts(cost(date(2026, 5, 1))) == ["89.10", "54.00", "44.10"]


def test_people_add_bundles_features_and_discounts_on_pages(sold: Together, enter: Enter, today: None) -> None:
    ana, rosa, before = enter("ana"), enter("rosa"), business_digest()
    page = f"/bundles/{sold.bundle.ref}"
    assert page_of(sold.bundle.ref) == page
    shown = text_of(rosa.get(f"{page}?currency=EUR&day=2026-04-01&count=1"))
    assert "It comes to €180.00" in shown
    assert "Alone its parts cost €208.00. Together they cost 13.5% less." in shown
    assert rosa.get(f"{page}?currency=EUR&day=2026-04-01&count=2").status_code == 422
    said = {"do": "bundle", "bundle-name": "Pair", "bundle-code": "pair", "bundle-discount_percent": "5"}
    said |= {"bundle-part-0": str(sold.pro.pk), "bundle-part-1": str(sold.pro.pk)}
    assert rosa.post("/catalogue", said).status_code == 403
    assert "It is named above already." in ana.post("/catalogue", said).content.decode()
    assert business_digest() == before
    assert ana.post("/catalogue", said | {"bundle-part-1": str(sold.care.pk)}).status_code == 302
    pair = Bundle.objects.get(code="pair")
    edited = {"do": "save", "name": "Pair", "code": "pair", "discount_percent": "7", "version": str(pair.version)}
    edited |= {"part-0": str(sold.pro.pk), "quantity-0": "2", "part-1": str(sold.care.pk)}
    assert ana.post(f"/bundles/{pair.ref}", edited).status_code == 302
    price = {"do": "price", "price-amount": "150,50", "price-currency": "eur", "price-from_date": "2026-03-02"}
    assert ana.post(f"/bundles/{pair.ref}", price).status_code == 302
    # 99, two seats at 20 and 49 are 188 alone.
    assert "It comes to €150.50" in text_of(ana.get(f"/bundles/{pair.ref}"))
    for name, sort in (("Seats included", "number"), ("Approvals", "switch")):
        feature = {"do": "feature", "feature-name": name, "feature-code": sort, "feature-sort": sort}
        assert ana.post("/catalogue", feature).status_code == 302
    number, switch = (Feature.objects.get(code=sort).pk for sort in ("number", "switch"))
    edit = f"/offerings/{sold.pro.ref}/edit"
    wrong = {"do": "features", f"features-{number}": "many"}
    assert "Write a whole number, or * for no limit." in text_of(ana.post(edit, wrong))
    assert ana.post(edit, wrong | {f"features-{number}": "*", f"features-{switch}": "yes"}).status_code == 302
    assert ana.post(edit, {"do": "beside", "beside-add_ons": [str(sold.care.pk)]}).status_code == 302
    charges = {each.code: each for each in queries.charges_of(SYSTEM, [sold.pro.pk])}
    volume = {"do": "volume", f"volume-{charges['seat'].pk}": "10 5\n50 12,5"}
    assert ana.post(edit, volume).status_code == 302
    aside = rosa.get(f"/offerings/{sold.pro.ref}").content.decode()
    for told in ("Seats included", "no limit", "Support", "5% less from 10", "12.5% less from 50"):
        assert told in aside, told
    assert "Professional: no limit" in text_of(rosa.get("/catalogue"))


def test_programs_price_a_bundle_and_ask_what_it_costs(shop: Shop, sold: Together, client: Client, today: None) -> None:
    scopes = ("catalog:read", "catalog:write", "workspace:read")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Shop", role="admin", scopes=scopes)
    key = {"Authorization": f"Bearer {token}"}
    path = f"/api/v1/bundles/{sold.bundle.ref}"
    price = {"currency": "EUR", "from_date": "2026-03-02", "amount": "150"}
    made = client.post(f"{path}/prices", price, "application/json", headers=key)
    assert [each["amount"] for each in made.json()["prices"]] == [
        {"amount": "150.00", "currency": "EUR"},
        {"amount": "180.00", "currency": "EUR"},
    ]
    assert [each["quantity"] for each in made.json()["parts"]] == [3, 1]
    cost = client.post(f"{path}/costs", {"currency": "EUR"}, "application/json", headers=key).json()
    assert (cost["first"]["amount"], cost["alone"]["amount"], cost["once"]["amount"]) == ("150.00", "208.00", "0.00")
