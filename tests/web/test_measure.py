"""The pages of numbers in a real browser: from a number to its records."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import CloseDraft, DealDraft, LeadDraft
from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from tests.world import Shop, open_shop

pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def selling(transactional_db: None) -> Shop:
    """Fourteen months of deals and leads of three owners in three pipelines, one of them in pounds, which have no rate."""
    shop, today = open_shop(), now()
    owners = (shop.rosa, shop.raul, shop.marta)
    drafts = []
    for place in range(180):
        closed = today - timedelta(days=2 + place * 7 // 3)
        pounds = place == 20
        drafts.append(
            DealDraft(
                name=f"Deal {place}",
                opened_at=closed - timedelta(days=10 + place % 40),
                owner_id=owners[place % 3].pk,
                company_id=(shop.acme, shop.globex)[place % 2].pk,
                pipeline_id=shop.pipelines[("saas", "courses", "documents")[place % 5 % 3]].pk,
                amount=Money.of(1000 + place * 37 % 900, "GBP" if pounds else "EUR"),
                close=CloseDraft(
                    outcome="lost" if place % 4 == 1 and not pounds else "won",
                    closed_at=closed,
                    reason="price" if place % 4 == 1 else "",
                ),
            )
        )
    actions.open_deals(actor=SYSTEM, as_of=today, deals=drafts)
    actions.capture_leads(
        actor=SYSTEM,
        as_of=today,
        leads=[
            LeadDraft(name=f"Lead {place}", captured_at=today - timedelta(days=2 * place), channel="webinar")
            for place in range(190)
        ],
    )
    return shop


def sign_in(page: Page, server: LiveServer, shop: Shop, who: str = "ana") -> None:
    client = Client()
    client.force_login(getattr(shop, who), backend=BACKEND)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])


def test_a_number_leads_to_its_records_and_back(page: Page, live_server: LiveServer, selling: Shop) -> None:
    sign_in(page, live_server, selling, "marta")
    page.goto(f"{live_server.url}/measure/deal_size?by=owner")
    page.get_by_role("row", name="Raúl").get_by_role("link").first.click()
    expect(page.get_by_text("out of your reach").first).to_be_visible()
    behind = page.url
    page.get_by_role("link", name="Average deal size").click()
    expect(page.get_by_label("Broken down by")).to_have_value("owner")
    page.goto(behind)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
