"""A company whose worker dies all the time, and its database now and then: months and years of it leave everything whole.

Who works is a process of its own. It dies at each place where billing can fail, and at any moment; its database is
killed, or stopped without a chance to write. Another process goes on, and looks first whether everything is whole.
"""

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from caudal.kit.postgres import Cluster, Server
from tests.billing.living import FAILPOINTS
from tests.billing.selling import NEW_YEAR
from tests.faults.test_invoicing import ALIVE, KILLED, ended, stands_still, started
from tests.kit.postgres_processes import eventually, open_folder

HAPPENS_MOST = 40
"""So much happens at most until somebody dies."""
EVERY = 5
"""Every so many processes the database goes instead; no divisor of the failpoints, so that it goes at each of them."""
SECONDS_MOST = 240
"""A process that does nothing for so long hangs."""


@dataclass(slots=True)
class Years:
    """A company in a data folder, and how often whoever works for it died where."""

    folder: Path
    server: Server
    seed: int
    until: datetime
    chance: random.Random
    deaths: Counter[str] = field(default_factory=Counter)
    processes: int = 0

    def start(self, do: str, *words: str, **environment: str) -> "subprocess.Popen[str]":
        self.server.ensure()
        return started(
            self.folder / "data", "tests.faults.lived", do, f"{self.folder}", f"{self.seed}", *words, **environment
        )

    def whole(self, do: str) -> str:
        """Let a process do something that nobody disturbs; return what it says."""
        process = self.start(do)
        out, said = process.communicate(timeout=SECONDS_MOST)
        assert process.returncode == ALIVE, said
        return out

    def live(self, point: str) -> bool:
        """Let a process go on until it dies, at some place or at some moment; return whether it came to the end."""
        self.processes += 1
        takes_database = self.processes % EVERY == EVERY - 2
        place = f"{point}={'stop' if takes_database else 'kill'}@{self.chance.randint(1, 4)}"
        least = self.happened() + self.chance.randint(2, HAPPENS_MOST)
        where = point
        process = self.start("live", self.until.isoformat(), f"{self.processes}", CAUDAL_FAILPOINTS=place)
        try:
            assert eventually(lambda: is_over(process) or self.happened() >= least, SECONDS_MOST)
            if stands_still(process.pid):
                self.kill_database(f"database at {point}")
            elif process.poll() is None:
                time.sleep(self.chance.random() / 10)
                if takes_database:
                    self.kill_database("database at any moment")
                else:
                    where = "at any moment"
                    process.kill()
            # It may stand still behind the moment at which its database went: it is sent on until it notices.
            assert eventually(lambda: not is_there(process), SECONDS_MOST)
        finally:
            process.kill()
            status, said = ended(process)
        if status == KILLED:
            self.deaths[where] += 1
        else:
            assert status == ALIVE or (takes_database and "OperationalError" in said), said
        return status == ALIVE

    def kill_database(self, where: str) -> None:
        """Kill the server, or stop it without a checkpoint."""
        how = self.chance.choice((signal.SIGKILL, signal.SIGQUIT))
        pid = self.server.cluster.status().pid
        assert pid is not None
        os.kill(pid, how)
        self.deaths[f"{where} ({how.name})"] += 1
        assert eventually(lambda: not self.server.cluster.status().running)
        self.server.ensure()

    def happened(self) -> int:
        """How much has happened so far."""
        return int(self.kept()["happened"])

    def kept(self) -> dict[str, Any]:
        """What the company keeps of its life."""
        kept: dict[str, Any] = json.loads((self.folder / "life.json").read_text())
        return kept


def is_over(process: "subprocess.Popen[str]") -> bool:
    """Whether a process came to its end, or stands still."""
    return process.poll() is not None or stands_still(process.pid)


def is_there(process: "subprocess.Popen[str]") -> bool:
    """Send a process on if it stands still; whether it is there."""
    if stands_still(process.pid):
        process.send_signal(signal.SIGCONT)
    return process.poll() is None


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as opened:
        yield opened


def lived(folder: Path, *, seed: int, days: int) -> Years:
    """Let a company live for so long, whoever dies, and prove everything in the end."""
    data = folder / "data"
    with Cluster(data).attach() as server:
        status, said = ended(started(data, "caudal", "migrate"))
        assert status == ALIVE, said
        chance = random.Random(seed)  # noqa: S311  deaths that can be repeated
        years = Years(folder, server, seed, NEW_YEAR + timedelta(days=days), chance)
        years.whole("begin")
        points = list(FAILPOINTS)
        chance.shuffle(points)
        for point in cycle(points):
            if years.live(point):
                break
        figures = json.loads(years.whole("settle"))
        reconciled = started(data, "caudal", "billing", "reconcile")
        fits, said = reconciled.communicate(timeout=SECONDS_MOST)
        assert (reconciled.returncode, fits.count("fits "), fits.count("DIFFERS")) == (ALIVE, 12, 0), fits + said
        proved = started(data, "caudal", "prove", "--json")
        same, said = proved.communicate(timeout=SECONDS_MOST)
        assert proved.returncode == ALIVE, said
        proof = json.loads(same)
        assert (proof["documents"], proof["differing"]) == (figures["documents"], [])
        figures |= {"happened": years.happened(), "processes": years.processes, "facts": proof["facts"]}
        figures |= {"done": years.kept()["done"], "refused": sum(years.kept()["refused"].values())}
        print(json.dumps({"seed": seed, **figures, "deaths": dict(years.deaths)}))  # noqa: T201  the figures
    return years


@pytest.mark.lane("faults")
def test_a_season_of_deaths_leaves_everything_as_it_should_be(folder: Path) -> None:
    years = lived(folder, seed=int(os.environ.get("CAUDAL_SEED", "1")), days=90)
    assert sum(years.deaths.values()) >= 4
    assert any(where.startswith("database") for where in years.deaths)


@pytest.mark.lane("scale")
@pytest.mark.parametrize("seed", [int(each) for each in os.environ.get("CAUDAL_SEEDS", "1").split()])
def test_two_years_of_deaths_leave_everything_as_it_should_be(folder: Path, seed: int) -> None:
    years = lived(folder, seed=seed, days=730)
    assert {*FAILPOINTS, "at any moment"} <= years.deaths.keys()
    assert any(where.startswith("database at any moment") for where in years.deaths)
    assert sum(years.deaths.values()) >= 40
