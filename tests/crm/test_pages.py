"""Pages of customer relations: who may open them, what they cost, and what they never lose."""

import re
from datetime import timedelta
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.models import Company, Deal, DealClose, Lead, LeadConversion, LeadDisqualification, Person
from caudal.kit.access import Reach, Verb, policies
from caudal.kit.digest import business_digest
from caudal.workspace.actions import change_settings
from caudal.workspace.queries import open_approvals
from tests.crm.browsing import NOW, Enter, deal_of, lead_of, main_of, queries_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")
LISTS: Final = ("/deals", "/leads", "/companies", "/people")


# Who may come in


@pytest.mark.parametrize("address", [*LISTS, "/deals/board", "/deals/new", "/companies/names"])
@pytest.mark.usefixtures("shop")
def test_nobody_sees_a_page_before_signing_in(address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("page", ["", "/edit", "/stage", "/won", "/lost", "/deletion"])
def test_a_rep_finds_no_page_of_a_deal_of_another_team(page: str, shop: Shop, enter: Enter) -> None:
    address = f"/deals/{deal_of(shop, 'raul').ref}{page}"
    assert enter("rosa").get(address).status_code == 404
    assert enter("ana").get(address).status_code == 200


def test_a_page_offers_only_what_its_reader_may_do(shop: Shop, enter: Enter) -> None:
    address = f"/companies/{shop.globex.ref}"  # everybody sees Globex, and only Raúl among the reps changes it
    assert "/edit" not in enter("rosa").get(address).content.decode()
    assert "/edit" in enter("raul").get(address).content.decode()
    assert enter("rosa").get(f"{address}/edit").status_code == 404


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("noun", ["company", "person", "lead", "deal"])
def test_a_policy_says_of_one_row_what_it_says_of_many(noun: str, verb: Verb, shop: Shop) -> None:
    deal_of(shop, "rosa"), deal_of(shop, "raul"), lead_of(shop, None), lead_of(shop, "raul")
    policy = policies()[noun]
    for who in ("ana", "marta", "rosa", "raul"):
        actor = shop.actor(who)
        rows = policy.model.for_actor(actor, verb)  # type: ignore[union-attr]  # each of the four has rows
        reached = set(rows.values_list("pk", flat=True))
        for row in policy.model.objects.all():  # type: ignore[union-attr]  # the same
            assert policy.covering(actor, verb)(row.owner_id, row.pk) is (row.pk in reached)
        if policy.reach(actor, verb) is Reach.NONE:
            assert not reached


# What pages cost


# Session, member, team and company of the reader and what waits under the bell make six queries of every page (five for
# an administrator, who has no team below), and the fields of the company's own one more; a list reads its saved views and
# which of them opens first; what is live asks once more whether anything has changed; the board
# asks which pipeline is busy.
BUDGETS: Final = {"/deals/board": 17, "/deals": 15, "/leads": 10, "/companies": 9, "/people": 10}


@pytest.mark.parametrize(("address", "most"), BUDGETS.items())
def test_a_page_of_many_rows_asks_a_fixed_number_of_queries(
    address: str, most: int, full_shop: Shop, enter: Enter
) -> None:
    marta = enter("marta")
    few = queries_of(marta, address)
    assert few <= most
    deal_of(full_shop, amount=Money.of(1, "GBP"))
    lead_of(full_shop)
    assert queries_of(marta, address) == few


def test_a_record_page_asks_a_fixed_number_of_queries(full_shop: Shop, enter: Enter) -> None:
    deal = Deal.objects.get(name="Deal 1")
    marta, ana = enter("marta"), full_shop.actor("ana")
    # Among them the bell, following, how many facts, with whom it is shared, its files and whether some may be added.
    assert queries_of(marta, f"/deals/{deal.ref}") <= 30
    before = queries_of(marta, f"/deals/{deal.ref}")
    for day in range(1, 6):
        actions.change_deal(
            actor=ana, as_of=AT + timedelta(hours=day), deal_id=deal.pk, amount=Money.of(100 + day, "EUR")
        )
    assert queries_of(marta, f"/deals/{deal.ref}") == before
    assert queries_of(marta, f"/companies/{full_shop.acme.ref}") <= 31


# The board


def test_the_board_counts_and_sums_each_stage(full_shop: Shop, enter: Enter) -> None:
    said = text_of(enter("ana").get(f"/deals/board?pipeline={full_shop.pipelines['saas'].ref}"))
    # 60 deals without the 12 won: 16 in each of three stages, half of them in dollars, at 100 each.
    assert "48 deals, €2,400 · $2,400" in said
    assert "Qualification 16 €800 · $800" in said
    assert "Won 12 in the last 30 days · €600 · $600" in said


def test_a_card_moves_without_javascript(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop), enter("rosa")
    board = f"/deals/board?pipeline={shop.pipelines['saas'].ref}"
    link = re.search(rf'href="(/deals/{deal.ref}/stage\?next=[^"]+)"', rosa.get(board).content.decode())
    assert link
    form = rosa.get(unescape(link[1]))
    demo = shop.stages("saas")[1]
    back = re.search(r'name="next" value="([^"]+)"', main_of(form))
    assert back
    answer = rosa.post(
        f"/deals/{deal.ref}/stage", {"stage": str(demo.ref), "version": 1, "next": unescape(back[1])}, follow=True
    )
    assert answer.redirect_chain == [(board, 302)]
    assert "“Forty seats” is in Demo now." in answer.content.decode()
    deal.refresh_from_db()
    assert (deal.stage_id, deal.version) == (demo.pk, 2)


def test_the_script_of_the_board_gets_the_board_as_it_is_after_the_move(shop: Shop, enter: Enter) -> None:
    deal, demo = deal_of(shop), shop.stages("saas")[1]
    answer = enter("rosa").post(
        f"/deals/{deal.ref}/stage", {"stage": str(demo.ref), "version": 1}, headers={"hx-request": "true"}
    )
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="board-place">')
    column = page.partition(f'data-stage="{demo.ref}"')[2]
    assert f"card-{deal.ref}" in column.partition("</section>")[0]


def test_a_stale_move_is_refused_and_moves_nothing(shop: Shop, enter: Enter) -> None:
    deal, stages, rosa = deal_of(shop), shop.stages("saas"), enter("rosa")
    actions.change_deal(actor=shop.actor("ana"), as_of=NOW, deal_id=deal.pk, name="Fifty seats")
    before = business_digest()
    answer = rosa.post(
        f"/deals/{deal.ref}/stage", {"stage": str(stages[1].ref), "version": 1}, headers={"hx-request": "true"}
    )
    assert (answer.status_code, business_digest()) == (412, before)
    assert "“Fifty seats” was changed by somebody else" in answer.content.decode()


def test_a_stage_of_another_pipeline_is_no_choice(shop: Shop, enter: Enter) -> None:
    deal, foreign = deal_of(shop), shop.stages("courses")[0]
    answer = enter("rosa").post(f"/deals/{deal.ref}/stage", {"stage": str(foreign.ref), "version": 1})
    assert answer.status_code == 422
    assert Deal.objects.get().version == 1


# Changing


FORM: Final = {"name": "Forty seats", "amount_0": "", "amount_1": "EUR", "product": "", "company": "", "person": ""}


def test_a_stale_edit_shows_what_changed_and_keeps_what_was_typed(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop, amount=Money.of(5000, "EUR")), enter("rosa")
    actions.change_deal(actor=shop.actor("ana"), as_of=NOW, deal_id=deal.pk, amount=Money.of(6000, "EUR"))
    typed = FORM | {"version": "1", "amount_0": "7000", "expected_close_date": "2026-06-30", "owner": str(shop.rosa.pk)}
    answer = rosa.post(f"/deals/{deal.ref}/edit", typed)
    assert answer.status_code == 412
    assert Deal.objects.get().amount == Money.of(6000, "EUR")
    page = answer.content.decode()
    said = text_of(answer)
    assert "Amount What you typed: “€7,000.00” What it says now: “€6,000.00” Ana" in said
    assert 'value="7000.00"' in page
    assert 'value="2026-06-30"' in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    base = re.search(r'name="base" value="([^"]*)"', page)
    assert base
    fresh = typed | {"version": version[1], "base": unescape(base[1])}
    kept = rosa.post(f"/deals/{deal.ref}/edit", fresh | {"take.amount": "theirs"})
    assert kept.status_code == 302
    found = Deal.objects.get()
    assert (found.amount, str(found.expected_close_date)) == (Money.of(6000, "EUR"), "2026-06-30")
    again = rosa.post(f"/deals/{deal.ref}/edit", typed | {"version": str(found.version)})
    assert again.status_code == 302
    assert Deal.objects.get().amount == Money.of(7000, "EUR")


def test_what_does_not_collide_is_merged_and_said(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop, amount=Money.of(5000, "EUR"), company_id=shop.acme.pk), enter("rosa")
    page = rosa.get(f"/deals/{deal.ref}/edit").content.decode()
    drawn = {name: unescape(held[1]) for name in ("version", "base")
             if (held := re.search(rf'name="{name}" value="([^"]*)"', page))}  # fmt: skip
    ana = shop.actor("ana")
    actions.change_deal(actor=ana, as_of=NOW, deal_id=deal.pk, amount=Money.of(6000, "EUR"), tags=["VIP"])
    typed = FORM | {"name": "Fifty seats", "company": "Acme", "amount_0": "5000", "owner": str(shop.rosa.pk)}
    answer = rosa.post(f"/deals/{deal.ref}/edit", typed | drawn, follow=True)
    found = Deal.objects.get()
    assert (found.name, found.amount, found.tags, found.version) == ("Fifty seats", Money.of(6000, "EUR"), ["VIP"], 3)
    assert "Meanwhile somebody else changed Amount, Tags; that is kept too." in unescape(answer.content.decode())


def test_a_form_with_a_mistake_keeps_everything_and_links_to_it(shop: Shop, enter: Enter) -> None:
    stage = shop.stages("saas")[0]
    typed = FORM | {"name": "", "company": "Nowhere", "amount_0": "12.5", "stage": str(stage.ref)}
    answer = enter("rosa").post("/deals/new", typed)
    assert (answer.status_code, Deal.objects.count()) == (422, 0)
    page = answer.content.decode()
    assert 'href="#id_name"' in page
    assert 'href="#id_company"' in page
    assert 'value="Nowhere"' in page
    assert 'value="12.5"' in page


def test_a_deal_is_added_from_names_and_comes_back_to_the_board(shop: Shop, enter: Enter) -> None:
    stage = shop.stages("saas")[1]
    typed = FORM | {"company": "  ácme ", "amount_0": "1234.50", "stage": str(stage.ref), "next": "/deals/board"}
    answer = enter("rosa").post("/deals/new", typed | {"owner": str(shop.rosa.pk)})
    deal = Deal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/deals/board")
    assert (deal.company, deal.stage, deal.owner, deal.amount) == (
        shop.acme,
        stage,
        shop.rosa,
        Money.of("1234.50", "EUR"),
    )


def test_two_companies_of_one_name_are_told_apart_by_id(shop: Shop, enter: Enter) -> None:
    ana = shop.actor("ana")
    other = actions.add_company(actor=ana, as_of=AT, company=actions.CompanyDraft(name="ACME"))
    typed = FORM | {"stage": str(shop.stages("saas")[0].ref)}
    client = enter("ana")
    assert "More than one is called" in text_of(client.post("/deals/new", typed | {"company": "Acme"}))
    suggested = client.get("/companies/names?q=acm").json()
    assert len(suggested) == 2
    client.post("/deals/new", typed | {"company": f"ACME ({other.ref})"})
    assert Deal.objects.get().company == other


def test_a_page_leads_back_only_to_pages_of_ours(shop: Shop, enter: Enter) -> None:
    typed = FORM | {"stage": str(shop.stages("saas")[0].ref), "next": "https://elsewhere.example/deals"}
    answer = enter("ana").post("/deals/new", typed)
    assert answer["Location"] == f"/deals/{Deal.objects.get().ref}"


@pytest.mark.parametrize(
    ("path", "typed", "model"),
    [
        ("companies", {"name": "Initech", "domain": "initech.example", "employees": "80"}, Company),
        ("people", {"name": "Hank Scorpio", "email": "hank@globex.example", "company": "Globex"}, Person),
        ("leads", {"name": "Nora Vega", "email": "nora@example.com", "channel": "Webinar"}, Lead),
    ],
)
def test_a_record_is_added_changed_and_deleted(path: str, typed: dict[str, str], model: Any, enter: Enter) -> None:
    client = enter("ana")
    assert client.post(f"/{path}/new", typed).status_code == 302
    row = model.objects.get(name=typed["name"])
    assert typed["name"] in client.get(f"/{path}/{row.ref}").content.decode()
    assert client.post(f"/{path}/{row.ref}/edit", typed | {"name": "Other", "version": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.version) == ("Other", 2)
    assert "Delete “Other”?" in client.get(f"/{path}/{row.ref}/deletion").content.decode()
    assert client.post(f"/{path}/{row.ref}/deletion")["Location"] == f"/{path}"
    assert client.get(f"/{path}/{row.ref}").status_code == 404


def test_what_is_in_use_is_not_deleted_and_the_page_says_why(shop: Shop, enter: Enter) -> None:
    deal_of(shop, company_id=shop.acme.pk)
    answer = enter("ana").post(f"/companies/{shop.acme.ref}/deletion")
    assert answer.status_code == 409
    assert "Acme is named by 1 others" in text_of(answer)


# How things end


def test_a_loss_needs_a_reason_and_can_be_taken_back(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop), enter("rosa")
    assert rosa.post(f"/deals/{deal.ref}/lost", {"reason": "", "version": "1"}).status_code == 422
    rosa.post(f"/deals/{deal.ref}/lost", {"reason": "price", "note": "Too dear", "version": "1"})
    close = DealClose.objects.get()
    assert (close.outcome, close.reason, close.closed_at) == ("lost", "price", NOW)
    page = text_of(rosa.get(f"/deals/{deal.ref}"))
    assert "lost the deal: price" in page
    assert "Too dear" in page
    assert rosa.post(f"/deals/{deal.ref}/reopening").status_code == 302
    assert DealClose.objects.count() == 0


def test_taking_back_a_large_win_asks_a_second_person(shop: Shop, enter: Enter) -> None:
    change_settings(actor=shop.actor("ana"), as_of=AT, settings=shop.settings, approval_above=Money.of(1000, "EUR"))
    deal, rosa = deal_of(shop, amount=Money.of(1001, "EUR")), enter("rosa")
    actions.win_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=deal.pk)
    refused = rosa.post(f"/deals/{deal.ref}/reopening", {"reason": "They never signed", "version": "2"})
    assert refused.status_code == 409
    assert "above what one person may take back" in text_of(refused)
    assert "They never signed" in main_of(refused)
    assert "Ask for approval" in text_of(refused)
    asked = rosa.post(f"/deals/{deal.ref}/reopening", {"reason": "They never signed", "ask": "True"})
    assert asked.status_code == 302
    approval = open_approvals(shop.actor("marta"))[0]
    assert (approval.subject_id, approval.reason) == (deal.pk, "They never signed")
    assert DealClose.objects.count() == 1


def test_a_win_is_a_page_and_a_dialog(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop), enter("rosa")
    dialog = rosa.get(f"/deals/{deal.ref}/won", headers={"hx-request": "true"}).content.decode()
    assert dialog.lstrip().startswith("<dialog")
    assert "<html" in rosa.get(f"/deals/{deal.ref}/won").content.decode()
    rosa.post(f"/deals/{deal.ref}/won", {"reason": "", "version": "1"})
    assert DealClose.objects.get().outcome == "won"
    assert rosa.post(f"/deals/{deal.ref}/won", {"reason": "", "version": "2"}).status_code == 409


def test_a_lead_becomes_a_person_a_company_and_a_deal(shop: Shop, enter: Enter) -> None:
    lead, rosa = lead_of(shop, company_name="Initech", email="lucia@example.com"), enter("rosa")
    stage = shop.stages("courses")[0]
    typed = {"with_deal": "on", "name": "Initech", "amount_0": "900", "amount_1": "EUR", "stage": str(stage.ref)}
    answer = rosa.post(f"/leads/{lead.ref}/conversion", typed | {"version": "1"})
    made = LeadConversion.objects.get()
    assert made.deal is not None
    assert made.company is not None
    assert answer["Location"] == reverse("crm:deal", args=[made.deal.ref])
    assert (made.person.name, made.company.name, made.deal.amount) == ("Lucía Vidal", "Initech", Money.of(900, "EUR"))
    assert "It went on as a deal." in text_of(rosa.get(f"/leads/{lead.ref}"))


def test_a_lead_is_given_up_with_a_reason(shop: Shop, enter: Enter) -> None:
    lead, rosa = lead_of(shop), enter("rosa")
    assert rosa.post(f"/leads/{lead.ref}/disqualification", {"reason": ""}).status_code == 422
    rosa.post(f"/leads/{lead.ref}/disqualification", {"reason": "no_fit", "version": "1"})
    assert LeadDisqualification.objects.get().reason == "no_fit"
    assert "Lucía Vidal" not in text_of(rosa.get("/leads"))
    assert "Does not fit" in text_of(rosa.get("/leads?view=disqualified"))


def test_a_rep_takes_a_lead_that_nobody_has(shop: Shop, enter: Enter) -> None:
    lead, rosa = lead_of(shop, None), enter("rosa")
    assert "Nobody looks after this lead." in text_of(rosa.get(f"/leads/{lead.ref}"))
    rosa.post(f"/leads/{lead.ref}/owner")
    lead.refresh_from_db()
    assert lead.owner == shop.rosa
