"""What a reviewer says of the plan, on the page and to programs, and a repair that becomes the plan."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from caudal.catalog.actions import add_price, change_offering, retire_offering
from caudal.catalog.models import Charge
from caudal.catalog.queries import list_prices
from caudal.demo.cast import Cast
from caudal.demo.founding import add_goods
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.plan.models import PlanVersion
from caudal.plan.offline import repairing
from caudal.workspace import actions
from caudal.workspace.models import Role
from caudal.workspace.queries import pillars
from tests.plan.march import FOUNDED, NOW, found

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def signed_in(client: Client, role: Role) -> Client:
    member = actions.add_member(actor=SYSTEM, as_of=NOW, name="Ana", email=f"{role}@example.com", role=role)
    client.force_login(member)
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_says_the_most_serious_first_with_numbers_and_the_way_out(client: Client) -> None:
    assert "No plan" in text(signed_in(client, Role.ADMIN), "/plan/findings")
    found()
    shown = text(client, "/plan/findings")
    assert "relations between the numbers of the plan cannot hold." in shown
    assert shown.index("impossible") < shown.index("contradictory")
    # The demo is a hundredth of the plan: 5 deals a month against 50 customers.
    assert "5; the plan says 50" in shown
    assert "New customers: 5 instead of 50+" in shown
    assert "Lines 21, 227, 253, 488 of the document" in shown
    assert "read as “or more”: fits" in shown
    opened = text(client, "/plan/findings?reading=open&show=all")
    assert "Every check" in opened
    assert len(client.get("/plan/findings?show=all").content) < 150_000


def test_a_repair_is_offered_with_its_proof_and_becomes_the_plan(client: Client, founded: None) -> None:
    signed_in(client, Role.ADMIN)
    before = PlanVersion.objects.get()
    shown = text(client, "/plan/repair?checks=partners_once")
    assert "1 target must change. Fewer are proved not to be enough." in shown
    assert "Revenue through partners: 10% instead of 30%" in shown
    assert "One of these must change: Partnerships in revenue, Revenue through partners" in shown
    asked = {"checks": "partners_once", "reading": "target", "take": "1", "sha256": before.sha256}
    answer = client.post("/plan/repair", asked, follow=True)
    assert "Earlier versions are kept." in answer.content.decode()
    after = PlanVersion.objects.exclude(pk=before.pk).get()
    assert (after.version_name, after.starts_on) == (before.version_name, before.starts_on)
    changed = set(after.text.splitlines()) ^ set(before.text.splitlines())
    assert len(before.text) == len(after.text), changed
    assert "partners_once" not in client.get("/plan/findings").content.decode()
    # Sent again, it is about a plan that no longer counts.
    assert client.post("/plan/repair", asked).status_code == 409
    assert PlanVersion.objects.count() == 2


def test_who_may_not_change_the_plan_sees_the_repair_and_cannot_apply_it(client: Client, founded: None) -> None:
    signed_in(client, Role.REP)
    assert "Make it the plan" not in text(client, "/plan/repair?checks=partners_once")
    asked = {"checks": "partners_once", "take": "1", "sha256": PlanVersion.objects.get().sha256}
    assert client.post("/plan/repair", asked).status_code == 403
    assert PlanVersion.objects.count() == 1


def test_programs_check_and_repair_as_well(client: Client, founded: None) -> None:
    signed_in(client, Role.ADMIN)
    checks = client.get("/api/v1/plan/checks?checks=deals_make_customers").json()
    (row,) = checks["checks"]
    assert (checks["broken"], row["verdict"]) == (1, {"target": "contradictory", "open": "consistent"})
    assert (row["result"]["open"], row["stated"]["target"]) == (["5", None], ["50", "50"])
    repairs = client.get("/api/v1/plan/repairs?checks=deals_make_customers").json()
    assert (repairs["minimum"], repairs["proved"]) == (1, True)
    assert client.get("/api/v1/plan/checks?checks=nonsense").status_code == 404
    body = {"sha256": repairs["sha256"], "checks": "deals_make_customers", "take": 9}
    assert client.post("/api/v1/plan/repairs", body, content_type="application/json").status_code == 404
    answer = client.post("/api/v1/plan/repairs", {**body, "take": 1}, content_type="application/json")
    assert answer.status_code == 201
    assert client.get("/api/v1/plan/checks?checks=deals_make_customers").json()["broken"] == 0


def test_what_is_the_least_to_change_is_found_once_for_pages_and_programs(
    client: Client, founded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(client, Role.ADMIN)
    chosen = "?checks=deals_make_customers"
    first = client.get(f"/api/v1/plan/repairs{chosen}").json()
    asked: list[object] = []
    monkeypatch.setattr(repairing, "least_change", lambda *given, **_more: asked.append(given))
    assert client.get(f"/api/v1/plan/repairs{chosen}").json() == first
    assert client.get(f"/plan/repair{chosen}").status_code == 200
    body = {"sha256": first["sha256"], "checks": "deals_make_customers", "take": 1}
    assert client.post("/api/v1/plan/repairs", body, content_type="application/json").status_code == 201
    assert asked == []


def test_a_catalogue_price_outside_the_plan_is_named_with_both_numbers_and_the_way_out(
    client: Client, founded: None
) -> None:
    cast = Cast()
    for pillar in pillars():
        cast[f"pillar {pillar.key}"] = pillar.pk
    add_goods(cast, actor=SYSTEM, as_of=FOUNDED)
    signed_in(client, Role.ADMIN)
    # The demo company sells everything within the plan.
    assert {price.code for price in list_prices(SYSTEM, NOW.date())} > {"saas_starter", "documents_per_use"}
    assert client.get("/api/v1/plan/checks?checks=own").json()["prices"] == []
    assert "Prices outside the plan" not in text(client, "/plan/findings")
    charges = {each.offering.code: each for each in Charge.objects.order_by("-created_at")}
    for code, day, price in (
        ("saas_starter", date(2026, 3, 10), {"tiers": [{"flat": "249"}]}),
        ("documents_per_use", date(2026, 6, 1), {"tiers": [{"up_to": "9", "unit": "0.2"}, {"unit": "0.0125"}]}),
        ("saas_custom", date(2026, 6, 1), {"tiers": [{"flat": "90000"}]}),  # at least 5,000: no end above
    ):
        add_price(
            actor=SYSTEM, as_of=NOW, charge_id=charges[code].pk, currency="USD", from_date=day, price=price
        )  # fmt: skip
    shown = text(client, "/plan/findings")
    assert "“Starter” costs $249.00; the plan says $99 to $199 per month." in shown
    assert "From Jun 1, 2026 on “Pay per document” costs 0.0125 USD; the plan says $0.10 to $0.50" in shown
    assert "range from a later day, or adopt a plan that says another range." in shown
    beside = text(client, f"/offerings/{charges['saas_starter'].offering.ref}")
    assert "The plan says $99 to $199 per month “Starter” costs $249.00" in beside
    rows = client.get("/api/v1/plan/checks?checks=own").json()["prices"]
    assert [(row["id"], row["cost"], row["range"]) for row in rows] == [
        ("saas_starter", "249", ["99", "199"]),
        ("documents_per_use", "1/80", ["1/10", "1/2"]),
    ]
    # 249 a year are 20.75 a month, too little; what nobody new can buy is no list price.
    change_offering(actor=SYSTEM, as_of=NOW, offering_id=cast["offering saas_starter"], interval="year")
    retire_offering(
        actor=SYSTEM, as_of=NOW, offering_id=cast["offering documents_per_use"], from_date=date(2026, 5, 1)
    )  # fmt: skip
    (row,) = client.get("/api/v1/plan/checks?checks=own").json()["prices"]
    assert (row["id"], row["cost"]) == ("saas_starter", "83/4")
