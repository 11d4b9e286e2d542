"""A job whose worker was killed in the middle of it is taken up again by the next worker, and done once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role
from tests.kit.postgres_processes import SOURCE, eventually, open_folder

pytestmark = pytest.mark.lane("faults")

TAKEN_SECONDS = 40
RESCUED_SECONDS = 90
"""A worker that stopped beating is given up after 30 seconds, and the rescuer looks every 15."""
ASK = """
import django; django.setup()
from caudal.kit.tasks import drain_handler
drain_handler.defer(handler="crm.release_work")
"""


@contextmanager
def worker(data: Path, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of a data folder, gone when the block ends."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "caudal", "--data", str(data), "worker"],
            env=environment(data),
            stdout=said,
            stderr=said,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def environment(data: Path) -> dict[str, str]:
    return os.environ | {
        "CAUDAL_DATA": str(data),
        "PYTHONPATH": str(SOURCE),
        "DJANGO_SETTINGS_MODULE": "caudal.config.settings",
    }


def states(connection: "psycopg.Connection[Any]") -> list[tuple[str, int]]:
    """The state of the job and how often it was begun; nothing once it is done, because what succeeded is deleted."""
    return connection.execute(
        "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'caudal.kit.tasks.drain_handler'"
    ).fetchall()


def test_a_job_of_a_killed_worker_is_taken_up_again_and_ends() -> None:
    with open_folder() as folder:
        data = folder / "data"
        made = subprocess.run(
            [sys.executable, "-m", "caudal", "--data", str(data), "migrate"],
            env=environment(data),
            capture_output=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        with Cluster(data).attach() as server:
            address = server.dsn(Role.SUPERUSER).url()
            with psycopg.connect(address, autocommit=True) as watching, psycopg.connect(address) as holding:
                holding.execute("LOCK TABLE kit_delivery IN ACCESS EXCLUSIVE MODE")
                subprocess.run([sys.executable, "-c", ASK], env=environment(data), check=True)
                with worker(data, folder / "first.log") as first:
                    assert eventually(lambda: states(watching) == [("doing", 0)], TAKEN_SECONDS), states(watching)
                    first.send_signal(signal.SIGKILL)
                    first.wait()
                holding.rollback()
                time.sleep(1)
                assert states(watching) == [("doing", 0)]  # nobody has noticed yet
                with worker(data, folder / "second.log"):
                    assert eventually(lambda: states(watching) == [], RESCUED_SECONDS), states(watching)
                assert "job_rescued" in (folder / "second.log").read_text()
