"""`caudal cases`: examples are computed, held against what they expect, and never end in a crash."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from caudal.cli.computing import cases

CASES: list[Any] = [
    {
        "id": "agrees",
        "source": "lago: guide/plans/charges/package",
        "topic": "charge.package",
        "inputs": {"package_size": 100, "price": "5", "free_units": 100, "quantity": "201"},
        "expected": {"amount": "10", "amount_cents": 1000},
    },
    {
        "id": "thirds",
        "topic": "charge.per_unit",
        "inputs": {"unit_price": "0.5", "quantity": 3, "currency": "KWD"},
        "expected": {"amount": "1.500", "unit_amount": 0.5},
    },
    {
        "id": "differs",
        "topic": "charge.per_unit",
        "note": "the source's own mistake",
        "inputs": {"unit_price": "0.05", "quantity": "1000"},
        "expected": {"amount": "50.01"},
    },
    {"id": "topic", "topic": "weather.rain", "inputs": {}, "expected": {"amount": "1"}},
    {"id": "key", "topic": "charge.per_unit", "inputs": {"unit_price": "1", "quantity": 1}, "expected": {"mood": 1}},
    {"id": "shape", "topic": "charge.volume", "inputs": {"tiers": 7, "quantity": 1}, "expected": {"amount": 1}},
    {
        "id": "unread",
        "topic": "charge.per_unit",
        "inputs": {"unit_price": "1", "quantity": 1, "moon": "full"},
        "expected": {"amount": "2"},
    },
    {
        "id": "refused",
        "topic": "charge.volume",
        "inputs": {"tiers": [{"up_to": 5}, {"up_to": 2}], "quantity": 1},
        "expected": {"amount": 1},
    },
    {"id": "text", "topic": "charge", "inputs": {"unit_price": "much", "quantity": 1}, "expected": {"amount": 1}},
    {"id": "nothing", "topic": "charge", "inputs": {"unit_price": "1", "quantity": 1}},
    "not even an object",
]


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(cases, [str(file), *options])


def test_cases_that_agree_are_counted_and_the_others_say_why_not(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(CASES), encoding="utf-8")
    report = json.loads(run(file, "--json").output)
    assert (report["total"], report["agreed"]) == (11, 2)
    assert report["differs"] == [
        {
            "id": "differs",
            "topic": "charge.per_unit",
            "key": "amount",
            "expected": "50.01",
            "got": "50",
            "note": "the source's own mistake",
        }
    ]
    reasons = {one["id"]: one["reason"] for one in report["not_run"]}
    assert reasons.keys() == {"topic", "key", "shape", "unread", "refused", "text", "nothing", "#11"}
    assert "weather.rain" in reasons["topic"]
    assert "mood" in reasons["key"]
    assert "moon" in reasons["unread"]
    assert "another shape" in reasons["shape"]
    assert "cannot be read in order" in reasons["refused"]
    assert "11 cases: 2 agree, 1 differ, 8 not run." in run(file).output


@pytest.mark.parametrize("text", ["", "{}", '"cases"', "[[["])
def test_a_file_without_cases_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(text, encoding="utf-8")
    answer = run(file)
    assert answer.exception is not None
    assert "is not a list of cases" in str(answer.exception)
