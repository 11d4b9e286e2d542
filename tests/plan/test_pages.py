"""The plan's pages and routes, as people and programs meet them."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.plan.models import PlanVersion
from caudal.workspace import actions
from caudal.workspace.models import Member, Role
from tests.plan.march import ESTRATEGIA, FOUNDED, NOW, work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def member(role: Role) -> Member:
    return actions.add_member(actor=SYSTEM, as_of=NOW, name="Ana", email="ana@example.com", role=role)


@pytest.fixture
def march(client: Client, worked: None) -> Client:
    client.force_login(member(Role.ADMIN))
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_first_page_says_in_three_sentences_how_the_plan_stands(march: Client) -> None:
    shown = text(march, "/")
    assert "4 of 6 measured targets are on track. 100 more have no data yet." in shown
    assert "Furthest from plan is Average deal size: $4,000 is $1,000 short" in shown
    assert "1 working day behind: 40 of 100; at this pace 88." in shown
    assert "38 of 106 targets, all totals in a time, are scaled; prices, days and ratios are not." in shown
    assert "100 targets that nothing feeds yet" in shown


def test_the_first_page_asks_the_database_a_fixed_number_of_times(
    march: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    march.get("/")
    # 10 questions (two counts, four ratios twice over) of 5 statements inside a test's transaction, 3 for the session
    # and the actor, and the company, the plan and the rail
    with django_assert_max_num_queries(60) as asked:
        march.get("/")
    before = len(asked.captured_queries)
    work()
    with django_assert_max_num_queries(before):
        march.get("/")


def test_every_measured_number_leads_to_rows_that_make_it(march: Client) -> None:
    page = march.get("/").content.decode()
    found = dict(re.findall(r'id="target-(\w+)".*?<a class="plan-rows" href="([^"]+)"', page, re.DOTALL))
    assert found.keys() == {"leads", "lead_conv", "deals", "ads", "cycle", "win"}
    assert found["deals"] == "/measure/deals_closed/rows?from=2026-03-01&amp;to=2026-03-17"
    # 3 deals won; 6 of 40 leads; 12,000 over 3; 20 days; 3 of 10
    shown = {name: text(march, address.replace("&amp;", "&")) for name, address in found.items()}
    assert "Deal 0" in shown["deals"]
    assert "Deal 5" not in shown["deals"]
    assert "Deal 5" in shown["win"]


def test_the_month_is_in_the_address_and_steps_back_to_the_first_of_the_plan(march: Client) -> None:
    page = march.get("/?month=2026-02&pillar=").content.decode()
    assert "30 of 100 when the period ended." in page
    assert "February 2026" in page
    assert "month=2026-01" in page
    assert "month=2026-03" in page
    assert "month=2025-12" not in march.get("/?month=2026-01").content.decode()
    assert "month=2026-04" not in march.get("/").content.decode()
    assert march.get("/?month=never").status_code == 400


def test_a_line_of_business_shows_its_own_targets(march: Client) -> None:
    shown = text(march, "/?pillar=saas")
    assert "SaaS revenue" in shown
    assert "Price of a masterclass" not in shown
    assert "The plan has 3 targets and no data for any of them yet." in shown


def test_the_targets_are_listed_with_the_lines_of_their_document(march: Client) -> None:
    shown = text(march, "/plan/targets")
    assert "106 targets, from estrategia_ventas_revenue.md." in shown
    assert re.search(r"New customers new_cust at least 50 per month .*? 21, 253, 488", shown)
    assert len(march.get("/plan/targets").content) < 150_000


def test_without_a_plan_an_administrator_is_shown_the_way_and_a_rep_is_told_who(client: Client) -> None:
    actions.found_company(actor=SYSTEM, as_of=FOUNDED, company="Ana's shop", currency="USD", zone="Europe/Madrid")
    client.force_login(member(Role.ADMIN))
    assert 'href="/plan/adoption"' in client.get("/").content.decode()
    other = Client()
    other.force_login(actions.add_member(actor=SYSTEM, as_of=NOW, name="Jon", email="jon@example.com", role=Role.REP))
    assert "An administrator chooses it." in other.get("/").content.decode()
    assert other.get("/plan/adoption").status_code == 403


def test_a_shipped_plan_is_adopted_from_the_page(client: Client) -> None:
    actions.found_company(actor=SYSTEM, as_of=FOUNDED, company="Ana's shop", currency="USD", zone="Europe/Madrid")
    client.force_login(member(Role.ADMIN))
    answer = client.post("/plan/adoption", {"shipped": "estrategia", "version": "demo", "starts_on": "2026-03-16"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert PlanVersion.objects.get().text.encode() == ESTRATEGIA


def test_a_file_with_mistakes_comes_back_with_all_of_them(client: Client) -> None:
    actions.found_company(actor=SYSTEM, as_of=FOUNDED, company="Ana's shop", currency="USD", zone="Europe/Madrid")
    client.force_login(member(Role.ADMIN))
    file = SimpleUploadedFile("mine.toml", ESTRATEGIA.replace(b"lo = 5000\nopen", b"lo = 'many'\nopen", 2))
    answer = client.post("/plan/adoption", {"file": file, "starts_on": "2026-03-16"})
    assert answer.status_code == 422
    # new_cust and p1_sales both say 5,000 or more
    assert len(re.findall(r"mine\.toml:\d+", answer.content.decode())) == 2
    assert not PlanVersion.objects.exists()


@pytest.mark.parametrize("values", [{}, {"shipped": "estrategia", "version": "huge"}])
def test_a_form_that_names_no_plan_or_no_such_version_is_refused(client: Client, values: dict[str, str]) -> None:
    actions.found_company(actor=SYSTEM, as_of=FOUNDED, company="Ana's shop", currency="USD", zone="Europe/Madrid")
    client.force_login(member(Role.ADMIN))
    assert client.post("/plan/adoption", {**values, "starts_on": "2026-03-16"}).status_code == 422
    assert not PlanVersion.objects.exists()


def test_programs_read_the_plan_and_where_it_stands(march: Client) -> None:
    plan = march.get("/api/v1/plan").json()
    assert (plan["version"], plan["starts_on"], len(plan["targets"])) == ("demo", "2026-01-01", 106)
    standing = march.get("/api/v1/plan/standing").json()
    leads = next(each for each in standing["targets"] if each["id"] == "leads")
    assert standing["day"] == "2026-03-16"
    assert (leads["from"], leads["actual"], leads["projection"], leads["state"]) == ("2026-03-01", "40", "88", "behind")
    february = march.get("/api/v1/plan/standing?month=2026-02").json()
    assert next(each for each in february["targets"] if each["id"] == "leads")["actual"] == "30"
    assert march.get("/api/v1/plan/standing?month=2026").status_code == 400


def test_programs_adopt_a_plan_once(march: Client) -> None:
    body = {"text": ESTRATEGIA.decode(), "version": "demo", "starts_on": "2026-02-01"}
    headers = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = march.post("/api/v1/plan", body, "application/json", headers=headers)
        assert (answer.status_code, answer.json()["starts_on"]) == (201, "2026-02-01")
    assert PlanVersion.objects.count() == 2
    broken = march.post("/api/v1/plan", {**body, "text": "[plan]\n"}, "application/json")
    assert (broken.status_code, broken.json()["code"]) == (422, "plan.refused")
    assert broken.json()["fields"]


def test_without_a_plan_programs_are_told_so(client: Client) -> None:
    client.force_login(member(Role.REP))
    answer = client.get("/api/v1/plan")
    assert (answer.status_code, answer.json()["code"]) == (404, "plan.none_adopted")


def test_a_rep_sees_the_whole_company_on_the_plan(march: Client) -> None:
    other = Client()
    other.force_login(
        actions.add_member(actor=SYSTEM, as_of=NOW + timedelta(0), name="Jon", email="jon@example.com", role=Role.REP)
    )
    assert "40 of 100" in other.get("/").content.decode()
