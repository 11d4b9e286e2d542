"""`caudal up` serves on while its processes are killed, and leaves nothing when it ends."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from caudal.kit.postgres import Cluster
from caudal.kit.processes import Record
from tests.kit.postgres_processes import SOURCE, eventually, kill_server, open_folder

pytestmark = pytest.mark.lane("faults")
RECOVERED_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Up:
    """A running `caudal up`."""

    data: Path
    port: int
    process: "subprocess.Popen[str]"

    def healthy(self) -> bool:
        """Whether the web server answers and reaches the database."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def groups(self) -> tuple[int, ...]:
        """The process groups of web and worker."""
        return Record.read(self.data).groups


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    with open_folder() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        data = folder / "data"
        with (folder / "up.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "caudal", "--data", str(data), "up", "--port", str(port)],
                env={**os.environ, "PYTHONPATH": str(SOURCE), "CAUDAL_DATABASE_ROLE": "app"},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        assert f"Caudal is up: http://localhost:{port}" in process.stdout.readline(), (folder / "up.log").read_text()
        yield Up(data, port, process)
        groups = Record.read(data).groups
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert not Cluster(data).status().running
        living = subprocess.run(["ps", "-eo", "pgid="], capture_output=True, text=True, check=True).stdout.split()
        assert not {str(group) for group in groups} & set(living)
        process.stdout.close()


def children_of(pid: int) -> list[int]:
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(child) for child, parent in map(str.split, told.splitlines()) if int(parent) == pid]


def test_a_killed_web_server_is_served_again(up: Up) -> None:
    web = up.groups()[0]
    os.kill(web, signal.SIGKILL)
    assert eventually(lambda: web not in up.groups() and up.healthy(), RECOVERED_SECONDS)


def test_killed_workers_of_the_web_server_are_replaced(up: Up) -> None:
    for worker in children_of(up.groups()[0]):
        os.kill(worker, signal.SIGKILL)
    assert eventually(up.healthy, RECOVERED_SECONDS)


def test_a_killed_worker_comes_back(up: Up) -> None:
    worker = up.groups()[1]
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: len(up.groups()) == 2 and worker not in up.groups(), RECOVERED_SECONDS)


def test_a_killed_database_comes_back_and_the_pages_with_it(up: Up) -> None:
    killed = kill_server(Cluster(up.data))
    assert eventually(lambda: Cluster(up.data).status().pid not in {None, killed} and up.healthy(), RECOVERED_SECONDS)


def test_everything_killed_at_once_comes_back(up: Up) -> None:
    killed = kill_server(Cluster(up.data))
    for group in up.groups():
        os.killpg(group, signal.SIGKILL)
    assert eventually(lambda: Cluster(up.data).status().pid not in {None, killed} and up.healthy(), RECOVERED_SECONDS)
