"""The embedded server of a data folder: started by whoever needs it first, shared, recovered, stopped by the last.

    with Cluster(data).attach() as server:
        server.dsn(Role.APP)

Two locks carry the whole protocol, because the system takes locks back from the dead: `users` is shared by every
process that uses the server; `server` is held by the server and each of its children. Whoever gets `server` knows that
nothing of an older server lives, whatever a left-over pid file says, and may start one.
"""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from caudal.core.errors import Problem, msg
from caudal.kit.postgres import keeper
from caudal.kit.postgres.binaries import Binaries
from caudal.kit.postgres.credentials import Credentials, Dsn, Role
from caudal.kit.postgres.grants import database_statements, quoted, right_statements, role_statements
from caudal.kit.postgres.home import ELSEWHERE, Home, Lock
from caudal.kit.postgres.memory import conf_lines, memory_bytes
from caudal.kit.postgres.signs import (
    failure,
    free_port,
    last_line,
    log_size,
    port_is_free,
    read_pid,
    reason_in,
    says_why,
    status_line,
    works_on,
)

Progress: TypeAlias = Callable[[str], None]
"""Hears, in a few words, what takes long."""

DATABASE: Final = "caudal"
SPACE_TO_INIT: Final = 100 * 2**20
SPACE_TO_START: Final = 40 * 2**20
STOP_SECONDS: Final = 60
_TRIES: Final = 5
"""A port may be taken by somebody else meanwhile, and a server may be killed before it is ready."""
_POLL_SECONDS: Final = 0.02
_ANSWER_SECONDS: Final = 5
_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)
"""The shortest question that a server answers, with one letter and without a word in its log."""
_LOG_BYTES_MAX: Final = 10 * 2**20
_BUILTIN_LOCALE_MAJOR: Final = 17
_TEMPORARY: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "jit": "off",
    "max_connections": "200",  # processes of tests share a server, each with as many people as it likes
}


class OtherMajor(Problem):
    """The data folder was written by another major version of PostgreSQL."""

    code = "postgres.other_major"
    status = 409
    message = msg(
        "The database in {cluster} was written by PostgreSQL {found}; the programs here are version {version}."
    )
    hint = msg(
        "Take it along: CAUDAL_POSTGRES_BIN={old} caudal backup old.dump, move {cluster} away, caudal restore old.dump."
    )


class NoSpace(Problem):
    """The disk is too full to start safely."""

    code = "postgres.no_space"
    status = 507
    message = msg("Only {free} MB are free where the database lives ({path}); it needs {needed} MB to start.")
    hint = msg("Free some space, then start again: nothing was lost.")


class StartFailed(Problem):
    """The server did not come up."""

    code = "postgres.start"
    status = 503
    message = msg("PostgreSQL did not start: {reason}")
    hint = msg("The whole story is in {log}.")


class ForeignServer(Problem):
    """A server that is not ours works on the data folder."""

    code = "postgres.foreign_server"
    status = 409
    message = msg("Another PostgreSQL (process {pid}) works on {cluster} and was not started by Caudal.")
    hint = msg("Stop it first; two servers on one folder would destroy it.")


class StillStopping(Problem):
    """The server did not end in time."""

    code = "postgres.stuck"
    status = 503
    message = msg("PostgreSQL did not stop within {seconds} seconds.")
    hint = msg("The whole story is in {log}.")


@dataclass(frozen=True, slots=True)
class Status:
    """What can be said about a server without attaching to it."""

    initialised: bool
    running: bool
    """Some process of the server lives."""
    ready: bool
    """It takes connections."""
    pid: int | None
    home: Path


class Server:
    """A running server that this process is attached to."""

    def __init__(self, cluster: "Cluster", home: Home) -> None:
        self.cluster, self.home = cluster, home

    def dsn(self, role: Role) -> Dsn:
        """The address that opens the database as `role`, as it is now: a restart may have changed the port."""
        return self.cluster.credentials().dsn(role)

    def administrator(self) -> Dsn:
        """The address of whoever may create roles and databases on this server."""
        return self.dsn(Role.SUPERUSER)

    def ensure(self, progress: Progress = lambda _: None) -> None:
        """Bring the server back when it died. Raises what attach raises."""
        # Asked twice a second by a supervisor: the home was settled when this process attached.
        self.cluster.ensure_running(progress, self.home)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The embedded server of the data folder `data`."""

    data: Path
    durable: bool = True
    """False gives up durability for speed: only for servers that are thrown away, such as those of tests."""
    elsewhere: Path = ELSEWHERE
    database: str = DATABASE

    @contextmanager
    def attach(self, progress: Progress = lambda _: None) -> Iterator[Server]:
        """Use the server for a while; it is started when it does not run, and stopped when nobody else uses it.

        Waits as long as a recovery takes. Raises NoBinaries, OtherMajor, NoSpace, StartFailed, ForeignServer, NotYours.
        """
        home = self.home()
        users = Lock(home.users)
        try:
            users.share()
            self.ensure_running(progress, home)
            yield Server(self, home)
        finally:
            self._leave(users)

    def home(self) -> Home:
        """The folder the server lives in."""
        return Home.of(self.data, elsewhere=self.elsewhere)

    def credentials(self) -> Credentials:
        """The passwords and the address. The cluster must be initialised."""
        found = Credentials.load(self.data)
        if found is None:
            raise StartFailed(reason=msg("it was never initialised."), log=self.data)
        return found

    def status(self) -> Status:
        """Whether the server is there and runs."""
        home = self.home()
        with Lock(home.server) as lock:
            running = not lock.try_alone()
        pid = read_pid(home) if running else None
        return Status((home.cluster / "PG_VERSION").exists(), running, running and self._accepts(home), pid, home.path)

    def stop(self) -> bool:
        """Stop the server for everybody; False when it did not run. Raises StillStopping."""
        home = self.home()
        with Lock(home.server) as lock:
            if lock.try_alone():
                return False
            self._signal(home, signal.SIGINT)
            if not wait_alone(lock, STOP_SECONDS):
                self._signal(home, signal.SIGQUIT)
                if not wait_alone(lock, STOP_SECONDS):
                    raise StillStopping(seconds=2 * STOP_SECONDS, log=home.log)
        return True

    def ensure_running(self, progress: Progress, home: Home) -> None:
        """Return when the server takes connections; the caller holds the users' lock."""
        tries, mark, told = 0, log_size(home), time.monotonic()
        while True:
            with Lock(home.server) as lock:
                if lock.try_alone():
                    if tries:
                        reason = failure(home, mark)
                        passes = "address" in reason.lower() or not says_why(home, mark)
                        if tries >= _TRIES or not passes:
                            self._refuse_when_full(home, SPACE_TO_START)
                            raise StartFailed(reason=reason, log=home.log)
                    tries += 1
                    mark = self._start(home, lock, progress)
            if self._accepts(home):
                return
            time.sleep(_POLL_SECONDS)
            if time.monotonic() - told > 2:  # noqa: PLR2004 seconds between two words
                told = time.monotonic()
                progress(last_line(home, mark) or "Waiting for PostgreSQL")

    # Starting

    def _start(self, home: Home, lock: Lock, progress: Progress) -> int:
        """Start a keeper with a server; we hold the server's lock and pass it on. Gives the log's size before."""
        refuse_foreign(home)
        binaries = self._usable_binaries(home)
        if not (home.cluster / "PG_VERSION").exists() or Credentials.load(self.data) is None:
            progress("Making a new database")
            self._refuse_when_full(home, SPACE_TO_INIT)
            self._initialise(home, binaries)
        refuse_other_major(home, binaries)
        self._refuse_when_full(home, SPACE_TO_START)
        home.private_folder(home.sockets)
        for left_over in (home.cluster / "postmaster.pid", *home.sockets.glob(".s.PGSQL.*")):
            left_over.unlink(missing_ok=True)
        credentials = self.credentials()
        port = credentials.port if port_is_free(credentials.port) else free_port()
        credentials = replace(credentials, host=str(home.sockets), port=port)
        if credentials != self.credentials():
            credentials.save(self.data)
        if log_size(home) > _LOG_BYTES_MAX:
            home.log.rename(home.log.with_suffix(".log.1"))
        mark = log_size(home)
        order = {
            "command": self._command(home, binaries, credentials),
            "users": str(home.users),
            "lock": lock.descriptor,
            "uid": home.account.uid if home.account else None,
            "gid": home.account.gid if home.account else None,
        }
        descriptor = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            subprocess.run(
                [sys.executable, "-I", "-S", keeper.__file__, json.dumps(order)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=(lock.descriptor,),
                check=True,
            )
        return mark

    def _command(self, home: Home, binaries: Binaries, credentials: Credentials) -> list[str]:
        """What the keeper runs: only what Caudal insists on; the rest is for postgresql.conf."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(credentials.port),
            "unix_socket_directories": quoted(str(home.sockets)),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            "lc_messages": "C",
            "cluster_name": self.database,
        }
        options = [f"{name}={value}" for name, value in (settings | ({} if self.durable else _TEMPORARY)).items()]
        return [
            binaries.program("postgres"),
            "-D",
            str(home.cluster),
            *[word for option in options for word in ("-c", option)],
        ]

    def _initialise(self, home: Home, binaries: Binaries) -> None:
        """Make the cluster, its roles and its database beside their place, and move them there when they are whole."""
        fresh = home.cluster.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        credentials = Credentials.fresh(host=str(home.sockets), port=free_port(), database=self.database)
        password = home.path / "password.new"
        password.unlink(missing_ok=True)
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(credentials.passwords[Role.SUPERUSER])
            if home.account:
                os.fchown(descriptor, home.account.uid, home.account.gid)
        locale = ["--locale=C.UTF-8"]
        if binaries.major >= _BUILTIN_LOCALE_MAJOR:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        try:
            run_as(
                home,
                [
                    binaries.program("initdb"),
                    f"--pgdata={fresh}",
                    f"--username={credentials.users[Role.SUPERUSER]}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--data-checksums",
                    *locale,
                    *([] if self.durable else ["--no-sync", "--wal-segsize=1"]),
                ],
            )
        finally:
            password.unlink()
        single = [binaries.program("postgres"), "--single", "-j", "-D", str(fresh), "-c", "timezone=UTC"]
        single += [] if self.durable else ["-c", "fsync=off"]
        run_as(home, [*single, "postgres"], script(role_statements(credentials) + database_statements(credentials)))
        run_as(home, [*single, self.database], script(right_statements(credentials)))
        if self.durable:
            with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write(conf_lines(memory_bytes()))
        credentials.save(self.data)
        fresh.rename(home.cluster)

    def _usable_binaries(self, home: Home) -> Binaries:
        """The programs to run, copied beside the home when the server's account may not reach them."""
        binaries = Binaries.find()
        if home.account and not binaries.runs_as(home.account):
            binaries = binaries.copied_to(self.elsewhere / "programs")
        return binaries

    def _refuse_when_full(self, home: Home, needed: int) -> None:
        free = shutil.disk_usage(home.path).free
        if free < needed:
            raise NoSpace(free=free >> 20, needed=needed >> 20, path=home.path)

    # Watching and stopping

    def _accepts(self, home: Home) -> bool:
        """Whether the server says that it is ready and somebody answers at its socket.

        A server that was just killed still says so and its socket may still take a connection: only an answer counts.
        """
        if status_line(home) != "ready":
            return False
        credentials = Credentials.load(self.data)
        if credentials is None:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_ANSWER_SECONDS)
            try:
                probe.connect(f"{home.sockets}/.s.PGSQL.{credentials.port}")
                probe.sendall(_SSL_REQUEST)
                return probe.recv(1) in {b"N", b"S"}
            except OSError:
                return False

    def _leave(self, users: Lock) -> None:
        """Give up using the server; the last user stops it."""
        with users:
            if users.try_alone():
                self.stop()
            else:
                users.share()  # waits while the keeper stops a server that nobody else uses

    def _signal(self, home: Home, number: signal.Signals) -> None:
        pid = read_pid(home)
        if pid is not None and works_on(pid, home.cluster) is not False:
            os.kill(pid, number)


def refuse_foreign(home: Home) -> None:
    """Refuse to start beside a server that somebody started by hand on the same cluster. Raises ForeignServer."""
    pid = read_pid(home)
    if pid is not None and works_on(pid, home.cluster):
        raise ForeignServer(pid=pid, cluster=home.cluster)


def refuse_other_major(home: Home, binaries: Binaries) -> None:
    """Refuse a cluster of another major version. Raises OtherMajor."""
    found = int((home.cluster / "PG_VERSION").read_text(encoding="ascii").strip())
    if found != binaries.major:
        old = next(
            (other.folder for other in Binaries.installed() if other.major == found), f"<PostgreSQL {found}>/bin"
        )
        raise OtherMajor(cluster=home.cluster, found=found, version=binaries.version, old=old)


def run_as(home: Home, command: list[str], text: str | None = None) -> None:
    """Run one of PostgreSQL's programs as the server's account. Raises StartFailed with its last words."""
    account = home.account
    answer = subprocess.run(
        command,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    # The single-user server goes on after a refused statement and ends with 0.
    if answer.returncode or "ERROR:" in answer.stderr:
        raise StartFailed(reason=reason_in(answer.stderr), log=home.log)


def script(statements: list[str]) -> str:
    """Statements for the single-user server, which with -j ends each at a semicolon and an empty line."""
    return "".join(f"{statement};\n\n" for statement in statements)


def wait_alone(lock: Lock, seconds: float) -> bool:
    """Wait until nobody else has the lock, for so long at most."""
    deadline = time.monotonic() + seconds
    while not lock.try_alone():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
