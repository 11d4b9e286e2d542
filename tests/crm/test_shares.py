"""Sharing single records: what a share opens, to whom, everywhere, and that taking it back works at once."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm import actions, queries
from caudal.crm.actions import bulk
from caudal.crm.actions.bulk import Chosen, Edit, How
from caudal.crm.models import Activity, Company, Deal, Lead
from caudal.insights.queries import measure, question
from caudal.kit.access import Actor, Verb, policies
from caudal.kit.outbox import drain, timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.kit.search.finding import find
from caudal.kit.search.index import HANDLER
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import add_member, attach_file, change_member, detach_file, end_share, share_record
from caudal.workspace.actions.sharing import CannotHold, WithOwner
from caudal.workspace.models import Attachment, Member, Role, Share, Span
from caudal.workspace.queries import actor_of_member
from tests.crm.browsing import NOW, Api, Enter, deal_of, lead_of, text_of
from tests.world import AT, Shop


def hits(actor: Actor, text: str) -> list[str]:
    with use(fixed_world(at=NOW)):
        drain(HANDLER, as_of=NOW)
        return [hit.title for group in find(actor, text) for hit in group.hits]


def seen(actor: Actor, model: Any, verb: Verb = Verb.VIEW, *, at: Any = NOW) -> set[Any]:
    with use(fixed_world(at=at)):
        return set(model.for_actor(actor, verb))


def shared(shop: Shop, record: Ref, holder: Ref, who: str = "rosa", **terms: Any) -> Share:
    return share_record(actor=shop.actor(who), as_of=AT, record=record, holder=holder, **terms)


def attach(actor: Actor, record: Ref, name: str) -> Attachment:
    file = io.BytesIO(b"%PDF-1.7\n" + name.encode())
    size = len(file.getvalue())
    return attach_file(actor=actor, as_of=AT, record=record, name=name, file=file, size_bytes=size)


@pytest.mark.usefixtures("today")
def test_a_share_opens_one_deal_everywhere_and_taking_it_back_closes_it_at_once(shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop, "rosa", name="Quantum seats", amount=Money.of(1200, "EUR"))
    draft = actions.ActivityDraft(
        does="note", subject="They like it", about=(deal.ref,), done=actions.DoneDraft(done_at=AT)
    )
    note = actions.log_activity(actor=shop.actor("rosa"), as_of=AT, activity=draft)
    raul = enter("raul")
    assert raul.get(f"/deals/{deal.ref}").status_code == 404
    share = shared(shop, deal.ref, shop.raul.ref)
    actor = shop.actor("raul")
    assert deal in seen(actor, Deal)
    assert note in seen(actor, Activity)
    assert deal in seen(actor, Deal, Verb.EXPORT)
    assert deal not in seen(actor, Deal, Verb.CHANGE) | seen(actor, Deal, Verb.DELETE)
    assert hits(actor, "quantum") == ["Quantum seats"]
    assert queries.totals_of(actor, queries.DealFilters()).count == 1
    for page in (f"/deals/{deal.ref}", "/deals", f"/deals/board?pipeline={shop.pipelines['saas'].ref}"):
        assert "Quantum seats" in raul.get(page).content.decode(), page
    assert b"Quantum seats" in b"".join(raul.post("/deals/file", {"format": "csv"}))
    assert raul.get(f"/deals/{deal.ref}/edit").status_code == 404
    end_share(actor=shop.actor("rosa"), as_of=NOW, share_id=share.pk)
    assert deal not in seen(actor, Deal)
    assert hits(shop.actor("raul"), "quantum") == []
    assert raul.get(f"/deals/{deal.ref}").status_code == 404
    told = [fact.name for fact in timeline(deal.ref)]
    assert [name for name in told if "share" in name] == ["workspace.share_ended", "workspace.record_shared"]


def test_a_share_counts_in_numbers_like_a_row_of_ones_own(shop: Shop) -> None:
    lead = lead_of(shop, "rosa")
    lead_of(shop, "rosa", email="other@example.com")
    shared(shop, lead.ref, shop.raul.ref)
    for who, count in (("raul", 1), ("rosa", 2)):
        actor = shop.actor(who)
        with use(fixed_world(at=NOW)):
            assert measure(actor, "leads", question(actor, "leads", as_of=NOW)).whole.value == count


def test_a_share_to_change_lets_change_until_its_last_instant_and_never_delete(shop: Shop) -> None:
    lead = lead_of(shop, "rosa")
    shared(shop, lead.ref, shop.raul.ref, may_change=True, ends_at=NOW)
    actor = shop.actor("raul")
    before = NOW - timedelta(seconds=1)
    assert lead in seen(actor, Lead, Verb.CHANGE, at=before) & seen(actor, Lead, at=before)
    assert lead not in seen(actor, Lead, Verb.DELETE, at=before)
    assert lead not in seen(actor, Lead) | seen(actor, Lead, Verb.CHANGE)
    with use(fixed_world(at=before)):
        changed = actions.change_lead(actor=actor, as_of=before, lead_id=lead.pk, phone="600 000 000")
    assert changed.phone
    # What was shared is not passed on, and not given away.
    with pytest.raises(NotFound):
        shared(shop, lead.ref, shop.marta.ref, "raul")
    with use(fixed_world(at=before)), pytest.raises(actions.checking.OwnerStays):
        actions.change_lead(actor=actor, as_of=before, lead_id=lead.pk, owner_id=shop.marta.pk)


@pytest.mark.usefixtures("today")
def test_a_share_to_change_does_not_let_its_holder_take_the_record(shop: Shop, enter: Enter) -> None:
    deal, lead = deal_of(shop, "rosa"), lead_of(shop, "rosa")
    hers = actions.CompanyDraft(name="Hers", owner_id=shop.rosa.pk)
    company = actions.add_company(actor=shop.actor("rosa"), as_of=AT, company=hers)
    eva = actions.PersonDraft(name="Eva", owner_id=shop.rosa.pk)
    [person] = actions.add_people(actor=shop.actor("rosa"), as_of=AT, people=[eva])
    raul, own = enter("raul"), str(shop.raul.ref)
    for row in (deal, lead, company, person):
        shared(shop, row.ref, shop.raul.ref, may_change=True)
        actor = shop.actor("raul")
        change: Any = getattr(actions, f"change_{row.kind}")
        for whose in (shop.raul.pk, None):
            with pytest.raises(actions.checking.OwnerStays):
                change(actor=actor, as_of=NOW, **{f"{row.kind}_id": row.pk, "owner_id": whose})
        chosen = Chosen(type(row).for_actor(actor).filter(pk=row.pk), {})
        edit = Edit(kind=row.kind, how=How.SET, field="owner", value=own)
        refused = bulk.edit_many(actor=actor, as_of=NOW, edit=edit, chosen=chosen)
        assert refused.result == {"refused": 1}
        row.refresh_from_db()
        assert row.owner_id == shop.rosa.pk
    cell = raul.post(f"/deals/{deal.ref}/fields/owner", {"value": str(shop.raul.pk), "version": "1"})
    assert (cell.status_code, "only shared" in text_of(cell)) == (403, True)
    # What nobody owns may be taken, with a share as without one.
    free = lead_of(shop, None, email="free@example.com")
    taken = actions.change_lead(actor=shop.actor("raul"), as_of=NOW, lead_id=free.pk, owner_id=shop.raul.pk)
    assert taken.owner_id == shop.raul.pk


@pytest.mark.usefixtures("today")
def test_a_share_to_change_takes_away_no_files_of_others(shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop, "rosa")
    shared(shop, deal.ref, shop.raul.ref, may_change=True)
    theirs, own = (attach(shop.actor(who), deal.ref, f"{who}.pdf") for who in ("rosa", "raul"))
    page = enter("raul").get(f"/deals/{deal.ref}").content.decode()
    assert (f"/files/{theirs.ref}/removal" in page, f"/files/{own.ref}/removal" in page) == (False, True)
    with pytest.raises(NotFound):
        detach_file(actor=shop.actor("raul"), as_of=NOW, attachment_id=theirs.pk)
    detach_file(actor=shop.actor("raul"), as_of=NOW, attachment_id=own.pk)
    detach_file(actor=shop.actor("rosa"), as_of=NOW, attachment_id=theirs.pk)


def test_a_share_with_a_team_reaches_the_teams_below_it_and_not_those_above(shop: Shop) -> None:
    deal = deal_of(shop, "raul", name="Far away")
    north = shop.rosa.team
    assert north is not None
    shared(shop, deal.ref, north.ref, "raul")
    assert deal in seen(shop.actor("rosa"), Deal)
    assert deal not in seen(shop.actor("marta"), Deal)
    assert hits(shop.actor("rosa"), "far away") == ["Far away"]
    assert hits(shop.actor("marta"), "far away") == []
    other = deal_of(shop, "raul", name="Nearer")
    shared(shop, other.ref, shop.sales.ref, "raul")
    assert other in seen(shop.actor("rosa"), Deal) & seen(shop.actor("marta"), Deal)


def test_who_may_not_share_and_what_is_no_share(shop: Shop) -> None:
    deal, lead = deal_of(shop, "raul"), lead_of(shop, "raul")
    eva = add_member(actor=shop.actor("ana"), as_of=AT, name="Eva", email="eva@example.com", role=Role.FINANCE)
    for who, record in (("rosa", deal.ref), ("rosa", lead.ref), ("rosa", shop.globex.ref)):
        with pytest.raises(NotFound):
            shared(shop, record, shop.marta.ref, who)
    with pytest.raises(NotFound):
        shared(shop, shop.sales.ref, shop.marta.ref, "ana")  # teams are not shared
    with pytest.raises(CannotHold, match="Eva"):
        shared(shop, lead.ref, eva.ref, "raul")  # finance works with no lead at all
    with pytest.raises(CannotHold):
        shared(shop, deal.ref, eva.ref, "raul", may_change=True)
    with pytest.raises(WithOwner):
        shared(shop, deal.ref, shop.raul.ref, "ana")
    with pytest.raises(BadInput):
        shared(shop, deal.ref, shop.rosa.ref, "raul", ends_at=AT)
    assert not Share.objects.exists()
    assert shared(shop, deal.ref, shop.rosa.ref, "raul") == shared(shop, deal.ref, shop.rosa.ref, "raul")
    again = shared(shop, deal.ref, shop.rosa.ref, "raul", may_change=True)
    assert (again.version, Share.objects.count()) == (2, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.filter(pk=again.pk).update(team=shop.sales)


def test_the_panel_and_the_api_share_and_take_back(shop: Shop, enter: Enter, api: Api) -> None:
    deal = deal_of(shop, "rosa")
    rosa = enter("rosa")
    with use(fixed_world(at=NOW)):
        assert "With nobody beyond" in text_of(rosa.get(f"/deals/{deal.ref}"))
        assert rosa.post(f"/sharing/{deal.ref}", {"holder": ""}).status_code == 422
        sent = {"holder": str(shop.raul.ref), "may_change": "yes", "last_date": "2026-03-31"}
        assert rosa.post(f"/sharing/{deal.ref}", sent).status_code == 302
        page = text_of(rosa.get(f"/deals/{deal.ref}"))
        assert "Raúl" in page
        assert "may view and change it until" in page
        assert enter("raul").get(f"/sharing/{deal.ref}").status_code == 404
    (found,) = api("GET", f"/shares?record_id={deal.ref}").json()
    assert (found["holder"], found["may_change"], found["ends_at"][:10]) == ("Raúl", True, "2026-03-31")
    assert api("POST", "/shares", {"record_id": str(deal.ref), "holder_id": str(shop.marta.ref)}).status_code == 403
    with use(fixed_world(at=NOW)):
        assert rosa.post(f"/shares/{found['id']}/end").status_code == 302
        assert rosa.post(f"/shares/{found['id']}/end").status_code == 404
    assert api("GET", f"/shares?record_id={deal.ref}").json() == []


def test_a_chosen_reach_is_how_far_somebody_sees_and_lets_change_nothing_more(shop: Shop) -> None:
    north = shop.rosa.team
    nuria = add_member(actor=shop.actor("ana"), as_of=AT, name="Nuria", email="nuria@example.com", team=north)
    mine, far = deal_of(shop, "rosa", name="Rosa's"), deal_of(shop, "raul", name="Raul's")
    free = lead_of(shop, None)

    def reached(member: Member) -> tuple[set[Any], set[Any], int, bool]:
        actor = actor_of_member(Member.objects.get(pk=member.pk))
        companies = seen(actor, Company)
        return seen(actor, Deal), seen(actor, Deal, Verb.CHANGE), len(companies), free in seen(actor, Lead)

    assert reached(nuria) == (set(), set(), 2, True)
    for span, deals, companies, sees_free in (
        (Span.TEAM, {mine}, 1, True),
        (Span.ALL, {mine, far}, 2, True),
        (Span.OWN, set(), 0, False),
    ):
        change_member(actor=shop.actor("ana"), as_of=AT, member=nuria, span=span)
        assert reached(nuria) == (deals, set(), companies, sees_free), span
    change_member(actor=shop.actor("ana"), as_of=AT, member=shop.marta, span=Span.TEAM)
    # Marta leads Sales, where nobody else is: what Rosa has in the team below is out of her reach now.
    assert reached(shop.marta)[:2] == (set(), set())
    with pytest.raises(IntegrityError), transaction.atomic():
        change_member(actor=shop.actor("ana"), as_of=AT, member=shop.ana, span=Span.OWN)


def test_what_is_shared_is_found_by_the_index_of_the_id_beside_that_of_the_owner(shop: Shop) -> None:
    lead = lead_of(shop, "rosa")
    shared(shop, lead.ref, shop.raul.ref)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = Lead.objects.filter(policies()["lead"].rows(shop.actor("raul"), Verb.VIEW)).explain()
    assert "BitmapOr" in plan
    assert "crm_lead_pkey" in plan
    assert "InitPlan" in plan
    # Who is shared nothing asks nothing more than before.
    assert "workspace_share" not in str(Lead.for_actor(shop.actor("rosa")).query)
