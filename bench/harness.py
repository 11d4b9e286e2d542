"""What all measurements share: a throw-away installation served as a real one is, its clients, figures and tables."""

import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import httpx
import psycopg

from caudal.cli.demo import free_port
from caudal.kit.postgres import Cluster, Role

ROOT: Final = Path(__file__).parents[1]
REPORT: Final = ROOT / "docs" / "reference" / "performance.md"
PATIENCE_SECONDS: Final = 120
TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TIMING: Final = re.compile(r'db;dur=([\d.]+);desc="(\d+) statements", app;dur=([\d.]+)')


@dataclass(frozen=True, slots=True)
class Keys:
    """How a program and a person come into an installation: a token, and the path of a link that works once."""

    token: str
    link: str


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder, and the address at which it is served."""

    data: Path
    port: int

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://localhost:{self.port}"

    def keys(self, role: str = "admin") -> Keys:
        """Have a key and a sign-in link of the first member of a role made."""
        return Keys(**json.loads(run(self.data, "bench.opening", role)))

    def program(self, keys: Keys) -> httpx.Client:
        """Return a client that shows a key."""
        return httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {keys.token}"}, timeout=60)

    @contextmanager
    def person(self, keys: Keys) -> Iterator[httpx.Client]:
        """Give a client that has signed in by a link, as a browser does."""
        with httpx.Client(base_url=self.address, follow_redirects=True, timeout=60) as client:
            door = TOKEN.search(client.get(keys.link).text)
            assert door is not None, "the link shows no button to come in by"
            client.post(keys.link, data={"csrfmiddlewaretoken": door[1]}).raise_for_status()
            yield client

    @contextmanager
    def database(self) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        """Open its database as the owner of the tables, with psycopg alone."""
        with (
            Cluster(self.data).attach() as server,
            psycopg.connect(server.dsn(Role.OWNER).url(), autocommit=True) as connection,
        ):
            yield connection


@contextmanager
def folder() -> Iterator[Path]:
    """Give a data folder to be thrown away, with its server."""
    place = Path(tempfile.mkdtemp(prefix="caudal-bench-"))
    place.chmod(0o755)  # the server's account passes through it
    try:
        yield place / "company"
    finally:
        Cluster(place / "company").stop()
        shutil.rmtree(place)


def found(data: Path, *words: str) -> None:
    """Make an empty company in a folder, as one does from the command line."""
    own = ("--company", "Globex", "--currency", "EUR", "--zone", "Europe/Madrid", "--yes")
    run(data, "caudal", "init", *own, *words)


@contextmanager
def served(data: Path) -> Iterator[Installation]:
    """Serve a data folder by `caudal up` until the block ends."""
    installation = Installation(data, free_port())
    log = data / "bench.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "caudal", "up", "--port", str(installation.port)],
            env=environment(data) | {"CAUDAL_BASE_URL": installation.address},
            stdout=out,
            stderr=out,
        )
        try:
            wait_for(lambda: answers(installation.address), process, log)
            yield installation
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE_SECONDS)


def wait_for(done: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until something is so, while a process lives."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < until, f"nothing within {PATIENCE_SECONDS} s: {log.read_text(errors='replace')}"
        time.sleep(0.1)


def wait_for_none(connection: "psycopg.Connection[tuple[Any, ...]]", sql: str, *, seconds: float = 900) -> None:
    """Wait until a count is nought."""
    until = time.monotonic() + seconds
    while (left := asked(connection, sql)) != "0":
        assert time.monotonic() < until, f"{left} are left after {seconds} s: {sql}"
        time.sleep(0.5)


def answers(address: str) -> bool:
    """Say whether the web server answers."""
    try:
        return httpx.get(f"{address}/health", timeout=5).is_success
    except httpx.HTTPError:
        return False


def run(data: Path, module: str, *words: str) -> str:
    """Run a module on a data folder, in a process of its own, and return what it printed."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, env=environment(data), stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout


def weighed(data: Path, module: str, *words: str) -> tuple[str, float]:
    """Run a module as `run` does; return what it printed, and the most memory it held at once, in MB."""
    command = [sys.executable, "-m", module, *words]
    with subprocess.Popen(command, env=environment(data), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return printed, usage.ru_maxrss / 1024


def environment(data: Path) -> dict[str, str]:
    """Return what a process on a data folder is told."""
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "CAUDAL_DATA": str(data),
        "CAUDAL_LOG_LEVEL": "WARNING",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


@dataclass(frozen=True, slots=True)
class Once:
    """One run of something, in milliseconds as the client saw it; what the server said of it, where it is one."""

    client_ms: float
    server_ms: float | None = None
    database_ms: float | None = None
    statements: int | None = None
    weight: int | None = None
    """Bytes of the answer's body."""


def timed(send: Callable[[], httpx.Response]) -> Once:
    """Send a request, and read from its answer how long the server and its database took."""
    begun = time.perf_counter()
    answer = send()
    passed = (time.perf_counter() - begun) * 1000
    assert answer.status_code < httpx.codes.BAD_REQUEST, f"{answer.status_code} {answer.url}: {answer.text[:500]}"
    told = TIMING.search(answer.headers.get("Server-Timing", ""))
    if told is None:
        return Once(passed, weight=len(answer.content))
    return Once(passed, float(told[3]), float(told[1]), int(told[2]), len(answer.content))


def clocked(work: Callable[[], object]) -> Once:
    """Do something that is no request."""
    begun = time.perf_counter()
    work()
    return Once((time.perf_counter() - begun) * 1000)


@dataclass(slots=True)
class Figures:
    """All the runs of one thing."""

    name: str
    runs: list[Once] = field(default_factory=list)

    def quantile(self, name: str, part: float) -> float:
        """Return the value below which this part of the runs are, of `client_ms`, `server_ms` and so on."""
        values = sorted(value for each in self.runs if (value := getattr(each, name)) is not None)
        return float(values[min(int(len(values) * part), len(values) - 1)]) if values else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the figures as a report keeps them."""
        spread = {
            f"{name}_{label}": round(self.quantile(f"{name}_ms", part), 2)
            for name in ("client", "server", "database")
            for label, part in (("p50", 0.5), ("p95", 0.95))
            if getattr(self.runs[0], f"{name}_ms") is not None
        }
        counts = {
            name: int(statistics.median(getattr(each, name) for each in self.runs))
            for name in ("statements", "weight")
            if getattr(self.runs[0], name) is not None
        }
        return {"name": self.name, "runs": len(self.runs), **spread, **counts}


def measure(doings: Mapping[str, Callable[[], Once]], *, rounds: int, warm_up: int) -> dict[str, Figures]:
    """Do each thing once a round, so that whatever else the machine does falls on all of them alike."""
    figures = {name: Figures(name) for name in doings}
    for number in range(warm_up + rounds):
        for name, doing in doings.items():
            once = doing()
            if number >= warm_up:
                figures[name].runs.append(once)
    return figures


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were taken on."""

    processor: str
    cores: int
    memory_gb: int
    system: str
    python: str
    postgres: str
    durable: bool

    @classmethod
    def of(cls, connection: "psycopg.Connection[tuple[Any, ...]]") -> Self:
        """Ask the machine and its database."""
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        named = re.search(r"model name\s*: (.*)", facts)
        settings = {
            name: asked(connection, f"SHOW {name}") for name in ("server_version", "fsync", "synchronous_commit")
        }
        return cls(
            processor=named[1] if named else platform.machine(),
            cores=os.cpu_count() or 1,
            memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
            system=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            postgres=settings["server_version"].split()[0],
            durable=settings["fsync"] == "on" and settings["synchronous_commit"] == "on",
        )

    def words(self) -> str:
        """Say it in a line."""
        durable = "durable (fsync and synchronous_commit on)" if self.durable else "NOT durable"
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_gb} GB, {self.system}; "
            f"Python {self.python}; PostgreSQL {self.postgres}, {durable}"
        )


def asked(connection: "psycopg.Connection[tuple[Any, ...]]", sql: str) -> str:
    """Return the one value that a statement gives, as text."""
    row = connection.execute(sql.encode()).fetchone()
    assert row is not None, sql
    return str(row[0])


def load() -> float:
    """Return how many processes have wanted a core over the last minute."""
    return round(os.getloadavg()[0], 1)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table that also reads well on a terminal: first column to the left, the others to the right."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        "| "
        + " | ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in [cells[0], rule, *cells[1:]]
    )


def write_section(name: str, text: str) -> None:
    """Put what one script measured in its place of the reference page."""
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    page = REPORT.read_text(encoding="utf-8")
    head, _, rest = page.partition(start)
    _, _, tail = rest.partition(end)
    REPORT.write_text(f"{head}{start}{text.strip()}\n{end}{tail}", encoding="utf-8")
