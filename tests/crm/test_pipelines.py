"""Pipelines: one default for each pillar, with names in the company's language."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import StageDraft
from caudal.crm.actions.closing import LacksFields
from caudal.crm.actions.stages import LastStage, PipelineInUse, StageElsewhere, StageInUse
from caudal.crm.models import Deal, Pipeline, Stage
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from tests.crm.browsing import Api, Enter, deal_of, queries_of, text_of
from tests.world import AT, Shop

DAY = timedelta(days=1)


def test_setting_up_again_changes_nothing(shop: Shop) -> None:
    before = business_digest()
    again = actions.set_up_pipelines(actor=SYSTEM, as_of=AT, pillars=shop.pillars.values())
    assert again == list(shop.pipelines.values())
    assert business_digest() == before


def test_the_stages_of_a_pillar_get_likelier_one_after_the_other(shop: Shop) -> None:
    for pipeline in shop.pipelines.values():
        chances = list(pipeline.stages.order_by("position").values_list("probability", flat=True))
        assert chances == sorted(chances)
        assert all(Decimal(0) < chance < Decimal(1) for chance in chances)
    assert [stage.name for stage in shop.stages("saas")] == ["Qualification", "Demo", "Proposal", "Negotiation"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Courses and webinars", "stages": ()},
        {"name": "Twins", "stages": (StageDraft("One", Decimal("0.1")), StageDraft("One", Decimal("0.2")))},
        {"name": "Too sure", "stages": (StageDraft("One", Decimal("1.1")),)},
        {"name": "Closed", "stages": (StageDraft("One", Decimal("0.5"), "closed"),)},
    ],
)
def test_the_database_refuses_pipelines_that_cannot_be(shop: Shop, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_pipeline(actor=SYSTEM, as_of=AT, **wrong)
    assert Pipeline.objects.count() == len(shop.pipelines)


def test_a_pillar_has_one_default_pipeline(shop: Shop) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_pipeline(
            actor=SYSTEM, as_of=AT, name="Second", stages=(), pillar=shop.pillars["saas"], is_default=True
        )
    actions.add_pipeline(actor=SYSTEM, as_of=AT, name="Of none", stages=(), is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_pipeline(actor=SYSTEM, as_of=AT, name="Of none too", stages=(), is_default=True)


def test_added_stages_stand_behind_the_others(shop: Shop) -> None:
    saas = shop.pipelines["saas"]
    actions.add_stages(actor=SYSTEM, as_of=AT, pipeline_id=saas.pk, stages=(StageDraft("Legal", Decimal("0.9")),))
    assert Stage.objects.filter(pipeline=saas).order_by("-position").values_list("name", flat=True)[0] == "Legal"


# Made and changed


def test_a_new_pipeline_begins_with_stages_and_takes_the_new_deals_of_its_pillar(shop: Shop) -> None:
    made = actions.start_pipeline(
        actor=shop.actor("ana"), as_of=AT, name="  Big   deals ", pillar_id=shop.pillars["saas"].pk, is_default=True
    )
    assert (made.name, made.stages.count(), made.position) == ("Big deals", 4, 3)
    assert not Pipeline.objects.get(pk=shop.pipelines["saas"].pk).is_default
    deal = actions.open_deal(
        actor=SYSTEM, as_of=AT, deal=actions.DealDraft(name="x", opened_at=AT, pillar_id=shop.pillars["saas"].pk)
    )
    assert deal.pipeline_id == made.pk
    with pytest.raises(NotAllowed):
        actions.start_pipeline(actor=shop.actor("marta"), as_of=AT, name="Hers")


def test_a_stage_is_renamed_and_put_elsewhere_and_the_others_make_room(shop: Shop) -> None:
    proposal = shop.stages("saas")[2]
    actions.change_stage(
        actor=shop.actor("ana"), as_of=AT, stage_id=proposal.pk, name="Offer", probability=Decimal("0.45"), place=1
    )
    assert [(each.position, each.name) for each in shop.stages("saas")] == [
        (0, "Offer"),
        (1, "Qualification"),
        (2, "Demo"),
        (3, "Negotiation"),
    ]
    (fact,) = timeline(proposal.ref)
    assert fact.data["changes"] == {
        "name": ["Proposal", "Offer"],
        "probability": ["0.5000", "0.45"],
        "place": [3, 1],
    }
    last = actions.add_stage(
        actor=SYSTEM, as_of=AT, pipeline_id=proposal.pipeline_id, name="Legal", probability=Decimal("0.9"), place=4
    )
    assert [each.name for each in shop.stages("saas")][3:] == ["Legal", "Negotiation"]
    with pytest.raises(BadInput):
        actions.change_stage(actor=SYSTEM, as_of=AT, stage_id=last.pk, probability=Decimal("1.1"))


def test_deals_of_a_stage_that_goes_move_to_the_one_that_is_named(shop: Shop) -> None:
    first, demo, *_ = shop.stages("saas")
    opened = [deal_of(shop, "rosa"), deal_of(shop, "raul"), deal_of(shop, "raul")]
    for deal in opened:
        actions.move_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, stage_id=demo.pk)
    lost = opened.pop()
    actions.lose_deal(actor=SYSTEM, as_of=AT, deal_id=lost.pk, reason="price")
    with pytest.raises(StageInUse, match="2 open deals"):
        actions.delete_stage(actor=shop.actor("ana"), as_of=AT, stage_id=demo.pk)
    elsewhere = shop.stages("courses")[0]
    with pytest.raises(StageElsewhere):
        actions.delete_stage(actor=SYSTEM, as_of=AT, stage_id=demo.pk, to_stage_id=elsewhere.pk)
    moved = actions.delete_stage(actor=shop.actor("ana"), as_of=AT + DAY, stage_id=demo.pk, to_stage_id=first.pk)
    assert moved == 2
    for deal in Deal.objects.filter(pk__in=[each.pk for each in opened]):
        assert (deal.stage_id, deal.stays.get(left_at=None).entered_at) == (first.pk, AT + DAY)
        assert timeline(deal.ref)[0].name == "crm.deal_moved"
    assert Deal.objects.get(pk=lost.pk).stage_id == demo.pk  # its history keeps it
    again = actions.reopen_deal(actor=SYSTEM, as_of=AT + DAY, deal_id=lost.pk)
    assert (again.stage_id, again.stays.get(left_at=None).stage_id) == (first.pk, first.pk)


def test_what_deals_went_through_is_not_deleted_with_its_pipeline(shop: Shop) -> None:
    deal = deal_of(shop, "rosa")
    with pytest.raises(PipelineInUse):
        actions.delete_pipeline(actor=SYSTEM, as_of=AT, pipeline_id=deal.pipeline_id)
    only = actions.start_pipeline(actor=SYSTEM, as_of=AT, name="Short")
    *rest, last = only.stages.order_by("position")
    for each in rest:
        actions.delete_stage(actor=SYSTEM, as_of=AT, stage_id=each.pk)
    with pytest.raises(LastStage):
        actions.delete_stage(actor=SYSTEM, as_of=AT, stage_id=last.pk)
    actions.delete_pipeline(actor=SYSTEM, as_of=AT, pipeline_id=only.pk)
    assert Pipeline.for_actor(SYSTEM).count() == 3


# On pages and in the API


@pytest.mark.usefixtures("today")
def test_an_administrator_edits_stages_on_a_page_and_a_rep_only_looks(full_shop: Shop, enter: Enter) -> None:
    ana = enter("ana")
    assert queries_of(ana, "/settings/pipelines") == 9  # five of every page; pipelines, stages, deals, own fields
    assert "Negotiation" in text_of(ana.get("/settings/pipelines"))
    assert "/settings/stages/" not in enter("rosa").get("/settings/pipelines").content.decode()
    demo = full_shop.stages("saas")[1]
    sent = {"name": "Show", "percent": "120", "forecast_category": "commit", "days_to_rot": "", "place": "1"}
    refused = ana.post(f"/settings/stages/{demo.ref}", sent)
    assert (refused.status_code, "Show" in refused.content.decode()) == (422, True)
    assert ana.post(f"/settings/stages/{demo.ref}", sent | {"percent": "35"}).status_code == 302
    demo.refresh_from_db()
    assert (demo.name, demo.probability, demo.days_to_rot, demo.position) == ("Show", Decimal("0.35"), None, 0)
    assert enter("rosa").get(f"/settings/stages/{demo.ref}").status_code == 403
    asked = ana.get(f"/settings/stages/{demo.ref}/deletion")
    assert "16 open deals are in it" in text_of(asked)
    assert ana.post(f"/settings/stages/{demo.ref}/deletion", {}).status_code == 422
    to = str(full_shop.stages("saas")[1].ref)
    assert ana.post(f"/settings/stages/{demo.ref}/deletion", {"to": to}).status_code == 302
    assert Stage.objects.get(pk=demo.pk).deleted_at is not None
    assert not Deal.objects.filter(stage=demo, close=None).exists()


def test_programs_make_pipelines_and_stages(shop: Shop, api: Api) -> None:
    made = api("POST", "/pipelines", {"name": "Partners", "pillar_id": str(shop.pillars["saas"].ref)})
    assert made.status_code == 201
    pipeline = made.json()
    stage = api("POST", f"/pipelines/{pipeline['id']}/stages", {"name": "Signed", "probability": "0.95", "place": 1})
    assert stage.status_code == 201
    changed = api("PATCH", f"/stages/{stage.json()['id']}", {"name": "Signing"}, if_match=stage["ETag"])
    assert (changed.status_code, changed.json()["name"]) == (200, "Signing")
    assert api("DELETE", f"/stages/{stage.json()['id']}").status_code == 204
    renamed = api("PATCH", f"/pipelines/{pipeline['id']}", {"name": "Friends"}, if_match=made["ETag"])
    assert renamed.status_code == 412  # its stages moved it on
    at = f'"{Pipeline.objects.get(name="Partners").version}"'
    renamed = api("PATCH", f"/pipelines/{pipeline['id']}", {"name": "Friends"}, if_match=at)
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Friends")
    assert api("DELETE", f"/pipelines/{pipeline['id']}").status_code == 204


# What a deal needs to go on


def test_a_deal_goes_on_when_what_the_stages_behind_it_ask_for_is_there(shop: Shop) -> None:
    first, demo, proposal, *_ = shop.stages("saas")
    actions.change_stage(actor=shop.actor("ana"), as_of=AT, stage_id=first.pk, needed=["amount"])
    actions.change_stage(actor=shop.actor("ana"), as_of=AT, stage_id=demo.pk, needed=["expected_close_date", "amount"])
    with pytest.raises(BadInput):
        actions.change_stage(actor=SYSTEM, as_of=AT, stage_id=demo.pk, needed=["luck"])
    deal, rosa = deal_of(shop, "rosa"), shop.actor("rosa")
    with pytest.raises(LacksFields, match=r"Missing: Amount, Expected to close\.") as refused:
        actions.move_deal(actor=rosa, as_of=AT, deal_id=deal.pk, stage_id=proposal.pk)
    assert list(refused.value.fields) == ["amount", "expected_close_date"]
    with pytest.raises(LacksFields):
        actions.win_deal(actor=rosa, as_of=AT, deal_id=deal.pk)
    moved = actions.move_deal(
        actor=rosa, as_of=AT, deal_id=deal.pk, stage_id=demo.pk, filling={"amount": Money.of(100, "EUR")}
    )
    assert (moved.stage_id, moved.amount) == (demo.pk, Money.of(100, "EUR"))
    actions.move_deal(actor=rosa, as_of=AT, deal_id=deal.pk, stage_id=first.pk)  # going back is always allowed
    actions.lose_deal(actor=rosa, as_of=AT, deal_id=deal.pk, reason="price")  # and so is losing


@pytest.mark.usefixtures("today")
def test_a_refused_move_offers_the_form_of_what_is_missing_and_then_moves(shop: Shop, enter: Enter) -> None:
    first, demo, *_ = shop.stages("saas")
    actions.change_stage(actor=SYSTEM, as_of=AT, stage_id=first.pk, needed=["company", "amount"])
    deal, rosa = deal_of(shop, "rosa"), enter("rosa")
    address, to = f"/deals/{deal.ref}/stage", {"stage": str(demo.ref), "version": deal.version}
    board = rosa.post(address, to, headers={"hx-request": "true"})
    assert (board.status_code, board["x-dialog"]) == (409, f"?stage={demo.ref}")
    assert "this is needed: Company, Amount" in text_of(rosa.get(address + board["x-dialog"]))
    asked = rosa.post(address, to)
    assert (asked.status_code, 'name="company"' in asked.content.decode()) == (422, True)
    sent = to | {"company": "Acme", "amount_0": "1200", "amount_1": "EUR"}
    assert rosa.post(address, sent).status_code == 302
    deal.refresh_from_db()
    assert (deal.stage_id, deal.company_id, deal.amount) == (demo.pk, shop.acme.pk, Money.of(1200, "EUR"))


def test_programs_are_told_what_a_deal_lacks(shop: Shop, api: Api) -> None:
    first, demo, *_ = shop.stages("saas")
    actions.change_stage(actor=SYSTEM, as_of=AT, stage_id=first.pk, needed=["amount"])
    refused = api("POST", f"/deals/{deal_of(shop).ref}/stage", {"stage_id": str(demo.ref)})
    assert (refused.status_code, refused.json()["code"]) == (409, "deal.lacks_fields")
    assert list(refused.json()["fields"]) == ["amount"]
