"""What kind of file this is, and which of its columns is what, by the words of its header."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from caudal.crm.imports.vocabulary import TABLES, Field, Kind, Table
from caudal.kit.names import name_key

TELLING: Final = 3
PLAIN: Final = 1
NAMED: Final = 4
"""What the name of the file adds."""
ENOUGH: Final = 3


@dataclass(frozen=True, slots=True)
class Recognition:
    """A kind of file, the place of each of its fields, and the columns that are no field of it."""

    table: Table
    places: Mapping[str, int]
    """Field → index of its column, from 0."""
    others: Mapping[int, str]
    """Index → header, each header once."""

    @property
    def kind(self) -> Kind:
        """What the rows become."""
        return self.table.kind

    def fields(self) -> list[tuple[Field, int]]:
        """Return the fields that the file has, with their places."""
        return [(field, self.places[field.name]) for field in self.table.fields if field.name in self.places]


def recognise(header: Sequence[str], file_name: str) -> Recognition | None:
    """Say which kind of file has such a header and name; None when no kind does, or two do equally."""
    words = [in_words(cell) for cell in header]
    hints = {in_words(file_name.rpartition(".")[0])} | set(in_words(file_name.rpartition(".")[0]).split())
    scored = []
    for table in TABLES:
        places, score = _places(table, words)
        if any(needed <= places.keys() for needed in table.needs):
            scored.append((score + (NAMED if hints & set(table.files) else 0), table, places))
    best = max((score for score, _, _ in scored), default=0)
    winners = [(table, places) for score, table, places in scored if score == best]
    if best < ENOUGH or len(winners) != 1:
        return None
    table, places = winners[0]
    return Recognition(table, places, _others(header, set(places.values())))


def in_words(text: str) -> str:
    """Return a header as plain words.

    >>> in_words("Deal_Stage"), in_words("Fecha de Cierre (prevista)"), in_words("closeValue")
    ('deal stage', 'fecha de cierre prevista', 'close value')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name_key(apart)).split())


def _places(table: Table, words: Sequence[str]) -> tuple[dict[str, int], int]:
    """The column of each field, and how much they speak for this kind. No column is two fields."""
    places: dict[str, int] = {}
    score = 0
    for weight in (TELLING, PLAIN):
        for field in table.fields:
            known = field.telling if weight == TELLING else field.plain
            if field.name in places:
                continue
            free = [
                (known.index(word), at) for at, word in enumerate(words) if word in known and at not in places.values()
            ]
            if free:
                places[field.name] = min(free)[1]
                score += weight
    return places, score


def _others(header: Sequence[str], taken: set[int]) -> dict[int, str]:
    """The headers of the other columns; a repeated or empty one is told apart by its number."""
    seen: set[str] = set()
    others = {}
    for at, cell in enumerate(header):
        label = " ".join(cell.split())[:80]
        if not label or label in seen:
            label = f"{label} {at + 1}".strip()
        seen.add(label)
        if at not in taken:
            others[at] = label
    return others
