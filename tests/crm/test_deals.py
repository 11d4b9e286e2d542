"""Deals: opened, moved, won, lost and reopened; refused without a trace."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from caudal.core.errors import Problem
from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import CloseDraft, DealDraft, StageStep
from caudal.crm.actions.checking import OwnerOutOfReach
from caudal.crm.actions.closing import AlreadyClosed, BackInTime, NotClosed
from caudal.crm.actions.routes import StageOfAnotherPipeline
from caudal.crm.models import Deal, DealClose, StageStay
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.failpoints import FailpointError, armed
from caudal.kit.models import RecordedFactRow
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import new_id
from tests.world import AT, Shop

DAY = timedelta(days=1)


def opened(shop: Shop, who: str = "rosa", name: str = "Acme on Professional") -> Deal:
    draft = DealDraft(
        name=name,
        opened_at=AT,
        company_id=shop.acme.pk,
        product_id=shop.products["professional"].pk,
        amount=Money.of("1188", "EUR"),
    )
    return actions.open_deal(actor=shop.actor(who), as_of=AT, deal=draft)


def test_a_deal_takes_the_pipeline_of_its_products_pillar_and_its_first_stage(shop: Shop) -> None:
    deal = opened(shop)
    assert (deal.pipeline, deal.stage.name) == (shop.pipelines["saas"], "Qualification")
    assert list(deal.stays.values_list("stage__name", "entered_at", "left_at")) == [("Qualification", AT, None)]


def test_what_a_rep_opens_without_an_owner_is_the_reps(shop: Shop) -> None:
    assert opened(shop, "rosa").owner_id == shop.rosa.pk
    assert opened(shop, "ana").owner_id is None


def test_moving_a_deal_ends_one_stay_and_begins_the_next(shop: Shop) -> None:
    deal = opened(shop)
    demo = shop.stages("saas")[1]
    moved = actions.move_deal(actor=shop.actor("rosa"), as_of=AT + 3 * DAY, deal_id=deal.pk, stage_id=demo.pk)
    assert (moved.stage, moved.version) == (demo, 2)
    assert list(moved.stays.order_by("entered_at").values_list("stage__name", "entered_at", "left_at")) == [
        ("Qualification", AT, AT + 3 * DAY),
        ("Demo", AT + 3 * DAY, None),
    ]
    told = timeline(deal.ref)[0]
    assert (told.name, told.data["stage_name_before"], told.data["stage_name"]) == (
        "crm.deal_moved",
        "Qualification",
        "Demo",
    )


def test_moving_a_deal_to_where_it_is_is_no_news(shop: Shop) -> None:
    deal = opened(shop)
    same = actions.move_deal(actor=shop.actor("rosa"), as_of=AT + DAY, deal_id=deal.pk, stage_id=deal.stage_id)
    assert same.version == 1
    assert [fact.name for fact in timeline(deal.ref)] == ["crm.deal_opened"]


def test_winning_a_deal_is_a_row_and_a_fact_with_its_amount(shop: Shop) -> None:
    deal = opened(shop)
    won = actions.win_deal(
        actor=shop.actor("rosa"), as_of=AT + 9 * DAY, deal_id=deal.pk, reason="value", note="Eva signs"
    )
    assert (won.close.outcome, won.close.closed_at, won.close.closed_by) == (
        "won",
        AT + 9 * DAY,
        f"{shop.rosa.ref}",
    )
    assert not StageStay.objects.filter(deal=deal, left_at=None).exists()
    told = timeline(deal.ref)[0]
    assert (told.name, told.data) == (
        "crm.deal_won",
        {"amount": {"amount": "1188.00", "currency": "EUR"}, "reason": "value"},
    )
    # What somebody wrote may speak of people, and is sealed.
    assert told.personal == {"note": [None, "Eva signs"]}
    assert told in timeline(shop.acme.ref)


def test_a_deal_is_closed_once(shop: Shop) -> None:
    deal = opened(shop)
    actions.lose_deal(actor=SYSTEM, as_of=AT + DAY, deal_id=deal.pk, reason="price")
    before = business_digest()
    for again in (actions.win_deal, actions.lose_deal):
        with pytest.raises(AlreadyClosed, match=r"closed as lost on 2026-03-03\. Reopen it") as refused:
            again(actor=SYSTEM, as_of=AT + 2 * DAY, deal_id=deal.pk)
        assert refused.value.status == 409
    with pytest.raises(AlreadyClosed):
        actions.move_deal(actor=SYSTEM, as_of=AT + 2 * DAY, deal_id=deal.pk, stage_id=shop.stages("saas")[2].pk)
    assert business_digest() == before


def test_reopening_keeps_what_happened_in_the_facts(shop: Shop) -> None:
    deal = opened(shop)
    actions.lose_deal(actor=SYSTEM, as_of=AT + DAY, deal_id=deal.pk, reason="timing")
    again = actions.reopen_deal(actor=SYSTEM, as_of=AT + 30 * DAY, deal_id=deal.pk)
    assert not DealClose.objects.filter(deal=deal).exists()
    # Lost on day 1, open again from day 30: 29 days in no stage.
    assert list(again.stays.order_by("entered_at").values_list("entered_at", "left_at")) == [
        (AT, AT + DAY),
        (AT + 30 * DAY, None),
    ]
    told = timeline(deal.ref)[0]
    assert (told.name, told.data["outcome_before"], told.data["reason_before"]) == (
        "crm.deal_reopened",
        "lost",
        "timing",
    )
    with pytest.raises(NotClosed):
        actions.reopen_deal(actor=SYSTEM, as_of=AT + 31 * DAY, deal_id=deal.pk)


def test_changing_a_deal_tells_every_field_before_and_after(shop: Shop) -> None:
    deal = opened(shop)
    changed = actions.change_deal(
        actor=shop.actor("rosa"), as_of=AT + DAY, deal_id=deal.pk, amount=None, name="Acme, 12 months"
    )
    assert (changed.amount, changed.name, changed.version) == (None, "Acme, 12 months", 2)
    assert Deal.objects.get(pk=deal.pk).amount is None
    told = timeline(deal.ref)[0]
    assert told.data["changes"] == {"amount": [{"amount": "1188.00", "currency": "EUR"}, None]}
    assert told.personal == {"name": ["Acme on Professional", "Acme, 12 months"]}


def test_a_change_from_an_older_version_is_refused(shop: Shop) -> None:
    deal = opened(shop)
    actions.change_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, expected_version=1, name="First")
    before = business_digest()
    for late in (
        lambda: actions.change_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, expected_version=1, name="Second"),
        lambda: actions.win_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, expected_version=1),
        lambda: actions.delete_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, expected_version=1),
        lambda: actions.move_deal(
            actor=SYSTEM, as_of=AT, deal_id=deal.pk, expected_version=1, stage_id=shop.stages("saas")[1].pk
        ),
    ):
        with pytest.raises(VersionConflict, match="at version 2, you had version 1"):
            late()
    assert business_digest() == before


def test_what_cannot_be_leaves_every_business_table_as_it_was(shop: Shop) -> None:
    deal = opened(shop)
    rosa = shop.actor("rosa")
    pilot = shop.stages("documents")[1].pk
    qualification, demo = (stage.pk for stage in shop.stages("saas")[:2])
    globex_deal = opened(shop, "raul").pk
    backwards = (StageStep(stage_id=qualification, entered_at=AT), StageStep(stage_id=demo, entered_at=AT - DAY))
    mixed = (StageStep(stage_id=qualification, entered_at=AT), StageStep(stage_id=pilot, entered_at=AT))
    before, facts = business_digest(), RecordedFactRow.objects.count()

    def refuse(problem: type[Problem], draft: DealDraft) -> Problem:
        with pytest.raises(problem) as refused:
            actions.open_deals(actor=rosa, as_of=AT, deals=[DealDraft(name="Fine", opened_at=AT), draft])
        return refused.value

    assert refuse(BadInput, DealDraft(name=" ", opened_at=AT)).fields == {"1.name": "This needs a name."}
    assert "1.name" in refuse(BadInput, DealDraft(name="x" * 201, opened_at=AT)).fields
    assert "1.name" in refuse(BadInput, DealDraft(name="x\0", opened_at=AT)).fields
    assert "1.amount" in refuse(BadInput, DealDraft(name="x", opened_at=AT, amount=Money.of(-1, "EUR"))).fields
    assert "1.amount" in refuse(BadInput, DealDraft(name="x", opened_at=AT, amount=Money.of(10**18, "EUR"))).fields
    assert "1.stages" in refuse(BadInput, DealDraft(name="x", opened_at=AT, stages=backwards)).fields
    early = CloseDraft(outcome="won", closed_at=AT - DAY)
    assert "1.stages" in refuse(BadInput, DealDraft(name="x", opened_at=AT, close=early)).fields
    odd = CloseDraft(outcome="maybe", closed_at=AT)
    assert "1.close.outcome" in refuse(BadInput, DealDraft(name="x", opened_at=AT, close=odd)).fields
    assert refuse(StageOfAnotherPipeline, DealDraft(name="x", opened_at=AT, stages=mixed)).status == 409
    refuse(NotFound, DealDraft(name="x", opened_at=AT, company_id=new_id()))
    refuse(NotFound, DealDraft(name="x", opened_at=AT, pipeline_id=new_id()))
    refuse(OwnerOutOfReach, DealDraft(name="x", opened_at=AT, owner_id=shop.raul.pk))
    with pytest.raises(StageOfAnotherPipeline, match="“Pilot” is a stage of the pipeline Bulk documents"):
        actions.move_deal(actor=rosa, as_of=AT, deal_id=deal.pk, stage_id=pilot)
    with pytest.raises(BackInTime):
        actions.win_deal(actor=rosa, as_of=AT - DAY, deal_id=deal.pk)
    with pytest.raises(OwnerOutOfReach):
        actions.change_deal(actor=rosa, as_of=AT, deal_id=deal.pk, owner_id=shop.raul.pk)
    with pytest.raises(NotFound, match="that you may see"):
        actions.win_deal(actor=rosa, as_of=AT, deal_id=globex_deal)
    assert (business_digest(), RecordedFactRow.objects.count()) == (before, facts)


def test_dying_between_the_deals_and_their_stays_leaves_neither(shop: Shop) -> None:
    before = business_digest()
    with armed("crm.after_deal"), pytest.raises(FailpointError):
        opened(shop)
    assert business_digest() == before


def test_a_deleted_deal_is_gone_for_everybody(shop: Shop) -> None:
    deal = opened(shop)
    actions.delete_deal(actor=shop.actor("rosa"), as_of=AT, deal_id=deal.pk)
    assert not Deal.for_actor(SYSTEM).exists()
    with pytest.raises(NotFound):
        actions.win_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk)
    assert timeline(deal.ref)[0].name == "crm.deal_deleted"


def test_the_database_itself_refuses_a_second_open_stay_and_a_stay_that_ends_before_it_begins(shop: Shop) -> None:
    deal = opened(shop)

    def stay(**values: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            StageStay.objects.create(deal=deal, stage=deal.stage, **values)

    stay(entered_at=AT)
    stay(entered_at=AT, left_at=AT - DAY)


def test_history_of_another_system_is_told_on_its_own_days(shop: Shop) -> None:
    first, second, *_ = shop.stages("saas")
    draft = DealDraft(
        name="Old",
        opened_at=AT - 50 * DAY,
        stages=(
            StageStep(stage_id=first.pk, entered_at=AT - 50 * DAY),
            StageStep(stage_id=second.pk, entered_at=AT - 20 * DAY),
        ),
        close=CloseDraft(outcome="lost", closed_at=AT - 5 * DAY, reason="no_budget"),
    )
    deal = actions.open_deal(actor=SYSTEM, as_of=AT, deal=draft)
    assert [(fact.name, (fact.occurred_at - AT).days) for fact in timeline(deal.ref)] == [
        ("crm.deal_lost", -5),
        ("crm.deal_moved", -20),
        ("crm.deal_opened", -50),
    ]
    assert deal.stage == second


def test_a_deal_may_begin_on_a_day_that_nobody_knows(shop: Shop) -> None:
    deal = actions.open_deal(actor=SYSTEM, as_of=AT, deal=DealDraft(name="Found in a file", opened_at=None))
    assert deal.opened_at is None
    assert deal.stays.get().entered_at == AT
    assert deal.pipeline == shop.pipelines["courses"]  # the first, as nothing says otherwise


def test_a_pillar_chooses_the_pipeline(shop: Shop) -> None:
    draft = DealDraft(name="Contracts", opened_at=AT, pillar_id=shop.pillars["documents"].pk)
    assert actions.open_deal(actor=SYSTEM, as_of=AT, deal=draft).stage.name == "Discovery"


def test_many_deals_come_back_in_the_order_given(shop: Shop) -> None:
    drafts = [DealDraft(name=f"Deal {n}", opened_at=AT) for n in range(30)]
    made = actions.open_deals(actor=shop.actor("ana"), as_of=AT, deals=drafts)
    assert [deal.name for deal in made] == [draft.name for draft in drafts]
    assert actions.open_deals(actor=SYSTEM, as_of=AT, deals=[]) == []
