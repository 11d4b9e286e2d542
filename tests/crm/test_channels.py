"""Where interest comes from, and who else is considered."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from caudal.crm import actions, queries
from caudal.crm.actions import ConversionDraft, DealDraft, LeadDraft, TouchDraft
from caudal.crm.actions.competitors import CompetitorInUse, LostToIt
from caudal.crm.actions.touches import ChannelInUse
from caudal.crm.models import Channel, Competitor, DealCompetitor, Lead, LossTo, Touch
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from tests.crm.browsing import Api, Enter, deal_of, lead_of, queries_of, text_of
from tests.world import AT, Shop

DAY = timedelta(days=1)


def test_a_lead_brings_its_channel_along_and_each_contact_is_a_touch(shop: Shop) -> None:
    draft = LeadDraft(
        name="Eva",
        email="eva@acme.example",
        channel="Web  fair",
        source_url="https://us.example/?utm_campaign=Spring%20sale&utm_source=news&x=1",
        captured_at=AT,
    )
    lead = actions.capture_lead(actor=SYSTEM, as_of=AT, lead=draft).lead
    again = LeadDraft(name="Eva", email="eva@acme.example", channel="WEB FAIR", campaign="Autumn", captured_at=AT + DAY)
    assert actions.capture_lead(actor=SYSTEM, as_of=AT + DAY, lead=again).lead == lead
    fair = Channel.objects.get()
    assert (fair.name, fair.sort, Lead.objects.get(pk=lead.pk).channel) == ("Web fair", "other", "Web fair")
    first, second = queries.touches(SYSTEM, lead.ref)
    assert (first.campaign, first.utm, first.touched_at) == (
        "Spring sale",
        {"campaign": "Spring sale", "source": "news"},
        AT,
    )
    assert (second.channel, second.campaign, second.touched_at) == (fair, "Autumn", AT + DAY)
    assert [fact.name for fact in timeline(fair.ref)] == ["crm.channel_added"]
    touched, captured = timeline(lead.ref)
    assert (touched.data["channel"], captured.data["channel"]) == ("Web fair", "Web fair")
    assert "us.example" not in str(captured.data)  # it may say who they are


def test_what_a_lead_touched_goes_along_to_the_person_the_company_and_the_deal(shop: Shop) -> None:
    lead = lead_of(shop, channel="Fair", company_name="Acme", email="lucia@acme.example")
    conversion = actions.convert_lead(
        actor=SYSTEM,
        as_of=AT,
        conversion=ConversionDraft(lead_id=lead.pk, converted_at=AT, deal=DealDraft(name="x", opened_at=AT)),
    )
    actions.note_touch(
        actor=SYSTEM,
        as_of=AT,
        touch=TouchDraft(channel="Call", touched_at=AT + DAY, person_id=conversion.person_id),
    )
    assert conversion.deal is not None
    for ref in (conversion.person.ref, conversion.deal.ref):
        assert [each.channel.name for each in queries.touches(SYSTEM, ref)] == ["Fair", "Call"]
    assert [each.channel.name for each in queries.touches(SYSTEM, shop.acme.ref)] == ["Fair"]
    assert queries.touches(shop.actor("raul"), lead.ref) == []  # Rosa's lead


def test_a_touch_is_of_somebody_in_reach(shop: Shop) -> None:
    before = business_digest()
    with pytest.raises(BadInput, match="Some fields"):
        actions.note_touch(actor=SYSTEM, as_of=AT, touch=TouchDraft(channel="Call", touched_at=AT))
    with pytest.raises(NotFound):
        actions.note_touch(
            actor=shop.actor("raul"),
            as_of=AT,
            touch=TouchDraft(channel="Call", touched_at=AT, company_id=shop.acme.pk),
        )
    assert business_digest() == before


def test_leads_bear_the_name_that_their_channel_has_now(shop: Shop) -> None:
    lead = lead_of(shop, channel="Fair")
    fair = Channel.objects.get()
    actions.change_channel(actor=shop.actor("ana"), as_of=AT, channel_id=fair.pk, name="Trade fairs", sort="event")
    assert Lead.objects.get(pk=lead.pk).channel == "Trade fairs"
    assert timeline(fair.ref)[0].data["changes"] == {"name": ["Fair", "Trade fairs"], "sort": ["other", "event"]}
    with pytest.raises(ChannelInUse, match="1 touches came from the channel “Trade fairs”"):
        actions.delete_channel(actor=SYSTEM, as_of=AT, channel_id=fair.pk)
    with pytest.raises(IntegrityError):
        actions.add_channel(actor=SYSTEM, as_of=AT, name="TRADE FAIRS")
    with pytest.raises(NotAllowed):
        actions.add_channel(actor=shop.actor("rosa"), as_of=AT, name="Mine")


def test_the_page_of_a_lead_tells_where_it_came_from_and_takes_another_touch(shop: Shop, enter: Enter) -> None:
    lead = lead_of(shop, channel="Fair", campaign="Spring")
    client, page = enter("rosa"), f"/leads/{lead.ref}"
    assert "Where they met us Fair" in text_of(client.get(page))
    sent = {"channel": "Newsletter", "campaign": "June", "day": "2026-03-01"}
    assert client.post(f"{page}/touches/new", sent).status_code == 302
    assert Touch.objects.get(campaign="June").touched_at.date().isoformat() == "2026-03-01"
    said = text_of(client.get(page))
    assert "Newsletter" in said
    assert "noted a touch on Newsletter: June" in said
    assert client.get("/channels/names?q=new").json() == [{"value": "Newsletter", "label": "Newsletter"}]


def test_a_deal_names_who_else_is_considered_and_to_whom_it_was_lost(shop: Shop) -> None:
    rosa, deal = shop.actor("rosa"), deal_of(shop)
    hooli = actions.add_competitor(actor=rosa, as_of=AT, name="Hooli", domain="https://www.hooli.example/x")
    pied = actions.add_competitor(actor=rosa, as_of=AT, name="Pied Piper")
    assert hooli.domain == "hooli.example"
    for _ in range(2):
        actions.see_competitor(actor=rosa, as_of=AT, deal_id=deal.pk, competitor_id=pied.pk)
    actions.lose_deal(actor=rosa, as_of=AT + DAY, deal_id=deal.pk, reason="competitor", competitor_id=hooli.pk)
    found = queries.competitors_of(rosa, deal.pk)
    assert [(each.competitor.name, each.lost) for each in found]  # type: ignore[attr-defined]  # annotated by the query == [("Hooli", True), ("Pied Piper", False)]
    assert timeline(deal.ref)[0].data["competitor"] == str(hooli.ref)
    assert [fact.name for fact in timeline(hooli.ref)] == [
        "crm.deal_lost",
        "crm.competitor_seen",
        "crm.competitor_added",
    ]
    with pytest.raises(LostToIt, match="was lost to Hooli"):
        actions.unsee_competitor(actor=rosa, as_of=AT, deal_id=deal.pk, competitor_id=hooli.pk)
    with pytest.raises(CompetitorInUse, match="Hooli is considered in 1 deals"):
        actions.delete_competitor(actor=SYSTEM, as_of=AT, competitor_id=hooli.pk)
    (counted, _) = queries.competitors(rosa)
    assert (counted.seen, counted.taken) == (1, 1)  # type: ignore[attr-defined]  # counted by the query
    # Opened again it is lost to nobody, and who is considered stays.
    actions.reopen_deal(actor=rosa, as_of=AT + 2 * DAY, deal_id=deal.pk)
    assert not LossTo.objects.exists()
    actions.unsee_competitor(actor=rosa, as_of=AT + 2 * DAY, deal_id=deal.pk, competitor_id=hooli.pk)
    assert DealCompetitor.objects.get().competitor == pied


def test_a_deal_that_is_won_was_lost_to_nobody(shop: Shop) -> None:
    deal = deal_of(shop)
    hooli = actions.add_competitor(actor=SYSTEM, as_of=AT, name="Hooli")
    before = business_digest()
    with pytest.raises(BadInput) as refused:
        actions.close_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, outcome="won", competitor_id=hooli.pk)
    assert list(refused.value.fields) == ["competitor_id"]
    assert business_digest() == before


def test_a_rep_adds_a_competitor_on_the_page_of_a_deal_and_loses_it_to_them(shop: Shop, enter: Enter) -> None:
    deal, client = deal_of(shop), enter("rosa")
    page = f"/deals/{deal.ref}"
    assert client.post("/settings/competitors/new", {"name": "Hooli", "note": "Cheaper"}).status_code == 302
    hooli = str(Competitor.objects.get().ref)
    assert client.post(f"{page}/competitors/new", {"competitor": hooli}).status_code == 302
    assert "Hooli" in text_of(client.get(page))
    assert client.post(f"{page}/competitors/{hooli}/removal").status_code == 302
    assert "Hooli Cheaper" not in text_of(client.get(page))
    assert client.post(f"{page}/lost", {"reason": "competitor", "competitor": hooli}).status_code == 302
    said = text_of(client.get(page))
    assert "Lost to Hooli" in said
    assert "lost to them" in said
    assert "1 1" in text_of(client.get("/settings/competitors"))


@pytest.mark.parametrize(("address", "most"), [("/settings/channels", 6), ("/settings/competitors", 6)])
def test_a_register_asks_the_same_few_queries_however_long_it_is(
    shop: Shop, enter: Enter, address: str, most: int
) -> None:
    for number in range(12):
        actions.add_channel(actor=SYSTEM, as_of=AT, name=f"Channel {number}")
        actions.add_competitor(actor=SYSTEM, as_of=AT, name=f"Competitor {number}")
    assert queries_of(enter("ana"), address) <= most


def test_a_register_is_kept_by_those_who_may(shop: Shop, enter: Enter) -> None:
    ana, rosa = enter("ana"), enter("rosa")
    assert ana.post("/settings/channels/new", {"name": "Fair", "sort": "event"}).status_code == 302
    assert ana.post("/settings/channels/new", {"name": "fair", "sort": "event"}).status_code == 409
    fair = Channel.objects.get()
    edit = f"/settings/channels/{fair.ref}"
    assert ana.post(edit, {"name": "Fairs", "sort": "event", "version": "1"}).status_code == 302
    assert ana.post(edit, {"name": "Old", "sort": "event", "version": "1"}).status_code == 412
    assert rosa.get("/settings/channels").status_code == 200
    assert rosa.post(edit, {"name": "Mine", "sort": "event"}).status_code == 403
    assert ana.post(f"{edit}/deletion").status_code == 302
    assert not Channel.for_actor(SYSTEM).exists()


def test_programs_keep_channels_touches_and_competitors_too(shop: Shop, api: Api) -> None:
    fair = api("POST", "/channels", {"name": "Fair", "kind": "event"})
    assert (fair.status_code, fair.json()["kind"]) == (201, "event")
    path = f"/channels/{fair.json()['id']}"
    assert api("PATCH", path, {"name": "Fairs"}, If_Match='"1"').json()["name"] == "Fairs"
    lead = api("POST", "/leads", {"name": "Eva", "channel": "fairs", "campaign": "Spring"}).json()
    assert lead["channel"] == "Fairs"
    noted = api(
        "POST", f"/leads/{lead['id']}/touches", {"channel": "Mail", "source_url": "https://x.example/?utm_medium=m"}
    )
    assert (noted.status_code, noted.json()["utm"]) == (201, {"medium": "m"})
    assert [each["channel"] for each in api("GET", f"/leads/{lead['id']}/touches").json()] == ["Fairs", "Mail"]
    company = f"/companies/{shop.acme.ref}/touches"
    assert api("POST", company, {"channel": "Mail"}).status_code == 201
    assert len(api("GET", company).json()) == 1
    assert api("DELETE", path).status_code == 409
    hooli = api("POST", "/competitors", {"name": "Hooli"}).json()
    deal = str(deal_of(shop).ref)
    assert api("POST", f"/deals/{deal}/competitors", {"competitor_id": hooli["id"]}).status_code == 201
    assert [each["name"] for each in api("GET", f"/deals/{deal}/competitors").json()] == ["Hooli"]
    lost = api("POST", f"/deals/{deal}/close", {"outcome": "lost", "competitor_id": hooli["id"]}).json()
    assert lost["close"]["competitor_id"] == hooli["id"]
    assert api("GET", f"/deals/{deal}").json()["close"] == lost["close"]
    assert api("DELETE", f"/deals/{deal}/competitors/{hooli['id']}").status_code == 409
