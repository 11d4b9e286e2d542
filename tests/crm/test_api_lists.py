"""What programs learn of lists as a whole, and of what happened to a record."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from caudal.core.money import Money
from caudal.crm import actions
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import add_field, issue_key
from caudal.workspace.models import Role
from tests.crm.test_lists import deal_in
from tests.world import AT, Shop

Get = Callable[[str], Any]
SCOPES = ("crm:read", "crm:write", "workspace:read")  # owners are members


@pytest.fixture
def client_of() -> Iterator[Callable[[Role], Client]]:
    def of(role: Role) -> Client:
        _, token = issue_key(actor=SYSTEM, as_of=AT, name=str(role), role=role, scopes=SCOPES)
        return Client(headers={"Authorization": f"Bearer {token}"})

    with use(fixed_world(at=AT)):
        yield of


@pytest.fixture
def ask(client_of: Callable[[Role], Client]) -> Get:
    client = client_of(Role.ADMIN)

    def get(path: str) -> Any:
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


@pytest.fixture
def three_deals(shop: Shop) -> None:
    deals = [
        deal_in(shop, 0, days=3, amount=Money.of("100", "EUR"), owner_id=shop.rosa.pk),
        deal_in(shop, 0, days=2, amount=Money.of("70.50", "EUR"), tags=("VIP",)),
        deal_in(shop, 1, days=1, amount=Money.of("9", "USD")),
    ]
    actions.open_deals(actor=SYSTEM, as_of=AT, deals=deals)


def test_a_list_says_which_fields_it_knows(shop: Shop, ask: Get) -> None:
    add_field(
        actor=SYSTEM, as_of=AT, record_kind="deal", key="size", type="choice", label="Size", options=("small", "large")
    )
    fields = {each["name"]: each for each in ask("deals/fields")["items"]}
    assert (fields["amount"]["kind"], fields["amount"]["sums"], fields["amount"]["sorts"]) == ("money", True, True)
    assert (fields["stage"]["link"], fields["stage"]["groups"]) == ("stage", True)
    assert [option["value"] for option in fields["state"]["options"]] == ["open", "won", "lost"]
    assert (fields["custom.size"]["own"], fields["custom.size"]["options"][1]["label"]) == (True, "large")
    assert "email" in {each["name"] for each in ask("people/fields")["items"]}


def test_rows_are_counted_and_summed_by_currency(three_deals: None, ask: Get) -> None:
    assert ask("deals/total") == {
        "count": 3,
        "sums": [
            {
                "field": "amount",
                "amounts": [{"amount": "170.50", "currency": "EUR"}, {"amount": "9.00", "currency": "USD"}],
            }
        ],
        "numbers": [],
    }
    assert ask('deals/total?where=has(tags, "VIP")')["count"] == 1
    assert ask("deals/total?text=stage 1")["count"] == 1
    assert ask("companies/total") == {"count": 2, "sums": [], "numbers": []}


def test_rows_are_put_together_by_a_field(shop: Shop, three_deals: None, ask: Get) -> None:
    by_stage = ask("deals/groups?by=stage")
    first, second = shop.stages("saas")[:2]
    assert [(each["value"], each["count"]) for each in by_stage["items"]] == [(str(first.ref), 2), (str(second.ref), 1)]
    assert by_stage["items"][0]["sums"][0]["amounts"] == [{"amount": "170.50", "currency": "EUR"}]
    months = ask("deals/groups?by=opened_at")
    assert sum(each["count"] for each in months["items"]) == 3
    assert {each["value"] for each in ask("deals/groups?by=owner")["items"]} == {str(shop.rosa.ref), None}


def test_a_field_that_does_not_group_is_refused(three_deals: None, client_of: Callable[[Role], Client]) -> None:
    client = client_of(Role.ADMIN)
    for asked in ("by=name", "by=nothing", "by=stage&where=amount >", "where=true"):
        assert client.get(f"/api/v1/deals/groups?{asked}").status_code == 422


def test_a_rep_counts_no_deals_of_others(three_deals: None, client_of: Callable[[Role], Client]) -> None:
    rep = client_of(Role.REP)
    assert rep.get("/api/v1/deals/total").json()["count"] == 0  # a key of a rep owns nothing
    assert rep.get("/api/v1/companies/total").json()["count"] == 2


def test_what_happened_to_a_record_is_told_newest_first(client_of: Callable[[Role], Client], shop: Shop) -> None:
    client = client_of(Role.ADMIN)
    made = client.post(
        "/api/v1/leads", json.dumps({"name": "Quim", "phone": "+34 600 000 001"}), content_type="application/json"
    ).json()
    bodies = ({"name": "Joaquim"}, {"name": "Joaquim Soler", "owner_id": str(shop.rosa.ref)})
    for number, body in enumerate(bodies):
        with use(fixed_world(at=AT + timedelta(minutes=number + 1))):
            client.patch(
                f"/api/v1/leads/{made['id']}",
                json.dumps(body),
                content_type="application/json",
                headers={"If-Match": "*"},
            )
    with use(fixed_world(at=AT + timedelta(hours=1))):
        first = client.get(f"/api/v1/leads/{made['id']}/timeline?limit=2").json()
        assert [each["name"] for each in first["items"]] == ["crm.lead_changed", "crm.lead_changed"]
        assert first["items"][0]["changes"]["owner_id"] == [None, str(shop.rosa.ref)]
        assert first["items"][0]["changes"]["name"] == ["Joaquim", "Joaquim Soler"]
        rest = client.get(f"/api/v1/leads/{made['id']}/timeline?cursor={first['next']}").json()
        assert "crm.lead_captured" in [each["name"] for each in rest["items"]]
        assert rest["next"] is None
        assert client.get(f"/api/v1/leads/{made['id']}/timeline?cursor=x").status_code == 404
        assert client.get(f"/api/v1/deals/{made['id']}/timeline").status_code == 404
