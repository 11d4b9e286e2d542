"""Editing in place when the session or the line ends meanwhile: nothing typed is lost, and nobody is told it was saved."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.crm.models import Deal
from tests.web.test_board import busy_shop, sign_in
from tests.world import Shop

__all__ = ["busy_shop"]
pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose browser may complain of the line."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_what_is_typed_in_place_is_kept_until_it_is_saved(page: Page, live_server: LiveServer, busy_shop: Shop) -> None:
    deal = Deal.objects.get(name="First")
    sign_in(page, live_server, busy_shop)
    page.goto(f"{live_server.url}/deals")
    page.locator(f'[href="/deals/{deal.ref}/fields/amount"]').click(force=True)
    form = page.locator(".cell-form")
    typed = form.locator('input[name^="value"]').first
    typed.fill("4321")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    typed.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("Not saved: you are signed out.")
    expect(typed).to_have_value("4321")
    expect(typed).to_have_attribute("aria-invalid", "true")
    sign_in(page, live_server, busy_shop)
    page.route("**/fields/amount", lambda route: route.abort())
    typed.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("Not saved: no answer came.")
    expect(typed).to_have_value("4321")
    deal.refresh_from_db()
    assert deal.amount is None or deal.amount.amount != 4321
    page.unroute("**/fields/amount")
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)  # as it is after signing in again
    typed.press("Enter")
    expect(form).to_have_count(0)
    expect(page.locator("main")).to_contain_text("4,321")
    deal.refresh_from_db()
    assert deal.amount is not None
    assert deal.amount.amount == 4321
