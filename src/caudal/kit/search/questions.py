"""What somebody typed, as a question to the index."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from caudal.core.errors import Problem
from caudal.core.ids import ALPHABET, LENGTH, Ref
from caudal.kit.search import spelling
from caudal.kit.search.words import LONGEST, chunks, digits_of, folded, parts, quoted

CHUNKS_MAX: Final = 8
TEXT_MAX: Final = 200
DIGITS_MIN: Final = 4
NUMBER: Final = re.compile(r"^\+?[\d\s().\-/]+$")
PARTIAL_ID: Final = re.compile(rf"^([a-z]+)_([{ALPHABET}]{{6,{LENGTH}}})$")


@dataclass(frozen=True, slots=True)
class Word:
    """One piece of what was typed: any of its readings will do."""

    text: str
    query: str
    """As a `tsquery` in brackets."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text that was typed, read."""

    text: str
    key: str
    """Folded, as titles are kept."""
    words: tuple[Word, ...]
    whole: str
    """A `tsquery` of what names one record by itself: an address, a number; empty for other words."""
    ids: tuple[str, UUID, UUID] | None
    """Kind and range of ids that a public id, or the beginning of one, stands for."""

    @property
    def query(self) -> str:
        """The `tsquery` that every record found must meet, or nothing."""
        return " & ".join(word.query for word in self.words)


def asked(text: str) -> Question:
    """Read what somebody typed."""
    text = " ".join(text[:TEXT_MAX].replace("\0", " ").split())
    number = digits_of(text) if NUMBER.match(text) else ""
    if len(number) >= DIGITS_MIN:
        words = (Word(number, f"({prefix(number)} | ({' & '.join(map(reading, chunks(text)))}))"),)
        return Question(text, folded(text), words, quoted(number), None)
    pieces = list(dict.fromkeys(chunks(text)))[:CHUNKS_MAX]
    whole = quoted(pieces[0]) if len(pieces) == 1 and "@" in pieces[0] else ""
    return Question(text, folded(text), tuple(Word(piece, reading(piece)) for piece in pieces), whole, ids_of(text))


def reading(chunk: str) -> str:
    """Return what finds a piece: it begins a word as it stands, or without its marks, or each part begins a word.

    Parts of an address or a domain are no words of their own: half of all records hold `com`.
    """
    inside = parts(chunk)
    if len(inside) < 2 or "@" in chunk or "." in chunk:  # noqa: PLR2004  one part is the chunk
        bare = "".join(inside)
        # The same beginning asked for twice would be looked up twice.
        return prefix(chunk) if "@" in chunk or bare == chunk else f"({prefix(chunk)} | {prefix(bare)})"
    together = " & ".join(map(prefix, inside))
    return f"({prefix(chunk)} | {prefix(''.join(inside))} | ({together}))"


def prefix(word: str) -> str:
    """Return a word as the beginning of others."""
    return f"{quoted(word[:LONGEST])}:*"


def ids_of(text: str) -> tuple[str, UUID, UUID] | None:
    """Return the kind and the range of ids that a public id or its beginning may stand for.

    >>> ids_of("deal_01h455vb4pex5vsknk084sn02q")[1]
    UUID('01890a5d-ac96-774b-bcce-b302099a8057')
    """
    found = PARTIAL_ID.match(text.lower())
    if found is None:
        return None
    kind, letters = found.groups()
    try:
        first, last = (Ref.parse(f"{kind}_{letters.ljust(LENGTH, filler)}").id for filler in ("0", "z"))
    except Problem:
        return None
    return kind, first, last


def forgiving(question: Question, meant: dict[str, list[str]]) -> str:
    """Return the query that also takes the words of names for what was typed, or nothing if there are none to take."""
    if not any(meant.values()):
        return ""
    return " & ".join(
        f"({' | '.join([word.query, *(f'{quoted(each)}:A' for each in meant.get(word.text, ()))])})"
        for word in question.words
    )


def misspelt(question: Question) -> list[str]:
    """Return the words in which a mistake may be forgiven."""
    return [word.text for word in question.words if spelling.forgivable(word.text)]
