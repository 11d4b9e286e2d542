"""The component page in a real browser: driven by keys, and still there without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.web.looking import settle

pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def components(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/ui/components")
    return page


def test_a_chart_is_drawn_without_a_style_or_a_script_of_its_own(components: Page) -> None:
    settle(components)
    expect(components.locator("[data-chart] canvas").first).to_be_visible()
    assert components.locator("style").count() == 0
    before = components.locator("[data-chart] canvas").first.screenshot()
    components.evaluate("document.documentElement.dataset.scheme = 'dark'")
    components.evaluate("document.dispatchEvent(new CustomEvent('caudal:scheme'))")
    components.wait_for_timeout(500)
    assert components.locator("[data-chart] canvas").first.screenshot() != before


def test_a_page_without_charts_never_loads_their_engine(page: Page, live_server: LiveServer) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{live_server.url}/accounts/login/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if "vega" in url]
    assert len(loaded) <= 6, loaded


def test_keys_open_the_help_and_nothing_else_for_a_stranger(components: Page) -> None:
    components.keyboard.press("?")
    expect(components.get_by_role("dialog", name="Keys")).to_be_visible()
    components.keyboard.press("Escape")
    components.keyboard.press("Control+k")
    expect(components.get_by_role("dialog")).to_have_count(0)


def test_keys_walk_select_and_open_rows(components: Page) -> None:
    components.keyboard.press("j")
    components.keyboard.press("j")
    row = components.locator("tr.is-current")
    expect(row).to_contain_text("Professional plan")
    components.keyboard.press("x")
    expect(row.get_by_role("checkbox")).to_be_checked()
    components.keyboard.press("k")
    expect(components.locator("tr.is-current")).to_contain_text("Document archive")
    expect(components.locator("tr.is-current a")).to_be_focused()


def test_letters_typed_into_a_field_are_no_commands(components: Page) -> None:
    components.get_by_label("Name").first.focus()
    components.keyboard.type("j?g")
    expect(components.get_by_label("Name").first).to_have_value("j?g")
    expect(components.get_by_role("dialog")).to_have_count(0)


def test_a_menu_closes_on_escape_and_gives_the_focus_back(components: Page) -> None:
    summary = components.locator(".topline .menu > summary")
    summary.click()
    expect(components.locator(".topline .menu-list")).to_be_visible()
    components.keyboard.press("ArrowDown")
    components.keyboard.press("Escape")
    expect(components.locator(".topline .menu-list")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_scheme_changes_at_once_and_stays(components: Page) -> None:
    components.locator(".rail-foot summary").click()
    with components.expect_response(re.compile("/ui/scheme")):
        components.locator(".rail-foot").get_by_role("button", name="Dark").click()
    expect(components.locator("html")).to_have_attribute("data-scheme", "dark")
    components.reload()
    expect(components.locator("html")).to_have_attribute("data-scheme", "dark")


def test_a_dialog_opens_and_closes_and_a_message_is_said(components: Page) -> None:
    components.get_by_role("button", name="Open a dialog").click()
    expect(components.get_by_role("dialog", name="Void invoice INV-0042")).to_be_visible()
    components.get_by_role("button", name="Keep it").click()
    expect(components.get_by_role("dialog")).to_have_count(0)
    components.get_by_role("button", name="Show a message").click()
    expect(components.locator("#toasts")).to_contain_text("Deal moved")


def test_without_javascript_scheme_menus_and_figures_are_still_there(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/components")
    page.locator(".rail-foot summary").click()
    page.locator(".rail-foot").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    page.get_by_text("The figures as a table").first.click()
    expect(page.locator(".chart-data table").first).to_be_visible()
    context.close()


def test_the_strict_policy_is_sent_with_every_page(components: Page) -> None:
    answer = components.reload()
    assert answer is not None
    policy = answer.header_value("content-security-policy") or ""
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
