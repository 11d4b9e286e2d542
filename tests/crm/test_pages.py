"""Pages of customer relations: who may open them, what they cost, and what they never lose."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.models import Company, Deal, DealClose, Lead, LeadConversion, LeadDisqualification, Person
from caudal.kit.access import Reach, Verb, policies
from caudal.kit.digest import business_digest
from caudal.kit.world import fixed_world, use
from tests.world import AT, Shop

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
NOW: Final = AT + timedelta(days=1)
LISTS: Final = ("/deals", "/leads", "/companies", "/people")


@pytest.fixture(autouse=True)
def today() -> Any:
    """A day after the shop was opened."""
    with use(fixed_world(at=NOW, seed=5)) as world:
        yield world


Enter = Callable[[str], Client]


@pytest.fixture
def enter(shop: Shop) -> Enter:
    """A browser in which somebody of the shop is signed in."""

    def entered(who: str) -> Client:
        client = Client()
        client.force_login(getattr(shop, who), backend=BACKEND)
        return client

    return entered


def deal_of(shop: Shop, who: str = "rosa", name: str = "Forty seats", **values: Any) -> Deal:
    draft = actions.DealDraft(
        name=name, opened_at=AT, pipeline_id=shop.pipelines["saas"].pk, owner_id=getattr(shop, who).pk, **values
    )
    return actions.open_deal(actor=shop.actor("ana"), as_of=AT, deal=draft)


def lead_of(shop: Shop, who: str | None = "rosa", **values: Any) -> Lead:
    owner_id = getattr(shop, who).pk if who else None
    draft = actions.LeadDraft(name="Lucía Vidal", captured_at=AT, owner_id=owner_id, **values)
    return actions.capture_lead(actor=shop.actor("ana"), as_of=AT, lead=draft).lead


def main_of(answer: Any) -> str:
    """What is the page's own, without its frame."""
    page: str = answer.content.decode()
    return page.partition("<main")[2].partition("</main>")[0]


def text_of(answer: Any) -> str:
    """What a reader sees of it, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main_of(answer))).split())


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([each for each in captured if "SAVEPOINT" not in each["sql"]])


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
            assert policy.covers(actor, verb, row.owner_id) is (row.pk in reached)
        if policy.reach(actor, verb) is Reach.NONE:
            assert not reached


# What pages cost


@pytest.fixture
def full_shop(shop: Shop) -> Shop:
    """The shop with 60 deals in three stages, 12 of them closed, and 60 leads."""
    stages = shop.stages("saas")
    drafts = [
        actions.DealDraft(
            name=f"Deal {number}",
            opened_at=AT,
            company_id=shop.acme.pk,
            owner_id=shop.rosa.pk,
            product_id=shop.products["professional"].pk,
            amount=Money.of(100, "EUR" if number % 2 else "USD"),
            stages=tuple(actions.StageStep(stage_id=stage.pk, entered_at=AT) for stage in stages[: number % 3 + 1]),
            close=actions.CloseDraft(outcome="won", closed_at=AT) if number % 5 == 0 else None,
        )
        for number in range(60)
    ]
    ana = shop.actor("ana")
    actions.open_deals(actor=ana, as_of=AT, deals=drafts)
    actions.capture_leads(
        actor=ana,
        as_of=AT,
        leads=[actions.LeadDraft(name=f"Lead {number}", captured_at=AT, owner_id=shop.rosa.pk) for number in range(60)],
    )
    return shop


# Session, member, team and company of the reader make five queries of every page (four for an administrator, who has no
# team below), and the company's name on top one more.
BUDGETS: Final = {"/deals/board": 12, "/deals": 10, "/leads": 8, "/companies": 7, "/people": 7}


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
    assert queries_of(marta, f"/deals/{deal.ref}") <= 13
    before = queries_of(marta, f"/deals/{deal.ref}")
    for day in range(1, 6):
        actions.change_deal(
            actor=ana, as_of=AT + timedelta(hours=day), deal_id=deal.pk, amount=Money.of(100 + day, "EUR")
        )
    assert queries_of(marta, f"/deals/{deal.ref}") == before
    assert queries_of(marta, f"/companies/{full_shop.acme.ref}") <= 14


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
    assert "Amount: it says “€6,000.00” now, you typed “€7,000.00”" in text_of(answer)
    assert 'value="7000"' in page
    assert 'value="2026-06-30"' in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    again = rosa.post(f"/deals/{deal.ref}/edit", typed | {"version": version[1]})
    assert again.status_code == 302
    assert Deal.objects.get().amount == Money.of(7000, "EUR")


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
    assert "Does not fit" in text_of(rosa.get("/leads?state=disqualified"))


def test_a_rep_takes_a_lead_that_nobody_has(shop: Shop, enter: Enter) -> None:
    lead, rosa = lead_of(shop, None), enter("rosa")
    assert "Nobody looks after this lead." in text_of(rosa.get(f"/leads/{lead.ref}"))
    rosa.post(f"/leads/{lead.ref}/owner")
    lead.refresh_from_db()
    assert lead.owner == shop.rosa


# Lists


def test_a_list_goes_through_every_row_once_and_back(full_shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    assert full_shop.acme.pk is not None

    def rows(address: str) -> tuple[str, list[str]]:
        page = client.get(address).content.decode()
        return page, re.findall(r'data-id="(deal_\w+)"', page)

    first, shown = rows("/deals?state=all&order=name")
    onwards = re.search(r'rel="next" href="([^"]+)"', first)
    assert onwards
    second, rest = rows(f"/deals{unescape(onwards[1])}")
    assert (len(shown), len(rest), len({*shown, *rest})) == (50, 10, 60)
    assert "51 to 60 of 60" in " ".join(re.sub(r"<[^>]+>", " ", second).split())
    assert 'rel="next"' not in second
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back
    assert rows(f"/deals{unescape(back[1])}")[1] == shown


def test_a_filter_is_in_the_address_and_said_in_words(full_shop: Shop, enter: Enter) -> None:
    demo = full_shop.stages("saas")[1]
    said = text_of(enter("ana").get(f"/deals?stage={demo.ref}&owner=member_{str(full_shop.rosa.ref).split('_')[1]}"))
    assert "Stage: Demo" in said
    assert "Owner: Rosa" in said
    assert "16 deals" in said  # as on the board


@pytest.mark.parametrize(
    "address", ["/deals?state=maybe", "/deals?order=luck", "/deals?stage=stage_x", "/deals/deal_x"]
)
def test_an_address_that_means_nothing_is_not_found(address: str, enter: Enter) -> None:
    assert enter("ana").get(address).status_code == 404


@pytest.mark.parametrize("address", ["/deals", "/leads", "/people"])
def test_an_empty_list_teaches_what_will_stand_there(address: str, enter: Enter) -> None:
    said = text_of(enter("rosa").get(address))
    assert "yet" in said
    assert "For example:" in said


def test_an_empty_view_of_a_list_with_rows_offers_the_others(shop: Shop, enter: Enter) -> None:
    deal_of(shop)
    said = text_of(enter("rosa").get("/deals?state=won"))
    assert "Nothing fits" in said
    assert "For example" not in said


# The story of a record


def test_a_timeline_names_what_changed_and_goes_on_earlier(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop, company_id=shop.acme.pk), enter("rosa")
    for number in range(1, 23):
        actions.change_deal(
            actor=shop.actor("ana"),
            as_of=AT + timedelta(minutes=number),
            deal_id=deal.pk,
            amount=Money.of(number, "EUR"),
        )
    actions.change_deal(actor=shop.actor("ana"), as_of=NOW, deal_id=deal.pk, company_id=shop.globex.pk)
    answer = rosa.get(f"/deals/{deal.ref}")
    said = text_of(answer)
    assert "Ana changed the deal" in said
    assert "Company: Acme → Globex" in said
    assert "opened the deal" not in said
    earlier = re.search(r'href="(\?before=[^"#]+)', answer.content.decode())
    assert earlier
    older = text_of(rosa.get(f"/deals/{deal.ref}{earlier[1]}"))
    assert "opened the deal in Qualification" in older
    assert rosa.get(f"/deals/{deal.ref}?before=nonsense").status_code == 404


def test_a_company_shows_the_story_of_its_deals_by_their_names(shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop, company_id=shop.acme.pk)
    page = enter("rosa").get(f"/companies/{shop.acme.ref}").content.decode()
    assert f'<a href="/deals/{deal.ref}">opened the deal in Qualification · Forty seats</a>' in page
    elsewhere = text_of(enter("raul").get(f"/companies/{shop.acme.ref}"))
    assert "added the company" in elsewhere
    assert "the deal" not in elsewhere  # Raúl sees Acme, and nothing of what Rosa sells there


@pytest.mark.parametrize(
    ("language", "said"), [("en", "The next stage is Demo."), ("es", "La etapa siguiente es Demo.")]
)
def test_a_record_speaks_the_language_of_its_reader(language: str, said: str, shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop, amount=Money.of(1, "EUR"), expected_close_date=(NOW + timedelta(days=9)).date())
    client = enter("rosa")
    client.cookies["django_language"] = language
    assert said in text_of(client.get(f"/deals/{deal.ref}"))
