"""Lists of customer relations, and the story that a record tells."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from caudal.core.money import Money
from caudal.crm import actions
from caudal.kit.access import SYSTEM
from caudal.workspace.actions import add_field
from tests.crm.browsing import NOW, Enter, deal_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")


# Lists


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_a_list_goes_through_every_row_once_and_back(full_shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    assert full_shop.acme.pk is not None

    def rows(address: str) -> tuple[str, list[str]]:
        page = client.get(address).content.decode()
        return page, re.findall(r'data-id="(deal_\w+)"', page)

    first, shown = rows("/deals?view=all&sort=name")
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
    where = f'stage = "{demo.ref}" and owner = "{full_shop.rosa.ref}" and state = "open"'
    said = text_of(enter("ana").get("/deals", {"where": where}))
    assert "Stage is Demo" in said
    assert "Owner is Rosa" in said
    assert "16 deals" in said  # as on the board


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/deals?view=maybe", 404),
        ("/deals?view=view_01h455vb4pex5vsknk084sn02q", 404),
        ("/deals?sort=luck", 422),
        ("/deals?sort=probability", 422),
        ("/deals?columns=name,luck", 422),
        ("/deals?group=luck", 422),
        ("/deals?group=amount", 422),
        ("/deals?condition=luck", 422),
        ("/deals?where=luck", 422),
        ("/deals/deal_x", 404),
    ],
)
def test_an_address_that_means_nothing_is_refused(address: str, status: int, shop: Shop, enter: Enter) -> None:
    deal_of(shop)
    assert enter("ana").get(address).status_code == status


@pytest.mark.parametrize("address", ["/deals", "/leads", "/people"])
def test_an_empty_list_teaches_what_will_stand_there(address: str, enter: Enter) -> None:
    said = text_of(enter("rosa").get(address))
    assert "yet" in said
    assert "For example:" in said


def test_an_empty_view_of_a_list_with_rows_offers_the_others(shop: Shop, enter: Enter) -> None:
    deal_of(shop)
    said = text_of(enter("rosa").get("/deals?view=won"))
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


# Filters


def test_a_condition_is_added_by_a_plain_form(full_shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    demo = full_shop.stages("saas")[1]
    form = text_of(client.get("/deals?condition=stage"))
    assert "is not" in form
    assert "Demo" in form
    sent = {"view": "open", "condition": "stage", "is": "one_of", "option": [str(demo.ref)]}
    answer = client.get("/deals", sent)
    assert answer.status_code == 302
    said = text_of(client.get(answer["Location"]))
    assert "State is Open Stage is Demo" in said
    assert "16 deals" in said


def test_a_condition_may_be_another_way_to_fit_or_take_the_place_of_one(full_shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    assert full_shop.acme.pk is not None
    said = {"view": "won", "condition": "amount", "is": "over", "number": "99", "join": "or"}
    either = client.get("/deals", said)["Location"]
    assert "State is Won or Amount over €99" in text_of(client.get(either))
    other = {"view": "won", "condition": "state", "place": "0", "is": "one_of", "option": ["lost"]}
    instead = client.get("/deals", other)["Location"]
    assert "State is Lost" in text_of(client.get(instead))
    assert "Won or" not in text_of(client.get(instead))


def test_a_condition_that_was_not_typed_keeps_what_was_typed(shop: Shop, enter: Enter) -> None:
    deal_of(shop)
    answer = enter("ana").get("/deals?condition=opened_at&is=last&count=many&unit=week")
    assert answer.status_code == 422
    assert "Type how many days, weeks or months." in text_of(answer)
    assert 'name="count" value="many"' in answer.content.decode()


def test_a_filter_as_text_that_is_wrong_says_where(shop: Shop, enter: Enter) -> None:
    deal_of(shop)
    answer = enter("ana").get("/deals", {"where": "amount >= 5 and stgae = 1"})
    assert answer.status_code == 422
    assert "1:17: There is no field “stgae”. Did you mean state?" in text_of(answer)
    assert "amount &gt;= 5 and stgae = 1</textarea>" in answer.content.decode()


def test_amounts_without_a_rate_are_a_notice(full_shop: Shop, enter: Enter) -> None:
    assert full_shop.acme.pk is not None
    said = text_of(enter("ana").get("/deals", {"where": "amount > 99"}))
    assert "30 deals" in said  # the other half is in dollars, and nobody knows what those are worth
    assert "30 more rows may fit: there is no exchange rate of their day" in said


def test_columns_are_chosen_and_put_in_order(full_shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    assert full_shop.acme.pk is not None
    sent = {
        "view": "all",
        "chosen": "columns",
        "column": ["name", "amount", "state"],
        "place_name": "2",
        "place_state": "1",
    }
    answer = client.get("/deals", sent)
    assert answer["Location"] == "/deals?view=all&columns=state%2Cname%2Camount"
    page = client.get(answer["Location"]).content.decode()
    heads = re.findall(r"<th scope=\"col\"[^>]*>\s*(?:<a[^>]*>)?([A-Za-z ]+)", page)
    assert [head.strip() for head in heads] == ["State", "Deal", "Amount"]


def test_cards_of_a_board_show_the_fields_that_its_reader_chose(shop: Shop, enter: Enter) -> None:
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": NOW, "record_kind": "deal"}
    add_field(**made, key="seats", label="Seats", type="number")
    add_field(**made, key="each", label="Per seat", type="formula", formula="amount / custom.seats")
    deal = deal_of(shop, name="Chosen", amount=Money.of(900, "EUR"))
    actions.change_deal(actor=SYSTEM, as_of=NOW, deal_id=deal.pk, custom={"seats": 40})
    client, board = enter("ana"), "/deals/board"
    assert "card-lines" not in client.get(board).content.decode()
    sent = {"chosen": "columns", "column": ["custom.seats", "custom.each"], "place_custom.each": "1"}
    answer = client.get(board, sent)
    assert answer["Location"] == f"{board}?columns=custom.each%2Ccustom.seats"
    page = client.get(answer["Location"]).content.decode()
    [lines] = re.findall(r'<dl class="card-lines">(.*?)</dl>', page, re.DOTALL)
    assert plain(lines) == "Per seat €22.50 Seats 40"
    # A field that every card shows is not offered, and the choice is kept when the board is drawn anew.
    assert 'value="amount"' not in page
    assert 'value="custom.seats" checked' in page
    [live] = re.findall(r'data-live data-etag="[^"]*" hx-get="([^"]+)"', page)
    assert "card-lines" in client.get(unescape(live)).content.decode()


def test_a_group_opens_into_the_rows_that_it_counts(full_shop: Shop, enter: Enter) -> None:
    client = enter("ana")
    assert full_shop.acme.pk is not None
    page = client.get("/deals?view=all&group=stage").content.decode()
    (row,) = [each for each in page.split("<tr") if ">Demo" in each]
    href, count = re.search(r'data-href="([^"]+)"', row), re.search(r"Marketing SaaS (\d+)", plain(row))
    assert href
    assert count
    assert f"{count[1]} deals" in text_of(client.get(f"/deals{unescape(href[1])}"))
    months = client.get("/deals?view=won&group=closed_at").content.decode()
    assert "March 2026" in months
    month = re.search(r'data-href="([^"]+)"', months)
    assert month
    assert "12 deals" in text_of(client.get(f"/deals{unescape(month[1])}"))
