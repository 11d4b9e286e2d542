"""The files of the project as the checks see them: each is read and parsed once, whoever asks."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS: Final = frozenset({"__pycache__", "node_modules", "dist", "var"})
"""Neither written by hand nor kept. Folders whose name starts with a dot are left out too, except `.ci`."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class File:
    """One text file: its path from the root, with slashes, and what is in it."""

    path: str
    text: str

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of a Python file, parents before children."""
        return parsed(self.text)

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        return (node for node in self.nodes if isinstance(node, Function))

    @property
    def names(self) -> dict[str, str]:
        """What the imported names of this file stand for: `{"now": "caudal.kit.world.now"}`."""
        return imported_names(self.text)

    @property
    def context(self) -> str:
        """The folder or module under `src/caudal` that it belongs to; empty outside the package."""
        return self.inside[0].removesuffix(".py") if self.inside else ""

    @property
    def room(self) -> str:
        """The room inside the context: `actions` for `crm/actions.py` and for `crm/actions/deals.py`."""
        return self.inside[1].removesuffix(".py") if len(self.inside) > 1 else ""

    @property
    def inside(self) -> list[str]:
        """The steps of the path below `src/caudal`."""
        steps = self.path.split("/")
        return steps[2:] if steps[:2] == ["src", "caudal"] else []

    def at(self, node: ast.AST) -> str:
        """Where the node is, as editors read it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    def dotted(self, node: ast.AST) -> str:
        """The full name that an expression such as `timezone.now` stands for; empty when it is no name."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""


@dataclass(frozen=True, slots=True)
class Tree:
    """The project, or a planted one, under a root folder."""

    root: Path

    def files(self, *suffixes: str, under: str = "") -> list[File]:
        """Every file with one of the suffixes (all without one) below the folder `under`, in order of its path."""
        return [
            File(path.relative_to(self.root).as_posix(), content(path))
            for path in sorted(walk(self.root / under))
            if not suffixes or path.name.endswith(suffixes)
        ]

    def python(self, *folders: str) -> list[File]:
        """The Python that people write in these folders (the package without any): migrations are left out."""
        return [
            file
            for folder in folders or ("src/caudal",)
            for file in self.files(".py", under=folder)
            if "/migrations/" not in file.path
        ]


def walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder that somebody wrote."""
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if name not in SKIPPED_FOLDERS and (not name.startswith(".") or name == ".ci")
        ]
        yield from (Path(place) / name for name in names)


@cache
def content(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


@cache
def parsed(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(text)))


@cache
def imported_names(text: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in parsed(text):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imports_of(file: File) -> Iterator[tuple[ast.AST, str]]:
    """Every import of a file: the statement, and the full name that it brings in."""
    for node in file.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def places(findings: list[str]) -> list[str]:
    """Where findings are, in order, without what they say; short for files of the package."""
    return sorted(finding.split()[0].removeprefix("src/caudal/") for finding in findings)
