"""Line items: exact prices, one rounding each, and a deal that is worth what they come to."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.money import Money, Rate
from caudal.crm import actions, queries
from caudal.crm.actions import DealDraft, LineDraft
from caudal.crm.actions.lines import AmountFollowsLines, WonAsItIs, net
from caudal.crm.models import Deal, DealLine
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.workspace.actions import change_settings
from tests.crm.browsing import Api, Enter, deal_of, queries_of, text_of
from tests.world import AT, Shop


def line(price: str | None, quantity: str = "1", discount: str = "0", **values: Any) -> LineDraft:
    rate = Rate.of(price, "EUR") if price is not None else None
    return LineDraft(
        **{"description": "Seats"} | values, quantity=Decimal(quantity), rate=rate, discount_percent=Decimal(discount)
    )


def set_lines(deal: Deal, *lines: LineDraft, who: Any = SYSTEM) -> Deal:
    return actions.set_deal_lines(actor=who, as_of=AT, deal_id=deal.pk, lines=lines)


@pytest.mark.parametrize(
    ("price", "quantity", "discount", "amount"),
    [
        ("9.99", "3", "10", "26.97"),  # 29.97 less 2.997 = 26.973
        ("0.0125", "2001", "0", "25.01"),  # 25.0125
        ("0.05", "0.5", "0", "0.03"),  # 0.025, a half goes up
        ("99", "12", "100", "0.00"),
        ("0.000000000001", "1000000", "0", "0.00"),
        ("33.333333333333", "3", "0", "100.00"),  # 99.999999999999
    ],
)
def test_a_line_is_rounded_once(price: str, quantity: str, discount: str, amount: str) -> None:
    assert net(Rate.of(price, "EUR"), Decimal(quantity), Decimal(discount)) == Money.of(amount, "EUR")


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(0, 100))
def test_a_discount_never_makes_a_line_dearer_nor_less_than_nothing(price: int, quantity: int, discount: int) -> None:
    rate = Rate(Decimal(price) / 10**4, Money.of(0, "EUR").currency)
    full, less = net(rate, Decimal(quantity), Decimal(0)), net(rate, Decimal(quantity), Decimal(discount))
    assert 0 <= less.minor <= full.minor


def test_a_deal_is_worth_what_its_lines_come_to(shop: Shop) -> None:
    deal = deal_of(shop, amount=Money.of("5", "EUR"))
    professional = shop.products["professional"]
    after = set_lines(
        deal,
        line(None, "12", product_id=professional.pk, description=""),  # 12 x 99 from the catalogue
        line("450.5", "2", "10"),  # 901 less 90.10
        who=shop.actor("rosa"),
    )
    assert after.amount == Money.of("1998.90", "EUR")
    first, second = queries.lines_of(after)
    assert (first.description, first.rate, first.amount) == (
        "Professional",
        Rate.of("99", "EUR"),
        Money.of(1188, "EUR"),
    )
    assert (second.position, second.amount) == (1, Money.of("810.90", "EUR"))
    (told, *_) = timeline(deal.ref)
    assert (told.name, told.data["count"]) == ("crm.deal_lines_set", 2)
    assert told.data["changes"]["amount"] == [
        {"amount": "5.00", "currency": "EUR"},
        {"amount": "1998.90", "currency": "EUR"},
    ]
    before, now = told.data["changes"]["lines"]
    assert before == []
    assert now[1] == {
        "description": "Seats",
        "product": None,
        "quantity": "2",
        "rate": "450.5 EUR",
        "discount_percent": "10",
        "amount": {"amount": "810.90", "currency": "EUR"},
    }


def test_the_same_lines_again_are_no_news_and_another_order_keeps_what_they_are(shop: Shop) -> None:
    deal = deal_of(shop)
    one = set_lines(deal, line("1", description="A"), line("2", description="B"))
    again = set_lines(deal, line("1", description="A"), line("2.00", description="B"))
    assert again.version == one.version
    a, b = queries.lines_of(again)
    turned = set_lines(deal, line("2", description="B", line_id=b.pk), line("1", description="A", line_id=a.pk))
    assert [each.pk for each in queries.lines_of(turned)] == [b.pk, a.pk]
    assert turned.amount == Money.of(3, "EUR")


def test_the_amount_of_a_deal_with_lines_is_not_typed(shop: Shop) -> None:
    deal = set_lines(deal_of(shop), line("100"))
    before = business_digest()
    with pytest.raises(AmountFollowsLines, match="“Forty seats” is worth what its 1 lines come to"):
        actions.change_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, amount=Money.of(1, "EUR"))
    assert business_digest() == before
    # Another system's sum does not overrule them, and is no reason to refuse what else it says.
    told = actions.change_deal(
        actor=SYSTEM, as_of=AT, deal_id=deal.pk, restated=True, amount=Money.of(1, "EUR"), name="Fifty seats"
    )
    assert (told.name, told.amount) == ("Fifty seats", Money.of(100, "EUR"))
    none = set_lines(deal)
    assert (none.amount, DealLine.objects.count()) == (Money.of(100, "EUR"), 0)
    typed = actions.change_deal(actor=SYSTEM, as_of=AT, deal_id=deal.pk, amount=Money.of(1, "EUR"))
    assert typed.amount == Money.of(1, "EUR")


def test_a_deal_opens_with_its_lines(shop: Shop) -> None:
    draft = DealDraft(name="x", opened_at=AT, amount=Money.of(7, "EUR"), lines=(line("10", "3"), line("1")))
    deal = actions.open_deal(actor=SYSTEM, as_of=AT, deal=draft)
    assert (deal.amount, len(queries.lines_of(deal))) == (Money.of(31, "EUR"), 2)
    assert {fact.name for fact in timeline(deal.ref)} == {"crm.deal_lines_set", "crm.deal_opened"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (line("1", "0"), "1.quantity"),
        (line("1", "0.0000001"), "1.quantity"),
        (line("-1"), "1.rate"),
        (line("1", discount="100.1"), "1.discount_percent"),
        (line("1", description=" "), "1.description"),
        (line("1", description="a\0"), "1.description"),
        (line("999999999999", "999999999999"), "1.quantity"),
        (LineDraft(description="x", rate=Rate.of(1, "USD")), "0.rate"),
    ],
)
def test_a_line_that_cannot_be_is_named_by_its_place(shop: Shop, wrong: LineDraft, field: str) -> None:
    deal = deal_of(shop)
    before = business_digest()
    with pytest.raises(BadInput) as refused:
        set_lines(deal, line("1"), wrong)
    assert list(refused.value.fields) == [field]
    assert business_digest() == before


def test_the_lines_of_what_was_won_above_the_threshold_stay(shop: Shop) -> None:
    ana = shop.actor("ana")
    change_settings(actor=ana, as_of=AT, settings=shop.settings, approval_above=Money.of(50, "EUR"))
    deal = set_lines(deal_of(shop), line("100"))
    actions.win_deal(actor=ana, as_of=AT, deal_id=deal.pk)
    with pytest.raises(WonAsItIs):
        set_lines(deal, line("10"))
    with pytest.raises(NotFound):
        set_lines(deal, line("10"), who=shop.actor("raul"))


def test_a_rep_writes_lines_on_a_page_of_their_own(shop: Shop, enter: Enter) -> None:
    deal, client = deal_of(shop), enter("rosa")
    page = f"/deals/{deal.ref}"
    assert "Add lines" in text_of(client.get(page))
    product = str(shop.products["professional"].ref)
    sent = {
        "version": "1",
        "count": "3",
        "0-product": product,
        "0-quantity": "12",
        "1-description": "Set-up",
        "1-unit_price": "450.50",
        "1-discount_percent": "10",
    }
    # Moving a line changes the form and nothing else.
    before = business_digest()
    turned = client.post(f"{page}/lines", sent | {"ask": "down:0"}).content.decode()
    assert turned.index('value="Set-up"') < turned.index(f'value="{product}" selected')
    assert business_digest() == before
    assert client.post(f"{page}/lines", sent).status_code == 302
    said = text_of(client.get(page))
    assert "Together €1,593.45 Professional 12 €99.00 €1,188.00" in said
    assert "Set-up 1 €450.50 10% €405.45" in said
    assert "Together" in said
    assert "€1,593.45" in said
    assert "made the deal of 2 lines" in said
    late = client.post(f"{page}/lines", sent | {"0-quantity": "13"})
    assert (late.status_code, Deal.objects.get(pk=deal.pk).version) == (412, 2)
    assert "Somebody changed this deal meanwhile" in text_of(late)
    wrong = client.post(f"{page}/lines", sent | {"version": "2", "0-quantity": "0"})
    assert wrong.status_code == 422
    assert "A quantity is above zero" in text_of(wrong)
    assert enter("raul").get(f"{page}/lines").status_code == 404
    assert queries_of(client, f"{page}/lines") <= 9


def test_a_program_sets_adds_and_removes_lines(shop: Shop, api: Api) -> None:
    path = f"/deals/{deal_of(shop).ref}/lines"
    said = {"description": "Seats", "quantity": "2.5", "unit_price": {"amount": "0.0125", "currency": "EUR"}}
    put = api("PUT", path, {"lines": [said]}, If_Match='"1"')
    assert (put.status_code, put["ETag"]) == (200, '"2"')
    (found,) = put.json()["lines"]
    assert found == {
        "id": found["id"],
        "product_id": None,
        "description": "Seats",
        "quantity": "2.5",
        "unit_price": {"amount": "0.0125", "currency": "EUR"},
        "discount_percent": "0",
        "amount": {"amount": "0.03", "currency": "EUR"},  # 0.03125
    }
    added = api("POST", path, {"product_id": str(shop.products["professional"].ref)})
    assert (added.status_code, added.json()["amount"]["amount"]) == (201, "99.03")
    assert added.json()["lines"][0]["id"] == found["id"]
    assert api("PUT", path, {"lines": []}, If_Match='"1"').status_code == 412
    assert api("DELETE", f"{path}/{found['id']}").status_code == 204
    assert [each["description"] for each in api("GET", path).json()["lines"]] == ["Professional"]
    refused = api("PUT", path, {"lines": [said | {"quantity": "0"}]})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["0.quantity"])
