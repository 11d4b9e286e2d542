"""Pipelines: one default for each pillar, with names in the company's language."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from caudal.crm import actions
from caudal.crm.actions import StageDraft
from caudal.crm.models import Pipeline, Stage
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from tests.world import AT, Shop


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
