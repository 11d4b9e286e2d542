"""One word per idea, in both languages, and nothing said that the reader cannot use."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Final

from tests.architecture.conftest import Plant
from tests.architecture.tree import ROOT, Tree, places

COLUMNS: Final = ("English", "Spanish", "In the seed", "Not", "Meaning")

ORIGINS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"/wor[k]/",
        r"/far[m]/",
        r"far[m]-(studio|bench)",
        r"\bsub-?agen[t]s?\b",
        r"(?<![\w.])(TOD[O]|FIXM[E]|HAC[K])\b|#\s*XX[X]\b",
        r"\bissue[ ]?#\d+",
        r"\b(?:CLAUD[E]|AGENT[S])\.md\b",
        r"\b(?:generate[d]|writte[n]) (?:by|with) (?:an? )?(?:AI|LLM|language model)\b",
    )
)
"""How the project was made, and what is not finished, are no concern of its reader. (The brackets hide them here.)"""
TEXT: Final = (
    *(".py", ".md", ".html", ".txt", ".css", ".js", ".toml", ".sql", ".po", ".sh", ".json", ".yaml", ".yml", ".csv"),
    *("LICENSE", "lock", "test", "lint", "ci", "setup", "dev", "demo", "run", "messages", "caudal"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """One row of the glossary."""

    line: int
    english: str
    spanish: str
    seed: str
    instead_of: tuple[str, ...]
    meaning: str


def glossary(tree: Tree) -> list[Word]:
    words = []
    for file in tree.files("GLOSSARY.md"):
        for number, line in enumerate(file.text.splitlines(), 1):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not line.startswith("|") or tuple(cells) == COLUMNS or set(line) <= set("|-: "):
                continue
            english, spanish, seed, instead_of, meaning = (cells + [""] * len(COLUMNS))[: len(COLUMNS)]
            others = tuple(filter(None, (word.strip() for word in instead_of.split(","))))
            words.append(Word(number, english, spanish, seed, others, meaning))
    return words


def poor_words(tree: Tree) -> list[str]:
    words = glossary(tree)
    found = [
        f"GLOSSARY.md:{word.line} {word.english or '?'} lacks its English, its Spanish or its meaning."
        for word in words
        if not (word.english and word.spanish and word.meaning)
    ]
    for column in ("english", "spanish"):
        counts = Counter(getattr(word, column).lower() for word in words)
        found += [
            f"GLOSSARY.md:{word.line} {getattr(word, column)} stands for two ideas: find another word for one of them."
            for word in words
            if counts[getattr(word, column).lower()] > 1
        ]
    return found


def rejected_words(tree: Tree) -> list[str]:
    """Classes and modules that bear a word for which the glossary has another one."""
    better = {
        camel(other): word.english
        for word in glossary(tree)
        for other in word.instead_of
        if other.lower() not in {word.english.lower() for word in glossary(tree)}
    }
    names = [
        (file.at(node), node.name)
        for file in tree.python()
        for node in file.nodes
        if isinstance(node, ast.ClassDef) and file.room in {"models", "events"}
    ]
    return [
        f"{place} {name}: the glossary says “{better[name]}” for this idea." for place, name in names if name in better
    ]


def camel(words: str) -> str:
    return "".join(word.capitalize() for word in words.replace("-", " ").split())


def told_origins(tree: Tree) -> list[str]:
    return [
        f"{file.path}:{number} speaks of how the project was made, or leaves work undone: {match[0]!r}."
        for file in tree.files(*TEXT)
        for number, line in enumerate(file.text.splitlines(), 1)
        for pattern in ORIGINS
        if (match := pattern.search(line))
    ]


def untranslated(tree: Tree) -> str:
    done = subprocess.run(
        [sys.executable, str(tree.root / "bin" / "messages.py"), "--check"], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_every_word_of_the_glossary_stands_in_both_languages_and_means_one_idea(tree: Tree) -> None:
    assert len(glossary(tree)) > 50
    assert poor_words(tree) == []


def test_no_row_or_fact_bears_a_word_that_the_glossary_rejects(tree: Tree) -> None:
    assert rejected_words(tree) == []


def test_no_text_tells_how_the_project_was_made(tree: Tree) -> None:
    assert told_origins(tree) == []


def test_every_message_is_translated(tree: Tree) -> None:
    assert untranslated(tree) == ""


HEAD: Final = "| English | Spanish | In the seed | Not | Meaning |\n|---|---|---|---|---|\n"


def test_a_word_without_its_spanish_or_with_two_ideas_is_found(plant: Plant) -> None:
    rows = "| lead | lead | Lead | prospect | a sign of interest |\n| deal | | Deal | | a sale |\n"
    twice = "| company | empresa | | | who buys |\n| firm | Empresa | | | who sells |\n"
    planted = plant({"GLOSSARY.md": HEAD + rows + twice})
    assert places(poor_words(planted)) == ["GLOSSARY.md:4", "GLOSSARY.md:5", "GLOSSARY.md:6"]


def test_a_row_named_by_a_rejected_word_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "GLOSSARY.md": HEAD + "| deal | oportunidad | Deal | opportunity, sales order | a possible sale |\n",
            "src/caudal/crm/models/deals.py": "class Deal: ...\n\nclass Opportunity: ...\n\nclass SalesOrder: ...\n",
        }
    )
    assert places(rejected_words(planted)) == ["crm/models/deals.py:3", "crm/models/deals.py:5"]


def test_a_text_that_tells_the_origin_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/actions.py": "# TO" + "DO: finish\nx = 1\n",
            "docs/guides/start.md": "Open /wo" + "rk/main first.\nTodo el mundo, every session.\n",
            "bin/test": "# see issue" + " #12\n",
        }
    )
    assert places(told_origins(planted)) == ["bin/test:1", "crm/actions.py:1", "docs/guides/start.md:1"]


def test_a_message_without_its_spanish_is_found(plant: Plant) -> None:
    code = 'from django.utils.translation import gettext as _\n\ntitle = _("Deals")\n'
    planted = plant({"src/caudal/crm/__init__.py": "", "src/caudal/crm/views.py": code})
    (planted.root / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "messages.py", planted.root / "bin")
    assert "'Deals'" in untranslated(planted)
