"""What tests of pages share: a way in, rows to look at, and what a reader sees of an answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.models import Deal, Lead
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import issue_key
from tests.world import AT, Shop

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
NOW: Final = AT + timedelta(days=1)
Enter = Callable[[str], Client]


SCOPES: Final = ("crm:read", "crm:write", "catalog:read", "catalog:write", "workspace:read")


class Api:
    """A program that has a key."""

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}
        self.world = fixed_world(at=AT)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        with use(self.world):
            return self.client.generic(
                method, f"/api/v1{path}", "" if body is None else encoded(body), "application/json", headers=sent
            )


def encoded(body: Any) -> str:
    return Client()._encode_json(body, "application/json")  # type: ignore[attr-defined, no-any-return] # Django's own


@pytest.fixture
def api(shop: Shop, client: Client) -> Api:
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Program", role="admin", scopes=SCOPES)
    return Api(client, token)


@pytest.fixture
def today() -> Any:
    """A day after the shop was opened."""
    with use(fixed_world(at=NOW, seed=5)) as world:
        yield world


@pytest.fixture
def enter(shop: Shop) -> Enter:
    """A browser in which somebody of the shop is signed in."""

    def entered(who: str) -> Client:
        client = Client()
        client.force_login(getattr(shop, who), backend=BACKEND)
        return client

    return entered


@pytest.fixture
def full_shop(shop: Shop) -> Shop:
    """The shop with 60 deals in three stages, 12 of them closed, and 60 leads."""
    stages = shop.stages("saas")
    drafts = [
        actions.DealDraft(
            name=f"Deal {number}",
            opened_at=AT,
            company_id=shop.acme.pk,
            owner_id=shop.rosa.pk,
            product_id=shop.products["professional"].pk,
            amount=Money.of(100, "EUR" if number % 2 else "USD"),
            stages=tuple(actions.StageStep(stage_id=stage.pk, entered_at=AT) for stage in stages[: number % 3 + 1]),
            close=actions.CloseDraft(outcome="won", closed_at=AT) if number % 5 == 0 else None,
        )
        for number in range(60)
    ]
    ana = shop.actor("ana")
    actions.open_deals(actor=ana, as_of=AT, deals=drafts)
    actions.capture_leads(
        actor=ana,
        as_of=AT,
        leads=[actions.LeadDraft(name=f"Lead {number}", captured_at=AT, owner_id=shop.rosa.pk) for number in range(60)],
    )
    return shop


def deal_of(shop: Shop, who: str = "rosa", name: str = "Forty seats", **values: Any) -> Deal:
    draft = actions.DealDraft(
        name=name, opened_at=AT, pipeline_id=shop.pipelines["saas"].pk, owner_id=getattr(shop, who).pk, **values
    )
    return actions.open_deal(actor=shop.actor("ana"), as_of=AT, deal=draft)


def lead_of(shop: Shop, who: str | None = "rosa", **values: Any) -> Lead:
    owner_id = getattr(shop, who).pk if who else None
    draft = actions.LeadDraft(name="Lucía Vidal", captured_at=AT, owner_id=owner_id, **values)
    return actions.capture_lead(actor=shop.actor("ana"), as_of=AT, lead=draft).lead


def main_of(answer: Any) -> str:
    """What is the page's own, without its frame."""
    page: str = answer.content.decode()
    return page.partition("<main")[2].partition("</main>")[0]


def text_of(answer: Any) -> str:
    """What a reader sees of it, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main_of(answer))).split())


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([each for each in captured if "SAVEPOINT" not in each["sql"]])
