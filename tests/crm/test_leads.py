"""Leads: captured once per person, converted into what they become, given up with a reason."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from caudal.crm import actions
from caudal.crm.actions import Capture, ConversionDraft, DealDraft, DisqualificationDraft, LeadDraft
from caudal.crm.actions.checking import OwnerOutOfReach
from caudal.crm.actions.leads import LeadClosed, LeadOfAnother
from caudal.crm.models import Company, Deal, Lead, Person
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from tests.together import together
from tests.world import AT, Shop

DAY = timedelta(days=1)


def captured(shop: Shop, who: str = "ana", email: str | None = "eva@acme.example", **values: Any) -> Capture:
    said: dict[str, Any] = {"name": "Eva", "channel": "Webinar", "captured_at": AT} | values
    return actions.capture_lead(actor=shop.actor(who), as_of=AT, lead=LeadDraft(email=email, **said))


def test_interest_shown_again_touches_the_open_lead_instead_of_making_a_second(shop: Shop) -> None:
    first = captured(shop, email="Eva@Acme.example ")
    again = captured(shop, email="eva@acme.example", channel="Fair")
    assert (first.is_new, again.is_new, again.lead) == (True, False, first.lead)
    assert first.lead.channel == "Webinar"
    assert [(fact.name, fact.data["channel"]) for fact in timeline(first.lead.ref)] == [
        ("crm.lead_touched", "Fair"),
        ("crm.lead_captured", "Webinar"),
    ]


def test_people_without_an_address_are_never_taken_for_each_other(shop: Shop) -> None:
    assert captured(shop, email=None).is_new
    assert captured(shop, email="").is_new


@pytest.mark.usefixtures("shop")
def test_many_at_once_know_each_other_too() -> None:
    drafts = [LeadDraft(name=f"Eva {n}", email=f"eva{n % 3}@acme.example", captured_at=AT + n * DAY) for n in range(9)]
    captures = actions.capture_leads(actor=SYSTEM, as_of=AT, leads=drafts)
    assert [each.is_new for each in captures] == [True] * 3 + [False] * 6
    assert [each.lead.name for each in captures] == ["Eva 0", "Eva 1", "Eva 2"] * 3
    # Captured on day 2, touched on days 5 and 8.
    assert [(fact.occurred_at - AT).days for fact in timeline(captures[2].lead.ref)] == [8, 5, 2]


def test_once_it_is_closed_the_same_person_may_be_a_new_lead(shop: Shop) -> None:
    first = captured(shop).lead
    actions.disqualify_lead(actor=SYSTEM, as_of=AT, lead_id=first.pk, reason="not_now")
    second = captured(shop)
    assert second.is_new
    actions.delete_lead(actor=SYSTEM, as_of=AT, lead_id=second.lead.pk)
    assert captured(shop).is_new


def test_an_open_lead_of_somebody_else_is_not_shown_to_whoever_captures_it_again(shop: Shop) -> None:
    captured(shop, "raul")
    before = business_digest()
    with pytest.raises(LeadOfAnother, match=r"eva@acme\.example, and it belongs to somebody else"):
        captured(shop, "rosa")
    assert business_digest() == before


@pytest.mark.django_db(transaction=True)
def test_those_who_capture_one_person_at_the_same_moment_make_one_lead_and_a_look_before_makes_more() -> None:
    def capture(barrier: Barrier) -> bool:
        barrier.wait()
        draft = LeadDraft(name="Eva", email="eva@acme.example", captured_at=AT)
        return actions.capture_lead(actor=SYSTEM, as_of=AT, lead=draft).is_new

    assert sorted(together(*[capture] * 4)) == [False, False, False, True]
    assert Lead.objects.count() == 1

    def naive(barrier: Barrier) -> None:
        """Look for the person, and capture somebody without an address, whom no constraint knows."""
        with transaction.atomic():
            known = Lead.objects.filter(name="Naive").exists()
            barrier.wait()
            if not known:
                draft = LeadDraft(name="Naive", captured_at=AT)
                actions.capture_lead(actor=SYSTEM, as_of=AT, lead=draft)

    together(naive, naive)
    assert Lead.objects.filter(name="Naive").count() == 2


def test_a_rep_may_take_a_free_lead_but_not_hand_it_to_another(shop: Shop) -> None:
    free = captured(shop, "ana").lead
    with pytest.raises(OwnerOutOfReach):
        actions.change_lead(actor=shop.actor("rosa"), as_of=AT, lead_id=free.pk, owner_id=shop.raul.pk)
    taken = actions.change_lead(actor=shop.actor("rosa"), as_of=AT, lead_id=free.pk, owner_id=shop.rosa.pk)
    assert taken.owner_id == shop.rosa.pk
    with pytest.raises(NotFound):
        actions.change_lead(actor=shop.actor("raul"), as_of=AT, lead_id=free.pk, owner_id=shop.raul.pk)


def test_a_changed_address_is_the_one_that_counts_while_the_lead_is_open(shop: Shop) -> None:
    lead = captured(shop).lead
    actions.change_lead(actor=SYSTEM, as_of=AT, lead_id=lead.pk, email="eva@home.example")
    assert captured(shop, email="eva@acme.example").is_new
    assert not captured(shop, email="eva@home.example").is_new


def test_converting_finds_the_company_and_the_person_that_are_known(shop: Shop) -> None:
    eva = actions.add_person(
        actor=SYSTEM, as_of=AT, person=actions.PersonDraft(name="Eva Sanz", email="eva@acme.example")
    )
    lead = captured(shop, company_name="  ACMÉ ").lead
    conversion = actions.convert_lead(
        actor=SYSTEM,
        as_of=AT + DAY,
        conversion=ConversionDraft(
            lead_id=lead.pk, converted_at=AT + DAY, deal=DealDraft(name="Acme", opened_at=AT + DAY)
        ),
    )
    assert (conversion.company_id, conversion.person_id) == (shop.acme.pk, eva.pk)
    deal = Deal.objects.get()
    assert (deal.company_id, deal.person_id, conversion.deal_id) == (shop.acme.pk, eva.pk, deal.pk)
    told = timeline(deal.ref)[0]
    assert (told.name, told.subject) == ("crm.lead_converted", lead.ref)
    assert told in timeline(shop.acme.ref)
    assert told in timeline(eva.ref)


def test_converting_makes_what_is_not_known_and_takes_owner_and_pillar_from_the_lead(shop: Shop) -> None:
    draft = LeadDraft(
        name="Leo Paz",
        email="leo@initech.example",
        company_name="Initech",
        captured_at=AT,
        owner_id=shop.rosa.pk,
        pillar_id=shop.pillars["documents"].pk,
    )
    lead = actions.capture_lead(actor=SYSTEM, as_of=AT, lead=draft).lead
    conversion = actions.convert_lead(
        actor=shop.actor("rosa"),
        as_of=AT,
        conversion=ConversionDraft(lead_id=lead.pk, converted_at=AT, deal=DealDraft(name="Initech", opened_at=AT)),
    )
    initech, leo, deal = Company.objects.get(name="Initech"), Person.objects.get(), Deal.objects.get()
    assert (conversion.company, conversion.person, conversion.deal) == (initech, leo, deal)
    assert (leo.name, leo.email, leo.company) == ("Leo Paz", "leo@initech.example", initech)
    assert {initech.owner_id, leo.owner_id, deal.owner_id} == {shop.rosa.pk}
    assert deal.pipeline == shop.pipelines["documents"]


@pytest.mark.usefixtures("shop")
def test_many_leads_of_one_company_become_people_of_one_company() -> None:
    drafts = [
        LeadDraft(name=f"P{n}", email=f"p{n}@hooli.example", company_name="Hooli", captured_at=AT) for n in range(4)
    ]
    leads = [each.lead for each in actions.capture_leads(actor=SYSTEM, as_of=AT, leads=drafts)]
    conversions = actions.convert_leads(
        actor=SYSTEM,
        as_of=AT,
        conversions=[ConversionDraft(lead_id=lead.pk, converted_at=AT + n * DAY) for n, lead in enumerate(leads)],
    )
    assert {each.company.name for each in conversions if each.company} == {"Hooli"}
    assert Company.objects.filter(name="Hooli").count() == 1
    assert [each.person.name for each in conversions] == ["P0", "P1", "P2", "P3"]
    assert {each.deal for each in conversions} == {None}
    assert [timeline(lead.ref)[0].occurred_at for lead in leads] == [AT + n * DAY for n in range(4)]
    assert set(Lead.objects.values_list("open_email", "version")) == {(None, 2)}


def test_a_lead_ends_once(shop: Shop) -> None:
    lead = captured(shop).lead
    stale = captured(shop, email="other@acme.example").lead
    actions.disqualify_lead(actor=SYSTEM, as_of=AT, lead_id=lead.pk, reason="spam", note="Sells watches")
    before = business_digest()
    with pytest.raises(LeadClosed, match="was disqualified on 2026-03-02"):
        actions.convert_lead(actor=SYSTEM, as_of=AT, conversion=ConversionDraft(lead_id=lead.pk, converted_at=AT))
    with pytest.raises(LeadClosed):
        actions.disqualify_lead(actor=SYSTEM, as_of=AT, lead_id=lead.pk, reason="spam")
    with pytest.raises(BadInput):
        actions.disqualify_lead(actor=SYSTEM, as_of=AT, lead_id=stale.pk, reason="because")
    with pytest.raises(VersionConflict):
        actions.convert_lead(
            actor=SYSTEM, as_of=AT, conversion=ConversionDraft(lead_id=stale.pk, converted_at=AT), expected_version=7
        )
    assert business_digest() == before
    assert timeline(lead.ref)[0].personal == {"note": [None, "Sells watches"]}


def test_what_says_who_somebody_is_stays_out_of_the_plain_part_of_facts(shop: Shop) -> None:
    lead = captured(shop, email="eva@acme.example", phone="+34 600 100 200", company_name="Acme").lead
    told = timeline(lead.ref, personal=False)[0]
    assert "Eva" not in str(told.data)
    assert "acme.example" not in str(told.data)
    assert "600" not in str(told.data)
    known = timeline(lead.ref)[0].personal or {}
    assert {name: change[1] for name, change in known.items()} == {
        "name": "Eva",
        "email": "eva@acme.example",
        "phone": "+34 600 100 200",
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda: LeadDraft(name="x", email="not an address", captured_at=AT), "email"),
        (lambda: LeadDraft(name="", captured_at=AT), "name"),
        (lambda: LeadDraft(name="x", phone="1" * 41, captured_at=AT), "phone"),
        (lambda: LeadDraft(name="x", channel="a\0", captured_at=AT), "channel"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_field(shop: Shop, wrong: Callable[[], LeadDraft], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        actions.capture_lead(actor=shop.actor("ana"), as_of=AT, lead=wrong())
    assert list(refused.value.fields) == [field]
    assert not Lead.objects.exists()


def test_of_several_with_one_name_or_address_the_oldest_is_meant(shop: Shop) -> None:
    actions.add_company(actor=SYSTEM, as_of=AT + DAY, company=actions.CompanyDraft(name="ACME"))
    older, _ = (
        actions.add_person(
            actor=SYSTEM, as_of=AT + n * DAY, person=actions.PersonDraft(name=f"Eva {n}", email="eva@acme.example")
        )
        for n in range(2)
    )
    lead = captured(shop, company_name="acme").lead
    conversion = actions.convert_lead(
        actor=SYSTEM, as_of=AT, conversion=ConversionDraft(lead_id=lead.pk, converted_at=AT)
    )
    assert (conversion.company_id, conversion.person_id) == (shop.acme.pk, older.pk)


def test_many_leads_are_given_up_together_each_with_its_reason_or_none_of_them(shop: Shop) -> None:
    one, other, ended = (captured(shop, email=f"{name}@acme.example").lead for name in ("one", "other", "ended"))
    actions.disqualify_lead(actor=SYSTEM, as_of=AT, lead_id=ended.pk, reason="spam")
    before = business_digest()
    drafts = [
        DisqualificationDraft(lead_id=other.pk, reason="no_budget"),
        DisqualificationDraft(lead_id=one.pk, reason="not_now", note="After the summer"),
    ]
    with pytest.raises(LeadClosed):
        too_many = [*drafts, DisqualificationDraft(lead_id=ended.pk, reason="spam")]
        actions.disqualify_leads(actor=shop.actor("ana"), as_of=AT, disqualifications=too_many)
    with pytest.raises(BadInput) as refused:
        unclear = [drafts[0], DisqualificationDraft(lead_id=one.pk, reason="because")]
        actions.disqualify_leads(actor=shop.actor("ana"), as_of=AT, disqualifications=unclear)
    assert set(refused.value.fields) == {"1.reason"}
    assert business_digest() == before
    given_up = actions.disqualify_leads(actor=shop.actor("ana"), as_of=AT, disqualifications=drafts)
    assert [lead.pk for lead in given_up] == [other.pk, one.pk]
    assert list(Lead.objects.filter(pk__in=[one.pk, other.pk]).values_list("version", "open_email")) == [(2, None)] * 2
    (told, _) = timeline(one.ref)
    assert (told.name, told.data["reason"]) == ("crm.lead_disqualified", "not_now")
    assert captured(shop, email="one@acme.example").is_new  # the address is free again
