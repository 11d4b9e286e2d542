"""Companies and people: added, changed, taken out when nobody needs them."""

import pytest

from caudal.crm import actions, queries
from caudal.crm.actions import CompanyDraft, DealDraft, PersonDraft
from caudal.crm.actions.parties import InsideItself, InUse
from caudal.crm.models import Company
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from tests.world import AT, Shop


def test_a_company_is_found_by_its_name_in_any_spelling(shop: Shop) -> None:
    nandu = actions.add_company(actor=SYSTEM, as_of=AT, company=CompanyDraft(name="  Peluquería   Ñandú "))
    assert nandu.name == "Peluquería Ñandú"
    assert list(queries.companies_named(shop.actor("rosa"), {"PELUQUERIA NANDU"})) == [nandu]
    assert queries.companies(shop.actor("rosa"), text="ñandu").rows == [nandu]
    actions.change_company(actor=SYSTEM, as_of=AT, company_id=nandu.pk, name="Avestruz")
    assert not queries.companies_named(SYSTEM, {"Peluquería Ñandú"}).exists()
    assert queries.companies_named(SYSTEM, {"avestruz"}).get() == nandu


def test_a_company_is_not_part_of_itself_however_far_down(shop: Shop) -> None:
    down = actions.add_company(actor=SYSTEM, as_of=AT, company=CompanyDraft(name="Down", parent_id=shop.acme.pk))
    further = actions.add_company(actor=SYSTEM, as_of=AT, company=CompanyDraft(name="Further", parent_id=down.pk))
    before = business_digest()
    for below in (shop.acme, down, further):
        with pytest.raises(InsideItself):
            actions.change_company(actor=SYSTEM, as_of=AT, company_id=shop.acme.pk, parent_id=below.pk)
    assert business_digest() == before


def test_a_company_that_others_name_stays(shop: Shop) -> None:
    eva = actions.add_person(actor=SYSTEM, as_of=AT, person=PersonDraft(name="Eva", company_id=shop.acme.pk))
    actions.open_deal(
        actor=SYSTEM, as_of=AT, deal=DealDraft(name="x", opened_at=AT, company_id=shop.acme.pk, person_id=eva.pk)
    )
    before = business_digest()
    with pytest.raises(InUse, match="Acme is named by 2 others: people, deals"):
        actions.delete_company(actor=SYSTEM, as_of=AT, company_id=shop.acme.pk)
    with pytest.raises(InUse, match="Eva is named by 1 others: deals"):
        actions.delete_person(actor=SYSTEM, as_of=AT, person_id=eva.pk)
    assert business_digest() == before
    actions.delete_company(actor=SYSTEM, as_of=AT, company_id=shop.globex.pk)
    assert not Company.for_actor(SYSTEM).filter(pk=shop.globex.pk).exists()


def test_a_person_is_told_of_in_the_timeline_of_the_company_but_not_by_name_in_plain(shop: Shop) -> None:
    eva = actions.add_person(
        actor=SYSTEM,
        as_of=AT,
        person=PersonDraft(name="", given_name="Eva", family_name="Sanz", company_id=shop.acme.pk),
    )
    assert eva.name == "Eva Sanz"
    actions.change_person(actor=SYSTEM, as_of=AT, person_id=eva.pk, job_title="Head", email="EVA@acme.example")
    changed, added, *_ = timeline(shop.acme.ref)
    assert (added.name, added.subject) == ("crm.person_added", eva.ref)
    assert "Eva" not in str(added.data)
    assert changed.personal == {"job_title": ["", "Head"], "email": [None, "eva@acme.example"]}


def test_every_row_that_is_wrong_is_named_at_once(shop: Shop) -> None:
    drafts = [CompanyDraft(name="Fine"), CompanyDraft(name=""), CompanyDraft(name="x", sector="s" * 81, employees=-1)]
    with pytest.raises(BadInput) as refused:
        actions.add_companies(actor=shop.actor("ana"), as_of=AT, companies=drafts)
    assert list(refused.value.fields) == ["1.name", "2.sector", "2.employees"]
    assert Company.objects.count() == 2
