"""The command line. Nothing heavy is loaded before a command that needs it: `caudal --help` knows names and no more.

Our own commands are listed here with the module that holds them. Those of a context are read from its `commands` room:
the names without running it, the command itself once Django is set up.
"""

import ast
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import click
from typing_extensions import override

import caudal
from caudal.core.errors import Problem

PACKAGE: Final = Path(caudal.__file__).parent
OWN: Final = {
    "cases": ("cases", "Compute a file of worked examples of billing, and say where the figures differ."),
    "demo": ("demo", "Grow a demo company and serve it, until Ctrl-C."),
    "up": ("serving", "Serve the company: database, web and worker, until Ctrl-C."),
    "down": ("serving", "Stop what serves this data folder."),
    "worker": ("serving", "Run one worker for background jobs."),
    "init": ("founding", "Make an empty company."),
    "migrate": ("founding", "Bring the tables up to date, after writing a copy."),
    "doctor": ("keeping", "Say what is wrong with this installation."),
    "backup": ("keeping", "Write a copy of the database to a file."),
    "restore": ("keeping", "Put a copy of the database in its place."),
    "release": ("keeping", "Let a restored copy send mail, webhooks and charges again."),
}
"""Our own commands: the module under `caudal.cli` and one line of help."""


class Commands(click.Group):
    """Finds commands by name when they are asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*OWN, *(name for name, _, _ in of_contexts())})

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in OWN:
            return published(f"caudal.cli.{OWN[cmd_name][0]}", cmd_name)
        for name, module_name, _ in of_contexts():
            if name == cmd_name:
                set_up_django()
                return published(module_name, cmd_name)
        return None

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = {name: help_text for name, (_, help_text) in OWN.items()}
        rows |= {name: help_text for name, _, help_text in of_contexts()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows.items()))

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


def set_up_django() -> None:
    """Load the settings and the contexts. Needs no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caudal.config.settings")
    import_module("django").setup()


def published(module_name: str, name: str) -> click.Command | None:
    """The command that a module publishes under a name."""
    commands: tuple[click.Command, ...] = import_module(module_name).COMMANDS
    return next((command for command in commands if command.name == name), None)


def of_contexts() -> Iterator[tuple[str, str, str]]:
    """Name, module and first line of help of each context's commands, read from their text without running it."""
    for path in sorted([*PACKAGE.glob("*/commands.py"), *PACKAGE.glob("*/commands/*.py")]):
        context = path.relative_to(PACKAGE).parts[0]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (name := command_name(node)):
                yield name, f"caudal.{context}.commands", (ast.get_docstring(node) or "").partition("\n")[0]


def command_name(node: ast.FunctionDef) -> str:
    """The name under which `@click.command(...)` or `@click.group(...)` publishes a function, or nothing."""
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        target = call.func if call else decorator
        is_click = (
            isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "click"
        )
        if isinstance(target, ast.Attribute) and is_click and target.attr in {"command", "group"}:
            named = call.args[0] if call and call.args else None
            if isinstance(named, ast.Constant):
                return str(named.value)
            return node.name.removesuffix("_command").removesuffix("_group").replace("_", "-")
    return ""
