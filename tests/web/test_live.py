"""Two people at work on the same things, each in a browser of their own."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.crm.models import Deal
from tests.web.looking import LISTEN, assert_accessible, assert_no_csp_violation
from tests.web.test_board import busy_shop, sign_in
from tests.world import Shop

__all__ = ["busy_shop"]
pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]
ASK = "htmx.trigger(document.querySelector('main [data-live]'), 'live')"
"""Lets a page ask now instead of in a few seconds."""
POLL_MS = 15_000


@pytest.fixture
def two(browser: Browser, live_server: LiveServer, busy_shop: Shop) -> Iterator[Any]:
    """Open the same page for Rosa and for Marta, who manages her."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce") for _ in range(2)]

    def opened(path: str) -> tuple[Page, Page]:
        pages = []
        for context, who in zip(contexts, ("rosa", "marta"), strict=True):
            context.add_init_script(LISTEN)
            page = context.new_page()
            sign_in(page, live_server, busy_shop, who)
            page.goto(f"{live_server.url}{path}")
            pages.append(page)
        return pages[0], pages[1]

    yield opened
    for context in contexts:
        context.close()


def test_cards_that_others_move_move_and_totals_follow(two: Any, busy_shop: Shop) -> None:
    first, demo, *_ = busy_shop.stages("saas")
    deal = Deal.objects.get(name="First")
    rosa, marta = two(f"/deals/board?pipeline={busy_shop.pipelines['saas'].ref}")
    card = f"#card-{deal.ref}"
    rosa.keyboard.press("j")
    chosen = rosa.locator(".board-card.is-current").get_attribute("id")
    before = rosa.locator(f'[data-stage="{demo.ref}"] .board-total').inner_text()
    marta.drag_and_drop(card, f'[data-stage="{demo.ref}"] .board-cards')
    expect(rosa.locator(f'[data-stage="{demo.ref}"] {card}')).to_be_visible(timeout=POLL_MS)  # by itself
    expect(rosa.locator(f'[data-stage="{first.ref}"] {card}')).to_have_count(0)
    assert rosa.locator(f'[data-stage="{demo.ref}"] .board-total').inner_text() != before
    assert rosa.locator(".board-card.is-current").get_attribute("id") == chosen
    # What came is as good as what was there: Rosa moves it on.
    rosa.drag_and_drop(card, f'[data-stage="{first.ref}"] .board-cards')
    expect(rosa.locator("#toasts")).to_contain_text(f"is in {first.name} now")
    marta.evaluate(ASK)
    expect(marta.locator(f'[data-stage="{first.ref}"] {card}')).to_be_visible()
    assert_no_csp_violation(rosa)
    assert_accessible(rosa)


def test_a_record_follows_and_leaves_alone_what_somebody_types(two: Any, busy_shop: Shop) -> None:
    deal = Deal.objects.get(name="First")
    rosa, marta = two(f"/deals/{deal.ref}")
    rosa.get_by_role("textbox", name="What happened").fill("call, reached, half a sen")
    marta.get_by_role("textbox", name="What happened").fill("call, voicemail, next: call again Friday")
    marta.get_by_role("button", name="Log", exact=True).click()
    expect(marta.locator("#record-story")).to_contain_text("voicemail")
    rosa.evaluate(ASK)
    expect(rosa.locator("#record-story")).to_contain_text("voicemail")
    expect(rosa.get_by_role("textbox", name="What happened")).to_have_value("call, reached, half a sen")
    expect(rosa.get_by_role("textbox", name="What happened")).to_be_focused()
    expect(rosa.locator("#record-work")).not_to_contain_text("call again")
    rosa.get_by_role("textbox", name="What happened").fill("")
    rosa.get_by_role("textbox", name="What happened").blur()
    rosa.evaluate(ASK)  # nobody is at work there any more, and what was left out comes
    expect(rosa.locator("#record-work")).to_contain_text("call again")


def test_an_open_form_says_who_changed_what(two: Any, busy_shop: Shop) -> None:
    deal = Deal.objects.get(name="First")
    rosa, marta = two(f"/deals/{deal.ref}/edit")
    marta.get_by_label("Name", exact=True).fill("First again")
    rosa.get_by_role("spinbutton", name="Amount").fill("4200")
    rosa.get_by_role("button", name="Save").click()
    rosa.wait_for_url(f"**/deals/{deal.ref}")
    marta.evaluate(ASK)
    expect(marta.get_by_role("status").filter(has_text="While this form is open")).to_contain_text(
        "Rosa changed the deal"
    )
    expect(marta.locator("#meanwhile")).to_contain_text("Amount: €900.00 → €4,200.00")
    expect(marta.get_by_label("Name", exact=True)).to_have_value("First again")
    assert_accessible(marta)


def test_the_bell_rings_by_itself_and_opens_over_the_page(two: Any, busy_shop: Shop) -> None:
    rosa, _marta = two("/day")
    rosa.locator(".rail .bell").click()
    panel = rosa.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("Nothing unread")
    assert_accessible(rosa)
