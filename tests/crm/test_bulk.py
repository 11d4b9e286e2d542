"""Many at once leave what one by one leaves: the same rows, the same facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import CloseDraft, DealDraft, LeadDraft, StageStep
from caudal.crm.models import Deal, DealClose, Lead, StageStay
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import timeline
from tests.world import AT, Shop, open_shop

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Story:
    """A deal's life: how many days it stayed in each of the stages it walked through, and how it ended."""

    name: str
    walked: tuple[tuple[int, int], ...]
    outcome: str
    cents: int | None


stories = st.lists(
    st.builds(
        Story,
        name=st.sampled_from(["Café", "Acme", "Ñandú"]),
        walked=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), min_size=1, max_size=5).map(
            # One stage twice in a row is one stay.
            lambda steps: tuple(step for n, step in enumerate(steps) if n == 0 or step[0] != steps[n - 1][0])
        ),
        outcome=st.sampled_from(["", "won", "lost"]),
        cents=st.none() | st.integers(0, 10**9),
    ),
    max_size=6,
)


class TestBulk(TestCase):
    """Each example in a transaction of its own."""

    @given(stories=stories)
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_deals_with_a_history_are_those_that_lived_it(self, stories: list[Story]) -> None:
        shop = open_shop()
        stages = [stage.pk for stage in shop.stages("saas")]
        bulk = actions.open_deals(actor=SYSTEM, as_of=AT, deals=[draft(story, stages) for story in stories])
        lived = [live(story, stages, shop) for story in stories]
        assert [told(deal) for deal in bulk] == [told(deal) for deal in lived]

    @given(addresses=st.lists(st.sampled_from([None, "a@x.example", "B@x.example", "b@x.example"]), max_size=8))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_leads_captured_at_once_are_those_captured_in_turn(self, addresses: list[str | None]) -> None:
        drafts = [
            LeadDraft(name=f"L{n}", email=address, captured_at=AT + n * DAY) for n, address in enumerate(addresses)
        ]
        together = actions.capture_leads(actor=SYSTEM, as_of=AT, leads=drafts)
        first = [(each.is_new, each.lead.name, news_of(each.lead)) for each in together]
        Lead.objects.all().delete()
        in_turn = [actions.capture_lead(actor=SYSTEM, as_of=AT, lead=lead) for lead in drafts]
        assert [(each.is_new, each.lead.name, news_of(each.lead)) for each in in_turn] == first


def draft(story: Story, stages: Sequence[Any]) -> DealDraft:
    at, steps = AT, []
    for place, days in story.walked:
        steps.append(StageStep(stage_id=stages[place], entered_at=at))
        at += days * DAY
    return DealDraft(
        name=story.name,
        opened_at=AT,
        amount=None if story.cents is None else Money.of(story.cents, "JPY"),
        stages=tuple(steps),
        close=CloseDraft(outcome=story.outcome, closed_at=at, reason="value", note="n") if story.outcome else None,
    )


def live(story: Story, stages: Sequence[Any], shop: Shop) -> Deal:
    assert shop.settings.name
    whole = draft(story, stages)
    deal = actions.open_deal(
        actor=SYSTEM,
        as_of=AT,
        deal=DealDraft(name=whole.name, opened_at=AT, amount=whole.amount, stages=whole.stages[:1]),
    )
    for step in whole.stages[1:]:
        actions.move_deal(actor=SYSTEM, as_of=step.entered_at, deal_id=deal.pk, stage_id=step.stage_id)
    if whole.close:
        actions.close_deal(
            actor=SYSTEM,
            as_of=whole.close.closed_at,
            deal_id=deal.pk,
            outcome=whole.close.outcome,
            reason=whole.close.reason,
            note=whole.close.note,
        )
    return Deal.objects.get(pk=deal.pk)


def told(deal: Deal) -> dict[str, Any]:
    """Everything about a deal but its id, its version and its stamps."""
    return {
        "row": (deal.name, deal.name_key, deal.stage_id, deal.pipeline_id, deal.amount, deal.opened_at),
        "stays": list(
            StageStay.objects.filter(deal=deal)
            .order_by("entered_at", "left_at", "stage__position")
            .values_list("stage_id", "entered_at", "left_at")
        ),
        "close": list(DealClose.objects.filter(deal=deal).values_list("outcome", "reason", "note", "closed_at")),
        "facts": news_of(deal),
    }


def news_of(row: Deal | Lead) -> list[Any]:
    facts = sorted(timeline(row.ref), key=lambda fact: fact.sequence)
    return [(fact.name, fact.occurred_at, fact.data, fact.personal) for fact in facts]
