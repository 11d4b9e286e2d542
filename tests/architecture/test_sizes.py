"""A file fits a sitting, a function fits a screen, and the first pages are short."""

from typing import Final

from tests.architecture.conftest import Plant
from tests.architecture.tree import Tree

FILE_LINES_MAX: Final = 500
FUNCTION_LINES_MAX: Final = 70
PAGE_LINES_MAX: Final = {"README.md": 120, "ARCHITECTURE.md": 250}
WRITTEN: Final = (".py", ".html", ".css", ".js")
GENERATED: Final = ("/migrations/", "/vendor/", "/locale/", "/data/")


def long_files(tree: Tree) -> list[str]:
    return [
        f"{file.path} has {lines} lines, {FILE_LINES_MAX} at most: make it a package of the same name, one file per noun."
        for folder in ("src", "tests", "bin", "bench")
        for file in tree.files(*WRITTEN, under=folder)
        if not any(part in file.path for part in GENERATED) and (lines := len(file.text.splitlines())) > FILE_LINES_MAX
    ]


def long_functions(tree: Tree) -> list[str]:
    return [
        f"{file.at(function)} {function.name} has {lines} lines, {FUNCTION_LINES_MAX} at most: "
        "branch in the parent, compute in leaves."
        for file in tree.python("src", "tests", "bin", "bench")
        for function in file.functions
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    ]


def long_pages(tree: Tree) -> list[str]:
    return [
        f"{file.path} has {lines} lines, {PAGE_LINES_MAX[file.path]} at most: move detail to docs/ and link to it."
        for file in tree.files(".md")
        if (lines := len(file.text.splitlines())) > PAGE_LINES_MAX.get(file.path, lines)
    ]


def test_no_file_is_longer_than_a_sitting(tree: Tree) -> None:
    assert long_files(tree) == []


def test_no_function_is_longer_than_a_screen(tree: Tree) -> None:
    assert long_functions(tree) == []


def test_the_first_pages_stay_short(tree: Tree) -> None:
    assert long_pages(tree) == []


def test_one_line_over_the_limit_of_a_file_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/models.py": "x = 1\n" * 501,
            "src/caudal/crm/queries.py": "x = 1\n" * 500,
            "src/caudal/crm/templates/crm/board.html": "<p>\n" * 501,
            "src/caudal/crm/migrations/0001_initial.py": "x = 1\n" * 501,
            "src/caudal/ui/static/ui/vendor/vega.js": "x\n" * 501,
        }
    )
    found = long_files(planted)
    assert [line.split()[0] for line in found] == [
        "src/caudal/crm/models.py",
        "src/caudal/crm/templates/crm/board.html",
    ]


def test_one_line_over_the_limit_of_a_function_is_found(plant: Plant) -> None:
    def function(name: str, lines: int) -> str:
        return f"def {name}():\n" + "    x = 1\n" * (lines - 1)

    planted = plant({"src/caudal/crm/actions.py": function("fits", 70) + function("spills", 71)})
    assert long_functions(planted) == [
        "src/caudal/crm/actions.py:71 spills has 71 lines, 70 at most: branch in the parent, compute in leaves."
    ]


def test_a_first_page_that_grew_is_found(plant: Plant) -> None:
    planted = plant({"README.md": "a\n" * 121, "ARCHITECTURE.md": "a\n" * 250, "docs/long.md": "a\n" * 900})
    assert [line.split()[0] for line in long_pages(planted)] == ["README.md"]
