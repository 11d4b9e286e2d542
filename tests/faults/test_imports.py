"""`caudal import` from the command line: killed in the middle and started again, it does nothing twice."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.postgres_processes import SOURCE, open_folder

pytestmark = pytest.mark.lane("faults")
ROWS = 1200
HEADER = "deal id,company,deal stage,engage date,close date,amount\n"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as found:
        made = caudal(found, "init", "--company", "Acme", "--currency", "EUR", "--zone", "Europe/Madrid", "--yes")
        assert made.returncode == 0, made.stderr
        rows = (f"{n},Customer {n % 40},Won,2026-01-{n % 28 + 1:02},2026-02-20,{n}\n" for n in range(ROWS))
        (found / "deals.csv").write_text(HEADER + "".join(rows))
        yield found


def caudal(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "caudal", "--data", str(folder / "data"), *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def imported(folder: Path, *options: str) -> dict[str, Any]:
    done = caudal(folder, "import", str(folder / "deals.csv"), "--json", *options)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_killed_import_goes_on_and_another_one_changes_nothing(folder: Path) -> None:
    # Members, products, companies and pipeline are a batch each; the sixth is the second five hundred of the rows.
    died = caudal(folder, "import", str(folder / "deals.csv"), CAUDAL_FAILPOINTS="import.after_batch=kill@6")
    assert died.returncode == -signal.SIGKILL
    # A thousand rows are known by their ids already, and two hundred are not.
    assert imported(folder, "--dry-run")["totals"] == {
        "rows": ROWS,
        "created": 200,
        "updated": 0,
        "unchanged": 1000,
        "refused": 0,
    }
    report = imported(folder)
    # One import of all the rows, as if nothing had happened.
    assert (report["totals"]["created"], report["totals"]["unchanged"]) == (ROWS, 0)
    again = imported(folder)
    assert (again["totals"]["created"], again["totals"]["unchanged"]) == (0, ROWS)


WORK = "activity id,activity type,subject,due date,status,company,owner\n"


def test_activities_and_an_undoing_that_are_killed_are_done_once(folder: Path) -> None:
    rows = (f"A{n},Task,Call {n},2026-03-{n % 28 + 1:02},Open,Customer {n % 40},Rosa\n" for n in range(ROWS))
    (folder / "activities.csv").write_text(WORK + "".join(rows))
    died = caudal(folder, "import", str(folder / "activities.csv"), CAUDAL_FAILPOINTS="import.after_batch=kill@5")
    assert died.returncode == -signal.SIGKILL
    done = caudal(folder, "import", str(folder / "activities.csv"), "--json")
    report = json.loads(done.stdout)
    assert (report["totals"]["created"], report["totals"]["refused"]) == (ROWS, 0), done.stderr
    undo = ("import", "--undo", report["batch"], "--json")
    would = json.loads(caudal(folder, *undo, "--dry-run").stdout)
    died = caudal(folder, *undo, CAUDAL_FAILPOINTS="undo.before_commit=kill@1")
    assert died.returncode == -signal.SIGKILL
    # Nothing of it was done; begun again, all of it is, and then there is nothing left to undo.
    undone = json.loads(caudal(folder, *undo).stdout)
    assert (undone["removed"], undone["kept"]) == ({"activity": ROWS, "member": 1}, {})
    assert undone["removed"] == would["removed"]
    again = caudal(folder, *undo)
    assert again.returncode != 0
    assert "cannot be undone" in again.stderr


def test_a_refused_row_ends_the_command_with_one_and_is_told_with_its_line(folder: Path) -> None:
    (folder / "bad.csv").write_text(HEADER + "9001,Acme,Won,2026-01-01,,5\n")
    done = caudal(folder, "import", str(folder / "bad.csv"), "--dry-run")
    assert done.returncode == 1
    assert "error  bad.csv:2 The stage says “Won”, and no day says when. Fill in the close date." in done.stdout
    assert "This was a dry run: nothing was written." in done.stdout
