"""Four who send the same events at once, and are killed with their database: each event counts once, and none is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role
from tests.faults.metered import EVENTS, pages
from tests.kit.postgres_processes import SOURCE, open_folder

pytestmark = pytest.mark.lane("faults")
SENDERS = 4
SECONDS_MOST = 240
KILLS_LEAST = 4


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as opened:
        yield opened


def start(data: Path, out: Path, *words: str) -> "subprocess.Popen[bytes]":
    own = {"CAUDAL_DATA": str(data), "PYTHONPATH": os.pathsep.join([str(SOURCE), str(SOURCE.parent)])}
    with out.open("ab") as said:
        return subprocess.Popen([sys.executable, "-m", *words], env=os.environ | own, stdout=said, stderr=said)


def test_each_event_counts_once_whoever_sends_it_and_whoever_dies(folder: Path) -> None:
    data = folder / "data"
    chance = random.Random(int(os.environ.get("CAUDAL_SEED", "7")))  # noqa: S311  kills that can be repeated
    with Cluster(data).attach() as server:
        own = ("--company", "Acme", "--currency", "EUR", "--zone", "Europe/Madrid", "--yes")
        for words in (("caudal", "init", *own), ("tests.faults.metered", "0")):
            assert start(data, folder / "init.log", *words).wait(timeout=180) == 0, (folder / "init.log").read_text()
        living: dict[int, subprocess.Popen[bytes]] = {}
        left, kills, began = set(range(1, SENDERS + 1)), 0, time.monotonic()
        try:
            while left or living:
                assert time.monotonic() - began < SECONDS_MOST
                for seed in left - living.keys():
                    living[seed] = start(data, folder / f"{seed}.out", "tests.faults.metered", str(seed))
                for seed, process in list(living.items()):
                    if process.poll() is not None:
                        del living[seed]
                        left -= {seed} if process.returncode == 0 else set()
                time.sleep(0.02)
                # By how much was accepted, not by the clock: the next one dies a twelfth of the way further on.
                accepted = sum(len(numbers(folder / f"{seed}.out")) for seed in range(1, SENDERS + 1))
                if accepted > EVENTS * kills // (3 * KILLS_LEAST):
                    kills += kill(living, Cluster(data), folder, chance)
                server.ensure()
        finally:
            for process in living.values():
                process.kill()
                process.wait()
        assert kills >= KILLS_LEAST
        with psycopg.connect(server.dsn(Role.OWNER).url()) as connection:
            asked = "SELECT (SELECT count(*) FROM usage_event), (SELECT count(*) FROM usage_identity)"
            assert connection.execute(asked).fetchone() == (EVENTS, EVENTS)
            (counted,) = connection.execute("SELECT sum(total) FROM usage_hour").fetchone() or (0,)
        assert counted == sum(map(pages, range(EVENTS)))
    receipts = [line for seed in range(1, SENDERS + 1) for line in numbers(folder / f"{seed}.out")]
    assert len(receipts) == len(set(receipts)) <= EVENTS  # what was answered with a receipt was new once


def kill(living: dict[int, "subprocess.Popen[bytes]"], cluster: Cluster, folder: Path, chance: random.Random) -> int:
    """Kill a sender that has sent something, or now and then the server; say how many were."""
    working = [seed for seed in living if numbers(folder / f"{seed}.out")]
    if not working:
        return 0
    if chance.random() < 0.3 and (pid := cluster.status().pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return 1
    living[chance.choice(working)].kill()
    return 1


def numbers(out: Path) -> list[int]:
    """What a sender was told that it was new."""
    lines = out.read_text().splitlines() if out.exists() else []
    return [int(line) for line in lines if line.isdigit()]
