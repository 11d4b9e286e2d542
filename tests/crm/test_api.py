"""The routes of customer relations, as a program uses them."""

from typing import Any

import pytest
from django.test import Client

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import DealDraft
from caudal.crm.models import Company, Deal, Lead, Person
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.workspace.actions import issue_key
from tests.crm.browsing import Api
from tests.world import AT, Shop


def test_a_deal_goes_its_way_from_opening_to_winning_and_back(shop: Shop, api: Api) -> None:
    company, product = str(shop.acme.ref), str(shop.products["professional"].ref)
    made = api(
        "POST",
        "/deals",
        {
            "name": "Acme on Professional",
            "company_id": company,
            "product_id": product,
            "amount": {"amount": "1188.00", "currency": "EUR"},
            "expected_close_date": "2026-03-31",
        },
    )
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    deal = made.json()
    first, second, *_ = shop.stages("saas")
    assert deal == {
        "id": deal["id"],
        "version": 1,
        "name": "Acme on Professional",
        "company_id": company,
        "person_id": None,
        "product_id": product,
        "owner_id": None,
        "pipeline_id": str(shop.pipelines["saas"].ref),
        "stage_id": str(first.ref),
        "amount": {"amount": "1188.00", "currency": "EUR"},
        "sales_model": "",
        "opened_at": "2026-03-02T09:00:00Z",
        "expected_close_date": "2026-03-31",
        "close": None,
        "custom": {},
        "tags": [],
    }
    path = f"/deals/{deal['id']}"
    moved = api("POST", f"{path}/stage", {"stage_id": str(second.ref)}, If_Match='"1"')
    assert (moved.status_code, moved.json()["stage_id"], moved["ETag"]) == (200, str(second.ref), '"2"')
    won = api("POST", f"{path}/close", {"outcome": "won", "reason": "value"}, If_Match='"2"')
    assert (won.status_code, won.json()["close"]["outcome"], won["ETag"]) == (201, "won", '"3"')
    twice = api("POST", f"{path}/close", {"outcome": "lost"})
    assert (twice.status_code, twice.json()["code"]) == (409, "deal.already_closed")
    again = api("DELETE", f"{path}/close")
    assert (again.status_code, again.json()["close"], again["ETag"]) == (200, None, '"4"')
    assert api("DELETE", path, If_Match='"4"').status_code == 204
    assert api("GET", path).status_code == 404


def test_a_change_says_which_version_it_was_made_from(shop: Shop, api: Api) -> None:
    path = f"/companies/{shop.acme.ref}"
    assert api("PATCH", path, {"sector": "Tools"}).json()["code"] == "record.version_missing"
    assert api("PATCH", path, {"sector": "Tools"}, If_Match="yesterday").json()["code"] == "record.version_unreadable"
    done = api("PATCH", path, {"sector": "Tools"}, If_Match=api("GET", path)["ETag"])
    assert (done.status_code, done.json()["sector"], done.json()["name"], done["ETag"]) == (200, "Tools", "Acme", '"2"')
    late = api("PATCH", path, {"sector": "Toys"}, If_Match='"1"')
    assert (late.status_code, late.json()["code"]) == (412, "record.changed_meanwhile")
    assert api("PATCH", path, {"sector": None}, If_Match="*").status_code == 422
    assert api("PATCH", path, {"owner_id": str(shop.raul.ref)}, If_Match="*").json()["owner_id"] == str(shop.raul.ref)
    assert Company.objects.get(pk=shop.acme.pk).sector == "Tools"


def test_a_lead_becomes_a_person_a_company_and_a_deal(shop: Shop, api: Api) -> None:
    sent = {"name": "Leo Paz", "email": "leo@initech.example", "company_name": "Initech", "channel": "Fair"}
    made = api("POST", "/leads", sent | {"pillar_id": str(shop.pillars["saas"].ref)})
    again = api("POST", "/leads", sent | {"captured_at": "2026-03-01T10:00:00+01:00"})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["id"] == again.json()["id"]
    path = f"/leads/{made.json()['id']}"
    done = api("POST", f"{path}/conversion", {"deal": {"name": "Initech"}}, If_Match=made["ETag"])
    assert (done.status_code, done.json()["state"]) == (201, "converted")
    assert done.json()["deal_id"] == str(Deal.objects.get().ref)
    assert done.json()["person_id"] == str(Person.objects.get().ref)
    deal = api("GET", f"/deals/{done.json()['deal_id']}").json()
    assert (deal["company_id"], deal["pipeline_id"]) == (done.json()["company_id"], str(shop.pipelines["saas"].ref))
    assert api("POST", f"{path}/disqualification", {"reason": "spam"}).json()["code"] == "lead.already_closed"
    assert [row["name"] for row in api("GET", "/leads?state=converted").json()["items"]] == ["Leo Paz"]


def test_people_come_and_go(shop: Shop, api: Api) -> None:
    made = api("POST", "/people", {"name": "Eva", "email": "eva@acme.example", "company_id": str(shop.acme.ref)})
    path = f"/people/{made.json()['id']}"
    assert api("PATCH", path, {"job_title": "Head"}, If_Match=made["ETag"]).json()["job_title"] == "Head"
    assert [row["name"] for row in api("GET", f"/people?company_id={shop.acme.ref}").json()["items"]] == ["Eva"]
    assert api("DELETE", path).status_code == 204
    assert api("GET", "/people").json() == {"items": [], "next": None}


def test_lists_are_walked_by_their_cursor(api: Api) -> None:
    actions.open_deals(actor=SYSTEM, as_of=AT, deals=[DealDraft(name=f"D{n}", opened_at=AT) for n in range(5)])
    names: list[str] = []
    path = "/deals?limit=2&order=name"
    page = api("GET", path).json()
    names += [row["name"] for row in page["items"]]
    while page["next"]:
        page = api("GET", f"{path}&cursor={page['next']}").json()
        names += [row["name"] for row in page["items"]]
    assert names == ["D0", "D1", "D2", "D3", "D4"]
    assert api("GET", "/deals?cursor=nonsense").json()["code"] == "cursor.unreadable"
    assert api("GET", "/deals?limit=0").status_code == 422
    assert api("GET", "/deals?order=luck").status_code == 422


def test_lists_are_filtered_sorted_and_picked_from_by_what_the_caller_writes(shop: Shop, api: Api) -> None:
    drafts = [
        DealDraft(name=f"D{n}", opened_at=AT, amount=Money.of(n % 3 * 100, "EUR"), company_id=shop.acme.pk)
        for n in range(5)
    ]
    actions.open_deals(actor=SYSTEM, as_of=AT, deals=drafts)
    asked = (
        "/deals?where=amount+%3E%3D+100+and+company.name+%3D+%22Acme%22&sort=-amount,name&fields=name,company,amount"
    )
    page = api("GET", f"{asked}&limit=2").json()
    assert [sorted(item) for item in page["items"]] == [["amount", "company", "id", "name", "version"]] * 2
    first = page["items"][0]
    assert (first["name"], first["company"]) == ("D2", str(shop.acme.ref))
    assert first["amount"] == {"amount": "200.00", "currency": "EUR"}
    rest = api("GET", f"{asked}&cursor={page['next']}").json()
    assert [item["name"] for item in (*page["items"], *rest["items"])] == ["D2", "D1", "D4"]
    for path in ("/leads?where=name+%3D+%22x%22", "/people?sort=-name", "/companies?where=name+%3D+%22Acme%22"):
        assert api("GET", path).status_code == 200


def test_a_filter_that_is_wrong_says_where_to_a_program_too(api: Api) -> None:
    refused = api("GET", "/deals?where=amount+%3E+5%0Aand+stgae+%3D+1")
    assert refused.status_code == 422
    body = refused.json()
    assert body["code"] == "expression.refused"
    assert body["findings"] == [
        {
            "code": "expression.field_unknown",
            "line": 2,
            "column": 5,
            "message": "There is no field “stgae”. Did you mean state?",
        }
    ]
    assert api("GET", "/deals?fields=luck").json()["code"] == "list.no_such_field"
    assert api("GET", "/deals?sort=probability").json()["code"] == "list.no_such_order"


def test_the_board_comes_as_columns_with_totals(shop: Shop, api: Api) -> None:
    api("POST", "/deals", {"name": "A", "amount": {"amount": "10.50", "currency": "EUR"}})
    pipelines = api("GET", "/pipelines").json()["items"]
    assert [each["stages"][0]["name"] for each in pipelines] == [
        "Interested",
        "Qualification",
        "Discovery",
    ]
    board = api("GET", f"/pipelines/{shop.pipelines['courses'].ref}/board").json()
    column = board["columns"][0]
    assert (column["count"], column["totals"], column["cards"][0]["name"]) == (
        1,
        [{"amount": "10.50", "currency": "EUR"}],
        "A",
    )


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"name": "x", "price": 5}, 422, "price"),
        ({"name": ""}, 422, "name"),
        ({"name": "x\0"}, 422, "name"),
        ({"name": "x", "amount": {"amount": 12.5, "currency": "EUR"}}, 422, "amount"),
        ({"name": "x", "amount": {"amount": "12.555", "currency": "EUR"}}, 422, "amount"),
        ({"name": "x", "amount": {"amount": "12", "currency": "XXX"}}, 422, "XXX"),
        ({"name": "x", "amount": {"amount": "-12", "currency": "EUR"}}, 422, "amount"),
        ({"name": "x", "amount": {"amount": "9999999999999999", "currency": "KWD"}}, 422, "amount"),
        ({"name": "x", "company_id": "company_x"}, 404, ""),
        ({"name": "x", "company_id": "company_01h455vb4pex5vsknk084sn02q"}, 404, ""),
        ({"name": "x", "company_id": "person_01h455vb4pex5vsknk084sn02q"}, 404, ""),
        ({"name": "x", "opened_at": "2026-03-02T09:00:00"}, 422, "opened_at"),
        ({}, 422, "name"),
        ([], 422, ""),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_without_a_trace(api: Api, body: Any, status: int, said: str) -> None:
    before = business_digest()
    refused = api("POST", "/deals", body)
    assert (refused.status_code, refused["Content-Type"]) == (status, "application/problem+json")
    assert said in str(refused.json()["fields"])
    assert business_digest() == before


def test_the_same_write_sent_twice_with_one_key_is_done_once(api: Api) -> None:
    answers = [api("POST", "/deals", {"name": "Once"}, Idempotency_Key="k1") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert [answer["ETag"] for answer in answers] == ['"1"', '"1"']
    assert Deal.objects.count() == 1
    assert len(timeline(Deal.objects.get().ref)) == 1


def test_a_key_that_only_reads_does_not_write(shop: Shop, client: Client) -> None:
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Reader", role="admin", scopes=("crm:read",))
    reader = Api(client, token)
    before = business_digest()
    assert reader("GET", "/deals").status_code == 200
    for method, path, body in (
        ("POST", "/deals", {"name": "x"}),
        ("POST", "/leads", {"name": "x"}),
        ("POST", "/companies", {"name": "x"}),
        ("POST", "/people", {"name": "x"}),
        ("PATCH", f"/companies/{shop.acme.ref}", {"name": "x"}),
        ("DELETE", f"/companies/{shop.acme.ref}", None),
    ):
        assert reader(method, path, body).json()["code"] == "access.not_allowed"
    assert reader("GET", "/products").json()["code"] == "access.not_allowed"
    assert (business_digest(), Lead.objects.count()) == (before, 0)


def test_whoever_is_not_known_sees_nothing(shop: Shop, client: Client) -> None:
    for path in ("/deals", "/leads", "/companies", "/people", "/pipelines", f"/companies/{shop.acme.ref}"):
        assert client.get(f"/api/v1{path}").status_code == 401


def test_a_rep_does_not_find_the_deals_of_another(shop: Shop, client: Client) -> None:
    deal = actions.open_deal(actor=SYSTEM, as_of=AT, deal=DealDraft(name="Globex", opened_at=AT, owner_id=shop.raul.pk))
    client.force_login(shop.rosa, "allauth.account.auth_backends.AuthenticationBackend")
    before = business_digest()
    path = f"/api/v1/deals/{deal.ref}"
    assert client.get(path).status_code == 404
    assert client.get("/api/v1/deals").json()["items"] == []
    for sent in (
        client.patch(path, {"name": "Mine"}, "application/json", headers={"If-Match": "*"}),
        client.post(f"{path}/close", {"outcome": "lost"}, "application/json"),
        client.delete(path),
    ):
        assert (sent.status_code, sent.json()["code"]) == (404, "record.not_found")
    assert business_digest() == before
