"""The board and the records in a real browser: dragged, driven by keys, and without JavaScript."""

from datetime import timedelta
from typing import Final

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.models import Deal, DealClose
from caudal.kit.world import now
from tests.world import AT, Shop, open_shop

pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def busy_shop(transactional_db: None) -> Shop:
    """The shop with eleven deals of Rosa's in the SaaS pipeline, and some that ended."""
    shop = open_shop()
    stages, today = shop.stages("saas"), now()
    names = ("Forty seats", "Renewal", "A second team", "Onboarding for the whole commercial department", "Add-ons")
    drafts = [
        actions.DealDraft(
            name=names[number % 5] if number else "First",
            opened_at=today - timedelta(days=40 - number),
            company_id=(shop.acme if number % 3 else shop.globex).pk,
            owner_id=shop.rosa.pk,
            amount=Money.of(900 + number, "EUR"),
            expected_close_date=(today + timedelta(days=number)).date(),
            stages=tuple(
                actions.StageStep(stage_id=stage.pk, entered_at=today - timedelta(days=20 - number))
                for stage in stages[: number % 4 + 1]
            ),
            close=actions.CloseDraft(outcome="lost", closed_at=today, reason="price") if number > 10 else None,
        )
        for number in range(13)
    ]
    ana = shop.actor("ana")
    actions.open_deals(actor=ana, as_of=AT, deals=drafts)
    actions.capture_lead(
        actor=ana,
        as_of=AT,
        lead=actions.LeadDraft(
            name="Lucía Vidal", captured_at=today, owner_id=shop.rosa.pk, channel="Webinar", email="lucia@example.com"
        ),
    )
    return shop


def sign_in(page: Page, server: LiveServer, shop: Shop, who: str = "ana") -> None:
    client = Client()
    client.force_login(getattr(shop, who), backend=BACKEND)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])


@pytest.fixture
def board(page: Page, live_server: LiveServer, busy_shop: Shop) -> Page:
    sign_in(page, live_server, busy_shop)
    page.goto(f"{live_server.url}/deals/board?pipeline={busy_shop.pipelines['saas'].ref}")
    return page


def test_a_dragged_card_moves_at_once_and_can_be_taken_back(board: Page, busy_shop: Shop) -> None:
    demo = busy_shop.stages("saas")[1]
    deal = Deal.objects.get(name="First")
    home, target = (board.locator(f'[data-stage="{stage.ref}"]') for stage in busy_shop.stages("saas")[:2])
    expect(home.locator(".badge-count")).to_have_text("3")  # deals 0, 4 and 8
    board.drag_and_drop(f"#card-{deal.ref}", f'[data-stage="{demo.ref}"] .board-cards')
    expect(board.locator("#toasts")).to_contain_text("“First” is in Demo now.")
    expect(target.locator(f"#card-{deal.ref}")).to_be_visible()
    expect(home.locator(".badge-count")).to_have_text("2")
    deal.refresh_from_db()
    assert deal.stage_id == demo.pk
    board.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(home.locator(f"#card-{deal.ref}")).to_be_visible()
    expect(home.locator(".badge-count")).to_have_text("3")
    deal.refresh_from_db()
    assert deal.stage_id == busy_shop.stages("saas")[0].pk


def test_a_refused_move_goes_back_and_says_why(browser: Browser, live_server: LiveServer, busy_shop: Shop) -> None:
    board = browser.new_page()  # of its own: the browser itself complains about the refusal
    sign_in(board, live_server, busy_shop)
    board.goto(f"{live_server.url}/deals/board?pipeline={busy_shop.pipelines['saas'].ref}")
    deal = Deal.objects.get(name="First")
    first, demo = busy_shop.stages("saas")[:2]
    actions.change_deal(actor=busy_shop.actor("ana"), as_of=now(), deal_id=deal.pk, name="First of all")
    board.drag_and_drop(f"#card-{deal.ref}", f'[data-stage="{demo.ref}"] .board-cards')
    expect(board.locator("#toasts")).to_contain_text("was changed by somebody else")
    expect(board.locator(f'[data-stage="{first.ref}"] #card-{deal.ref}')).to_contain_text("First of all")
    board.close()


def test_a_card_dropped_on_lost_asks_for_the_reason(board: Page, busy_shop: Shop) -> None:
    assert busy_shop.acme.pk is not None
    deal = Deal.objects.get(name="First")
    board.drag_and_drop(f"#card-{deal.ref}", '[data-end="lost"] .board-cards')
    dialog = board.get_by_role("dialog", name="Lost: First")
    dialog.get_by_label("Why it was lost").select_option("competitor")
    dialog.get_by_role("button", name="Close as lost").click()
    expect(board.locator("#notices")).to_contain_text("“First” is lost.")
    assert "/deals/board?pipeline=" in board.url
    assert DealClose.objects.get(deal=deal).reason == "competitor"


def test_keys_choose_a_card_move_it_and_win_it(board: Page, busy_shop: Shop) -> None:
    stages = busy_shop.stages("saas")
    board.keyboard.press("j")
    card = board.locator(".board-card.is-current")
    card_id = card.get_attribute("id")
    expect(card.locator("a").first).to_be_focused()
    for stage in stages[1:]:
        board.keyboard.press("]")
        expect(board.locator(f'[data-stage="{stage.ref}"] #{card_id}')).to_be_visible()
        expect(board.locator(f"#{card_id}.is-current a").first).to_be_focused()
    board.keyboard.press("[")
    expect(board.locator(f'[data-stage="{stages[2].ref}"] #{card_id}')).to_be_visible()
    board.keyboard.press("]")
    expect(board.locator(f'[data-stage="{stages[3].ref}"] #{card_id}')).to_be_visible()
    board.keyboard.press("]")
    board.get_by_role("dialog").get_by_role("button", name="Close as won").click()
    expect(board.locator("#notices")).to_contain_text("is won.")


def test_a_new_deal_is_made_in_a_dialog_with_names_to_choose_from(board: Page, busy_shop: Shop) -> None:
    board.keyboard.press("n")
    dialog = board.get_by_role("dialog", name="New deal")
    expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
    dialog.get_by_label("Name", exact=True).fill("Out of the blue")
    dialog.get_by_label("Company").press_sequentially("glob")
    expect(dialog.locator("datalist").first.locator("option")).to_have_count(1)
    dialog.get_by_label("Company").fill("Globex")
    dialog.get_by_role("spinbutton", name="Amount").fill("1200")
    dialog.get_by_role("button", name="Add").click()
    expect(board.locator(".board-card", has_text="Out of the blue")).to_be_visible()
    assert Deal.objects.get(name="Out of the blue").company == busy_shop.globex


def test_without_javascript_a_card_still_moves(browser: Browser, live_server: LiveServer, busy_shop: Shop) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, busy_shop)
    page.goto(f"{live_server.url}/deals/board?pipeline={busy_shop.pipelines['saas'].ref}")
    page.get_by_role("link", name="Move First to …").click()
    page.get_by_label("Demo").check()
    page.get_by_role("button", name="Move").click()
    expect(page.locator("#notices")).to_contain_text("“First” is in Demo now.")
    assert "/deals/board?pipeline=" in page.url
    context.close()
