"""Numbers over HTTP, with a key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from caudal.kit.world import fixed_world, use
from caudal.workspace import actions as workspace
from caudal.workspace.models import Role
from tests.insights.shop import AT
from tests.world import Shop

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


@pytest.fixture
def shop(filled: Shop) -> Shop:
    return filled


@pytest.fixture
def get(shop: Shop, client: Client) -> Get:
    """Ask as a key of an administrator, or of the role and the scopes given."""

    def asked(path: str, *, role: str = Role.ADMIN, scopes: tuple[str, ...] = ("insights:read", "crm:read")) -> Any:
        _, token = workspace.issue_key(
            actor=shop.actor("ana"), as_of=AT, name="Reader", role=role, scopes=scopes, expires_at=None
        )
        with use(fixed_world(at=AT)):
            return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})

    return asked


def test_the_registry_is_listed_with_formulas_and_dimensions(get: Get) -> None:
    items = {each["id"]: each for each in get("/metrics").json()["items"]}
    assert items["win_rate"]["formula"] == "deals_closed / (deals_closed + deals_lost)"
    assert items["win_rate"]["label"] == {"en": "Win rate", "es": "Tasa de cierre"}
    assert {"owner", "pillar", "sector"} <= set(items["win_rate"]["dimensions"])
    assert get("/metrics/leads").json() == items["leads"]


def test_values_come_as_exact_texts_and_whole_numbers(get: Get) -> None:
    answer = get("/metrics/revenue_won/values?from=2026-02-01&to=2026-04-01&grain=month&by=owner").json()
    assert (answer["from"], answer["to"], answer["currency"]) == ("2026-02-01", "2026-04-01", "EUR")
    february = [row for row in answer["rows"] if row["period"] == "2026-02"]
    assert [(row["owner"], row["value"], row["numerator"], row["denominator"]) for row in february] == [
        ("Raúl", "900.00", "900", 1),
        ("Rosa", "200.50", "200.5", 1),
        (None, "0.00", "0", 1),
    ]
    rate = get("/metrics/win_rate/values?from=2026-01-01&to=2026-04-01").json()["rows"][0]
    # Its sides are asked for by the ids that its definition says: one is a metric, the other only a part of it.
    said = get("/metrics/win_rate").json()
    assert (said["numerator"], said["denominator"]) == (
        "deals_closed",
        "win_rate.denominator",
    )
    below = get("/metrics/win_rate.denominator").json()
    assert [(each["metric"], each["factor"]) for each in below["terms"]] == [("deals_closed", "1"), ("deals_lost", "1")]
    whole = get("/metrics/win_rate.denominator/values?from=2026-01-01&to=2026-04-01").json()["rows"][0]
    listed = get("/metrics/win_rate.denominator/rows?from=2026-01-01&to=2026-04-01").json()
    assert whole["value"] == rate["denominator"] == sum(each["numerator"] for each in listed["rows"])
    assert (rate["value"], rate["numerator"], rate["denominator"]) == (0.8, 4, 5)


def test_rows_come_in_pages_and_lead_to_their_records(get: Get) -> None:
    answer = get("/metrics/revenue_won/rows?from=2026-01-01&to=2026-04-01&limit=2&first=1").json()
    assert answer["total"] == 4
    assert [(row["label"], row["numerator"]) for row in answer["rows"]] == [("Globex", "200.5"), ("Initech", "900")]
    assert answer["rows"][0]["ref"].startswith("deal_")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/metrics/winrate", 404, "metric.unknown"),
        ("/metrics/win_rate/values?by=ownr", 422, "metric.dimension_unknown"),
        ("/metrics/win_rate/values?where=ownr%20%3D%201", 422, "expression.refused"),
        ("/metrics/win_rate/values?where=%28", 422, "expression.refused"),
        ("/metrics/win_rate/values?from=2026-02-01&to=2026-02-01", 422, "period.empty"),
        ("/metrics/win_rate/values?from=1900-01-01&grain=day", 422, "period.too_many"),
        ("/metrics/win_rate/values?grain=decade", 422, "input.invalid"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(get: Get, path: str, status: int, code: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content


def test_a_key_counts_within_its_scopes_and_its_role(get: Get) -> None:
    path = "/metrics/revenue_won/values"
    assert get(path, scopes=("insights:read",)).status_code == 403
    assert get(path, scopes=("crm:read",)).status_code == 403
    assert get(path, role=Role.REP).status_code == 403  # a rep's key owns nothing
    assert get(path, role=Role.MANAGER).json()["rows"][0]["value"] == "2170.50"
