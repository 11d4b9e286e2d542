"""Processes come, work, leave and are killed, the server too: nothing acknowledged is lost and nothing stays behind."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role
from tests.kit.postgres_processes import SOURCE, eventually, open_folder, rows

pytestmark = pytest.mark.lane("faults")
SECONDS = 25
WORK = """
import random, sys
from pathlib import Path
import psycopg
from caudal.kit.postgres import Cluster, Role
data, seed = Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(seed)
with Cluster(data).attach() as server:
    for number in range(chance.randrange(1, 60)):
        try:
            with psycopg.connect(server.dsn(Role.APP).url(), autocommit=True) as connection:
                connection.execute("INSERT INTO work VALUES (%s, %s)", [seed, number])
        except psycopg.OperationalError:
            server.ensure()
            continue
        print(number, flush=True)
"""


def test_a_storm_of_users_and_kills_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("CAUDAL_SEED", "7"))
    chance = random.Random(seed)  # noqa: S311  a storm that can be repeated
    acknowledged: dict[int, list[int]] = {}
    kills = 0
    with open_folder() as folder:
        cluster = Cluster(folder / "data")
        with cluster.attach() as server:
            rows(server, "CREATE TABLE work (worker int, number int, PRIMARY KEY (worker, number))")
        living: dict[int, subprocess.Popen[bytes]] = {}
        started, deadline = 0, time.monotonic() + SECONDS
        while time.monotonic() < deadline or living:
            for worker, process in list(living.items()):
                if process.poll() is not None:
                    assert process.returncode in {0, -signal.SIGKILL}, (tmp_path / f"{worker}.err").read_text()
                    acknowledged[worker] = [int(line) for line in (tmp_path / f"{worker}.out").read_text().split()]
                    del living[worker]
            if time.monotonic() < deadline and len(living) < 4:
                started += 1
                with (tmp_path / f"{started}.out").open("w") as out, (tmp_path / f"{started}.err").open("w") as err:
                    living[started] = subprocess.Popen(
                        [sys.executable, "-c", WORK, str(cluster.data), str(started)],
                        env={**os.environ, "PYTHONPATH": str(SOURCE)},
                        stdout=out,
                        stderr=err,
                    )
            if living and chance.random() < 0.08:
                chance.choice(list(living.values())).kill()
                kills += 1
            if chance.random() < 0.02 and (pid := cluster.status().pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                kills += 1
            time.sleep(0.05)
        assert eventually(lambda: not cluster.status().running)
        with cluster.attach() as server, psycopg.connect(server.dsn(Role.APP).url()) as connection:
            stored = set(connection.execute("SELECT worker, number FROM work").fetchall())
        told = {(worker, number) for worker, numbers in acknowledged.items() for number in numbers}
        assert kills > 10
        assert len(told) > 100
        assert told - stored == set()
