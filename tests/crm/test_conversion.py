"""What leads become: by a mapping that is data, and back again."""

from typing import Any

import pytest

from caudal.core.money import Money
from caudal.crm import actions, queries
from caudal.crm.actions.mapping import NobodyWithoutName
from caudal.crm.models import Company, Deal, Lead, LeadConversion, Person, Touch
from caudal.crm.queries.mapping import USUAL, MappingLine
from caudal.kit.access import SYSTEM, Verb
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.workspace.actions import add_field, retire_field
from caudal.workspace.models import CustomField
from tests.crm.browsing import NOW, Api, Enter, deal_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")


def field(kind: str, key: str, type_: str = "text", **more: Any) -> CustomField:
    return add_field(actor=SYSTEM, as_of=AT, record_kind=kind, key=key, type=type_, label=key.title(), **more)


def captured(shop: Shop, **values: Any) -> Lead:
    usual: dict[str, Any] = {"name": "Lucía Vidal", "company_name": "Initech", "email": "lucia@initech.example"}
    draft = actions.LeadDraft(
        captured_at=AT, channel="Webinar", owner_id=shop.rosa.pk, tags=("VIP",), **(usual | values)
    )
    return actions.capture_lead(actor=shop.actor("ana"), as_of=AT, lead=draft).lead


def convert(shop: Shop, lead: Lead, *, deal: bool = True) -> LeadConversion:
    wanted = actions.DealDraft(name="Initech", opened_at=NOW, pipeline_id=shop.pipelines["saas"].pk) if deal else None
    draft = actions.ConversionDraft(lead_id=lead.pk, converted_at=NOW, deal=wanted)
    return actions.convert_lead(actor=shop.actor("rosa"), as_of=NOW, conversion=draft)


def undo(shop: Shop, lead: Lead, who: str = "rosa") -> dict[str, str]:
    undone = actions.undo_conversion(actor=shop.actor(who), as_of=NOW, lead_id=lead.pk)
    return {part.ref.kind: part.why.value for part in undone.parts}


# The mapping


def test_own_fields_of_one_key_go_along_until_somebody_says_otherwise(shop: Shop) -> None:
    field("lead", "seats", "number")
    field("deal", "seats", "number")
    field("lead", "tier", "choice", options=["Gold", "Silver"])
    field("person", "tier", "choice", options=["Gold"])  # not every value of the lead's is one of the person's
    lead = captured(shop, custom={"seats": 40, "tier": "Gold"})
    made = convert(shop, lead)
    assert made.deal is not None
    assert made.deal.custom == {"seats": 40}
    assert made.person.custom == {}
    assert (made.person.name, made.person.email, made.person.tags) == ("Lucía Vidal", "lucia@initech.example", ["VIP"])
    assert made.company is not None
    assert (made.company.name, made.company.owner_id) == ("Initech", shop.rosa.pk)


def test_an_administrator_says_what_goes_where_and_types_are_checked(shop: Shop) -> None:
    ana = shop.actor("ana")
    field("lead", "budget", "money", currency="EUR")
    field("lead", "role")
    field("company", "source")
    lines = [
        *(line for line in USUAL if line != MappingLine("tags", "person", "tags")),
        MappingLine("custom.budget", "deal", "amount"),
        MappingLine("custom.role", "person", "job_title"),
        MappingLine("channel", "company", "custom.source"),
    ]
    actions.change_mapping(actor=ana, as_of=NOW, lines=lines)
    made = convert(shop, captured(shop, custom={"budget": Money.of(1200, "EUR"), "role": "Head of sales"}))
    assert made.deal is not None
    assert made.company is not None
    assert made.deal.amount == Money.of(1200, "EUR")
    assert (made.person.job_title, made.person.tags) == ("Head of sales", [])
    assert made.company.custom == {"source": "Webinar"}
    with pytest.raises(BadInput) as refused:
        wrong = [MappingLine("owner", "person", "city"), MappingLine("custom.none", "deal", "amount")]
        actions.change_mapping(actor=ana, as_of=NOW, lines=[*USUAL, *wrong, MappingLine("phone", "person", "name")])
    assert set(refused.value.fields) == {"person.city", "deal.amount", "person.name"}
    with pytest.raises(NobodyWithoutName):
        actions.change_mapping(actor=ana, as_of=NOW, lines=USUAL[1:])


def test_a_field_that_is_gone_is_a_finding_and_carries_nothing(shop: Shop, enter: Enter) -> None:
    field("lead", "seats", "number")
    seats = field("deal", "places", "number")
    lines = [*USUAL, MappingLine("custom.seats", "deal", "custom.places")]
    actions.change_mapping(actor=shop.actor("ana"), as_of=NOW, lines=lines)
    retire_field(actor=SYSTEM, as_of=NOW, field=seats)
    page = text_of(enter("ana").get("/settings/conversion"))
    assert "Seats → Deal, custom.places: The field that should take it is gone." in page
    made = convert(shop, captured(shop, custom={"seats": 12}))
    assert made.deal is not None
    assert made.deal.custom == {}


def test_a_value_that_does_not_fit_stays_on_the_lead_and_is_named(shop: Shop, enter: Enter) -> None:
    field("lead", "size", "choice", options=["Small", "Big"])
    target = field("deal", "size", "choice", options=["Small", "Big"])
    lead = captured(shop, custom={"size": "Big"})
    CustomField.objects.filter(pk=target.pk).update(options=["Small"])  # as if somebody had taken the choice away
    row = actions.change_mapping(actor=shop.actor("ana"), as_of=NOW, lines=USUAL)
    row.lines = [*row.lines, {"source": "custom.size", "kind": "deal", "target": "custom.size"}]
    row.save()
    sent = {"with_deal": "on", "name": "Initech", "version": "1"}
    answer = enter("rosa").post(f"/leads/{lead.ref}/conversion", sent, follow=True)
    assert "What did not fit stays on the lead: Size." in answer.content.decode()
    assert LeadConversion.objects.get(lead=lead).left == ["custom.size"]


def test_the_page_offers_what_fits_and_reps_only_look(shop: Shop, enter: Enter) -> None:
    field("lead", "seats", "number")
    page = enter("ana").get("/settings/conversion")
    assert "Job title" in text_of(page)
    sent = {"person--name": "name", "company--name": "company_name", "person--city": "channel"}
    assert enter("ana").post("/settings/conversion", sent).status_code == 302
    lines = queries.mapping_lines(queries.mapping_row())
    assert MappingLine("channel", "person", "city") in lines
    assert len(lines) == 3
    assert enter("ana").post("/settings/conversion", sent | {"person--city": "owner"}).status_code == 422
    late = enter("ana").post("/settings/conversion", sent | {"person--city": "email", "version": "9"})
    assert late.status_code == 412
    rep = enter("rosa")
    assert "Administrators change this" in text_of(rep.get("/settings/conversion"))
    assert rep.post("/settings/conversion", sent).status_code == 403


# The way back


def test_a_conversion_that_nobody_worked_with_is_undone_whole(shop: Shop) -> None:
    lead = captured(shop)
    made = convert(shop, lead)
    assert made.deal is not None
    assert Touch.objects.get(lead=lead).person_id == made.person_id
    assert undo(shop, lead) == {"deal": "goes", "person": "goes", "company": "goes"}
    lead.refresh_from_db()
    assert (lead.open_email, LeadConversion.objects.filter(lead=lead).exists()) == ("lucia@initech.example", False)
    assert not Deal.objects.filter(deleted_at=None).exists()
    assert not Person.objects.filter(deleted_at=None, email=lead.email).exists()
    assert not Company.objects.filter(deleted_at=None, name="Initech").exists()
    assert Touch.objects.get(lead=lead).person_id is None
    [fact] = [each for each in timeline(lead.ref) if each.name == "crm.conversion_undone"]
    assert {each.split("_")[0] for each in fact.data["removed"]} == {"deal", "person", "company"}
    assert (len(fact.data["removed"]), list(fact.data["stays"])) == (3, [])
    # Open again, it is found by its address and can be converted anew.
    again = actions.capture_lead(
        actor=shop.actor("ana"),
        as_of=NOW,
        lead=actions.LeadDraft(name="Lucía", captured_at=NOW, email="lucia@initech.example"),
    )
    assert (again.is_new, again.lead.pk) == (False, lead.pk)
    assert convert(shop, lead).person_id != made.person_id


def test_what_was_worked_with_was_there_or_is_named_by_others_stays(shop: Shop) -> None:
    known = actions.add_person(
        actor=SYSTEM, as_of=AT, person=actions.PersonDraft(name="Lucía", email="lucia@initech.example")
    )
    lead, other = captured(shop), captured(shop, name="Bruno", email="bruno@initech.example")
    made = convert(shop, lead)
    convert(shop, other, deal=False)  # at the company that the first conversion made
    assert made.deal is not None
    assert made.person_id == known.pk
    note = actions.ActivityDraft(
        does="note", body="They called", about=(made.deal.ref,), done=actions.DoneDraft(done_at=NOW)
    )
    actions.log_activity(actor=shop.actor("rosa"), as_of=NOW, activity=note)
    assert undo(shop, lead) == {"deal": "worked_with", "person": "was_there", "company": "worked_with"}
    assert Deal.objects.get(pk=made.deal.pk).deleted_at is None
    # Bruno goes; the company was another conversion's, so for Bruno it was there before.
    assert undo(shop, other) == {"person": "goes", "company": "was_there"}


def test_a_person_who_buys_again_stays(shop: Shop) -> None:
    lead = captured(shop)
    made = convert(shop, lead, deal=False)
    deal_of(shop, person_id=made.person_id)
    assert undo(shop, lead)["person"] == "worked_with"


def test_it_is_not_undone_twice_nor_while_the_lead_came_back(shop: Shop) -> None:
    lead = captured(shop)
    with pytest.raises(actions.NotConverted):
        undo(shop, lead)
    convert(shop, lead)
    captured(shop, name="Lucía, again")
    with pytest.raises(actions.CameBack):
        undo(shop, lead)
    assert LeadConversion.objects.filter(lead=lead).exists()


def test_the_page_says_beforehand_what_goes_and_what_stays(shop: Shop, enter: Enter) -> None:
    lead = captured(shop, company_name="Acme")
    convert(shop, lead)
    rosa = enter("rosa")
    assert f"/leads/{lead.ref}/conversion/undoing" in rosa.get(f"/leads/{lead.ref}").content.decode()
    page = text_of(rosa.get(f"/leads/{lead.ref}/conversion/undoing"))
    assert "Acme Stays: it was there before the lead was converted." in page
    assert "Lucía Vidal Goes into the recycle bin" in page
    assert LeadConversion.objects.filter(lead=lead).exists()
    answer = rosa.post(f"/leads/{lead.ref}/conversion/undoing", {"version": "2"}, follow=True)
    assert "Lucía Vidal is open again; 1 record stays." in answer.content.decode()
    assert enter("raul").get(f"/leads/{lead.ref}/conversion/undoing").status_code == 404


def test_the_api_maps_and_undoes(shop: Shop, api: Api) -> None:
    usual = api("GET", "/conversion-mapping").json()
    assert (usual["version"], len(usual["lines"])) == (0, len(USUAL))
    body = {"lines": [*usual["lines"], {"source": "channel", "kind": "company", "target": "sector"}]}
    saved = api("PUT", "/conversion-mapping", body)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    assert api("PUT", "/conversion-mapping", {"lines": []}).status_code == 422
    lead = captured(shop)
    assert api("POST", f"/leads/{lead.ref}/conversion", {}).status_code == 201
    undone = api("DELETE", f"/leads/{lead.ref}/conversion").json()
    assert {each["why"] for each in undone["records"]} == {"goes"}
    assert api("GET", f"/leads/{lead.ref}").json()["state"] == "open"
    assert api("DELETE", f"/leads/{lead.ref}/conversion").status_code == 409


def test_metrics_count_the_lead_as_open_again(shop: Shop) -> None:
    lead = captured(shop)
    convert(shop, lead)
    ana = shop.actor("ana")
    state = queries.LeadFilters(state="converted")
    assert len(queries.leads(ana, state).rows) == 1
    undo(shop, lead)
    assert len(queries.leads(ana, state).rows) == 0
    assert Lead.for_actor(ana, Verb.VIEW).filter(conversion=None, disqualification=None).count() == 1
