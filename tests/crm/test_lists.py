"""The board and the lists: what they show, and in how many queries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from caudal.core.money import Money
from caudal.crm import actions, queries
from caudal.crm.actions import CloseDraft, CompanyDraft, DealDraft, LeadDraft, PersonDraft, StageStep
from caudal.crm.models import Deal
from caudal.crm.queries import DealFilters, LeadFilters
from caudal.kit.access import SYSTEM
from caudal.kit.records import NotFound
from caudal.kit.world import new_id
from tests.world import AT, Shop

DAY = timedelta(days=1)


def deal_in(shop: Shop, place: int, *, days: int, amount: Money | None = None, **values: object) -> DealDraft:
    """A deal that came into a stage of the SaaS pipeline some days ago."""
    at = AT - days * DAY
    stage = shop.stages("saas")[place]
    said = {"name": f"Stage {place}, {days} days"} | values
    return DealDraft(opened_at=at, amount=amount, stages=(StageStep(stage_id=stage.pk, entered_at=at),), **said)  # type: ignore[arg-type] # a test's shorthand


def test_the_board_counts_sums_and_marks_what_rots(shop: Shop) -> None:
    euro, dollar = Money.of("100", "EUR"), Money.of("70", "USD")
    actions.open_deals(
        actor=SYSTEM,
        as_of=AT,
        deals=[
            deal_in(shop, 0, days=3, amount=euro),
            deal_in(shop, 0, days=14, amount=dollar),  # rots after 14 days: not yet
            deal_in(shop, 0, days=15, amount=euro),  # rots
            deal_in(shop, 0, days=90),  # rots, worth nobody knows what
            deal_in(shop, 3, days=11, amount=euro),  # rots after 10
            deal_in(shop, 1, days=1, amount=euro, close=CloseDraft(outcome="won", closed_at=AT)),
        ],
    )
    found = queries.board(SYSTEM, shop.pipelines["saas"].pk, as_of=AT, cards=2)
    assert [(column.stage.name, column.count, column.hidden, column.rotting) for column in found.columns] == [
        ("Qualification", 4, 2, 2),
        ("Demo", 0, 0, 0),
        ("Proposal", 0, 0, 0),
        ("Negotiation", 1, 0, 1),
    ]
    # 100 + 100 euro and 70 dollars, never added to each other.
    assert found.columns[0].totals == (Money.of("200", "EUR"), Money.of("70", "USD"))
    assert [(card.name, card.days_in_stage, card.rotting) for card in found.columns[0].cards] == [
        ("Stage 0, 3 days", 3, False),
        ("Stage 0, 14 days", 14, False),
    ]
    assert [(card.days_in_stage, card.rotting) for card in found.columns[3].cards] == [(11, True)]


def test_the_board_shows_each_reader_their_own(shop: Shop) -> None:
    for who in ("rosa", "raul"):
        actions.open_deal(actor=shop.actor(who), as_of=AT, deal=deal_in(shop, 0, days=1, name=who))
    board_of = {
        who: [
            card.owner for card in queries.board(shop.actor(who), shop.pipelines["saas"].pk, as_of=AT).columns[0].cards
        ]
        for who in ("ana", "marta", "rosa", "raul")
    }
    assert board_of == {"ana": ["Raúl", "Rosa"], "marta": ["Rosa"], "rosa": ["Rosa"], "raul": ["Raúl"]}
    narrowed = queries.board(SYSTEM, shop.pipelines["saas"].pk, as_of=AT, owner_id=shop.raul.pk)
    assert [card.name for card in narrowed.columns[0].cards] == ["raul"]
    with pytest.raises(NotFound):
        queries.board(SYSTEM, new_id(), as_of=AT)


@pytest.mark.parametrize("count", [3, 30])
def test_no_page_asks_more_of_the_database_when_there_is_more_to_show(
    shop: Shop, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    company = actions.add_company(actor=SYSTEM, as_of=AT, company=CompanyDraft(name="Hooli", parent_id=shop.acme.pk))
    people = actions.add_people(
        actor=SYSTEM,
        as_of=AT,
        people=[PersonDraft(name=f"P{n}", company_id=company.pk, owner_id=shop.rosa.pk) for n in range(count)],
    )
    drafts = [
        deal_in(
            shop,
            n % 3,
            days=n,
            company_id=company.pk,
            person_id=person.pk,
            owner_id=shop.rosa.pk,
            product_id=shop.products["professional"].pk,
            close=CloseDraft(outcome="won", closed_at=AT) if n % 2 else None,
        )
        for n, person in enumerate(people)
    ]
    deals = actions.open_deals(actor=SYSTEM, as_of=AT, deals=drafts)
    captures = actions.capture_leads(
        actor=SYSTEM,
        as_of=AT,
        leads=[LeadDraft(name=f"L{n}", captured_at=AT, owner_id=shop.rosa.pk) for n in range(count)],
    )
    actions.convert_leads(
        actor=SYSTEM,
        as_of=AT,
        conversions=[actions.ConversionDraft(lead_id=captures[0].lead.pk, converted_at=AT)],
    )
    marta = shop.actor("marta")
    # Outside of a request every list reads the definitions of fields once.
    budgets: list[tuple[int, Callable[[], object]]] = [
        (4, lambda: queries.board(marta, shop.pipelines["saas"].pk, as_of=AT)),
        (5, lambda: [named(deal) for deal in queries.deals(marta).rows]),
        (1, lambda: queries.totals_of(marta)),
        (2, lambda: [(lead.owner, getattr(lead, "conversion", None)) for lead in queries.leads(marta).rows]),
        (2, lambda: [(each.owner, each.parent) for each in queries.companies(marta).rows]),
        (2, lambda: [(each.owner, each.company) for each in queries.people(marta).rows]),
        (2, lambda: [named(deal := queries.deal(marta, deals[0].pk)), queries.stays(deal)]),
        (2, lambda: queries.stages_of(marta, *queries.pipelines(marta))),
    ]
    for budget, read in budgets:
        with django_assert_num_queries(budget):
            read()


def named(deal: Deal) -> tuple[object, ...]:
    return deal.company, deal.person, deal.stage, deal.pipeline, deal.owner, deal.product, getattr(deal, "close", None)


def test_filters_of_deals_narrow_to_what_they_say(shop: Shop) -> None:
    noon = AT + timedelta(hours=3)
    actions.open_deals(
        actor=SYSTEM,
        as_of=AT,
        deals=[
            deal_in(shop, 0, days=5, name="Café", owner_id=shop.rosa.pk, company_id=shop.globex.pk),
            deal_in(shop, 1, days=4, name="Won", close=CloseDraft(outcome="won", closed_at=AT - DAY)),
            deal_in(shop, 1, days=4, name="Lost", close=CloseDraft(outcome="lost", closed_at=noon)),
            DealDraft(name="Course", opened_at=AT, product_id=shop.products["course"].pk),
        ],
    )

    def found(**filters: object) -> set[str]:
        return {deal.name for deal in queries.deals(SYSTEM, DealFilters(**filters)).rows}  # type: ignore[arg-type] # a test's shorthand

    assert found() == {"Café", "Won", "Lost", "Course"}
    assert found(state="open") == {"Café", "Course"}
    assert found(state="won") == {"Won"}
    assert found(text="CAFE") == {"Café"}
    assert found(text="globex") == {"Café"}
    assert found(pipeline_id=shop.pipelines["saas"].pk, state="open") == {"Café"}
    assert found(stage_id=shop.stages("saas")[1].pk) == {"Won", "Lost"}
    assert found(owner_id=shop.rosa.pk) == {"Café"}
    assert found(product_id=shop.products["course"].pk) == {"Course"}
    assert found(closed_from=AT.date()) == {"Lost"}
    assert found(closed_before=AT.date()) == {"Won"}
    assert queries.totals_of(SYSTEM, DealFilters(state="open")).count == 2


def test_filters_of_leads_narrow_to_what_they_say(shop: Shop) -> None:
    drafts = [
        LeadDraft(name="Eva", email="eva@acme.example", channel="Fair", captured_at=AT, owner_id=shop.rosa.pk),
        LeadDraft(name="Leo", company_name="Hooli", captured_at=AT, pillar_id=shop.pillars["saas"].pk),
        LeadDraft(name="Zoe", captured_at=AT),
    ]
    _, leo, zoe = (each.lead.pk for each in actions.capture_leads(actor=SYSTEM, as_of=AT, leads=drafts))
    actions.convert_lead(actor=SYSTEM, as_of=AT, conversion=actions.ConversionDraft(lead_id=leo, converted_at=AT))
    actions.disqualify_lead(actor=SYSTEM, as_of=AT, lead_id=zoe, reason="spam")

    def found(**filters: object) -> set[str]:
        return {lead.name for lead in queries.leads(SYSTEM, LeadFilters(**filters)).rows}  # type: ignore[arg-type] # a test's shorthand

    assert found(state="open") == {"Eva"}
    assert found(state="converted") == {"Leo"}
    assert found(state="disqualified") == {"Zoe"}
    assert found(text="hoo") == {"Leo"}
    assert found(text="acme.ex") == {"Eva"}
    assert found(channel="Fair") == {"Eva"}
    assert found(unowned=True) == {"Leo", "Zoe"}
    assert found(pillar_id=shop.pillars["saas"].pk) == {"Leo"}
