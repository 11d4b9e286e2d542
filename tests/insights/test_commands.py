"""`caudal metric`, over the database of the test instead of that of a data folder."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from caudal.core.errors import Problem
from caudal.insights import commands
from caudal.insights.queries import reference_page
from caudal.kit.world import fixed_world, use
from tests.insights.shop import AT, deal
from tests.world import Shop

pytestmark = pytest.mark.django_db
REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "metrics.md"
Q1 = ("--from", "2026-01-01", "--to", "2026-04-01")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stay on the database of the test, in June."""
    monkeypatch.setattr(commands, "attached", nullcontext)
    with use(fixed_world(at=AT)):
        yield


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.metric, arguments)


def told(*arguments: str) -> Any:
    answer = run(*arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_without_a_grain_there_is_one_row(filled: Shop) -> None:
    answer = told("win_rate", *Q1)
    assert answer["rows"] == [
        {
            "period": "2026-01-01/2026-04-01",
            "period_start": "2026-01-01",
            "period_end": "2026-04-01",
            "value": 0.8,
            "numerator": 4,
            "denominator": 5,
            "missing": 0,
            "complete": True,
            "currency": None,
        }
    ]
    # Everything there is: from the first deal that closed to today.
    assert told("deals_closed")["rows"][0]["value"] == 4


def test_money_is_a_text_in_major_units_and_dimensions_have_their_own_names(filled: Shop) -> None:
    rows = told("revenue_won", *Q1, "--grain", "quarter", "--by", "owner,pillar")["rows"]
    assert [(row["period"], row["owner"], row["value"], row["currency"]) for row in rows] == [
        ("2026-Q1", "Raúl", "900.00", "EUR"),
        ("2026-Q1", "Rosa", "1200.50", "EUR"),
        ("2026-Q1", None, "70.00", "EUR"),
    ]
    assert {row["pillar"] for row in rows} == {"courses"}
    assert told("deal_size", *Q1)["rows"][0] | {"period": ""} == {
        "period": "",
        "period_start": "2026-01-01",
        "period_end": "2026-04-01",
        "value": "542.63",  # 2,170.50 / 4 is 542.625
        "numerator": "2170.5",
        "denominator": 4,
        "missing": 0,
        "complete": True,
        "currency": "EUR",
    }


def test_rows_are_the_records_behind_the_number(filled: Shop) -> None:
    answer = told("revenue_won", *Q1, "--where", 'owner = "Rosa"', "--rows")
    assert [(row["label"], row["day"], row["numerator"]) for row in answer["rows"]] == [
        ("Acme", "2026-01-20", "1000"),
        ("Globex", "2026-02-01", "200.5"),
    ]
    assert answer["total"] == 2


def test_a_missing_rate_is_a_finding_beside_an_incomplete_number(filled: Shop) -> None:
    deal("Pounds", filled.rosa, "100.00", "GBP", won="2-10")
    answer = told("revenue_won", *Q1)
    assert (answer["rows"][0]["value"], answer["rows"][0]["complete"]) == ("2170.50", False)
    assert answer["findings"][0]["params"] | {"rate_day": ""} == {
        "currency": "GBP",
        "own": "EUR",
        "day": "2026-02-10",
        "count": 1,
        "rate_day": "",
        "days_max": 7,
    }
    shown = run("revenue_won", *Q1)
    assert "2170.50 *" in shown.stdout
    assert "no rate from GBP to EUR for 2026-02-10" in shown.stderr


def test_tables_are_for_people(filled: Shop) -> None:
    shown = run("win_rate", *Q1, "--by", "owner").stdout
    assert "0.5000" in shown
    assert "1 / 2" in shown
    assert "Umbrella" in run("win_rate", *Q1, "--rows").stdout


def test_the_list_needs_no_database() -> None:
    listed = {each["id"]: each for each in told("--list")["metrics"]}
    assert listed["win_rate"]["drivers"] == ["deals_closed", "deals_lost"]
    assert "win_rate" in run("--list").stdout


@pytest.mark.parametrize("arguments", [(), ("win_rate", "--rows", "--grain", "month"), ("win_rate", "--from", "soon")])
def test_bad_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_an_unknown_metric_is_a_problem_that_names_the_nearest(filled: Shop) -> None:
    refused = run("winrate")
    assert isinstance(refused.exception, Problem)
    assert "nearest is “win_rate”" in str(refused.exception)


def test_the_reference_page_is_written_from_the_registry() -> None:
    assert run("--markdown").stdout == reference_page()
    assert REFERENCE.read_text(encoding="utf-8") == reference_page(), "run: caudal metric --markdown"
