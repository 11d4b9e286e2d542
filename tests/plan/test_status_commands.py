"""`caudal plan adopt` and `caudal plan status`, over the database of the test instead of that of a data folder."""

import json
from collections.abc import Iterator
from inspect import unwrap
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from caudal.core.errors import Problem
from caudal.kit.world import fixed_world, use
from caudal.plan.commands.adopted import adopt, status
from caudal.plan.models import PlanVersion
from caudal.plan.queries import NoPlan
from tests.plan.march import ESTRATEGIA, NOW, found, work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def run(command: click.Command, *arguments: str) -> Result:
    """Run a command without attaching it to a data folder."""
    assert command.callback is not None
    bare = click.Command(command.name, params=command.params, callback=unwrap(command.callback))
    return CliRunner().invoke(bare, arguments)


def test_the_status_is_a_table_with_the_worst_first() -> None:
    found()
    work()
    lines = run(status).stdout.splitlines()
    rows = [line.split("  ")[1].strip() for line in lines if "%" in line or "$" in line or "days" in line]
    assert "Sales and revenue strategy (Demo, a hundredth of the size), 2026-03-16" in lines[0]
    assert rows[0] == "Average deal size"
    shown = run(status, "--all").stdout
    assert "Would be fed by invoices" in shown
    assert "Would be fed" not in "".join(lines)


def test_the_status_is_data_for_programs() -> None:
    found()
    work()
    data = json.loads(run(status, "--json").stdout)
    leads = next(row for row in data["targets"] if row["id"] == "leads")
    assert data["as_of"] == "2026-03-15T23:00:00+00:00"
    assert len(data["targets"]) == 106
    assert (leads["lo"], leads["hi"], leads["actual"], leads["projection"]) == ("100", None, "40", "88")
    assert (leads["share_elapsed"], leads["state"]) == ("0.454545454545", "behind")


def test_the_status_is_told_in_spanish_and_of_a_past_month() -> None:
    found()
    work()
    shown = run(status, "--language", "es", "--month", "2026-02").stdout
    assert "30 de 100 al cerrar el periodo" in " ".join(shown.split())


def test_a_plan_is_adopted_by_name_or_by_path(tmp_path: Path) -> None:
    found()
    said = run(adopt, "estrategia", "--version", "demo").stdout
    assert said == "Sales and revenue strategy (demo) counts from 2026-03.\n"
    own = tmp_path / "own.toml"
    own.write_bytes(ESTRATEGIA)
    assert "counts from 2026-01." in run(adopt, str(own), "--starts", "2026-01").stdout
    assert PlanVersion.objects.count() == 3


def test_a_broken_plan_is_refused_with_every_place(tmp_path: Path) -> None:
    found()
    own = tmp_path / "own.toml"
    own.write_bytes(ESTRATEGIA.replace(b"lo = 5000\nopen", b"lo = 'many'\nopen", 2))
    refused = run(adopt, str(own))
    assert refused.exit_code == 1
    assert refused.stderr.count(f"{own}:") == 2
    assert "2 mistakes" in refused.stderr


def test_without_a_plan_the_status_says_how_to_adopt_one() -> None:
    refused = run(status)
    assert isinstance(refused.exception, NoPlan)
    assert isinstance(refused.exception, Problem)
    assert "caudal plan adopt estrategia" in str(refused.exception)
