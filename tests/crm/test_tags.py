"""Tags: named by records of every kind, called otherwise, merged, and asked for."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from caudal.core.expressions import Refused
from caudal.crm import actions, queries
from caudal.crm.actions import CompanyDraft, ConversionDraft, DealDraft, LeadDraft, PersonDraft
from caudal.crm.actions.tags import MergedWithItself
from caudal.crm.imports import Options, PathUpload, import_files
from caudal.crm.models import Company, Deal, Lead, Person, Tag
from caudal.kit.access import SYSTEM
from caudal.kit.lists import Selection
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import SetClock
from tests.crm.browsing import Api, Enter, deal_of, lead_of, queries_of, text_of
from tests.world import AT, Shop


def named(name: str) -> Tag:
    return Tag.objects.get(name=name, deleted_at=None)


def found(where: str) -> list[str]:
    sought = queries.Sought.of(Selection(where=where), AT)
    return [lead.name for lead in queries.leads(SYSTEM, order="name", sought=sought).rows]


def capture(name: str, *tags: str) -> Lead:
    return actions.capture_lead(actor=SYSTEM, as_of=AT, lead=LeadDraft(name=name, captured_at=AT, tags=tags)).lead


def test_a_record_names_tags_and_new_ones_come_into_being_once_however_they_are_spelled(shop: Shop) -> None:
    company = actions.add_company(
        actor=shop.actor("rosa"), as_of=AT, company=CompanyDraft(name="Initech", tags=("VIP", " vip ", "Near  us", ""))
    )
    person = actions.add_person(actor=SYSTEM, as_of=AT, person=PersonDraft(name="Eva", tags=("víp",)))
    assert (company.tags, person.tags) == (["Near us", "VIP"], ["VIP"])
    assert [(tag.name, tag.tone) for tag in queries.tags(SYSTEM)] == [("Near us", "idle"), ("VIP", "idle")]
    assert [fact.name for fact in timeline(named("VIP").ref)] == ["crm.tag_added"]
    version = company.version
    after = actions.change_company(actor=SYSTEM, as_of=AT, company_id=company.pk, tags=["vip", "NEAR US"])
    assert after.version == version  # the same tags, spelled otherwise
    actions.change_company(actor=SYSTEM, as_of=AT, company_id=company.pk, tags=["Late payer"])
    assert timeline(company.ref)[0].data["changes"] == {"tags": [["Near us", "VIP"], ["Late payer"]]}
    actions.change_person(actor=SYSTEM, as_of=AT, person_id=person.pk, tags=[])
    told = timeline(person.ref)[0]
    assert (told.data.get("changes", {}), told.personal) == (
        {},
        {"tags": [["VIP"], []]},
    )  # what one says of people is sealed


def test_tags_that_no_list_could_hold_are_refused_all_at_once(shop: Shop) -> None:
    for tags in (("one, two",), ("a;b",), ("x" * 41,), ("\0",), tuple(f"t{number}" for number in range(51))):
        with pytest.raises(BadInput) as refused:
            capture("Eva", *tags)
        assert set(refused.value.fields) == {"tags"}
    assert not Tag.objects.exists()


def test_a_lead_hands_its_tags_on_to_the_person_and_the_deal_that_it_becomes(shop: Shop) -> None:
    lead = lead_of(shop, tags=("VIP",))
    deal = DealDraft(name="x", opened_at=AT, tags=("Hot",))
    conversion = ConversionDraft(lead_id=lead.pk, converted_at=AT, deal=deal)
    row = actions.convert_lead(actor=SYSTEM, as_of=AT, conversion=conversion)
    assert row.deal is not None
    assert (row.person.tags, Deal.objects.get(pk=row.deal.pk).tags) == (["VIP"], ["Hot", "VIP"])


def test_a_tag_called_otherwise_is_so_on_everything_that_bears_it(shop: Shop) -> None:
    lead, deal = capture("Eva", "VIP"), deal_of(shop, tags=("vip", "Hot"))
    actions.delete_lead(actor=SYSTEM, as_of=AT, lead_id=lead.pk)
    actions.change_tag(actor=shop.actor("ana"), as_of=AT, tag_id=named("VIP").pk, name="Key account", tone="good")
    assert Lead.objects.get(pk=lead.pk).tags == ["Key account"]  # it may come back out of the bin
    assert set(Deal.objects.get(pk=deal.pk).tags) == {"Key account", "Hot"}
    with pytest.raises(VersionConflict):  # who has the old tags before their eyes does not bring them back
        actions.change_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, expected_version=deal.version, tags=["VIP"])
    with pytest.raises(IntegrityError):
        actions.change_tag(actor=SYSTEM, as_of=AT, tag_id=named("Hot").pk, name="KEY ACCOUNT")


def test_merging_leaves_each_record_with_one_of_the_two_and_counts_them(shop: Shop) -> None:
    both, one, other = capture("Both", "VIP", "Key"), capture("One", "VIP"), capture("Other", "Key")
    gone, stays = named("VIP"), named("Key")
    with pytest.raises(MergedWithItself):
        actions.merge_tags(actor=SYSTEM, as_of=AT, tag_id=gone.pk, into_id=gone.pk)
    with pytest.raises(NotFound):
        actions.merge_tags(actor=shop.actor("rosa"), as_of=AT, tag_id=gone.pk, into_id=stays.pk)
    actions.merge_tags(actor=shop.actor("marta"), as_of=AT, tag_id=gone.pk, into_id=stays.pk)
    assert [Lead.objects.get(pk=lead.pk).tags for lead in (both, one, other)] == [["Key"]] * 3
    assert timeline(stays.ref)[0].data["count"] == 2
    assert queries.tagged_counts(SYSTEM)["lead"] == {"Key": 3}
    actions.delete_tag(actor=SYSTEM, as_of=AT, tag_id=stays.pk)
    assert (found("tags is empty"), queries.tags(SYSTEM)) == (["Both", "One", "Other"], [])


def test_a_filter_asks_for_a_tag_and_not_for_a_part_of_one(shop: Shop) -> None:
    capture("Ada", "VIP", "Ñandú")
    capture("Bea", "VIP lost")
    capture("Cleo")
    assert found('has(tags, "vip")') == ["Ada"]
    assert found('has(tags, "nandu") or has(tags, "VIP lost")') == ["Ada", "Bea"]
    assert found('tags is not empty and not has(tags, "VIP")') == ["Bea"]
    assert found('contains(tags, "vip")') == ["Ada", "Bea"]
    with pytest.raises(Refused):
        found("has(tags, 3)")


def test_lists_show_tags_in_their_colours_in_one_query_more(shop: Shop, enter: Enter) -> None:
    for number in range(3):
        capture(f"Lead {number}")
    client, address = enter("ana"), "/leads?view=all&columns=name,tags"
    plain = queries_of(client, address)
    for number in range(3, 9):
        capture(f"Lead {number}", "VIP", f"Tag {number}")
    actions.change_tag(actor=SYSTEM, as_of=AT, tag_id=named("VIP").pk, tone="good")
    assert queries_of(client, address) == plain + 1
    page = client.get(address).content.decode()
    assert page.count('<span class="tag tone-good">VIP</span>') == 6
    narrowed = text_of(client.get('/leads?view=all&where=has(tags,"Tag 4")'))
    assert "Tags has “Tag 4”" in narrowed
    assert "Lead 4" in narrowed
    assert "Lead 5" not in narrowed


def test_forms_take_tags_with_commas_and_the_record_leads_to_what_bears_them(shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    client.post("/companies/new", {"name": "Initech", "tags": "VIP, near us;", "owner": ""})
    company = Company.objects.get(name="Initech")
    assert company.tags == ["near us", "VIP"]
    page = client.get(f"/companies/{company.ref}").content.decode()
    assert '<a class="tag tone-idle" href="/companies?view=all&amp;where=has%28tags%2C+%22VIP%22%29">VIP</a>' in page
    assert 'value="near us, VIP"' in client.get(f"/companies/{company.ref}/edit").content.decode()
    said = client.get("/tags/names?q=near us, v").json()
    assert said == [{"value": "near us, VIP", "label": "VIP"}]


def test_the_page_of_tags_counts_what_the_reader_sees_and_renames_merges_and_deletes(shop: Shop, enter: Enter) -> None:
    deal_of(shop, "rosa", tags=("VIP",))
    deal_of(shop, "raul", tags=("VIP", "Old"))
    assert "VIP VIP 2 0 0 0 2" in text_of(enter("ana").get("/settings/tags"))
    assert "VIP VIP 1 0 0 0 1" in text_of(enter("rosa").get("/settings/tags"))
    client, vip, old = enter("marta"), named("VIP"), named("Old")
    edited = {"name": "Key", "tone": "plan", "version": vip.version}
    assert client.post(f"/settings/tags/{vip.ref}", edited).status_code == 302
    assert "This cannot be undone" in text_of(client.get(f"/settings/tags/{old.ref}/merge"))
    assert client.post(f"/settings/tags/{old.ref}/merge", {"into": str(vip.ref)}).status_code == 302
    assert client.post(f"/settings/tags/{old.ref}/merge", {"into": str(vip.ref)}).status_code == 404
    assert {tuple(deal.tags) for deal in Deal.objects.all()} == {("Key",)}
    assert client.post(f"/settings/tags/{vip.ref}/deletion").status_code == 302
    assert {tuple(deal.tags) for deal in Deal.objects.all()} == {()}
    assert enter("rosa").get(f"/settings/tags/{vip.ref}").status_code in {403, 404}


def test_a_program_reads_and_writes_tags(shop: Shop, api: Api) -> None:
    made = api("POST", "/leads", {"name": "Eva", "tags": ["VIP", "Fair"]}).json()
    assert made["tags"] == ["Fair", "VIP"]
    changed = api("PATCH", f"/leads/{made['id']}", {"tags": ["VIP"]}, if_match="*").json()
    assert changed["tags"] == ["VIP"]
    kept = api("PATCH", f"/leads/{made['id']}", {"phone": "1"}, if_match="*").json()
    assert kept["tags"] == ["VIP"]
    (item,) = api("GET", '/leads?where=has(tags,"vip")&fields=name,tags').json()["items"]
    assert (item["name"], item["tags"]) == ("Eva", "VIP")
    fair, vip = api("GET", "/tags").json()
    assert (fair["name"], vip["name"]) == ("Fair", "VIP")
    stays = api("POST", f"/tags/{vip['id']}/merge", {"into_id": fair["id"]}).json()
    assert stays["id"] == fair["id"]
    assert api("GET", f"/leads/{made['id']}").json()["tags"] == ["Fair"]
    new = api("POST", "/tags", {"name": "New", "tone": "warn"}).json()
    assert api("PATCH", f"/tags/{new['id']}", {"name": "Newer"}, if_match="*").json()["tone"] == "warn"
    assert api("DELETE", f"/tags/{new['id']}").status_code == 204
    assert api("GET", f"/tags/{new['id']}").status_code == 404


def test_files_bring_tags_and_take_none_off(shop: Shop, tmp_path: Path) -> None:
    def take(content: str) -> Any:
        (tmp_path / "companies.csv").write_text(content)
        options = Options(source="old-crm")
        upload = PathUpload(tmp_path / "companies.csv")
        return import_files(actor=SYSTEM, uploads=[upload], options=options, clock=SetClock(AT).now)

    take("Company ID,Company name,Tags\n1,Initech,VIP; Near us\n2,Hooli,\n")
    initech = Company.objects.get(name="Initech")
    assert (initech.tags, Company.objects.get(name="Hooli").tags) == (["Near us", "VIP"], [])
    actions.change_company(actor=SYSTEM, as_of=AT, company_id=initech.pk, tags=["Ours"])
    take('Company ID,Company name,Tags\n1,Initech,"VIP, New"\n2,Hooli,\n')
    assert Company.objects.get(name="Initech").tags == ["New", "Ours", "VIP"]


def test_every_kind_exports_its_tags(shop: Shop, enter: Enter) -> None:
    actions.add_person(actor=SYSTEM, as_of=AT, person=PersonDraft(name="Eva", tags=("b", "a")))
    client: Client = enter("ana")
    answer: Any = client.post("/people/file", {"view": "all", "columns": "name,tags", "format": "csv"})
    assert "a, b" in b"".join(answer.streaming_content).decode("utf-8-sig")
    assert Person.objects.get(name="Eva").tags == ["a", "b"]


def test_the_database_looks_closely_at_how_rare_tags_are(shop: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text, attstattarget FROM pg_attribute"
            " WHERE attname = 'tags' AND attrelid::regclass::text LIKE 'crm%' AND NOT attisdropped"
            " AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r')"
        )
        # A sample of ordinary size holds none of a tag that twenty of a million records bear.
        assert dict(cursor.fetchall()) == dict.fromkeys(("crm_company", "crm_person", "crm_lead", "crm_deal"), 1000)
