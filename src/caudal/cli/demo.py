"""The demo company from one command: its database, its year of business, its plan, web and worker."""

import os
import shutil
import socket
import sys
import time
from contextlib import closing
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from caudal.cli.founding import migrate_tables
from caudal.cli.serving import address_of, refuse_taken, supervisor_of, tell
from caudal.cli.visiting import visit
from caudal.core.errors import Problem, msg
from caudal.kit.postgres import Cluster, Role
from caudal.kit.postgres.attached import attached
from caudal.kit.postgres.connections import make_secret
from caudal.kit.postgres.own import database
from caudal.kit.processes import stop_running
from caudal.kit.terminal import set_up_django

HOST: Final = "127.0.0.1"
PORT: Final = 8000
MARK: Final = "caudal-demo"
"""The file that says that a folder was made by the demo and holds nothing else."""
MARK_TEXT: Final = "Made by caudal demo, which may delete this folder.\n"
MONTHS_MAX: Final = 16
"""So many months take at most 5,000 actions."""


class NotADemoFolder(Problem):
    """The folder holds something that the demo did not put there."""

    code = "demo.folder_not_ours"
    status = 409
    message = msg("{data} was not made by the demo, so the demo leaves it alone.")
    hint = msg("Name another folder with --data.")


@click.command("demo")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo"),
    show_default=True,
    help="Where the demo lives.",
)
@click.option("--port", type=click.IntRange(0, 65535), help=f"Where to listen; 0 finds a free port. Default: {PORT}.")
@click.option("--months", type=click.IntRange(1, MONTHS_MAX), help="How long the company has existed. Default: 12.")
@click.option("--seed", type=click.IntRange(0, 2**62), help="Another seed is another company. Default: 1.")
@click.option("--fresh", is_flag=True, help="Start over: delete the demo that is there.")
@click.option("--check", is_flag=True, help="Go as far as the first page, fetch it, stop.")
@click.pass_context
def demo(
    context: click.Context,
    *,
    data: Path,
    port: int | None,
    months: int | None,
    seed: int | None,
    fresh: bool,
    check: bool,
) -> None:
    """Grow a demo company and serve it, until Ctrl-C; started again, it goes on from where it was."""
    data = data.expanduser().absolute()
    chosen = port if port is not None else 0 if check else PORT
    listens = chosen or free_port()
    refuse_taken(HOST, listens)
    take_folder(data, fresh=fresh)
    os.environ["CAUDAL_DATA"] = str(data)
    os.environ["CAUDAL_BASE_URL"] = address_of(HOST, listens)
    os.environ.setdefault("CAUDAL_LOG_LEVEL", "WARNING")
    if os.environ.pop("DATABASE_URL", None):
        tell("DATABASE_URL is left alone: the demo has a database of its own.")
    make_secret(data)
    with database(data, progress=tell) as found:
        set_up_django()
        with attached(Role.OWNER) as owned:
            migrate_tables(owned, data)
        with attached():
            grow(seed=seed, months=months)
            context.invoke(import_module("caudal.plan.commands.adopted").status)
            link = address_of(HOST, listens) + sign_in_path()
        supervisor = supervisor_of(found, data, HOST, listens)

        def ready() -> None:
            if check:
                click.echo(f"The first page answers: {visit(link)}")
                supervisor.stop()
            else:
                welcome(address_of(HOST, listens), link)

        supervisor.run(on_ready=ready)
    tell("Stopped.")


def take_folder(data: Path, *, fresh: bool) -> None:
    """Make the demo's folder, or take the one it made before; empty it first if asked. Raises NotADemoFolder.

    A folder is only deleted when the demo's own mark is in it. The server may live elsewhere, where its account can
    reach it; that place bears the mark too, and is deleted with the folder.
    """
    mark = data / MARK
    if data.exists() and not mark.is_file() and (data.is_symlink() or any(data.iterdir())):
        raise NotADemoFolder(data=data)
    if fresh and mark.is_file():
        if stop_running(data):
            tell("Stopped the demo that was running.")
        tell(f"Deleting {data}")
        delete_server(data)
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    mark.write_text(MARK_TEXT, encoding="utf-8")
    (Cluster(data).home().path / MARK).write_text(MARK_TEXT, encoding="utf-8")


def delete_server(data: Path) -> None:
    """Delete the place where the demo's server lives, wherever that is."""
    cluster = Cluster(data)
    home = cluster.home().path
    if (home / MARK).is_file():
        cluster.stop()
        shutil.rmtree(home)


def grow(*, seed: int | None, months: int | None) -> None:
    """Let the company live up to today, and show how far it is. The rooms are loaded here: they need Django set up."""
    started = time.monotonic()
    today = import_module("caudal.kit.world").now().astimezone(zone()).date()
    with closing(Progress()) as progress:
        growth = import_module("caudal.demo.actions").grow(seed=seed, months=months, end=today, progress=progress)
    if growth.actions:
        skipped = f", {growth.skipped} skipped because of what you changed" if growth.skipped else ""
        seconds = time.monotonic() - started
        tell(
            f"{growth.actions} actions{skipped} in {seconds:.0f} seconds; the company is there up to {growth.end_date}"
        )


class Progress:
    """A bar that grows with the company, on a terminal."""

    def __init__(self) -> None:
        self.bar: Any = None

    def __call__(self, done: int, steps: int, day: date) -> None:
        """Show that one more step is done, on a day of the story."""
        if self.bar is None:
            self.bar = click.progressbar(
                range(steps),
                label="Growing the demo company",
                file=sys.stderr,
                item_show_func=month_of,
                update_min_steps=max(steps // 200, 1),
            )
            self.bar.__enter__()
        self.bar.update(1, day)
        if done == steps:
            self.bar.finish()
            self.close()

    def close(self) -> None:
        """Give the line of the terminal back."""
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
            self.bar = None


def month_of(day: object) -> str:
    """The month of a day, as the bar shows it."""
    return f"{day:%B %Y}" if isinstance(day, date) else ""


def zone() -> ZoneInfo:
    """The zone in which the demo's days begin."""
    name: str = import_module("caudal.demo.founding").ZONE
    return ZoneInfo(name)


def sign_in_path() -> str:
    """Make a link that signs the founder in, once, and return its path."""
    as_of: datetime = import_module("caudal.kit.world").now()
    path: str = import_module("caudal.demo.actions").open_the_door(as_of=as_of)
    return path


def welcome(address: str, link: str) -> None:
    """Say where the demo is and how to come in."""
    click.echo()
    click.echo(f"  Caudal is up:   {address}")
    click.echo(f"  Come in, once:  {link}")
    click.echo("  The link holds for half an hour; start the demo again for another one. Ctrl-C stops it.")
    click.echo()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
