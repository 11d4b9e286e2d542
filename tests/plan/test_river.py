"""The river: from channels to cash, beside what was due, on its page, in the API and in the terminal."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from django.test import Client

from caudal.core.periods import CalendarPeriod
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.plan.actions import ActualDraft, type_actuals
from caudal.plan.commands.flowing import show_river
from caudal.plan.queries import Reach, adopted_plan, river, river_words
from caudal.ui.river import ACROSS, BED, MIDDLE, joined, parted
from caudal.workspace.actions import add_member
from caudal.workspace.models import Role
from tests.plan.march import NOW, work
from tests.plan.test_pages import member, text
from tests.plan.test_status_commands import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(founded: None) -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def test_each_reach_carries_what_is_counted_or_typed_beside_what_was_due(client: Client) -> None:
    work()
    _, plan = adopted_plan(SYSTEM)
    month = CalendarPeriod.parse("2026-03")
    cash = next(target for target in plan.targets if target.metric == "cash_flow")
    type_actuals(actor=SYSTEM, as_of=NOW, drafts=[ActualDraft(cash, month, Decimal(30_000))])
    flows = {flow.reach: flow for flow in river(SYSTEM, as_of=NOW).flows}
    # 5/11 of the working time is gone: of 100 leads, 15 % of them as deals, 5 deals won at 5,000 dollars or more each
    assert {reach: (flow.actual, flow.due) for reach, flow in flows.items() if reach is not Reach.CASH} == {
        Reach.LEADS: (Fraction(40), Fraction(500, 11)),
        Reach.DEALS: (Fraction(6), Fraction(75, 11)),
        Reach.WON: (Fraction(3), Fraction(25, 11)),
        Reach.CUSTOMERS: (None, Fraction(250, 11)),
        Reach.REVENUE: (Fraction(12_000), Fraction(125_000, 11)),
    }
    assert (flows[Reach.LEADS].branches, flows[Reach.CASH].typed) == ((("webinar", Fraction(40)),), True)
    words = "The river runs thinnest at"
    client.force_login(member(Role.ADMIN))
    page = client.get("/plan/river").content.decode()
    assert words in page
    assert "88% of the 45 due by now" in page
    for address in re.findall(r'href="(/measure/[^"]+)"', page):
        assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert f"/plan/targets/{cash.id}" in page  # what nothing counts leads to where it was typed
    api = client.get("/api/v1/plan/river?month=2026-02").json()
    assert (api["from"], api["to"], api["reaches"][0]["actual"]) == ("2026-02-01", "2026-03-01", "30")
    assert words in run(show_river).stdout
    assert json.loads(run(show_river, "--json").stdout)["reaches"][2]["due"] == "2.272727272727"
    rep = Client()
    rep.force_login(add_member(actor=SYSTEM, as_of=NOW, name="Jon", email="jon@example.com", role=Role.REP))
    assert "webinar" not in text(rep, "/plan/river")


def test_without_rows_the_river_says_how_it_begins(client: Client) -> None:
    found_river = river(SYSTEM, as_of=NOW)
    assert all(not flow.actual for flow in found_river.flows)
    assert "thinnest at leads: 0 of the 45 due by now" in river_words(found_river)
    client.force_login(member(Role.ADMIN))
    assert client.get("/plan/river").status_code == 200


def test_bands_that_join_lie_side_by_side_and_make_up_the_whole() -> None:
    values = [Fraction(5), Fraction(3), Fraction(2)]
    mouths = joined(values, BED)
    assert mouths[0].at - mouths[0].half == MIDDLE - BED
    assert all(one.at + one.half == other.at - other.half for one, other in pairwise(mouths))
    assert mouths[-1].at + mouths[-1].half == MIDDLE + BED
    apart = parted(values, BED)
    assert all(one.at + one.half < other.at - other.half for one, other in pairwise(apart))
    assert apart[-1].at + apart[-1].half < ACROSS
