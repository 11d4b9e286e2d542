"""The plan's pages in a real browser: the way from none to one."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.plan.actions import adopt_plan
from caudal.workspace import actions
from caudal.workspace.models import Role
from tests.plan.march import ESTRATEGIA, FOUNDED, found

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
