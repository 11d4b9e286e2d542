"""A formula is tried while it is typed."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.web.test_board import busy_shop, sign_in
from tests.world import Shop

__all__ = ["busy_shop"]
pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


def test_what_is_wrong_and_what_comes_of_it_is_said_as_it_is_typed(
    browser: Browser, live_server: LiveServer, busy_shop: Shop
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    sign_in(page, live_server, busy_shop)
    page.goto(f"{live_server.url}/settings/fields/new/deal/formula")
    trial = page.locator("#trial")
    typed = page.get_by_label("Formula", exact=True)
    typed.press_sequentially('if(amuont > 100, "Large", "Small")')
    expect(trial).to_contain_text("There is no field “amuont”. Did you mean amount?")
    typed.fill('if(amount > 100, "Large", "Small")')
    expect(trial).to_contain_text("It yields: Text")
    expect(trial).to_contain_text(re.compile("Large|Small"))
    page.get_by_label("Name", exact=True).fill("Size")
    page.locator("[name=key]").fill("size")
    page.get_by_role("button", name="Try it").click()
    expect(trial).to_contain_text("It yields: Text")
    page.get_by_role("button", name="Add the formula").click()
    expect(page.locator("#notices")).to_contain_text("Size")
    page.goto(f"{live_server.url}/deals?columns=name,custom.size&group=custom.size")
    expect(page.locator("main")).to_contain_text(re.compile("Large|Small"))
    assert complaints == []
    context.close()
