"""kill -9 of web, worker and PostgreSQL while a thousand writes arrive: nothing acknowledged is lost, nothing is twice."""

import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role
from tests.kit.postgres_processes import open_folder

pytestmark = pytest.mark.lane("faults")

WRITES: Final = 1000
WRITERS: Final = 4
LEAVERS: Final = 20
PATIENCE_SECONDS: Final = 90
VICTIMS: Final = {"web": "granian", "worker": "worker", "postgres": "bin/postgres"}


@dataclass(slots=True)
class Installation:
    """A served company, its address, and a key that may do everything."""

    data: Path
    process: "subprocess.Popen[bytes]"
    address: str
    token: str = ""
    killed: Counter[str] = field(default_factory=Counter)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> httpx.Response:
        """Send until something other than a fault answers, with the same key."""
        headers = {"Idempotency-Key": key} if key else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = httpx.request(method, self.address + path, json=body, headers=headers, timeout=10)
                if answer.status_code < 500:
                    return answer
            except httpx.HTTPError:
                pass
            assert time.monotonic() < until, f"no recovery within {PATIENCE_SECONDS} s after {dict(self.killed)}"
            time.sleep(0.1)

    def kill(self, victim: str) -> None:
        """Kill -9 one process of a kind, if one lives."""
        found = [pid for pid in self.family() if VICTIMS[victim] in command_of(pid)]
        if found:
            # The eldest postgres is the postmaster; any of the others will do.
            os.kill(min(found), signal.SIGKILL)
            self.killed[victim] += 1

    def family(self) -> list[int]:
        """Everything that works for this data folder."""
        parents = dict(living())
        own = {self.process.pid}
        for _ in range(len(parents)):
            grown = own | {pid for pid, parent in parents.items() if parent in own}
            if grown == own:
                break
            own = grown
        return sorted(own | {pid for pid in parents if str(self.data) in command_of(pid)})


def living() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            yield int(entry.name), int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def caudal(data: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "caudal", "--data", str(data), *words]


def key_of(data: Path) -> str:
    """Issue a key as the machine's administrator would, in a process of its own."""
    code = """
import django; django.setup()
from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.workspace.actions import issue_key
scopes = ("workspace:read", "workspace:write", "crm:read", "crm:write")
print(issue_key(actor=SYSTEM, as_of=now(), name="faults", role="admin", scopes=scopes)[1])
"""
    environment = os.environ | {"CAUDAL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "caudal.config.settings"}
    said = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    return said.stdout.decode().strip()


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as opened:
        yield opened


@pytest.fixture
def installation(folder: Path) -> Iterator[Installation]:
    data, port = folder / "company", free_port()
    words = ("--company", "Globex", "--currency", "EUR", "--zone", "Europe/Madrid", "--yes")
    subprocess.run(caudal(data, "init", *words), check=True, capture_output=True)
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(caudal(data, "up", "--port", str(port)), stdout=log, stderr=log)
        served = Installation(data, process, f"http://127.0.0.1:{port}")
        try:
            assert served.send("GET", "/health").status_code == 200
            served.token = key_of(data)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


def test_a_thousand_writes_survive_the_death_of_every_process(installation: Installation) -> None:
    leavers = [
        installation.send("POST", "/api/v1/members", {"name": f"Leaver {n}"}, key=f"leaver-{n}").json()["id"]
        for n in range(LEAVERS)
    ]
    acknowledged: dict[int, str] = {}
    numbers = itertools.count()
    done = threading.Event()

    def write() -> None:
        while (number := next(numbers)) < WRITES:
            body = {"name": f"Company {number:04}", "owner_id": leavers[number % LEAVERS]}
            answer = installation.send("POST", "/api/v1/companies", body, key=f"write-{number}")
            assert answer.status_code == 201, answer.text
            acknowledged[number] = answer.json()["id"]

    def strike() -> None:
        # A blow each time so many writes have come through, so that every fault hits a system at work.
        chance = random.Random(7)  # noqa: S311  a repeatable series of blows
        next_blow = 20
        for victim in itertools.cycle(VICTIMS):
            while len(acknowledged) < next_blow:
                if done.wait(0.01):
                    return
            installation.kill(victim)
            next_blow = len(acknowledged) + chance.randrange(40, 80)

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    killer = threading.Thread(target=strike)
    for thread in (*writers, killer):
        thread.start()
    for thread in writers:
        thread.join()
    for number, leaver in enumerate(leavers):
        answer = installation.send("POST", f"/api/v1/members/{leaver}/deactivation", key=f"leave-{number}")
        assert answer.status_code == 200, answer.text
    done.set()
    killer.join()
    assert len(acknowledged) == WRITES
    assert all(installation.killed[victim] for victim in VICTIMS), installation.killed
    until_drained(installation)
    assert_nothing_lost_or_twice(installation, acknowledged)


def until_drained(installation: Installation) -> None:
    """Wait until every fact has been taken: wake-ups died with the workers, the sweep brings them back."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if query(installation, "SELECT count(*) FROM kit_delivery")[0][0] == 0:
            return
        time.sleep(1)
    raise AssertionError(query(installation, "SELECT handler, attempts, error FROM kit_delivery LIMIT 5"))


def assert_nothing_lost_or_twice(installation: Installation, acknowledged: dict[int, str]) -> None:
    # Each acknowledged company is there once, told of once, and no other is there.
    names = query(installation, "SELECT name, count(*) FROM crm_company GROUP BY name")
    assert dict(names) == {f"Company {number:04}": 1 for number in range(WRITES)}
    assert len(set(acknowledged.values())) == WRITES
    told = query(
        installation,
        "SELECT count(*), count(DISTINCT subject_id) FROM kit_fact WHERE name = 'crm.company_added'",
    )
    assert told == [(WRITES, WRITES)]
    # Whatever somebody who left had owned went back to the pool, once each.
    assert query(installation, "SELECT count(*) FROM crm_company WHERE owner_id IS NOT NULL") == [(0,)]
    released = query(
        installation,
        """SELECT count(*), count(DISTINCT subject_id) FROM kit_fact
           WHERE name = 'crm.company_changed' AND data -> 'changes' ? 'owner_id'""",
    )
    assert released == [(WRITES, WRITES)]
    # Facts of a subject are numbered without a gap, and no job hangs with a dead worker.
    gaps = "SELECT subject_id FROM kit_fact GROUP BY subject_kind, subject_id HAVING max(sequence) <> count(*)"
    assert query(installation, gaps) == []
    print(json.dumps({"acknowledged": len(acknowledged), "killed": dict(installation.killed)}))  # noqa: T201  the figure


def query(installation: Installation, sql: str) -> list[tuple[Any, ...]]:
    with (
        Cluster(installation.data).attach() as server,
        psycopg.connect(server.dsn(Role.OWNER).url()) as connection,
    ):
        return connection.execute(sql.encode()).fetchall()
