"""A colleague is mentioned by a few letters."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.crm.models import Activity, Deal
from caudal.kit.models import RecordedFactRow
from tests.web.looking import assert_accessible, assert_no_csp_violation
from tests.web.test_board import busy_shop, sign_in
from tests.world import Shop

__all__ = ["busy_shop"]
pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


def test_names_are_offered_after_an_at_and_taken_by_key_or_click(
    page: Page, live_server: LiveServer, busy_shop: Shop
) -> None:
    deal = Deal.objects.get(name="First")
    sign_in(page, live_server, busy_shop, "rosa")
    page.goto(f"{live_server.url}/deals/{deal.ref}")
    line = page.get_by_role("textbox", name="What happened")
    line.press_sequentially("note, ask @m")
    names = page.get_by_role("listbox", name="@")
    expect(names.get_by_role("option")).to_have_text(["Marta"])
    assert_accessible(page)
    line.press("Enter")
    expect(line).to_have_value("note, ask @Marta ")
    line.press_sequentially("and @rau")
    names.get_by_role("option", name="Raúl").click()
    expect(line).to_have_value("note, ask @Marta and @Raúl ")
    line.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Logged")
    assert Activity.objects.get().body == "ask @Marta and @Raúl"
    fact = RecordedFactRow.objects.get(name="crm.activity_logged")
    assert fact.data["mentions"] == [str(busy_shop.marta.ref), str(busy_shop.raul.ref)]
    assert_no_csp_violation(page)
