"""Where in a title the words stand that were typed."""

import re
from collections.abc import Collection
from typing import Final

from caudal.kit.search.words import folded, parts

WORD: Final = re.compile(r"[^\W_]+")
Span = tuple[int, int]
"""From the first letter up to, not including, the last."""


def spans(title: str, beginnings: Collection[str], wholes: Collection[str] = ()) -> tuple[Span, ...]:
    """Return the stretches of a title that begin a word as typed, or are one of the whole words that were meant.

    >>> spans("Peluquería Ñandú", {"nan"}), spans("Ana García", {"garcai"}, {"garcia"})
    (((11, 14),), ((4, 10),))
    """
    pieces = {part for beginning in beginnings for part in parts(beginning)}
    found = []
    for match in WORD.finditer(title):
        letters = [folded(letter) for letter in match[0]]
        word = "".join(letters)
        if word in wholes:
            found.append(match.span())
            continue
        fitting = max((len(piece) for piece in pieces if word.startswith(piece)), default=0)
        if fitting:
            found.append((match.start(), match.start() + letters_for(letters, fitting)))
    return tuple(found)


def letters_for(letters: list[str], length: int) -> int:
    """Return how many letters of a word make up so many of its folded ones: ß is one and two."""
    taken = 0
    for count, letter in enumerate(letters, 1):
        taken += len(letter)
        if taken >= length:
            return count
    return len(letters)
