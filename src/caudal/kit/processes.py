"""Keeps the processes of one installation alive: starts them in order, brings the dead back, stops all in reverse.

Two locks in the data folder tell who lives, because the system takes locks back from the dead: `up.lock` is the
supervisor's own; `children.lock` is inherited by every child. A supervisor that was killed leaves the first free and
the second held: the next one clears its orphans away and starts anew.
"""

import ctypes
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from caudal.core.errors import Problem, msg
from caudal.kit.postgres.credentials import write_private
from caudal.kit.postgres.home import Lock

PR_SET_PDEATHSIG: Final = 1
BACK_OFF_SECONDS_MAX: Final = 30
MARK: Final = "CAUDAL_UP"
"""Every child and what it starts carries this variable, whose value is written in `up.json`."""
SETTLED_SECONDS: Final = 60
"""A process that lived so long starts again at once when it dies."""
STOP_SECONDS: Final = 15
_TICK_SECONDS: Final = 0.5
_WAIT_SECONDS: Final = 0.05


class AlreadyUp(Problem):
    """Another supervisor serves this data folder."""

    code = "up.already"
    status = 409
    message = msg("Caudal is up already for {data} (process {pid}).")
    hint = msg("Stop it with caudal down, or use another --data.")


class NeverReady(Problem):
    """A process ended or was silent instead of becoming ready."""

    code = "up.not_ready"
    status = 503
    message = msg("The process {name} did not become ready within {seconds} seconds.")
    hint = msg("Its own words are above; caudal doctor looks for the usual causes.")


@dataclass(frozen=True, slots=True)
class Record:
    """What a supervisor writes down for the next one, and for `stop_running`: `up.json` in the data folder."""

    pid: int = 0
    groups: tuple[int, ...] = ()
    """The process groups of its children."""
    mark: str = ""

    @classmethod
    def read(cls, data: Path) -> Self:
        """The record of the last supervisor; an empty one when it ended well."""
        try:
            raw = json.loads((data / "up.json").read_text(encoding="utf-8"))
            return cls(raw["pid"], tuple(raw["groups"]), raw["mark"])
        except (FileNotFoundError, ValueError, KeyError):
            return cls()

    def write(self, data: Path) -> None:
        """Write it, whole or not at all."""
        write_private(data / "up.json", json.dumps({"pid": self.pid, "groups": self.groups, "mark": self.mark}))


@dataclass(frozen=True, slots=True)
class Program:
    """What to keep running. `environment` is asked at each start, because the database may have moved."""

    name: str
    command: Sequence[str]
    environment: Callable[[], Mapping[str, str]]
    ready: Callable[[], bool] | None = None
    """Whether it answers; None: it is ready as soon as it runs."""


@dataclass(slots=True)
class Child:
    """A program and its present process."""

    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0
    next_start: float = 0
    failures: int = 0

    @property
    def lives(self) -> bool:
        """Whether its process has not ended."""
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class Supervisor:
    """Runs programs until it is told to stop. `watch` is called about twice a second and may take its time.

    `watch` says whether everything must be started again, because what it looks after has moved.
    """

    data: Path
    programs: Sequence[Program]
    tell: Callable[[str], None] = lambda _: None
    watch: Callable[[], bool] = lambda: False
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    mark: str = field(default_factory=lambda: secrets.token_hex(16))

    def run(self, *, on_ready: Callable[[], None] = lambda: None, ready_seconds: float = 60) -> None:
        """Start everything, call `on_ready`, and stay until SIGINT, SIGTERM or `stop`. Raises AlreadyUp, NeverReady."""
        with alone(self.data) as lock, woken(self._signalled) as wake:
            # The mark is written down before anything bears it: whoever kills us between two lines finds all of it.
            Record(os.getpid(), (), self.mark).write(self.data)
            try:
                for program in self.programs:
                    child = Child(program)
                    self.children.append(child)
                    self._start(child, lock)
                    self._await_ready(child, ready_seconds, lock, wake)
                if not self.stopping:
                    on_ready()
                while not self.stopping:
                    self._tend(lock)
                    pause(wake, _TICK_SECONDS)
            finally:
                for child in reversed(self.children):
                    self._stop(child)
                (self.data / "up.json").unlink(missing_ok=True)

    def stop(self) -> None:
        """Let `run` return soon."""
        self.stopping = True

    def _signalled(self) -> None:
        if self.stopping:  # asked twice: no more patience
            for child in self.children:
                kill_group(child.process)
        self.stopping = True

    def _tend(self, lock: Lock) -> None:
        """Bring back whoever died, each after a pause that grows while it keeps dying."""
        try:
            moved = self.watch()
        except Problem as problem:
            self.tell(str(problem))
            return
        for child in self.children:
            if moved and child.lives:
                self.tell(f"{child.program.name}: starting again, because the database has moved")
                self._stop(child)
                child.next_start = 0
            if child.lives:
                continue
            now = time.monotonic()
            if child.process is not None:
                self._bury(child, child.process, now)
            if now >= child.next_start:
                self._start(child, lock)

    def _bury(self, child: Child, process: "subprocess.Popen[bytes]", now: float) -> None:
        """Clear away what a dead process left, and say when it starts again."""
        kill_group(process)
        status = process.returncode
        child.failures = 0 if now - child.started > SETTLED_SECONDS else child.failures + 1
        pause_seconds = min(2 ** (child.failures - 2), BACK_OFF_SECONDS_MAX) if child.failures > 1 else 0
        child.next_start = now + pause_seconds
        child.process = None
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        when = f" in {pause_seconds:g} seconds" if pause_seconds else ""
        self.tell(f"{child.program.name} {how}; starting it again{when}")

    def _start(self, child: Child, lock: Lock) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, and whatever the child leaves behind is one group.
        child.process = subprocess.Popen(
            child.program.command,
            env={**os.environ, **child.program.environment(), MARK: self.mark},
            stdin=subprocess.DEVNULL,
            pass_fds=(lock.descriptor,),
            start_new_session=True,
            preexec_fn=leave_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  this process has one thread
        )
        child.started = time.monotonic()
        groups = tuple(child.process.pid for child in self.children if child.process is not None)
        Record(os.getpid(), groups, self.mark).write(self.data)

    def _await_ready(self, child: Child, seconds: float, lock: Lock, wake: socket.socket) -> None:
        deadline = time.monotonic() + seconds
        while child.program.ready is not None and not self.stopping and not child.program.ready():
            if time.monotonic() > deadline or child.failures > 3:  # noqa: PLR2004  it will not get better
                raise NeverReady(name=child.program.name, seconds=seconds)
            self._tend(lock)
            pause(wake, _WAIT_SECONDS)

    def _stop(self, child: Child) -> None:
        if child.process is None:
            return
        with suppress(ProcessLookupError):
            child.process.terminate()
        try:
            child.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.tell(f"{child.program.name} does not stop; killing it")
        kill_group(child.process)
        child.process.wait()
        child.process = None


@contextmanager
def alone(data: Path, patience_seconds: float = STOP_SECONDS) -> Iterator[Lock]:
    """Be the only supervisor of a data folder; gives the lock that children inherit. Raises AlreadyUp."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Lock(data / "up.lock") as own, Lock(data / "children.lock") as children:
        if not own.try_alone():
            raise AlreadyUp(data=data, pid=Record.read(data).pid)
        clear_orphans(data, children, patience_seconds)
        children.share()
        Record(os.getpid()).write(data)
        yield children


def stop_running(data: Path, seconds: float = 60) -> bool:
    """Stop whatever supervisor serves the data folder and wait for it; False when nothing ran."""
    if not (data / "up.lock").exists():
        return False
    with Lock(data / "up.lock") as own, Lock(data / "children.lock") as children:
        if own.try_alone():
            return clear_orphans(data, children)
        with suppress(ProcessLookupError):
            os.kill(Record.read(data).pid, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while not own.try_alone():
            if time.monotonic() > deadline:
                with suppress(ProcessLookupError):
                    os.kill(Record.read(data).pid, signal.SIGKILL)
            time.sleep(_WAIT_SECONDS)
        clear_orphans(data, children)
    return True


def clear_orphans(data: Path, children: Lock, patience_seconds: float = STOP_SECONDS) -> bool:
    """Kill the children of a supervisor that was killed; whether there were any. The caller holds `up.lock`.

    A child that starts processes of its own may have closed the lock in them, and one that was just started may not be
    written down yet: these are known by their mark.
    """
    record = Record.read(data)
    number, found = signal.SIGTERM, False
    deadline = time.monotonic() + patience_seconds
    while (left := marked_groups(record.mark)) or not children.try_alone():
        found = True
        for group in {*record.groups, *left}:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        if time.monotonic() > deadline:
            number = signal.SIGKILL
        time.sleep(_WAIT_SECONDS)
    return found


def marked_groups(mark: str) -> set[int]:
    """The groups of the living processes that carry a mark; none where the system does not tell."""
    found = set()
    for path in Path("/proc").glob("[0-9]*") if mark else ():
        with suppress(OSError):
            state, _, group = (path / "stat").read_text().rpartition(")")[2].split()[:3]
            if state != "Z" and f"{MARK}={mark}".encode() in (path / "environ").read_bytes():
                found.add(int(group))
    return found


@contextmanager
def woken(on_stop: Callable[[], None]) -> Iterator[socket.socket]:
    """Give a socket that becomes readable at each signal; SIGINT and SIGTERM call `on_stop`."""
    inside, outside = socket.socketpair()
    inside.setblocking(False)
    outside.setblocking(False)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: on_stop()) for number in numbers}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
    wakeup = signal.set_wakeup_fd(inside.fileno(), warn_on_full_buffer=False)
    try:
        yield outside
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        inside.close()
        outside.close()


def pause(wake: socket.socket, seconds: float) -> None:
    """Sleep, but not past a signal."""
    readable, _, _ = select.select([wake], [], [], seconds)
    if readable:
        wake.recv(4096)


def leave_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def kill_group(process: "subprocess.Popen[bytes] | None") -> None:
    """Kill what a process left behind, and itself."""
    if process is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
