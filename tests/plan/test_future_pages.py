"""Pages about what will happen: chances, what if, the best split, and simulations that a worker plays."""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.plan.actions import SIMULATION, adopt_plan, carry_out_simulation
from caudal.workspace import actions
from caudal.workspace.models import Role
from caudal.workspace.queries import operations
from tests.plan.march import FIRST, FOUNDED, NOW

pytestmark = pytest.mark.django_db

BARE = """
[plan]
id = "bare"
name = { en = "Bare", es = "Escueto" }
currency = "EUR"
months = 3
[targets.income]
label = { en = "Income", es = "Ingresos" }
lo = 5
hi = 6
unit = "EUR/month"
"""


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:500]
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.fixture
def ana(client: Client, founded: None) -> Client:
    client.force_login(
        actions.add_member(actor=SYSTEM, as_of=FOUNDED, name="Ana", email="ana@example.com", role=Role.ADMIN)
    )
    return client


def test_chances_are_told_in_words_with_what_matters_and_what_there_is_too_little_of(ana: Client) -> None:
    shown = text(ana, "/plan/futures?of=deals")
    # 110 leads × 20 % × 30 % = 6.6 deals in the middle, and the target is 5: most futures reach it.
    assert "futures reach it: Deals closed of at least 5 per month in December 2026." in shown
    assert "All targets at once: no future." in shown
    assert "Deals closed: most futures reach the target from" in shown
    assert "Lead conversion raises it" in shown
    assert "Short in most futures from" in shown
    assert text(ana, "/plan/futures?of=deals") == shown
    assert "Gross revenue" in text(ana, "/plan/futures?of=nothing")


def test_a_driver_that_is_set_says_what_moves_and_what_must_be_true(ana: Client) -> None:
    usual = text(ana, "/plan/futures/what-if?of=deals")
    assert "Deals closed comes to 6.6 per month in December 2026 when every driver is as usual." in usual
    # 5 deals of 110 leads that win 30 % need 15.2 % of leads, and the plan has 15 to 25 %.
    assert "15.2% inside the plan's range" in usual
    assert "How far one driver may go until it is no longer at least 5 per month" in usual
    halved = text(ana, "/plan/futures/what-if?of=deals&d.leads=55&d.win=30&d.nothing=3&d.ads=x")
    assert "comes to 3.3 per month in December 2026, and not to 6.6 per month." in halved
    assert "Sales velocity" in halved
    assert "outside the plan's 15% to 25%" in halved


def test_a_scenario_goes_from_page_to_page(ana: Client) -> None:
    page = ana.get("/plan/futures/what-if?of=deals&d.leads=55").content.decode()
    assert "/plan/futures?of=deals&amp;d.leads=55" in page
    shown = text(ana, "/plan/futures?of=deals&d.leads=55")
    assert "With these changes: Leads: 55 per month" in shown
    assert "No future reaches it: Deals closed" in shown


def test_the_best_split_says_that_no_other_is_better(ana: Client) -> None:
    shown = text(ana, "/plan/futures/split")
    assert "Split best, $1,880" in shown
    assert "That is proved: no other split brings more." in shown
    refused = ana.get("/plan/futures/split?budget=1")
    assert refused.status_code == 422
    assert b"cannot be split over them" in refused.content


def test_many_futures_are_played_by_a_worker_and_found_again(ana: Client) -> None:
    asked = ana.post("/plan/futures/simulations", {"runs": "10000", "d.leads": "100"})
    assert asked.status_code == 302
    [operation] = operations(SYSTEM, (SIMULATION,), limit=5)
    assert "0 of 12" in text(ana, asked.headers["location"])
    operation.params["runs"] = 200
    operation.save(update_fields=["params"])
    carry_out_simulation(operation.pk, clock=lambda: NOW)
    shown = text(ana, asked.headers["location"] + "?of=deals")
    assert "In each of 200 futures" in shown
    assert "With these changes: Leads: 100 per month" in shown
    assert "200 futures Done" in text(ana, "/plan/futures")
    assert (
        ana.get(f"/plan/futures/simulations/{operation.ref}", headers={"hx-request": "true"}).headers["HX-Refresh"]
        == "true"
    )


def test_a_plan_in_which_nothing_varies_says_what_it_needs(ana: Client) -> None:
    adopt_plan(actor=SYSTEM, as_of=NOW, text=BARE, starts_on=FIRST)
    for address in ("/plan/futures", "/plan/futures/what-if"):
        assert "Nothing can vary yet" in text(ana, address)
    assert "No channel has a curve yet" in text(ana, "/plan/futures/split")
