"""Pages of usage: what waits leads to its way out, and a person can do what a program can."""

from typing import Any

from django.test import Client

from caudal.catalog.actions import add_charge, add_offering
from caudal.core.ids import Ref
from caudal.core.periods import Period
from caudal.kit.access import SYSTEM
from caudal.usage.actions import record_events
from caudal.usage.models import Conflict, Event, Meter, Subject
from caudal.usage.queries import UsageAsked, quantities
from tests.crm.browsing import NOW, Enter
from tests.world import AT, Shop

MARCH = Period(AT.replace(day=1, hour=0), AT.replace(month=4, day=1, hour=0))


def event(name: str, pages: int, **more: Any) -> dict[str, Any]:
    said = {"source": "app", "id": name, "type": "doc", "subject": "acme-1", "time": AT.isoformat()}
    return {**said, "data": {"pages": pages}, **more}


def sell_pages(shop: Shop) -> None:
    """Let a charge name a meter that nobody has added."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    offering = add_offering(**made, product_id=shop.products["documents"].pk, name="Per page", code="per_page")
    charge: dict[str, Any] = {
        "name": "Further pages",
        "code": "pages",
        "sort": "usage",
        "stream": "usage",
        "meter": "pages",
    }
    add_charge(**made, offering_id=offering.pk, **charge)


def try_and_add_meter(clerk: Client) -> None:
    """Add a meter by its page."""
    # A meter is tried on the last event of its type before it is kept.
    form = {
        "code": "pages",
        "label_en": "Pages",
        "event_type": "doc",
        "aggregation": "sum",
        "quantity_property": "pages",
    }
    sample = {"sample": '{"source": "app", "id": "9", "type": "doc", "subject": "x", "data": {"pages": "1.50"}}'}
    tried = clerk.post("/usage/meter", form | sample | {"try": "1"})
    assert (tried.status_code, b"<dd>1.5</dd>" in tried.content) == (200, True)
    passed = clerk.post("/usage/meter", form | sample | {"filter": "pages > 2", "try": "1"})
    assert b"It leaves this event out" in passed.content
    wrong = clerk.post("/usage/meter", form | sample | {"filter": "pagges > 2"})
    assert (wrong.status_code, "pagges" in wrong.content.decode(), Meter.objects.count()) == (422, True, 0)
    assert clerk.post("/usage/meter", form | {"aggregation": "unique"}).status_code == 422
    assert clerk.post("/usage/meter", form).status_code == 302
    assert clerk.post("/usage/meter", form).status_code == 422  # the code is taken


def test_somebody_makes_known_what_events_wait_for_corrects_them_and_sees_them_count(
    shop: Shop, enter: Enter, today: Any
) -> None:
    clerk, rep = enter("ana"), enter("rosa")
    events = [event("1", 10), event("2", 5), event("2", 6), event("3", 1, type="visit", subject="acme.example")]
    record_events(actor=SYSTEM, as_of=AT, events=events)

    def used() -> int:
        return int(quantities([UsageAsked("k", shop.acme.pk, "pages", MARCH)], as_of=NOW)["k"])

    sell_pages(shop)

    # The page says what waits, with links to where each is made known.
    page = clerk.get("/usage").content.decode()
    assert "acme-1" in page
    assert "/usage?subject=acme-1#subject" in page
    assert "/usage/meter?type=visit" in page
    assert "nobody has added" in page
    assert "Per page: Further pages" in page
    assert b'value="acme-1"' in clerk.get("/usage?subject=acme-1").content

    try_and_add_meter(clerk)
    assert "nobody has added" not in clerk.get("/usage").content.decode()

    # The subject becomes known, by the name of its company, and its events count.
    assert clerk.post("/usage", {"do": "add", "key": "acme-1", "company": "Nobody"}).status_code == 422
    assert clerk.post("/usage", {"do": "add", "key": "acme-1", "company": "ACME"}).status_code == 302
    assert used() == 15

    # The other content of the second event counts, the first event is corrected, then taken away.
    (conflict,) = Conflict.objects.all()
    assert clerk.post("/usage", {"do": "other", "id": str(conflict.ref)}).status_code == 302
    assert used() == 16
    first = Ref(Event.kind, Event.objects.get(key="1").id)
    assert clerk.post(f"/usage/events?event={first}", {"content": '{"pages": "many"}'}).status_code == 422
    assert clerk.post(f"/usage/events?event={first}", {"content": '{"pages": 20}'}).status_code == 302
    assert used() == 26
    newest = Ref(Event.kind, Event.objects.get(corrects="1").id)
    assert clerk.post(f"/usage/events?event={newest}", {"content": "{}", "take": "1"}).status_code == 302
    assert used() == 6

    # The company's page shows the month, and leads to its days and events; a rep sees it for companies in sight.
    address = f"/usage/events?company={shop.acme.ref}"
    assert address.replace("&", "&amp;") in rep.get(f"/companies/{shop.acme.ref}").content.decode()
    page = rep.get(address).content.decode()
    assert "Pages: 6 in March 2026, most on Mar 2" in page
    assert [state for state in ("corrected", "it counts") if state not in page] == []
    assert rep.get("/usage/events").status_code == 404
    assert rep.post(f"/usage/events?event={first}", {"content": "{}"}).status_code == 403
    assert rep.post("/usage", {"do": "add", "key": "x", "company": "ACME"}).status_code == 403
    assert (rep.get("/usage").status_code, b"acme-1" in rep.get("/usage").content) == (200, False)

    # A subject is given to another company, with all its usage.
    subject = Subject.objects.get(key="acme-1")
    assert clerk.get(f"/usage?move={subject.ref}").status_code == 200
    moved = {"do": "move", "id": str(subject.ref), "company": str(shop.globex.ref)}
    assert clerk.post("/usage", moved).status_code == 302
    assert used() == 0
