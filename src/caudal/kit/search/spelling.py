"""Forgiving one typing mistake: a letter dropped, doubled or wrong, or two that changed places.

Two words that are one such mistake apart share a word if each loses at most one letter. So every word of a name is kept
with all it becomes by losing one, and a search looks up what its own word becomes: exact keys, no scan. A trigram index
would return a hundred times as many candidates and still miss short words (docs/adr/0018-search.md).
"""

from collections.abc import Iterable, Iterator
from typing import Final

SHORTEST: Final = 4
"""Letters of a word in which a mistake is forgiven."""
LONGEST: Final = 24
SHORTEST_ASKED: Final = SHORTEST - 1
"""Letters of a word that somebody typed: one of four, less the one they dropped."""


def spelt(words: Iterable[str]) -> set[str]:
    """Return the words in which a mistake is forgiven."""
    return {word for word in words if SHORTEST <= len(word) <= LONGEST and word.isalpha()}


def variants(word: str) -> set[str]:
    """Return a word and all it becomes by losing one letter.

    >>> sorted(variants("anna"))
    ['ana', 'ann', 'anna', 'nna']
    """
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def forgivable(word: str) -> bool:
    """Say whether what somebody typed is taken for a misspelt name."""
    return SHORTEST_ASKED <= len(word) <= LONGEST + 1 and word.isalpha()


def is_one_mistake(typed: str, meant: str) -> bool:
    """Say whether one mistake made this of that.

    >>> [is_one_mistake(typed, "garcia") for typed in ("garca", "garrcia", "gacria", "garzia", "garcia", "gracai")]
    [True, True, True, True, False, False]
    """
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    first = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if first is None:
        return True
    if len(typed) < len(meant):
        return typed[first:] == meant[first + 1 :]
    if len(typed) > len(meant):
        return typed[first + 1 :] == meant[first:]
    swapped = meant[:first] + meant[first + 1 : first + 2] + meant[first] + meant[first + 2 :]
    return typed[first + 1 :] == meant[first + 1 :] or typed == swapped


def pairs(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each word with every way to misspell it."""
    for word in sorted(words):
        for variant in sorted(variants(word)):
            yield variant, word
