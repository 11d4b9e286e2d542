"""Many records at once: what would change, done once, told of each, taken back unless somebody edited it since."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import bulk
from caudal.crm.actions.bulk import Chosen, Edit, How
from caudal.crm.actions.checking import OwnerOutOfReach
from caudal.crm.models import Company, Deal, EditedRow, Lead, Person, StageStay
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.workspace.actions import add_field
from caudal.workspace.models import Member
from tests.crm.browsing import NOW, Api, Enter, deal_of, lead_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")
LATER = NOW + timedelta(hours=1)


def edited(shop: Shop, edit: Edit, *rows: Any, who: str = "ana") -> Any:
    """The operation after an edit, as somebody of the shop does it."""
    actor = shop.actor(who)
    chosen = Chosen(edit.model.for_actor(actor).filter(pk__in=[row.pk for row in rows]), {})
    return bulk.edit_many(actor=actor, as_of=NOW, edit=edit, chosen=chosen)


def undone(shop: Shop, operation: Any, who: str = "ana") -> Any:
    return bulk.undo_edit(actor=shop.actor(who), as_of=LATER, done=operation)


def reasons(operation: Any) -> list[str]:
    rows = EditedRow.objects.filter(operation=operation, state="refused").order_by("place")
    return [row.why["code"] for row in rows if row.why]


# What one by one leaves


@pytest.mark.parametrize(
    ("kind", "field", "value", "one"),
    [
        ("company", "sector", "Tools", {"sector": "Tools"}),
        ("company", "country", "FR", {"country": "FR"}),
        ("company", "employees", "12", {"employees": 12}),
        ("company", "tags", "VIP, old", {"tags": ["VIP", "old"]}),
        ("company", "custom.size", "large", {"custom": {"size": "large"}}),
        ("deal", "expected_close_date", "2026-04-01", {"expected_close_date": "2026-04-01"}),
        ("deal", "amount", {"amount": "12.50", "currency": "EUR"}, {"amount": Money.of("12.50", "EUR")}),
        ("lead", "channel", "Webinar", {"channel": "Webinar"}),
        ("person", "job_title", "Head", {"job_title": "Head"}),
    ],
)
def test_many_at_once_are_what_one_by_one_would_be_and_back(
    shop: Shop, kind: str, field: str, value: Any, one: dict[str, Any]
) -> None:
    ana = shop.actor("ana")
    add_field(actor=ana, as_of=AT, record_kind="company", key="size", type="choice", label="Size", options=["large"])
    made: dict[str, Sequence[Any]] = {
        "company": [shop.acme, shop.globex],
        "deal": [deal_of(shop), deal_of(shop, name="Two")],
        "lead": [lead_of(shop), lead_of(shop, None)],
        "person": actions.add_people(
            actor=ana, as_of=AT, people=[actions.PersonDraft(name=name, phone="600 100 200") for name in ("Eva", "Leo")]
        ),
    }
    models: dict[str, Any] = {"company": Company, "deal": Deal, "lead": Lead, "person": Person}
    change: Any = getattr(actions, f"change_{kind}")
    first, second = made[kind]
    operation = edited(shop, Edit(kind=kind, how=How.SET, field=field, value=value), first)
    assert operation.result == {"done": 1}
    change(actor=ana, as_of=NOW, **{f"{kind}_id": second.pk}, **one)
    rows = [models[kind].objects.filter(pk=row.pk).values().get() for row in (first, second)]
    own = {"id", "name", "name_key", "bare_key", "domain", "family_domain", "owner_id", "created_at", "email"}
    assert {k: v for k, v in rows[0].items() if k not in own} == {k: v for k, v in rows[1].items() if k not in own}
    facts = [timeline(row.ref, personal=True)[0] for row in (first, second)]
    assert (facts[0].name, facts[0].data, facts[0].personal) == (facts[1].name, facts[1].data, facts[1].personal)
    before = rows[0]
    assert undone(shop, operation).result == {"done": 1}
    after = models[kind].objects.filter(pk=first.pk).values().get()
    stamps = {"version", "changed_at", "changed_by"}
    original = {name: getattr(first, name) for name in after if name not in stamps}
    assert {name: found for name, found in after.items() if name not in stamps} == original
    assert after["version"] == before["version"] + 1


def test_an_edit_looks_first_then_changes_what_fits_and_says_what_it_keeps(shop: Shop, enter: Enter) -> None:
    first, second, third = (deal_of(shop, name=name) for name in ("One", "Two", "Three"))
    actions.close_deal(actor=shop.actor("ana"), as_of=NOW, deal_id=third.pk, outcome="won")
    lead, demo, *_ = shop.stages("saas")
    actions.change_stage(actor=shop.actor("ana"), as_of=AT, stage_id=lead.pk, needed=["amount"])
    actions.change_deal(actor=shop.actor("ana"), as_of=NOW, deal_id=first.pk, amount=Money.of(10, "EUR"))
    client = enter("ana")
    rows = {"row": [str(each.ref) for each in (first, second, third)], "do": "set:stage"}
    assert "3 deals selected" in client.get("/deals/many", rows).content.decode()
    preview = client.post("/deals/many", rows | {"value": str(demo.ref)}, follow=True)
    said = text_of(preview)
    assert "would change 1" in said
    assert "refused 2" in said
    assert f"One {lead.name} {demo.name}" in said
    assert f"“Two” cannot leave {lead.name} yet. Missing: Amount." in said
    assert "Three was closed as won" in said
    assert Deal.objects.get(pk=first.pk).stage_id == lead.pk
    address = preview.redirect_chain[-1][0]
    done = client.post(f"{address}/application", follow=True)
    assert Deal.objects.get(pk=first.pk).stage_id == demo.pk
    assert "changed 1" in text_of(done)
    again = client.post(f"{address}/application")
    assert again.status_code == 409
    assert Deal.objects.get(pk=first.pk).version == 3
    back = client.post(f"{done.redirect_chain[-1][0]}/undo", follow=True)
    assert Deal.objects.get(pk=first.pk).stage_id == lead.pk
    assert list(StageStay.objects.filter(deal=first).values_list("stage_id", "left_at")) == [(lead.pk, None)]
    assert "Taken back: 1 deal" in back.content.decode()


def test_the_notice_takes_it_back(shop: Shop, enter: Enter) -> None:
    lead = lead_of(shop)
    client = enter("ana")
    page = client.get("/leads").content.decode()
    assert f'name="row" value="{lead.ref}" form="many"' in page
    preview = client.post("/leads/many", {"all": "1", "do": "set:owner", "value": str(shop.marta.pk)})
    done = client.post(f"{preview['location']}/application", follow=True)
    assert Lead.objects.get(pk=lead.pk).owner_id == shop.marta.pk
    undo = re.search(r'action="(/bulk-edits/operation_\w+/undo)"', done.content.decode())
    assert undo
    client.post(undo[1])
    assert Lead.objects.get(pk=lead.pk).owner_id == shop.rosa.pk


def test_what_somebody_edited_since_stays(shop: Shop) -> None:
    first, second = lead_of(shop, email="a@x.example"), lead_of(shop, email="b@x.example")
    operation = edited(shop, Edit(kind="lead", how=How.ADD, field="tags", value=["VIP"]), first, second)
    actions.change_lead(actor=shop.actor("rosa"), as_of=NOW, lead_id=second.pk, phone="1")
    undo = undone(shop, operation)
    assert undo.result == {"done": 1, "refused": 1}
    assert reasons(undo) == ["bulk_edit.changed_meanwhile"]
    assert [Lead.objects.get(pk=each.pk).tags for each in (first, second)] == [[], ["VIP"]]
    with pytest.raises(bulk.AlreadyDone):
        undone(shop, operation)


def test_a_colleague_neither_takes_an_edit_back_nor_spoils_the_way_back(shop: Shop, enter: Enter) -> None:
    deals = [deal_of(shop, "raul", name=name) for name in "AB"]
    operation = edited(shop, Edit(kind="deal", how=How.SET, field="owner", value=str(shop.ana.ref)), *deals)
    page = f"/bulk-edits/{operation.ref}"
    marta = enter("marta")
    assert marta.post(f"/api/v1{page}/undo").json()["code"] == "bulk_edit.of_another"
    assert f"{page}/undo" not in marta.get(page).content.decode()
    assert f"{page}/undo" in enter("ana").get(page).content.decode()
    assert enter("ana").post(f"/api/v1{page}/undo").json()["counts"] == {"done": 2}
    assert set(Deal.objects.values_list("owner", flat=True)) == {shop.raul.pk}


def test_records_out_of_sight_are_not_told_to_who_watches_an_edit(shop: Shop, enter: Enter) -> None:
    hidden, open_to_marta = deal_of(shop, "raul", name="Secret"), deal_of(shop, "rosa", name="Known")
    edit = Edit(kind="deal", how=How.SET, field="amount", value={"amount": "12", "currency": "EUR"})
    rehearsal = bulk.rehearse_edit(
        actor=shop.actor("ana"), as_of=NOW, edit=edit, chosen=Chosen(Deal.for_actor(shop.actor("ana")), {})
    )
    for deal in (hidden, open_to_marta):
        actions.change_deal(actor=shop.actor("ana"), as_of=NOW, deal_id=deal.pk, name=f"{deal.name} now")
    done = bulk.apply_edit(actor=shop.actor("ana"), as_of=NOW, rehearsal=rehearsal)
    assert done.result == {"refused": 2}
    actions.delete_deal(actor=shop.actor("ana"), as_of=NOW, deal_id=open_to_marta.pk)
    for who, rows in (("marta", {str(open_to_marta.ref)}), ("ana", {str(hidden.ref), str(open_to_marta.ref)})):
        client = enter(who)
        items = client.get(f"/api/v1/bulk-edits/{done.ref}/records").json()["items"]
        page = text_of(client.get(f"/bulk-edits/{done.ref}"))
        assert {item["id"] for item in items} == rows
        assert ("Secret" in page, "Known" in page) == (who == "ana", True)


def test_what_could_not_be_taken_back_can_be_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = lead_of(shop, email="a@x.example"), lead_of(shop, email="b@x.example")
    operation = edited(shop, Edit(kind="lead", how=How.ADD, field="tags", value=["VIP"]), first, second)
    with monkeypatch.context() as narrow:
        narrow.setattr(
            "caudal.crm.actions.bulk.working.records_in_reach",
            lambda *_args, **_more: Lead.objects.filter(pk=first.pk),
        )
        assert undone(shop, operation).result == {"done": 1, "refused": 1}
    states = EditedRow.objects.filter(operation=operation).order_by("place").values_list("record", "state")
    assert dict(states) == {first.pk: "undone", second.pk: "done"}
    monkeypatch.setattr("caudal.crm.actions.bulk.working.AT_ONCE_MOST", 0)
    undo = undone(shop, operation)
    with pytest.raises(bulk.AlreadyDone):
        undone(shop, operation)  # a worker is about to do it
    bulk.carry_out_edit(undo.pk, clock=lambda: LATER)
    assert set(EditedRow.objects.filter(operation=undo).values_list("record", "state")) == {(second.pk, "done")}
    with pytest.raises(bulk.AlreadyDone):
        undone(shop, operation)


def test_a_preview_is_done_when_it_has_come_to_its_end(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caudal.crm.actions.bulk.working.BATCH", 1)
    monkeypatch.setattr("caudal.crm.actions.bulk.working.AT_ONCE_MOST", 0)
    ana, leads = shop.actor("ana"), [lead_of(shop, email=f"{name}@x.example") for name in "ab"]
    edit = Edit(kind="lead", how=How.SET, field="reason", value="spam")
    rehearsal = bulk.rehearse_edit(actor=ana, as_of=NOW, edit=edit, chosen=Chosen(Lead.for_actor(ana), {}))

    def crash(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("caudal.crm.actions.bulk.working.failpoint", crash)
        with pytest.raises(KeyboardInterrupt):
            bulk.carry_out_edit(rehearsal.pk, clock=lambda: NOW)
    rehearsal.refresh_from_db()
    with pytest.raises(bulk.NotFinished):
        bulk.apply_edit(actor=ana, as_of=NOW, rehearsal=rehearsal)
    bulk.carry_out_edit(rehearsal.pk, clock=lambda: NOW)
    rehearsal.refresh_from_db()
    done = bulk.apply_edit(actor=ana, as_of=NOW, rehearsal=rehearsal)
    bulk.carry_out_edit(done.pk, clock=lambda: NOW)
    assert EditedRow.objects.filter(operation=done, state="done").count() == len(leads)


def test_a_record_that_changed_since_the_preview_is_refused(shop: Shop) -> None:
    ana, lead = shop.actor("ana"), lead_of(shop)
    edit = Edit(kind="lead", how=How.SET, field="reason", value="spam")
    rehearsal = bulk.rehearse_edit(actor=ana, as_of=NOW, edit=edit, chosen=Chosen(Lead.for_actor(ana), {}))
    actions.change_lead(actor=shop.actor("rosa"), as_of=NOW, lead_id=lead.pk, phone="1")
    done = bulk.apply_edit(actor=ana, as_of=NOW, rehearsal=rehearsal)
    assert (done.result, reasons(done)) == ({"refused": 1}, ["bulk_edit.changed_meanwhile"])


def test_what_a_single_change_refuses_is_not_written_by_taking_back(shop: Shop) -> None:
    ana = shop.actor("ana")
    names = ("Top", "Inside", "Gone", "Orphan", "Fine")
    drafts = [actions.CompanyDraft(name=name) for name in names]
    top, inside, gone, orphan, fine = actions.add_companies(actor=ana, as_of=AT, companies=drafts)
    for child, parent in ((inside, top), (orphan, gone), (fine, top)):
        actions.change_company(actor=ana, as_of=AT, company_id=child.pk, parent_id=parent.pk)
    edit = Edit(kind="company", how=How.SET, field="parent", value=None)
    operation = edited(shop, edit, inside, orphan, fine)
    actions.change_company(actor=ana, as_of=NOW, company_id=top.pk, parent_id=inside.pk)
    actions.delete_company(actor=ana, as_of=NOW, company_id=gone.pk)
    undo = undone(shop, operation)
    assert (undo.result, sorted(reasons(undo))) == (
        {"done": 1, "refused": 2},
        ["company.inside_itself", "record.not_found"],
    )
    parents = [Company.objects.get(pk=each.pk).parent_id for each in (inside, orphan, fine)]
    assert parents == [None, None, top.pk]


def test_leads_are_given_up_deleted_and_come_back(shop: Shop) -> None:
    lead = lead_of(shop, email="a@x.example")
    given_up = edited(shop, Edit(kind="lead", how=How.SET, field="reason", value="spam"), lead)
    assert Lead.objects.get(pk=lead.pk).open_email is None
    undone(shop, given_up)
    assert Lead.objects.get(pk=lead.pk).open_email == "a@x.example"
    assert timeline(lead.ref)[0].name == "crm.lead_reopened"
    deleted = edited(shop, Edit(kind="lead", how=How.DELETE), lead)
    assert not Lead.for_actor(shop.actor("ana")).exists()
    undone(shop, deleted)
    assert Lead.for_actor(shop.actor("ana")).get().open_email == "a@x.example"


def test_a_company_that_others_name_is_not_deleted(shop: Shop) -> None:
    deal_of(shop, company_id=shop.acme.pk)
    operation = edited(shop, Edit(kind="company", how=How.DELETE), shop.acme, shop.globex)
    assert (operation.result, reasons(operation)) == ({"done": 1, "refused": 1}, ["record.in_use"])


def test_reach_holds_for_many(shop: Shop) -> None:
    mine, theirs = actions.add_companies(
        actor=shop.actor("ana"),
        as_of=AT,
        companies=[
            actions.CompanyDraft(name="Mine", owner_id=shop.rosa.pk),
            actions.CompanyDraft(name="Theirs", owner_id=shop.raul.pk),
        ],
    )
    operation = edited(shop, Edit(kind="company", how=How.SET, field="sector", value="X"), mine, theirs, who="rosa")
    assert (operation.result, reasons(operation)) == ({"done": 1, "refused": 1}, ["bulk_edit.out_of_reach"])
    with pytest.raises(OwnerOutOfReach):
        owner = Edit(kind="company", how=How.SET, field="owner", value=str(shop.raul.ref))
        edited(shop, owner, mine, who="rosa")
    with pytest.raises(NotFound):
        stranger = Edit(kind="deal", how=How.SET, field="company", value="company_01h455vb4pex5vsknk084sn02q")
        edited(shop, stranger, deal_of(shop))
    with pytest.raises(BadInput):
        edited(shop, Edit(kind="deal", how=How.SET, field="amount", value="much"), deal_of(shop, name="Third"))
    with pytest.raises(bulk.NotForMany):
        edited(shop, Edit(kind="company", how=How.SET, field="name", value="Same"), mine)


def test_a_long_edit_goes_on_where_it_was(full_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caudal.crm.actions.bulk.working.BATCH", 25)
    monkeypatch.setattr("caudal.crm.actions.bulk.working.AT_ONCE_MOST", 10)
    ana = full_shop.actor("ana")
    edit = Edit(kind="lead", how=How.ADD, field="tags", value=["VIP"])
    operation = bulk.edit_many(actor=ana, as_of=NOW, edit=edit, chosen=Chosen(Lead.for_actor(ana), {}))
    assert operation.state == "waiting"

    class Crash(BaseException):
        pass

    def crash(_name: str) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr("caudal.crm.actions.bulk.working.failpoint", crash)
        with pytest.raises(Crash):
            bulk.carry_out_edit(operation.pk, clock=lambda: NOW)
    assert Lead.objects.filter(tags=["VIP"]).count() == 25
    bulk.carry_out_edit(operation.pk, clock=lambda: NOW)
    bulk.carry_out_edit(operation.pk, clock=lambda: NOW)
    operation.refresh_from_db()
    assert (operation.state, operation.done, operation.result) == ("done", 60, {"done": 60})
    assert set(Lead.objects.values_list("version", flat=True)) == {2}


@pytest.mark.parametrize("end", [{"deactivated_at": NOW}, {"access_ends_at": NOW}])
def test_nothing_goes_on_in_the_name_of_somebody_who_may_not_come_in(
    end: dict[str, Any], full_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("caudal.crm.actions.bulk.working.AT_ONCE_MOST", 10)
    marta = full_shop.actor("marta")
    edit = Edit(kind="lead", how=How.ADD, field="tags", value=["VIP"])
    operation = bulk.edit_many(actor=marta, as_of=NOW, edit=edit, chosen=Chosen(Lead.for_actor(marta), {}))
    Member.objects.filter(pk=full_shop.marta.pk).update(**end)
    bulk.carry_out_edit(operation.pk, clock=lambda: NOW)
    operation.refresh_from_db()
    assert operation.state == "failed"
    assert "Marta may not come in any more" in operation.error
    assert not Lead.objects.filter(tags=["VIP"]).exists()


def test_a_program_edits_many_and_takes_it_back(shop: Shop, api: Api) -> None:
    first, second = deal_of(shop, name="One"), deal_of(shop, name="Two", who="raul")
    body = {"kind": "deal", "how": "set", "field": "owner", "value": str(shop.marta.ref), "where": 'name = "One"'}
    preview = api("POST", "/bulk-edits", body)
    assert (preview.status_code, preview.json()["does"], preview.json()["counts"]) == (201, "preview", {"fits": 1})
    done = api("POST", f"/bulk-edits/{preview.json()['id']}/application")
    assert done.json()["counts"] == {"done": 1}
    rows = api("GET", f"/bulk-edits/{done.json()['id']}/records").json()["items"]
    assert [(row["id"], row["state"], row["version_after"]) for row in rows] == [(str(first.ref), "done", 2)]
    assert api("POST", f"/bulk-edits/{done.json()['id']}/undo").json()["counts"] == {"done": 1}
    assert Deal.objects.get(pk=first.pk).owner_id == shop.rosa.pk
    gone = api("POST", "/bulk-edits", {"kind": "deal", "how": "delete", "ids": [str(second.ref)], "preview": False})
    assert gone.json()["counts"] == {"done": 1}
    back = api("POST", "/bulk-edits", {"kind": "deal", "how": "restore", "ids": [str(second.ref)], "preview": False})
    assert (back.json()["counts"], Deal.objects.get(pk=second.pk).deleted_at) == ({"done": 1}, None)
    assert api("POST", "/bulk-edits", {"kind": "deal", "how": "delete"}).status_code == 422
