"""The command line: what it says when all is well, when a request is refused, and how soon."""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from caudal.kit.postgres import Cluster, Role
from caudal.kit.terminal import Needs, beside
from tests.kit.postgres_processes import SOURCE, open_folder, rows


def caudal(data: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the program on a data folder."""
    return subprocess.run(
        [sys.executable, "-m", "caudal", "--data", str(data), *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder whose tables are there, with no company."""
    with open_folder() as folder:
        answer = caudal(folder / "data", "migrate")
        assert answer.returncode == 0, answer.stderr
        yield folder / "data"


@pytest.fixture
def held(data: Path) -> Iterator[Path]:
    """The same, with its server kept running from one command to the next."""
    with Cluster(data).attach():
        yield data


def test_help_takes_less_than_half_a_second_of_processor_time_and_loads_no_django(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = caudal(tmp_path, "--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert answer.returncode == 0
    assert {"up", "down", "init", "doctor", "backup", "restore", "migrate", "worker"} <= set(answer.stdout.split())
    assert after.ru_utime - before.ru_utime < 0.5
    loads = "import sys, caudal.cli; list(caudal.cli.cli.list_commands(None)); print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", loads],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"django", "psycopg", "procrastinate"} & set(told.stdout.split())


def test_commands_about_files_load_no_models_and_a_check_takes_less_than_two_seconds(tmp_path: Path) -> None:
    light = {found.module for found in beside("caudal.plan.commands") if found.needs is Needs.WORDS}
    assert light >= {
        "caudal.plan.commands.checking",
        "caudal.plan.commands.repairing",
        "caudal.plan.commands.simulating",
    }
    loads = (
        "import sys, importlib, caudal.kit.terminal as t; t.set_up_words();"
        f"[importlib.import_module(name) for name in {sorted(light)}]; print(*sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", loads],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(told.stdout.split())
    assert not [name for name in loaded if name.startswith("caudal.") and name.endswith(".models")]
    assert not {"django.db", "django.urls", "psycopg", "numpy", "highspy"} & loaded
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = caudal(tmp_path, "plan", "check", "estrategia", "--language", "es")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "contradictorio" in answer.stdout
    assert after.ru_utime - before.ru_utime < 2


def test_bad_usage_ends_with_2_and_says_how_it_is_meant(tmp_path: Path) -> None:
    answer = caudal(tmp_path, "backup")
    assert answer.returncode == 2
    assert "Missing argument 'FILE'" in answer.stderr
    assert caudal(tmp_path, "nonsense").returncode == 2


def test_a_refusal_says_what_why_and_the_way_out_without_a_traceback(tmp_path: Path) -> None:
    answer = caudal(tmp_path, "doctor", "--sql")
    assert answer.returncode == 1
    assert answer.stderr == "DATABASE_URL is not set: the embedded database makes its roles itself.\n"
    answer = caudal(tmp_path, "backup", str(tmp_path / "copy"), DATABASE_URL="mysql://x/y")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines() == [
        "DATABASE_URL is not the address of a PostgreSQL database.",
        "Write it like postgresql://user:password@host:5432/database.",
    ]


def test_a_folder_without_a_company_is_told_and_how_to_make_one() -> None:
    with open_folder() as folder:
        answer = caudal(folder / "data", "plan", "status")
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-2:] == [
        f"There is no company in {folder / 'data'} yet, or its tables are those of an older version.",
        "caudal init makes a company; caudal migrate brings the tables up to date.",
    ]


def test_the_doctor_finds_nothing_wrong_with_a_fresh_installation(data: Path) -> None:
    answer = caudal(data, "doctor", "--json", CAUDAL_SMTP_HOST="mail.example.com")
    findings = [found for found in json.loads(answer.stdout)["findings"] if found["code"] != "doctor.disk"]
    assert findings == []


def test_the_doctor_names_what_makes_a_database_forgetful(data: Path) -> None:
    configuration = Cluster(data).home().cluster / "postgresql.auto.conf"
    before = configuration.read_text()
    configuration.write_text(before + "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n")
    try:
        answer = caudal(data, "doctor", CAUDAL_DEBUG="1")
        assert answer.returncode == 1
        for told in ("fsync is off", "full_page_writes is off", "synchronous_commit is off", "CAUDAL_DEBUG is on"):
            assert told in answer.stdout
    finally:
        configuration.write_text(before)


def test_the_doctor_counts_pending_changes_and_migrate_writes_a_copy_before_making_them(held: Path) -> None:
    data = held
    with Cluster(data).attach() as server:
        rows(server, "DELETE FROM django_migrations WHERE app = 'sessions'")
        rows(server, "DROP TABLE django_session")
    assert "1 changes of the tables are pending" in caudal(data, "doctor").stdout
    answer = caudal(data, "migrate")
    assert answer.returncode == 0
    (copy,) = (data / "backups").iterdir()
    assert copy.name.startswith("before-migrating-")
    assert copy.read_bytes()[:5] == b"PGDMP"
    assert caudal(data, "migrate").stderr == ""


def test_backup_and_restore_bring_a_lost_table_back(held: Path, tmp_path: Path) -> None:
    data = held
    assert caudal(data, "backup", str(tmp_path / "copy.dump")).returncode == 0
    with Cluster(data).attach() as server:
        rows(server, "DROP TABLE django_session")
    answer = caudal(data, "restore", "--yes", str(tmp_path / "copy.dump"))
    assert answer.returncode == 0
    assert "Nothing leaves this copy" in answer.stdout
    with Cluster(data).attach() as server:
        assert rows(server, "SELECT count(*) FROM django_session", Role.APP) == [(0,)]
    told = caudal(data, "doctor").stdout
    assert "held back" in told
    assert "No mail server is set" in told
    assert caudal(data, "release", "--yes").stdout == "Released. What waits is sent from now on.\n"
    assert "held back" not in caudal(data, "doctor").stdout
    assert caudal(data, "release", "--yes").stdout.startswith("Nothing is held back")


def test_a_copy_of_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    answer = caudal(data, "restore", "--yes", str(tmp_path / "none.dump"))
    assert answer.returncode == 1
    assert "there is no such file" in answer.stderr


def test_whoever_runs_the_machine_prints_a_link_that_signs_a_member_in(held: Path) -> None:
    data = held
    answer = caudal(data, "sign-in-link", "ana@example.com", CAUDAL_BASE_URL="https://shop.example")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "Nobody of the team has the address ana@example.com" in answer.stderr
    named = caudal(
        data, "sign-in-link", "ana@example.com", "--name", "Ana Ruiz", CAUDAL_BASE_URL="https://shop.example"
    )
    # Said again of somebody who is there, and may have come in by an import, it lets her administer; she keeps her name.
    again = caudal(data, "sign-in-link", "ANA@example.com", "--name", "Ana", CAUDAL_BASE_URL="https://shop.example")
    for link in (named.stdout, again.stdout):
        assert re.fullmatch(r"https://shop\.example/come-in/[\w-]{43}\n", link)  # 32 bytes in base64
    with Cluster(data).attach() as server:
        assert rows(server, "SELECT name, role FROM workspace_member") == [("Ana Ruiz", "admin")]
        assert rows(server, "SELECT count(*) FROM kit_fact WHERE name = 'workspace.sign_in_link_made'") == [(2,)]
        # The first link stopped working when the second was made.
        assert rows(server, "SELECT count(*) FROM workspace_accesslink WHERE used_at IS NULL") == [(1,)]


def test_down_says_when_nothing_runs(data: Path) -> None:
    assert caudal(data, "down").stdout == "Nothing was running.\n"
