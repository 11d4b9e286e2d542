"""The project's own tree, and a way to plant another one beside it."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, Tree

Plant = Callable[..., Tree]


@pytest.fixture(scope="session")
def tree() -> Tree:
    return Tree(ROOT)


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Write files and return their tree: `plant({"src/caudal/crm/views.py": "..."})`."""

    def planted(files: dict[str, str]) -> Tree:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return Tree(tmp_path)

    return planted
