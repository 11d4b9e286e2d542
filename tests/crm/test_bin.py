"""The recycle bin: what was deleted comes back as it was, for thirty days and to those who may delete."""

from datetime import timedelta
from typing import Any

import pytest

from caudal.crm import actions, queries
from caudal.crm.actions.restoring import LeadCameBack, NeedsAnother
from caudal.crm.models import Company, Deal, Lead
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.records import NotFound
from caudal.workspace.queries import actor_of_member
from tests.crm.browsing import Enter, deal_of
from tests.world import AT, Shop

DAY = timedelta(days=1)


def made_deal(shop: Shop, **more: Any) -> Deal:
    return deal_of(shop, name="Acme, 200 seats", **more)


def test_a_deleted_deal_comes_back_with_its_stage_its_stays_and_its_numbers(shop: Shop) -> None:
    deal = made_deal(shop, company_id=shop.acme.pk)
    before = queries.totals_of(actor_of_member(shop.rosa))
    rosa = actor_of_member(shop.rosa)
    actions.delete_deal(actor=rosa, as_of=AT, deal_id=deal.pk)
    assert queries.totals_of(rosa).count == before.count - 1
    assert [row.pk for row in queries.binned(rosa, "deal", as_of=AT).rows] == [deal.pk]
    back = actions.restore_record(actor=rosa, as_of=AT + DAY, ref=deal.ref)
    assert (back.version, back.deleted_at, back.deleted_by) == (3, None, None)
    assert queries.totals_of(rosa) == before
    assert queries.stays(deal)
    assert timeline(deal.ref)[-1].name == "crm.record_restored" or {fact.name for fact in timeline(deal.ref)} >= {
        "crm.deal_deleted",
        "crm.record_restored",
    }
    assert not queries.binned(rosa, "deal", as_of=AT).rows


def test_after_thirty_days_the_bin_lets_go(shop: Shop) -> None:
    deal = made_deal(shop)
    actions.delete_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk)
    last = AT + 30 * DAY
    assert queries.binned(SYSTEM, "deal", as_of=last).rows
    assert actions.empty_bin(as_of=last) == 0
    late = last + timedelta(microseconds=1)
    assert not queries.binned(SYSTEM, "deal", as_of=late).rows
    with pytest.raises(NotFound):
        actions.restore_record(actor=SYSTEM, as_of=late, ref=deal.ref)
    assert actions.empty_bin(as_of=late) == 1
    assert not Deal.objects.filter(pk=deal.pk).exists()
    assert {fact.name for fact in timeline(deal.ref)} >= {"crm.deal_opened", "crm.deal_deleted"}


def test_the_bin_keeps_what_others_still_name(shop: Shop) -> None:
    deal = made_deal(shop, company_id=shop.acme.pk)
    actions.delete_deal(actor=SYSTEM, as_of=AT + DAY, deal_id=deal.pk)
    actions.delete_company(actor=SYSTEM, as_of=AT + DAY, company_id=shop.acme.pk)
    Deal.objects.filter(pk=deal.pk).update(deleted_at=AT + 40 * DAY)
    assert actions.empty_bin(as_of=AT + 60 * DAY) == 0
    assert Company.objects.filter(pk=shop.acme.pk).exists()
    assert actions.empty_bin(as_of=AT + 90 * DAY) == 2


def test_what_belongs_to_something_deleted_waits_for_it(shop: Shop) -> None:
    deal = made_deal(shop, company_id=shop.acme.pk)
    actions.delete_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk)
    actions.delete_company(actor=SYSTEM, as_of=AT, company_id=shop.acme.pk)
    with pytest.raises(NeedsAnother, match="Acme"):
        actions.restore_record(actor=SYSTEM, as_of=AT, ref=deal.ref)
    actions.restore_record(actor=SYSTEM, as_of=AT, ref=shop.acme.ref)
    actions.restore_record(actor=SYSTEM, as_of=AT, ref=deal.ref)
    assert queries.deal(SYSTEM, deal.pk).company_id == shop.acme.pk


def capture(name: str) -> Lead:
    draft = actions.LeadDraft(name=name, email="eva@example.com", captured_at=AT)
    return actions.capture_lead(actor=SYSTEM, as_of=AT, lead=draft).lead


def test_a_lead_is_the_open_one_of_its_address_again_unless_it_came_back(shop: Shop) -> None:
    first = capture("Eva")
    actions.delete_lead(actor=SYSTEM, as_of=AT, lead_id=first.pk)
    again = capture("Eva again")
    assert again.pk != first.pk
    before = business_digest()
    with pytest.raises(LeadCameBack):
        actions.restore_record(actor=SYSTEM, as_of=AT, ref=first.ref)
    assert business_digest() == before
    actions.delete_lead(actor=SYSTEM, as_of=AT, lead_id=again.pk)
    actions.restore_record(actor=SYSTEM, as_of=AT, ref=first.ref)
    assert capture("Eva once more").pk == first.pk


def test_the_bin_of_another_is_empty_and_gives_nothing(shop: Shop) -> None:
    deal = made_deal(shop)
    actions.delete_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk)
    raul, marta = actor_of_member(shop.raul), actor_of_member(shop.marta)
    assert not queries.binned(raul, "deal", as_of=AT).rows
    with pytest.raises(NotFound):
        actions.restore_record(actor=raul, as_of=AT, ref=deal.ref)
    # Rosa is of Marta's team.
    assert [row.pk for row in queries.binned(marta, "deal", as_of=AT).rows] == [deal.pk]


def test_the_page_lists_and_restores(shop: Shop, enter: Enter, today: object) -> None:
    deal = made_deal(shop)
    page = enter("rosa")
    page.post(f"/deals/{deal.ref}/deletion")
    assert "Acme, 200 seats" in page.get("/bin").content.decode()
    answer = page.post(f"/bin/{deal.ref}/restoration", follow=True)
    assert "Restored: Acme, 200 seats" in answer.content.decode()
    assert "Nothing of this kind was deleted" in page.get("/bin?kind=lead").content.decode()
    assert page.get("/bin?kind=invoice").status_code == 404


def test_programs_list_and_restore(shop: Shop, enter: Enter, today: object) -> None:
    deal = made_deal(shop)
    actions.delete_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk)
    client = enter("rosa")
    listed = client.get("/api/v1/bin?kind=deal").json()
    assert [each["id"] for each in listed["items"]] == [str(deal.ref)]
    back = client.post(f"/api/v1/bin/{deal.ref}/restoration")
    assert (back.status_code, back.json()["version"]) == (200, 3)
    assert client.post(f"/api/v1/bin/{deal.ref}/restoration").status_code == 404
