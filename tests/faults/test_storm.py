"""Processes come, work, leave and are killed, the server too: nothing acknowledged is lost and nothing stays behind."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role
from tests.kit.postgres_processes import SOURCE, eventually, open_folder, rows

pytestmark = pytest.mark.lane("faults")
SECONDS, SECONDS_MOST = 25, 120
ACKNOWLEDGED = 100
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


def goes_on(seconds: float, acknowledged: Mapping[int, list[int]]) -> bool:
    """Whether the storm goes on: for a while, and on a busy machine until enough was done in it."""
    done = sum(map(len, acknowledged.values()))
    return seconds < SECONDS or (done < ACKNOWLEDGED and seconds < SECONDS_MOST)


@contextmanager
def gone_with(living: Mapping[int, "subprocess.Popen[bytes]"]) -> Iterator[None]:
    """Leave no process behind, however the block ends."""
    try:
        yield
    finally:
        for process in living.values():
            process.kill()
            process.wait()


def test_a_storm_of_users_and_kills_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("CAUDAL_SEED", "7"))
    chance = random.Random(seed)  # noqa: S311  a storm that can be repeated
    acknowledged: dict[int, list[int]] = {}
    kills = 0
    living: dict[int, subprocess.Popen[bytes]] = {}
    with open_folder() as folder, gone_with(living):
        cluster = Cluster(folder / "data")
        with cluster.attach() as server:
            rows(server, "CREATE TABLE work (worker int, number int, PRIMARY KEY (worker, number))")
        started, began = 0, time.monotonic()
        while (blowing := goes_on(time.monotonic() - began, acknowledged)) or living:
            for worker, process in list(living.items()):
                if process.poll() is not None:
                    assert process.returncode in {0, -signal.SIGKILL}, (tmp_path / f"{worker}.err").read_text()
                    acknowledged[worker] = [int(line) for line in (tmp_path / f"{worker}.out").read_text().split()]
                    del living[worker]
            if blowing and len(living) < 4:
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
        assert len(told) >= ACKNOWLEDGED
        assert told - stored == set()
