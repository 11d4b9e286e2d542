"""My day in a real browser: walked by keys, done in place, at a phone's width, seen by axe."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.crm import actions
from caudal.crm.models import Activity, Completion
from caudal.kit.world import now
from tests.web.looking import assert_accessible
from tests.web.test_board import busy_shop, sign_in
from tests.world import Shop

__all__ = ["busy_shop"]
pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day(page: Page, live_server: LiveServer, busy_shop: Shop) -> Page:
    """Rosa's day: a call about a deal is due, a lead and deals wait."""
    rosa = busy_shop.actor("rosa")
    as_of = now()
    draft = actions.ActivityDraft(
        does="call", subject="Ask about the budget", owner_id=busy_shop.rosa.pk, due_date=as_of.date()
    )
    actions.log_activity(actor=rosa, as_of=as_of, activity=draft)
    sign_in(page, live_server, busy_shop, "rosa")
    page.goto(f"{live_server.url}/day")
    return page


def test_the_list_is_walked_and_done_by_keys(day: Page) -> None:
    call = day.locator(".day-line", has_text="Ask about the budget")
    for _ in range(day.locator(".day-line").count()):
        day.keyboard.press("j")
        if "is-current" in (call.get_attribute("class") or ""):
            break
    day.keyboard.press("d")
    dialog = day.get_by_role("dialog")
    expect(dialog).to_contain_text("Done: Ask about the budget")
    dialog.get_by_label("Voicemail").check()
    dialog.get_by_label("Next step").fill("call again Friday")
    dialog.get_by_role("button", name="Done", exact=True).click()
    expect(call).to_have_count(0)
    assert Completion.objects.get().outcome == "voicemail"
    assert Activity.objects.filter(subject="call again", completion=None).count() == 1


def test_a_call_to_a_lead_is_logged_in_one_line_over_the_list(day: Page) -> None:
    lead = day.locator(".day-line", has_text="Lucía Vidal")
    lead.get_by_role("link", name="Log a call").click()
    line = day.get_by_role("dialog").get_by_label("What happened")
    expect(line).to_have_value("call, ")
    line.fill("call, reached, 5 min")
    line.press("Enter")
    expect(day.locator(".day-line", has_text="Lucía Vidal")).to_have_count(0)


def test_g_and_d_lead_to_the_day_from_anywhere(day: Page, live_server: LiveServer) -> None:
    day.goto(f"{live_server.url}/deals")
    day.keyboard.press("g")
    day.keyboard.press("d")
    day.wait_for_url("**/day")


def test_the_order_is_explained_to_everybody(day: Page) -> None:
    day.get_by_text("How is this ordered?").click()
    assert_accessible(day)
