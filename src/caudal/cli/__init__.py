"""The command line. Nothing heavy is loaded before a command that needs it: `caudal --help` knows names and no more.

Our own commands stand in the modules beside this one. Those of a context are found in its `commands` room: the names
without running it, the command itself once as much of Django is set up as it needs.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import click
from typing_extensions import override

import caudal
from caudal.core.errors import Problem
from caudal.kit.terminal import Described, Finder, Needs, beside, of_contexts


class Commands(Finder):
    """Our own commands, which set Django up when they come to it, and those of the contexts."""

    @property
    @override
    def described(self) -> Mapping[str, Described]:
        return {found.name: found for found in (*of_contexts(), *beside(__name__, needs=Needs.NOTHING))}

    @override
    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a problem is told in words and never as a traceback."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            click.secho(problem.said(problem.message), err=True, bold=True)
            if problem.hint:
                click.echo(problem.said(problem.hint), err=True)
            for field, told in problem.fields.items():
                click.echo(f"  {field}: {told}", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The data folder. Default: CAUDAL_DATA, else ~/.local/share/caudal.",
)
@click.version_option(caudal.__version__, prog_name="caudal")
def cli(data: Path | None) -> None:
    """Run a company's revenue from plan to cash."""
    if data is not None:
        os.environ["CAUDAL_DATA"] = str(data.expanduser().absolute())


def main() -> None:
    """The program `caudal`."""
    cli(prog_name="caudal")
