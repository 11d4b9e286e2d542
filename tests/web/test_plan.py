"""The plan's pages in a real browser: the way from none to one."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.plan.actions import adopt_plan, begin_draft
from caudal.plan.models import Origin
from caudal.plan.queries import Source
from caudal.workspace import actions
from caudal.workspace.models import Role
from tests.core.test_plans import SHOP
from tests.plan.march import ESTRATEGIA, FOUNDED, found
from tests.web.looking import assert_accessible

pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, live_server: LiveServer) -> None:
    client = Client()
    client.force_login(
        actions.add_member(actor=SYSTEM, as_of=now(), name="Ana Ruiz", email="ana@example.com", role=Role.ADMIN)
    )
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def test_a_plan_that_came_along_is_adopted_on_its_page(page: Page, live_server: LiveServer) -> None:
    actions.found_company(actor=SYSTEM, as_of=FOUNDED, company="Ana's shop", currency="USD", zone="Europe/Madrid")
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/plan/adoption")
    page.locator("select[name=shipped]").select_option("estrategia")
    page.locator("input[name=version]").fill("demo")
    page.locator("button[type=submit].button-primary").click()
    page.wait_for_url(f"{live_server.url}/")
    assert page.locator(".plan-how").count() == 1


def test_a_plan_that_is_adopted_shows_its_size(page: Page, live_server: LiveServer) -> None:
    found()
    adopt_plan(actor=SYSTEM, as_of=now(), text=ESTRATEGIA, starts_on=FOUNDED.date())
    sign_in(page, live_server)
    page.goto(live_server.url)
    assert "1:100" not in page.content()


def test_a_driver_moved_by_keyboard_shows_what_follows_and_stays_in_the_address(
    page: Page, live_server: LiveServer
) -> None:
    found()
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/plan/futures/what-if?of=deals")
    slider, field = page.locator("[data-mirrors=driver-leads]"), page.locator("#driver-leads")
    # The slider runs from 100 to 120 leads; Home is its lower end.
    slider.focus()
    slider.press("Home")
    assert field.input_value() == "100"
    page.get_by_text("Deals closed comes to 6 per month").wait_for()
    assert "d.leads=100" in page.url
    field.fill("55")
    field.press("Tab")
    page.get_by_text("comes to 3.3 per month").wait_for()
    assert slider.input_value() == "100"  # as far as it goes
    page.reload()
    assert field.input_value() == "55"
    page.get_by_role("link", name="See the chances").click()
    page.get_by_text("With these changes:").wait_for()


def test_the_text_of_a_draft_is_checked_while_somebody_types_and_a_finding_leads_to_its_line(
    page: Page, live_server: LiveServer
) -> None:
    actions.found_company(actor=SYSTEM, as_of=FOUNDED, company="Ana's shop", currency="EUR", zone="Europe/Madrid")
    sign_in(page, live_server)
    draft = begin_draft(actor=SYSTEM, as_of=now(), source=Source(SHOP, "Shop", Origin.FILE, "shop.toml"))
    page.goto(f"{live_server.url}/plan/drafts/{draft.ref}/edit")
    text = page.locator("#id_text")
    right, wrong = 'unit = "leads/month"', 'unit = "lead/month"'
    line = SHOP[: SHOP.index(right)].count("\n") + 1
    text.fill(SHOP.replace(right, wrong, 1))
    page.get_by_text("Did you mean “leads”?").first.wait_for()
    page.locator(f"#draft-review [data-line='{line}']").first.click()
    assert text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)") == wrong
    page.keyboard.insert_text(right)  # over what is chosen
    page.locator("#draft-review").get_by_text("No mistakes").wait_for()


def test_a_newcomer_finds_what_is_most_serious_repairs_it_and_sees_the_chance_of_the_revenue_change(
    page: Page, live_server: LiveServer
) -> None:
    found()
    sign_in(page, live_server)
    page.goto(live_server.url)
    serious = page.locator(".plan-doubtful li")
    assert serious.count() == 3
    assert "impossible" in serious.first.inner_text()
    page.get_by_role("link", name="See all findings").click()
    assert page.locator("h2", has_text="The three most serious").count() == 1
    page.locator("#return").get_by_role("link", name="Repair this alone").click()
    # The chances of each way come in by themselves, one after the other.
    page.locator("#chances-1", has_text="from 9 of 10 futures to every future").wait_for()
    page.locator("#chances-3", has_text="less likely").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Make it the plan").first.click()
    since = page.locator(".plan-since")
    since.get_by_text("from 9 of 10 futures to every future").wait_for()
    since.get_by_role("link", name="What changed").click()
    page.get_by_text("Gross revenue", exact=True).first.wait_for()
    page.goto(f"{live_server.url}/plan/findings")
    assert page.locator("#return").count() == 0
