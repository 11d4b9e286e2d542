"""Serving an installation: database, web and worker as one, until Ctrl-C."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import click
from django.core.management import call_command

from caudal.core.errors import Problem, msg
from caudal.kit.postgres import Role
from caudal.kit.postgres.attached import attached
from caudal.kit.postgres.connections import data_folder, make_secret
from caudal.kit.postgres.own import Database, database
from caudal.kit.processes import Program, Supervisor, stop_running
from caudal.kit.terminal import set_up_django

WSGI = "caudal.config.wsgi:application"


class PortTaken(Problem):
    """Somebody else listens where the web server should."""

    code = "up.port_taken"
    status = 409
    message = msg("Port {port} of {host} is taken by another program.")
    hint = msg("Choose another one with --port.")


class NotMigrated(Problem):
    """The tables could not be brought up to date."""

    code = "up.not_migrated"
    status = 500
    message = msg("The tables could not be brought up to date.")
    hint = msg("The reason is above; nothing was changed.")


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, help="Where to listen.")
@click.option("--reload", is_flag=True, help="Start again when a file of the code changes.")
def up(*, host: str, port: int, reload: bool) -> None:
    """Serve the company: database, web and worker, until Ctrl-C."""
    data = data_folder()
    make_secret(data)
    refuse_taken(host, port)
    with database(data, progress=tell) as found:
        if subprocess.run([sys.executable, "-m", "caudal", "migrate"], env=os.environ, check=False).returncode:
            raise NotMigrated
        supervisor = supervisor_of(found, data, host, port, reload=reload)
        supervisor.run(on_ready=lambda: click.echo(f"Caudal is up: {address_of(host, port)}   Ctrl-C stops it."))
    tell("Stopped.")


def supervisor_of(found: Database, data: Path, host: str, port: int, *, reload: bool = False) -> Supervisor:
    """Return who keeps web and worker of a data folder alive, on a database that is there."""
    return Supervisor(
        data,
        [
            Program("web", web_command(host, port, reload=reload), child_environment, answering(host, port)),
            Program("worker", [sys.executable, "-m", "caudal", "worker"], child_environment),
        ],
        tell=tell,
        watch=Watch(found),
    )


@click.command("down")
def down() -> None:
    """Stop what serves this data folder."""
    click.echo("Stopped." if stop_running(data_folder()) else "Nothing was running.")


@click.command("worker")
def worker() -> None:
    """Run one worker for background jobs."""
    set_up_django()
    with attached(progress=tell):
        # A long import must not keep facts and the rescue of other workers' jobs waiting.
        call_command("procrastinate", "worker", "--concurrency", "3")


class Watch:
    """Brings the database back and says whether its address has changed since."""

    def __init__(self, found: Database) -> None:
        self.found, self.seen = found, found.dsn(Role.APP)

    def __call__(self) -> bool:
        """Look after the database; true when its users must open it anew."""
        self.found.ensure(tell)
        before, self.seen = self.seen, self.found.dsn(Role.APP)
        return before != self.seen


def web_command(host: str, port: int, *, reload: bool) -> list[str]:
    """The web server: WSGI, because Django under ASGI costs ten times the processor time."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "5"),
        *("--no-access-log", "--log-level", "warning"),
        *(["--reload", "--reload-paths", str(Path(__file__).parent.parent)] if reload else []),
        WSGI,
    ]


def child_environment() -> Mapping[str, str]:
    """What web and worker are told: where the data is, and to open the database without owning it."""
    return {
        "CAUDAL_DATA": str(data_folder()),
        "CAUDAL_DATABASE_ROLE": Role.APP,
        "DJANGO_SETTINGS_MODULE": "caudal.config.settings",
    }


class answering:  # noqa: N801  reads as a question
    """Whether the web server answers its health question."""

    def __init__(self, host: str, port: int) -> None:
        self.url = f"{address_of(host, port)}/health"

    def __call__(self) -> bool:
        """Ask once."""
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:  # noqa: S310  our own http address
                return bool(answer.status == 200)  # noqa: PLR2004  HTTP's OK
        except (OSError, urllib.error.URLError):
            return False


def address_of(host: str, port: int) -> str:
    """The address as one types it."""
    name = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1"} else host  # noqa: S104  compared, not listened on
    return f"http://{name}:{port}"


def refuse_taken(host: str, port: int) -> None:
    """Refuse a port that somebody listens on. Raises PortTaken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host=host, port=port) from error


def tell(text: str) -> None:
    """Say on the terminal what happens; standard output is for data."""
    click.secho(text, err=True, dim=True)
