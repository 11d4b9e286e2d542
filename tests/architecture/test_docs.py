"""Documents stay true: links lead somewhere, named paths exist, code in them imports what there is."""

import ast
import importlib
import re
from typing import Final

from tests.architecture.conftest import Plant
from tests.architecture.tree import File, Tree, places

LINK: Final = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMED_PATH: Final = re.compile(r"`((?:src|tests|bin|docs|bench|\.ci)/[\w./-]*\w/?)`")
ADR_HEADINGS: Final = ("## Context", "## Decision", "## Consequences", "## Alternatives")
ADR_LINES_MAX: Final = 60


def documents(tree: Tree) -> list[File]:
    return tree.files(".md")


def prose(file: File) -> str:
    """The document without its blocks of code, whose lines stay as empty ones."""
    return FENCE.sub(lambda match: "\n" * match[0].count("\n"), file.text)


def broken_links(tree: Tree) -> list[str]:
    return [
        f"{file.path}:{line_of(prose(file), match.start())} leads nowhere: {target}."
        for file in documents(tree)
        for match in LINK.finditer(prose(file))
        if not leads_somewhere(tree, file, target := match[1] or match[2])
    ]


def leads_somewhere(tree: Tree, file: File, target: str) -> bool:
    if re.match(r"(https?|mailto):", target):
        return True
    name, _, anchor = target.partition("#")
    page = (tree.root / file.path).parent / name if name else tree.root / file.path
    if not page.exists():
        return False
    return not anchor or (page.suffix == ".md" and anchor in anchors(page.read_text(encoding="utf-8")))


def anchors(text: str) -> set[str]:
    """The names under which a page's headings can be reached."""
    headings = re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def missing_paths(tree: Tree) -> list[str]:
    return [
        f"{file.path}:{line_of(prose(file), match.start())} names {match[1]}, which does not exist."
        for file in documents(tree)
        for match in NAMED_PATH.finditer(prose(file))
        if not (tree.root / match[1]).exists()
    ]


def stale_imports(tree: Tree) -> list[str]:
    """Imports in Python examples of documents that name something the package does not have."""
    return [
        f"{file.path}:{line_of(file.text, block.start(2)) + node.lineno - 1} imports {node.module}.{alias.name}, "
        "which does not exist: correct the example."
        for file in documents(tree)
        for block in FENCE.finditer(file.text)
        if block[1] == "python"
        for node in ast.walk(ast.parse(block[2]))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("caudal")
        for alias in node.names
        if not exists(node.module or "", alias.name)
    ]


def exists(module: str, name: str) -> bool:
    try:
        if hasattr(importlib.import_module(module), name):
            return True
        importlib.import_module(f"{module}.{name}")
    except ImportError:
        return False
    return True


def poor_decisions(tree: Tree) -> list[str]:
    """Decision records without one of their headings, their tags, their number, or the brevity of one screen."""
    found = []
    for number, file in enumerate(tree.files(".md", under="docs/adr"), 1):
        lines = file.text.splitlines()
        lacks = [heading for heading in ADR_HEADINGS if heading not in lines]
        if not any(line.startswith("Tags: ") for line in lines):
            lacks.append("a line of tags")
        if not re.match(rf"docs/adr/{number:04}-[a-z0-9-]+\.md$", file.path):
            lacks.append(f"the number {number:04} in its name")
        if len(lines) > ADR_LINES_MAX:
            lacks.append(f"brevity ({len(lines)} lines, {ADR_LINES_MAX} at most)")
        found += [f"{file.path} lacks {what}." for what in lacks]
    return found


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def test_every_link_in_a_document_leads_somewhere(tree: Tree) -> None:
    assert broken_links(tree) == []


def test_every_path_that_a_document_names_exists(tree: Tree) -> None:
    assert missing_paths(tree) == []


def test_code_in_documents_imports_what_there_is(tree: Tree) -> None:
    assert stale_imports(tree) == []


def test_every_decision_record_has_its_parts(tree: Tree) -> None:
    assert poor_decisions(tree) == []


def test_a_link_that_leads_nowhere_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "README.md": """
                # Start here
                [there](docs/there.md) and [its part](docs/there.md#a-part-of-it) and [up](#start-here)
                [gone](docs/gone.md)
                [no such part](docs/there.md#elsewhere)
                ![no such picture](docs/picture.png)
                ```text
                [in code](nowhere.md)
                ```
                """,
            "docs/there.md": "## A part of it\n",
        }
    )
    assert places(broken_links(planted)) == ["README.md:3", "README.md:4", "README.md:5"]


def test_a_path_that_is_gone_is_found(plant: Plant) -> None:
    planted = plant({"ARCHITECTURE.md": "See `bin/test` and\n`src/caudal/gone.py`.\n", "bin/test": ""})
    assert places(missing_paths(planted)) == ["ARCHITECTURE.md:2"]


def test_an_example_that_imports_what_is_gone_is_found(plant: Plant) -> None:
    example = "# How\n```python\nfrom caudal.core.errors import Problem\nfrom caudal.core.errors import Gone\n```\n"
    assert places(stale_imports(plant({"docs/how.md": example}))) == ["docs/how.md:4"]


def test_a_decision_record_without_its_parts_is_found(plant: Plant) -> None:
    good = "# 1. Pure core\nTags: core\n## Context\n## Decision\n## Consequences\n## Alternatives\n"
    planted = plant(
        {
            "docs/adr/0001-pure-core.md": good,
            "docs/adr/0003-stack.md": good,
            "docs/adr/0004-money.md": good.replace("## Alternatives\n", "").replace("Tags", "Topics") + "\n" * 90,
        }
    )
    assert [line.split(" lacks ")[1] for line in poor_decisions(planted)] == [
        "the number 0002 in its name.",
        "## Alternatives.",
        "a line of tags.",
        "the number 0003 in its name.",
        "brevity (95 lines, 60 at most).",
    ]
