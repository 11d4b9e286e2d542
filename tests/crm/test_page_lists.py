"""Lists of customer relations, and the story that a record tells."""

import re
from datetime import timedelta
from html import unescape

import pytest

from caudal.core.money import Money
from caudal.crm import actions
from tests.crm.browsing import NOW, Enter, deal_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")


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
