"""One word per idea, in both languages, and nothing said that the reader cannot use."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

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
FORMAL: Final = re.compile(
    r"\b[Uu]sted(es)?\b|(?:^|[.:;] |¿)(Elija|Escriba|Ejecute|Pida|Indique|Seleccione|Introduzca|Haga|Vuelva|Compruebe|Revise"
    r"|Corrija|Añada|Espere|Envíe|Inténtelo|Abra|Diga|Consulte|Escoja|Quería decir|Divida|Multiplique|Convierta|Use|Guarde"
    r"|Deje|Cambie|Busque|Mire|Ponga|Dé|Cree|Borre|Pruebe|Libérel[oa])\b"
)
"""How a sentence begins that gives a formal order."""
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


def torn_messages(tree: Tree) -> list[str]:
    """Messages that read otherwise in two catalogues: when a page is drawn, one of them overrides the other."""
    said: dict[tuple[str, str | None], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for room, entry in spanish(tree):
        said[" / ".join(as_tuple(entry.id)), entry.context][" / ".join(as_tuple(entry.string))].append(room)
    return [
        f"{message!r} is {' and '.join(f'{words!r} in {rooms}' for words, rooms in sorted(found.items()))}: "
        "say it in one way, or tell them apart with pgettext and a context."
        for (message, _context), found in said.items()
        if len(found) > 1
    ]


def formal_messages(tree: Tree) -> list[str]:
    """Spanish that says usted: the interface speaks to people as tú."""
    return [
        f"{room}: {words!r} speaks to the reader as usted ({match[0]}); say it with tú."
        for room, entry in spanish(tree)
        for words in as_tuple(entry.string)
        if (match := FORMAL.search(words))
    ]


def spanish(tree: Tree) -> Iterator[tuple[str, Message]]:
    """Every message of every room's catalogue, with the room."""
    for path in sorted(tree.root.glob("src/caudal/*/locale/es/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            yield from ((path.parents[3].name, entry) for entry in read_po(file, locale="es") if entry.id)


def as_tuple(words: object) -> tuple[str, ...]:
    """A message's words: one text, or one for each number."""
    return tuple(map(str, words)) if isinstance(words, tuple | list) else (str(words),)


def test_every_word_of_the_glossary_stands_in_both_languages_and_means_one_idea(tree: Tree) -> None:
    assert len(glossary(tree)) > 50
    assert poor_words(tree) == []


def test_no_row_or_fact_bears_a_word_that_the_glossary_rejects(tree: Tree) -> None:
    assert rejected_words(tree) == []


def test_no_text_tells_how_the_project_was_made(tree: Tree) -> None:
    assert told_origins(tree) == []


def test_every_message_is_translated(tree: Tree) -> None:
    assert untranslated(tree) == ""


def test_no_message_reads_otherwise_in_another_catalogue(tree: Tree) -> None:
    assert torn_messages(tree) == []


def test_spanish_speaks_to_the_reader_as_tu(tree: Tree) -> None:
    assert formal_messages(tree) == []


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


CATALOGUE: Final = "src/caudal/{room}/locale/es/LC_MESSAGES/django.po"
NO_CONTEXT: Final = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Open"\nmsgstr "{words}"\n'


def test_a_message_of_two_translations_is_found_unless_a_context_tells_them_apart(plant: Plant) -> None:
    torn = {room: NO_CONTEXT.format(words=words) for room, words in {"crm": "Abierta", "plan": "Abierto"}.items()}
    planted = plant({CATALOGUE.format(room=room): text for room, text in torn.items()})
    assert len(torn_messages(planted)) == 1
    torn["plan"] = torn["plan"].replace('msgid "Open"', 'msgctxt "plan"\nmsgid "Open"')
    assert torn_messages(plant({CATALOGUE.format(room=room): text for room, text in torn.items()})) == []


def test_a_message_that_says_usted_is_found(plant: Plant) -> None:
    planted = plant({CATALOGUE.format(room="crm"): NO_CONTEXT.format(words="Elija una etapa.")})
    assert [line.partition(":")[0] for line in formal_messages(planted)] == ["crm"]
