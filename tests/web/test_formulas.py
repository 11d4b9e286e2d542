"""A formula is tried while it is typed, and drawn anew when a field beside it is edited."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from caudal.crm.models import Deal
from caudal.kit.access import SYSTEM
from caudal.workspace.actions import add_field
from tests.web.test_board import busy_shop, sign_in
from tests.world import AT, Shop

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


def test_a_field_that_is_edited_in_its_row_changes_what_is_computed_beside_it(
    browser: Browser, live_server: LiveServer, busy_shop: Shop
) -> None:
    made: Any = {"actor": SYSTEM, "as_of": AT, "record_kind": "deal"}
    add_field(**made, key="twice", label="Twice", type="formula", formula="amount * 2")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, live_server, busy_shop)
    page.goto(f"{live_server.url}/deals?columns=name,amount,custom.twice")
    deal = Deal.objects.get(name="First")
    page.locator(f'[href="/deals/{deal.ref}/fields/amount"]').click(force=True)
    typed = page.locator('.cell-form input[name^="value"]').first
    typed.fill("4321")
    typed.press("Enter")
    expect(page.locator(f"#row-{deal.ref} [data-computed]")).to_contain_text("8,642")
    context.close()
