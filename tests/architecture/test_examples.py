"""Every example in a docstring is true, in every package of the project."""

import doctest
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest

from tests.architecture.tree import ROOT

SOURCE = ROOT / "src"
EXAMPLE = re.compile(r"^\s*>>> ", re.MULTILINE)


def with_examples() -> Iterator[str]:
    """The modules outside the core that have examples; the core's are run with its tests."""
    for path in sorted((SOURCE / "caudal").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts[1] != "core" and EXAMPLE.search(path.read_text(encoding="utf-8")):
            yield ".".join(parts).removesuffix(".__init__")


def failures(module: ModuleType) -> tuple[int, int]:
    """How many examples of a module are not true, and how many it has."""
    results = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    return results.failed, results.attempted


@pytest.mark.parametrize("name", list(with_examples()))
def test_the_examples_of_a_module_are_true(name: str) -> None:
    failed, attempted = failures(import_module(name))
    assert failed == 0
    assert attempted > 0, f"doctest finds no example in {name}: it stands in no docstring"


def test_an_example_that_is_not_true_is_found() -> None:
    planted = ModuleType("planted", "This will add.\n\n>>> 1 + 1\n3\n")
    assert failures(planted) == (1, 1)
