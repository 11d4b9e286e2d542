"""Commands of the plumbing."""

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from caudal.kit.postgres.attached import attached
from caudal.kit.search.index import rebuild
from caudal.kit.world import now


@click.group()
def search() -> None:
    """Look after the index by which records are found."""


@search.command("rebuild")
@attached()
def rebuild_command() -> None:
    """Write the index anew from the records, while searches go on."""
    console, began = Console(stderr=True), now()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        tasks = {}

        def watch(kind: str, done: int, total: int) -> None:
            if kind not in tasks:
                tasks[kind] = progress.add_task(kind, total=total)
            progress.update(tasks[kind], completed=done, total=total)

        counts = rebuild(watch)
    for kind, count in counts.items():
        click.echo(f"{count:>10,}  {kind}")
    seconds = (now() - began).total_seconds()
    click.echo(f"{sum(counts.values()):>10,}  records in {seconds:.1f} s")
