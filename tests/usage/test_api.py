"""Usage for programs: events sent in every way that is allowed, each answered by itself, and what they count for."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from caudal.core.ids import Ref
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.world import World
from caudal.usage.models import Batch
from caudal.workspace.actions import issue_key
from tests.crm.browsing import Api
from tests.world import AT, Shop

Key = Callable[..., Api]
EVENT = {"source": "app", "id": "1", "type": "doc", "subject": "acme-1", "time": "2026-03-01T10:00:00+05:30"}
PAGES = {"code": "pages", "label_en": "Pages", "event_type": "doc", "aggregation": "sum", "quantity_property": "pages"}


@pytest.fixture
def key(shop: Shop, client: Client, today: World) -> Key:
    """Keys of some scopes."""

    def issued(*scopes: str, role: str = "finance") -> Api:
        _, token = issue_key(actor=SYSTEM, as_of=AT, name="Usage", role=role, scopes=scopes)
        api = Api(client, token)
        api.world = today
        return api

    return issued


def sent(api: Api, body: str | bytes, kind: str = "application/json") -> Any:
    answer = api.client.generic("POST", "/api/v1/usage/events", body, kind, headers=api.headers)
    return answer.status_code, answer.json()


def outcomes(answer: Any) -> list[str]:
    return [each["outcome"] for each in answer[1]["answers"]]


def test_events_come_in_every_form_and_each_is_answered_by_itself(shop: Shop, key: Key) -> None:
    app, clerk = key("usage:write"), key("meters:read", "meters:write", "usage:read", "crm:read")
    assert app("POST", "/usage/meters", PAGES).status_code == 403  # a key for sending changes no meter
    assert clerk("POST", "/usage/events", EVENT).status_code == 403
    meter = clerk("POST", "/usage/meters", PAGES)
    subject = {"key": "acme-1", "company_id": str(shop.acme.ref)}
    assert (meter.status_code, clerk("POST", "/usage/subjects", subject).status_code) == (201, 201)
    assert clerk("POST", "/usage/subjects", subject).status_code == 409

    # CloudEvents in a batch, plain JSON, and lines; a company goes by its id and its domain without being told.
    cloud = EVENT | {"specversion": "1.0", "data": {"pages": "0.1"}, "traceparent": "00-1"}
    by_id = EVENT | {"id": "2", "subject": str(shop.acme.ref), "data": {"pages": 2}}
    by_domain = EVENT | {"id": "3", "subject": "ACME.example", "data": {"pages": 30}}
    first = sent(app, json.dumps([cloud]), "application/cloudevents-batch+json; charset=utf-8")
    lines = "\n".join(json.dumps(each) for each in (by_id, by_domain))
    second = sent(app, lines + "\n", "application/x-ndjson")
    assert (outcomes(first), outcomes(second)) == (["accepted"], ["accepted"] * 2)
    (batch,) = (each for each in Batch.objects.all() if each.accepted == 2)
    assert [fact.data["accepted"] for fact in timeline(Ref(Batch.kind, batch.pk))] == [2]

    # The same again, with other spaces and zeros, is the first receipt; nothing else happens.
    before = business_digest()
    again = sent(app, '{"events": [' + json.dumps(cloud | {"data": {"pages": "0.1"}}) + "]}")
    assert outcomes(again) == ["duplicate"]
    assert again[1]["answers"][0]["event_id"] == first[1]["answers"][0]["event_id"]
    assert business_digest() == before

    period = "start=2026-03-01T00:00:00Z&end=2026-04-01T00:00:00Z"
    asked = f"/usage/quantities?company_id={shop.acme.ref}&{period}"
    found = clerk("GET", asked).json()["quantities"]
    assert found == [{"meter": "pages", "unit": "", "quantity": "32.1"}]
    one = clerk("GET", asked + "&subject=acme-1&meter=pages").json()["quantities"]
    assert [each["quantity"] for each in one] == ["0.1"]
    assert key("usage:read", "crm:read", role="rep")("GET", "/usage/events").status_code == 404  # a company first

    # 7 instead of 2; the first one taken away; another content of the third.
    fewer = by_id | {"id": "4", "corrects": "2", "data": {"pages": 7.0}}
    gone = {"source": "app", "id": "5", "corrects": "1"}
    other = by_domain | {"data": {"pages": 31}}
    assert outcomes(sent(app, json.dumps([fewer, gone, other]))) == ["accepted", "accepted", "conflicting"]
    assert clerk("GET", asked).json()["quantities"][0]["quantity"] == "37"
    listed = {each["event"]: each for each in clerk("GET", "/usage/events").json()["items"]}
    assert {name: each["state"] for name, each in listed.items()} == {
        "1": "corrected",
        "2": "corrected",
        "3": "counts",
        "4": "counts",
        "5": "taken_away",
    }
    assert (listed["4"]["counted"], listed["2"]["corrected_by"]) == ([{"meter": "pages", "quantity": "7"}], "4")

    # Somebody lets the other content count.
    (conflict,) = clerk("GET", "/usage/conflicts").json()["items"]
    assert (conflict["first"], conflict["other"]["data"]) == ({"pages": 30}, {"pages": 31})
    address = f"/usage/conflicts/{conflict['id']}/settle"
    assert app("POST", address, {"keep": False}).status_code == 403
    keeper = key("meters:write", "usage:write")
    assert [keeper("POST", address, {"keep": False}).status_code for _ in range(2)] == [204, 409]
    assert clerk("GET", asked).json()["quantities"][0]["quantity"] == "38"
    assert clerk("GET", "/usage/conflicts").json()["items"] == []

    changed = clerk("PATCH", f"/usage/meters/{meter.json()['id']}", {"filter": "pages > 7"}, If_Match='"1"')
    assert (changed.status_code, clerk("GET", asked).json()["quantities"][0]["quantity"]) == (200, "31")
    (row,) = clerk("GET", "/usage/subjects?text=acme-1").json()["items"]
    moved = clerk("PATCH", f"/usage/subjects/{row['id']}", {"company_id": str(shop.globex.ref)}, If_Match='"1"')
    assert moved.json()["company_id"] == str(shop.globex.ref)


def test_what_cannot_be_read_is_refused_at_its_place_and_nothing_is_lost_that_can(key: Key) -> None:
    app, clerk = key("usage:write"), key("meters:write", "usage:read", "meters:read")
    unique = PAGES | {"code": "people", "aggregation": "unique", "value_property": "who.id", "event_type": "visit"}
    amounts = PAGES | {"code": "sales", "event_type": "sale", "amount_property": "amount", "takes_negative": True}
    for meter in (PAGES, unique, amounts):
        assert clerk("POST", "/usage/meters", meter).status_code == 201
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"data": {}}, "data.pages The data hold no “pages”."),
        ({"data": {"pages": True}}, "data.pages This is no number."),
        ({"data": {"pages": "NaN"}}, "data.pages This is no number."),
        ({"data": {"pages": "1e3"}}, "data.pages This is no number."),
        ({"data": {"pages": -1}}, "data.pages -1 is less than nothing, and this meter takes no negative quantities."),
        ({"data": {"pages": 10**18}}, "data.pages This has more than 18 digits before the point."),
        ({"data": {"pages": "0.0000000000001"}}, "data.pages This has more than 12 decimal places."),
        ({"data": {"pages": 1}, "time": "2026-03-01T10:00:00"}, "time This is no instant with its offset, such as"),
        ({"data": {"pages": 1}, "time": "2026-02-30T10:00:00Z"}, "time This is no instant with its offset, such as"),
        ({"data": {"pages": 1}, "time": (AT + timedelta(days=3)).isoformat()}, "time 2026-03-05T09:00:00+00:00 has"),
        ({"data": {"pages": 1}, "time": "2016-03-01T10:00:00Z"}, "time 2016-03-01T10:00:00+00:00 is more than 1100"),
        (
            {"data": {"pages": 1}, "corrected": "1"},
            "corrected There is no “corrected” in an event. What belongs to the",
        ),
        ({"data": {"pages": 1}, "id": ""}, "id This is missing."),
        ({"data": {"pages": 1}, "subject": "a\u0000b"}, "subject This holds characters that cannot be seen."),
        ({"data": {"pages": 1, "note": "a\u0000b"}}, "data This holds characters that cannot be kept."),
        ({"data": {"pages": 1, "note": "x" * 20_000}}, "data This is more than 16384 bytes."),
        ({"data": [1]}, "data The data of an event are an object."),
        ({"specversion": "0.3", "data": {"pages": 1}}, "specversion Only CloudEvents 1.0 is read."),
        ({"type": "visit", "data": {"pages": 1, "who": {"id": ""}}}, "data.who.id The data hold no “who.id”."),
        ({"corrects": "1"}, "corrects An event cannot correct itself."),
    ]
    good = EVENT | {"id": "good", "data": {"pages": 1}}
    bodies = [*(EVENT | each for each, _ in wrong), good, "no event"]
    _, answer = sent(app, json.dumps({"events": bodies}))
    assert (answer["accepted"], answer["refused"]) == (1, len(wrong) + 1)
    told = [f"{each['place']} {each['message']}" for found in answer["answers"] for each in found["findings"]]
    for number, (said, (_, expected)) in enumerate(zip(told, wrong, strict=False)):
        assert said.startswith(f"events[{number}].{expected}"), said

    assert answer["answers"][len(wrong)]["waiting"] == "subject"
    (group,) = clerk("GET", "/usage/waiting").json()
    assert (group["reason"], group["what"], group["count"]) == ("subject", "acme-1", 1)
    assert outcomes(sent(app, json.dumps([EVENT | {"id": "7", "type": "sale", "data": {"pages": -2, "amount": 1}}])))

    # A body that is none takes nothing.
    before = business_digest()
    for body, kind, status in (
        (b'{"events": [{"id": "\xff"}]}', "application/json", 400),
        (b'{"pages": NaN}', "application/json", 400),
        (b"{", "application/x-ndjson", 400),
        (b"<event/>", "application/xml", 400),
        (json.dumps([good] * 10_001).encode(), "application/json", 422),
    ):
        assert sent(app, body, kind)[0] == status, body[:40]
    assert business_digest() == before
