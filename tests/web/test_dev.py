"""What `bin/dev` runs: an installation on an empty folder that answers, and starts its web again when a file changes."""

import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from caudal.kit.postgres.signs import free_port
from tests.kit.postgres_processes import SOURCE, eventually, open_folder

pytestmark = pytest.mark.lane("browser")
RELOADED_SECONDS = 60


def children_of(pid: int) -> set[int]:
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return {int(child) for child, parent in map(str.split, told.splitlines()) if int(parent) == pid}


def web_of(pid: int) -> int:
    """The web server among the children of the supervisor."""
    for child in children_of(pid):
        told = subprocess.run(["ps", "-o", "args=", "-p", str(child)], capture_output=True, text=True, check=False)
        if "granian" in told.stdout:
            return child
    raise AssertionError("no web server is running")


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/health", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_an_empty_folder_is_served_to_developers_and_reloaded_when_a_file_changes() -> None:
    port = free_port()
    with open_folder() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "caudal", "--data", str(folder / "data"), "up", "--reload", "--port", str(port)],
            env=os.environ | {"PYTHONPATH": str(SOURCE), "CAUDAL_DEBUG": "1", "CAUDAL_LOG_LEVEL": "WARNING"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert "Caudal is up" in process.stdout.readline()
            assert healthy(port)
            web = web_of(process.pid)
            before = children_of(web)
            os.utime(SOURCE / "caudal" / "config" / "urls.py")
            assert eventually(lambda: not before & children_of(web) and healthy(port), RELOADED_SECONDS)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
            process.communicate()
