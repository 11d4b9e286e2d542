"""How the command line finds commands: it reads the `commands` rooms as text, and loads what is asked for.

A room is a module, or a package whose group stands in `__init__` and the group's commands in the modules beside it. A
module of commands that need no rows says `WITHOUT_DATABASE: Final = True`, and may only import what needs none: then
Django's models are not loaded, which takes longer than most of what such a command does.
"""

import ast
import os
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click
from typing_extensions import override

import caudal
from caudal.core.ids import NotAnId, Ref

PACKAGE: Final = Path(caudal.__file__).parent
OFFLINE: Final = "WITHOUT_DATABASE"


class Needs(Enum):
    """What has to be there before a command is imported."""

    NOTHING = "nothing"
    WORDS = "words"
    DJANGO = "django"


@dataclass(frozen=True, slots=True)
class Described:
    """A command as its text describes it: what it is called, where it is, its first line of help."""

    name: str
    module: str
    attribute: str
    help: str
    needs: Needs

    def load(self, arguments: Sequence[str] = ()) -> click.Command:
        """Import the command, after as much of Django as it needs for these arguments.

        Whoever names a record needs the database, whatever the command does otherwise.
        """
        if self.needs is Needs.DJANGO or (self.needs is Needs.WORDS and any(map(_names_a_record, arguments))):
            set_up_django()
        elif self.needs is Needs.WORDS:
            set_up_words()
        command: click.Command = getattr(import_module(self.module), self.attribute)
        return command


class Finder(click.Group):
    """A group that knows its commands by their text, and loads the one that is asked for."""

    @property
    @abstractmethod
    def described(self) -> Mapping[str, Described]:
        """The commands by name."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.described)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self.described.get(cmd_name)
        return found.load() if found else None

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        found = self.described.get(args[0])
        return (found.name, found.load(args[1:]), args[1:]) if found else super().resolve_command(ctx, args)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted((name, found.help) for name, found in self.described.items()))


class Family(Finder):
    """The group of a `commands` package: its commands are those of the modules beside it."""

    @property
    @override
    def described(self) -> Mapping[str, Described]:
        assert self.callback is not None, "a family has its function"  # noqa: S101  our own mistake
        return {found.name: found for found in beside(self.callback.__module__)}


def set_up_django() -> None:
    """Load the settings and the contexts. Needs no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caudal.config.settings")
    import_module("django").setup()


def set_up_words() -> None:
    """Let messages be told in the reader's language, and load nothing else of Django; what is set up stays so."""
    settings = import_module("django.conf").settings
    if not settings.configured:
        settings.configure(USE_I18N=True, LOCALE_PATHS=sorted(PACKAGE.glob("*/locale")), LOGGING_CONFIG=None)
        import_module("django.apps").apps.populate(())  # what django.setup() does without logs and addresses


def reading_rows(name: str) -> Any:
    """Import a module that reads rows, for a command that is mostly about files and was given a record this time."""
    set_up_django()
    return import_module(name)


@cache
def of_contexts() -> Sequence[Described]:
    """The commands and groups of all contexts, read from their text without running it."""
    rooms = sorted([*PACKAGE.glob("*/commands.py"), *PACKAGE.glob("*/commands/__init__.py")])
    return tuple(found for path in rooms for found in described_in(path, module_of(path)))


@cache
def beside(package: str, *, needs: Needs | None = None) -> Sequence[Described]:
    """The commands of the modules of a package; `needs` where they do not say it themselves."""
    folder = PACKAGE.joinpath(*package.split(".")[1:])
    paths = sorted(path for path in folder.glob("*.py") if path.stem != "__init__")
    return tuple(found for path in paths for found in described_in(path, module_of(path), needs))


def module_of(path: Path) -> str:
    """The name by which a file of ours is imported."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def described_in(path: Path, module: str, needs: Needs | None = None) -> Iterator[Described]:
    """The commands that a file defines at its top level with click's decorators; not those of a group of its own."""
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    if needs is None:
        said = Needs.WORDS if any(map(_is_offline, nodes)) else Needs.DJANGO
        needs = Needs.NOTHING if path.stem == "__init__" else said
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and (name := _command_name(node)):
            help_text = (ast.get_docstring(node) or "").partition("\n")[0]
            yield Described(name, module, node.name, help_text, needs)


def _is_offline(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == OFFLINE


def _command_name(node: ast.FunctionDef) -> str:
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


def _names_a_record(argument: str) -> bool:
    try:
        Ref.parse(argument)
    except NotAnId:
        return False
    return True
