"""The command bar in a real browser: opened by keys and by a button, driven by arrows, and without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.kit.outbox import drain
from caudal.kit.search.index import HANDLER
from tests.crm.browsing import deal_of, lead_of
from tests.web.looking import assert_accessible, assert_fits, assert_no_csp_violation
from tests.web.test_board import sign_in
from tests.world import AT, Shop, open_shop

pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def found_shop(transactional_db: None) -> Shop:
    """The shop with two deals and a lead, all of them in the index."""
    shop = open_shop()
    for name in ("Forty seats", "Forty more"):
        deal_of(shop, name=name, company_id=shop.acme.pk)
    lead_of(shop, company_name="Forty winks")
    drain(HANDLER, as_of=AT)
    return shop


@pytest.fixture
def start(page: Page, live_server: LiveServer, found_shop: Shop) -> Page:
    sign_in(page, live_server, found_shop)
    page.goto(f"{live_server.url}/deals")
    return page


@pytest.mark.parametrize("key", ["Control+k", "Meta+k", "/"])
def test_a_key_opens_the_bar_and_what_is_typed_is_found(start: Page, key: str) -> None:
    start.keyboard.press(key)
    box = start.get_by_role("combobox", name="Search and go anywhere")
    expect(box).to_be_focused()
    start.keyboard.type("forty")
    deals = start.get_by_role("group", name="Deals")
    expect(deals.get_by_role("option")).to_have_count(2)
    expect(start.locator("#command-said")).to_have_text("3 results")
    first = start.locator("#command-list [role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    start.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_arrows_choose_and_enter_opens_and_what_was_opened_comes_first_next_time(start: Page) -> None:
    start.keyboard.press("Control+k")
    start.keyboard.type("forty")
    options = start.locator("#command-list [role=option]")
    expect(options).to_have_count(3)
    start.keyboard.press("ArrowDown")
    title = options.nth(1).locator(".command-title").inner_text()
    with start.expect_response("**/search/opened") as told:
        start.keyboard.press("Enter")
        start.wait_for_url("**/deals/deal_*")
    assert told.value.status == 204
    expect(start.get_by_role("heading", level=1)).to_have_text(title)
    start.keyboard.press("Control+k")
    opened = start.get_by_role("group", name="Opened last").get_by_role("option")
    expect(opened).to_contain_text([title])


def test_control_and_enter_open_a_new_tab_and_the_page_stays(start: Page) -> None:
    start.keyboard.press("Control+k")
    start.keyboard.type("forty seats")
    expect(start.locator("#command-list [role=option]")).to_have_count(1)
    with start.context.expect_page() as beside:
        start.keyboard.press("Control+Enter")
    beside.value.wait_for_url("**/deals/deal_*")
    assert start.url.endswith("/deals")


def test_a_command_changes_the_appearance_and_comes_back_to_the_page(start: Page) -> None:
    start.keyboard.press("Control+k")
    start.keyboard.type("oscuro")
    expect(start.locator("#command-list [role=option]")).to_have_count(1)
    start.keyboard.press("Enter")
    expect(start.locator("html")).to_have_attribute("data-scheme", "dark")
    assert start.url.endswith("/deals")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_open_bar_is_fit_to_be_used(start: Page, width: int) -> None:
    start.set_viewport_size({"width": width, "height": 844})
    start.locator("[data-opens=command]:visible").first.click()
    expect(start.locator("#command-list [role=option]").first).to_be_visible()
    for text in ("", "forty", "nothing of the sort"):
        start.get_by_role("combobox", name="Search and go anywhere").fill(text)
        start.wait_for_load_state("networkidle")
        start.wait_for_timeout(300)
        assert_accessible(start)
        assert_fits(start)
        assert_no_csp_violation(start)


def test_without_javascript_the_same_is_found_on_a_page(
    browser: Browser, live_server: LiveServer, found_shop: Shop
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, found_shop)
    page.goto(f"{live_server.url}/deals")
    page.get_by_role("link", name="Search").first.click()
    page.get_by_label("Name, e-mail address, phone number or id").fill("frty seats")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Forty seats").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Forty seats")
    context.close()
