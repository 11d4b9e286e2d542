"""Data folders and other processes for the tests of the embedded server."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import psycopg
import typing_extensions

from caudal.kit.postgres import Binaries, Cluster, Role, Server
from caudal.kit.postgres.binaries import SETTING, Account
from caudal.kit.postgres.credentials import Credentials
from caudal.kit.postgres.signs import free_port

SOURCE = Path(__file__).parents[2] / "src"
HOLD = """
import sys
from pathlib import Path
from caudal.kit.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=False)
with cluster.attach() as server:
    print(cluster.status().pid, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Another process that uses the server until its input ends."""

    process: "subprocess.Popen[str]"

    def server_pid(self) -> int:
        """The server's process, once this holder is attached."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        return int(line)

    def leave(self) -> None:
        """Let it leave as it should."""
        self.process.communicate()

    def kill(self) -> None:
        """Let it end without a chance to say so."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def holding(data: Path, *, python: str = sys.executable, uid: int | None = None, code: str = HOLD) -> Iterator[Holder]:
    """Start a process that attaches to the server of `data`; it is gone when the block ends."""
    programs, source = Binaries.find(), SOURCE
    if uid is not None:
        source = readable_source()
        if not programs.runs_as(Account("", uid, uid)):
            programs = programs.copied_to(source)
    process = subprocess.Popen(
        [python, "-c", code, str(data)],
        env={"PYTHONPATH": str(source), "PATH": os.defpath, SETTING: str(programs.folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=uid,
        extra_groups=None if uid is None else [],
        cwd="/",
    )
    try:
        yield Holder(process)
    finally:
        process.kill()
        process.communicate()


@cache
def readable_source() -> Path:
    """What the embedded server needs of our code, where any user may read it; it goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="caudal-source-"))
    atexit.register(shutil.rmtree, folder)
    folder.chmod(0o755)
    (folder / "caudal").mkdir()
    shutil.copy(SOURCE / "caudal" / "__init__.py", folder / "caudal")
    shutil.copy(typing_extensions.__file__, folder)
    for package in ("core", "kit"):
        shutil.copytree(SOURCE / "caudal" / package, folder / "caudal" / package)
    return folder


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder whose parents everybody may enter; pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="caudal-pg-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def copied(template: Path, target: Path) -> Path:
    """A copy of an initialised data folder, owners kept, with a port of its own: tests run side by side."""
    subprocess.run(["cp", "-a", str(template), str(target)], check=True)
    credentials = Credentials.load(target)
    if credentials is not None:
        replace(credentials, port=free_port()).save(target)
    return target


def rows(server: Server, statement: str, role: Role = Role.OWNER) -> list[tuple[object, ...]]:
    """The answer to one statement on a connection of its own."""
    with psycopg.connect(server.dsn(role).url(), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def state_of(pid: int) -> str:
    """R, S, Z … as /proc says; empty for nobody."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def parent_of(pid: int) -> int:
    """The process that would reap this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def kill_server(cluster: Cluster) -> int:
    """Kill -9 the server and give the process id it had."""
    pid = cluster.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid
