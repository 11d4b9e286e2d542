"""What a program does with customers, contracts, subscriptions and orders, from signing to calling off."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from caudal.workspace.actions import issue_key
from tests.billing.selling import Sold, sold
from tests.crm.browsing import Api
from tests.world import AT, Shop

__all__ = ["sold"]
EURO = "EUR"


@pytest.fixture
def program(shop: Shop, client: Client) -> Api:
    """A program that sells."""
    scopes = ("billing:read", "billing:write", "catalog:read", "crm:read")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Shop", role="admin", scopes=scopes)
    return Api(client, token)


@pytest.fixture
def told(program: Api) -> Callable[..., Any]:
    """Ask for something that succeeds, and return what is answered."""

    def ask(method: str, path: str, body: Any = None) -> Any:
        answer = program(method, path, body)
        assert answer.status_code < 300, answer.content
        return answer.json()

    return ask


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": EURO}


def test_a_program_signs_subscribes_asks_what_a_change_costs_and_makes_it(
    sold: Sold, program: Api, told: Callable[..., Any]
) -> None:
    acme = str(sold.acme.ref)
    changed = told("PATCH", f"/billing/customers/{acme}", {"reference": "PO 17", "terms_days": 14})
    assert (changed["reference"], changed["terms_days"], changed["name"]) == ("PO 17", 14, "Acme S.L.")
    contract = told(
        "POST",
        "/billing/contracts",
        {
            "customer_id": acme,
            "name": "Frame of 2026",
            "start_day": "2026-03-01",
            "end_day": "2027-03-01",
            "renews_months": 12,
            "notice_days": 60,
        },
    )
    subscription = told(
        "POST",
        "/billing/subscriptions",
        {
            "customer_id": acme,
            "items": [{"offering_id": str(sold.pro.ref), "seats": "2"}],
            "start_day": "2026-03-01",
            "contract_id": contract["id"],
        },
    )
    here = f"/billing/subscriptions/{subscription['id']}"
    assert [(each["name"], each["seats"]) for each in subscription["items"]] == [("Professional", "2")]
    (document,) = told("GET", f"{here}/next")["documents"]
    assert (document["net"], document["tax"]) == (euros("139.00"), euros("29.19"))

    more = {"sort": "seats", "seats": "4", "when": "next_period"}
    preview = told("POST", f"{here}/previews", more)
    assert (preview["before"]["per_month"], preview["after"]["per_month"]) == (euros("139.00"), euros("179.00"))
    assert told("GET", here)["items"][0]["seats"] == "2"  # asking changes nothing
    assert told("POST", f"{here}/changes", more)["items"][0]["seats"] == "4"
    assert told("POST", f"{here}/changes", {"sort": "pause", "at": "2026-05-01T00:00:00Z"})["status"] == "paused"
    assert told("POST", f"{here}/changes", {"sort": "resume", "at": "2026-06-01T00:00:00Z"})["status"] == "active"
    ended = told("POST", f"{here}/changes", {"sort": "cancel", "at": "2026-07-01T00:00:00Z", "why": "They closed"})
    assert ended["ends_at"] is not None
    again = program("POST", f"{here}/changes", {"sort": "seats", "seats": "0"})
    assert (again.status_code, again.json()["code"]) == (409, "subscription.ended")
    assert [each["id"] for each in told("GET", "/billing/subscriptions")["items"]] == [subscription["id"]]

    noticed = told("PUT", f"/billing/contracts/{contract['id']}/notice", {"day": "2026-03-02"})
    assert noticed["notice_day"] == "2026-03-02"
    assert told("PUT", f"/billing/contracts/{contract['id']}/notice", {"day": None})["notice_day"] is None
    committed = {"from_day": "2026-03-01", "amount": euros("5000.00"), "months": 12}
    assert told("POST", f"/billing/contracts/{contract['id']}/commitments", committed)["commitment"] == euros("5000.00")
    assert told("POST", f"/billing/contracts/{contract['id']}/renewals", {"months": 6})["end_day"] == "2027-09-01"
    assert [each["id"] for each in told("GET", "/billing/contracts")["items"]] == [contract["id"]]


def test_a_program_sells_once_and_calls_it_off(sold: Sold, program: Api, told: Callable[..., Any]) -> None:
    order = told(
        "POST",
        "/billing/orders",
        {
            "customer_id": str(sold.globex.ref),
            "day": "2026-03-02",
            "items": [{"offering_id": str(sold.course.ref), "quantity": "3", "discount_percent": "10"}],
        },
    )
    (document,) = told("GET", f"/billing/customers/{sold.globex.ref}/next")["documents"]
    assert document["net"] == euros("801.90")  # 3 × 297 less a tenth
    assert told("GET", f"/billing/orders/{order['id']}")["id"] == order["id"]
    told("DELETE", f"/billing/orders/{order['id']}")
    assert told("GET", f"/billing/customers/{sold.globex.ref}/next")["documents"] == []
    nobody = program("POST", "/billing/orders", {"customer_id": str(sold.pro.ref), "day": "2026-03-02", "items": []})
    assert nobody.status_code in {404, 422}
    assert {each["id"] for each in told("GET", "/billing/customers")["items"]} == {
        str(sold.acme.ref),
        str(sold.globex.ref),
    }
