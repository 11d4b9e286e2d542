"""The command bar, the page of what is found, and the route: the same answers within the reader's reach."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from caudal.crm import actions as crm
from caudal.kit.access import SYSTEM
from caudal.kit.models import SearchVisit
from caudal.kit.outbox import drain
from caudal.kit.search.index import HANDLER
from caudal.workspace.actions import issue_key
from tests.crm.browsing import NOW, Enter, deal_of, lead_of, main_of, queries_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")
BAR = reverse("workspace:search_bar")
PAGE = reverse("workspace:search")
OPENED = reverse("workspace:record_opened")
API = "/api/v1/search"


def follow() -> None:
    drain(HANDLER, as_of=NOW)


def bar(client: Client, text: str = "") -> str:
    """What a reader sees of the bar."""
    answer = client.get(BAR, {"q": text})
    assert answer.status_code == 200
    shown = re.sub(r"</?mark>", "", answer.content.decode())
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", shown).split()))


def test_the_bar_shows_records_by_kind_with_what_tells_them_apart(shop: Shop, enter: Enter) -> None:
    deal_of(shop, company_id=shop.acme.pk)
    follow()
    said = bar(enter("ana"), "acme")
    assert said.startswith("Companies Acme acme.example Deals Forty seats Acme · ")
    assert said.endswith("2 results")


def test_the_bar_offers_pages_and_commands_in_both_languages_with_their_keys(shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    assert "Go to Deals Sell g e" in bar(client, "deals")
    assert "Go to Deals Sell g e" in bar(client, "oport")  # somebody who thinks in Spanish
    assert "Do New deal" in bar(client, "new de")
    assert "Do Dark appearance" in bar(client, "oscuro")
    assert "Sign out" in bar(client, "salir")
    assert "Español" in bar(client, "language")
    assert bar(client, "win ra").startswith("Go to Win rate")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert "Ir a Oportunidades Vender g e" in bar(client, "deals")
    assert "Hacer Nueva oportunidad" in bar(client, "nueva op")


def test_nobody_is_offered_what_they_may_not_do(shop: Shop, enter: Enter) -> None:
    assert "New API key" in bar(enter("ana"), "api")
    assert "New API key" not in bar(enter("rosa"), "api")
    assert "API keys" not in bar(enter("rosa"), "api")


def test_the_empty_bar_shows_what_was_opened_last_then_every_page(shop: Shop, enter: Enter) -> None:
    deal, client = deal_of(shop), enter("rosa")
    follow()
    assert "Opened last" not in bar(client)
    assert client.post(OPENED, {"record": str(deal.ref)}).status_code == 204
    assert bar(client).startswith("Opened last Forty seats ")
    assert "Go to Plan versus actual" in bar(client)


def test_a_record_page_tells_the_bar_which_record_it_shows_and_a_list_does_not(shop: Shop, enter: Enter) -> None:
    deal, client = deal_of(shop), enter("rosa")
    assert f'data-record="{deal.ref}"' in client.get(f"/deals/{deal.ref}").content.decode()
    assert 'data-record=""' in client.get(f"/deals/{deal.ref}/edit").content.decode()
    assert 'data-record=""' in client.get("/deals").content.decode()
    assert not SearchVisit.objects.exists()  # reading a page writes nothing


@pytest.mark.parametrize("record", ["deal_00000000000000000000000000", "nonsense", "", "settings_"])
def test_what_is_not_there_cannot_have_been_opened(shop: Shop, enter: Enter, record: str) -> None:
    assert enter("rosa").post(OPENED, {"record": record}).status_code == 404
    assert not SearchVisit.objects.exists()


def test_what_one_may_not_see_cannot_have_been_opened(shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop, who="raul")
    assert enter("rosa").post(OPENED, {"record": str(deal.ref)}).status_code == 404
    assert not SearchVisit.objects.exists()


def test_an_answer_that_the_browser_has_is_not_sent_again(shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    first = client.get(BAR, {"q": "board"})
    again = client.get(BAR, {"q": "board"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(BAR, {"q": "boards"}, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_the_page_shows_the_same_without_the_bar_and_keeps_all_in_its_address(shop: Shop, enter: Enter) -> None:
    for number in range(10):
        deal_of(shop, name=f"Renewal {number}", company_id=shop.acme.pk)
    lead_of(shop, company_name="Renewal experts")
    follow()
    client = enter("ana")
    page = client.get(PAGE, {"q": "renewal"})
    assert 'value="renewal"' in main_of(page)
    assert "Everything" in text_of(page)
    assert "More in Deals" in text_of(page)
    assert 'href="/search?q=renewal&amp;kind=deal"' in main_of(page)
    narrowed = text_of(client.get(PAGE, {"q": "renewal", "kind": "deal"}))
    assert narrowed.count("Renewal") == 10
    assert "Lucía Vidal" not in narrowed


def test_a_page_with_nothing_on_it_says_what_may_help(shop: Shop, enter: Enter) -> None:
    said = text_of(enter("ana").get(PAGE, {"q": "<qqq>"}))
    assert "Nothing is called “<qqq>” Records that you may not see are not found." in said


def test_the_number_of_statements_does_not_grow_with_what_is_found(shop: Shop, enter: Enter) -> None:
    follow()
    client = enter("ana")
    deal_of(shop, name="Zephyr")
    follow()
    few = queries_of(client, f"{BAR}?q=zephyr")
    for number in range(12):
        deal_of(shop, name=f"Zephyr {number}", company_id=shop.acme.pk)
    follow()
    assert queries_of(client, f"{BAR}?q=zephyr") <= few
    assert few <= 16


# The API


def asked(client: Client, **values: Any) -> Any:
    answer = client.get(API, values)
    return answer.status_code, json.loads(answer.content)


def test_a_program_gets_scores_and_highlights(shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop, name="Forty seats")
    crm.add_person(actor=SYSTEM, as_of=AT, person=crm.PersonDraft(name="Ana Seato"))
    follow()
    status, body = asked(enter("ana"), q="sea")
    assert status == 200
    assert body == {
        "groups": [
            {
                "kind": "person",
                "hits": [
                    {
                        "id": body["groups"][0]["hits"][0]["id"],
                        "title": "Ana Seato",
                        "note": "",
                        "match": "word",
                        "score": 50,
                        "highlights": [[4, 7]],
                        "href": body["groups"][0]["hits"][0]["href"],
                    }
                ],
                "has_more": False,
            },
            {
                "kind": "deal",
                "hits": [
                    {
                        "id": str(deal.ref),
                        "title": "Forty seats",
                        "note": "Qualification",
                        "match": "word",
                        "score": 50,
                        "highlights": [[6, 9]],
                        "href": f"/deals/{deal.ref}",
                    }
                ],
                "has_more": False,
            },
        ]
    }
    assert [group["kind"] for group in asked(enter("ana"), q="sea", kinds="deal,lead")[1]["groups"]] == ["deal"]


def test_a_program_that_asks_for_an_unknown_kind_is_told_which_there_are(shop: Shop, enter: Enter) -> None:
    status, body = asked(enter("ana"), q="sea", kinds="deal,boat")
    assert (status, body["code"]) == (422, "search.unknown_kind")
    assert "company, person, deal, lead" in body["hint"]
    assert asked(enter("ana"), q="")[0] == 422
    assert asked(enter("ana"), q="x", limit=500)[0] == 422


def test_a_key_finds_no_more_than_its_scopes_open(shop: Shop) -> None:
    deal_of(shop)
    follow()
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT, "role": "admin"}
    found = {}
    for scopes in (("workspace:read",), ("workspace:read", "crm:read"), ("crm:read",)):
        _, token = issue_key(**made, name=" ".join(scopes), scopes=scopes)
        answer = Client().get(API, {"q": "forty"}, HTTP_AUTHORIZATION=f"Bearer {token}")
        found[scopes] = answer.status_code, [group["kind"] for group in json.loads(answer.content).get("groups", [])]
    assert list(found.values()) == [(200, []), (200, ["deal"]), (403, [])]


def test_the_route_is_described_with_what_it_takes_and_gives() -> None:
    schema = json.loads(Client().get("/api/v1/openapi.json").content)
    route = schema["paths"]["/api/v1/search"]["get"]
    assert {each["name"] for each in route["parameters"]} == {"q", "kinds", "limit"}
    assert "typing mistake" in json.dumps(schema["components"]["schemas"]["HitOut"])


def test_nobody_who_has_not_signed_in_finds_anything(shop: Shop) -> None:
    for address in (BAR, PAGE):
        assert Client().get(address, {"q": "acme"}).status_code == 302
    assert Client().get(API, {"q": "acme"}).status_code == 401
