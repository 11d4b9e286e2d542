"""The plan's pages in a real browser: seen in every width, scheme and language."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from caudal.core.money import Money
from caudal.crm.actions import CloseDraft, DealDraft, LeadDraft, capture_leads, open_deals
from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.plan.actions import adopt_plan
from caudal.workspace import actions
from caudal.workspace.models import Role
from tests.plan.march import ESTRATEGIA, FOUNDED, found
from tests.web.looking import look

pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]


def work() -> None:
    """A hundred days of leads and deals until now: three leads a day, a deal every second day, every third of them won."""
    today = now()
    capture_leads(
        actor=SYSTEM,
        as_of=today,
        leads=[
            LeadDraft(name=f"Lead {place}", captured_at=today - timedelta(hours=8 * place), channel="webinar")
            for place in range(300)
        ],
    )
    open_deals(
        actor=SYSTEM,
        as_of=today,
        deals=[
            DealDraft(
                name=f"Deal {place}",
                opened_at=today - timedelta(days=2 * place + 40),
                amount=Money.of(3000 + 100 * place, "USD"),
                close=CloseDraft(
                    outcome="lost" if place % 3 else "won",
                    closed_at=today - timedelta(days=2 * place),
                    reason="price" if place % 3 else "",
                ),
            )
            for place in range(50)
        ],
    )


def sign_in(page: Page, live_server: LiveServer) -> None:
    client = Client()
    client.force_login(
        actions.add_member(actor=SYSTEM, as_of=now(), name="Ana Ruiz", email="ana@example.com", role=Role.ADMIN)
    )
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def test_the_first_page_is_fit_to_be_seen(page: Page, live_server: LiveServer) -> None:
    found()
    work()
    sign_in(page, live_server)
    page.goto(live_server.url)
    look(page, "plan-first")
    page.goto(f"{live_server.url}/plan/targets")
    look(page, "plan-targets")


def test_the_way_to_a_plan_is_fit_to_be_seen(page: Page, live_server: LiveServer) -> None:
    actions.found_company(actor=SYSTEM, as_of=FOUNDED, company="Ana's shop", currency="USD", zone="Europe/Madrid")
    sign_in(page, live_server)
    page.goto(live_server.url)
    look(page, "plan-none")
    page.goto(f"{live_server.url}/plan/adoption")
    look(page, "plan-adoption")
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
