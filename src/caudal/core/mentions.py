"""Who is named in a text: `@Ana Ruiz`, or `@Ana` where only one is called so."""

import unicodedata
from collections.abc import Hashable, Iterable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def mentioned(text: str, names: Iterable[tuple[K, str]]) -> tuple[K, ...]:
    """Return the keys of those whom a text names after an @, in the order in which it does, each once.

    The longest name that fits counts; a first name counts where it is nobody else's. Case and accents do not matter.

    >>> team = [(1, "Ana Ruiz"), (2, "Ana Soler"), (3, "Raúl Gil")]
    >>> mentioned("@raul, tell @Ana Soler; mail ana@ruiz.example", team)
    (3, 2)
    >>> mentioned("@Ana is two people", team)
    ()
    """
    plain = _plain(text)
    if "@" not in plain:
        return ()
    spellings = _spellings(names)
    found: dict[K, None] = {}
    for place, letter in enumerate(plain):
        if letter != "@" or (place and plain[place - 1].isalnum()):
            continue
        rest = plain[place + 1 :]
        for spelling, key in spellings:
            if rest.startswith(spelling) and not rest[len(spelling) : len(spelling) + 1].isalnum():
                found.setdefault(key)
                break
    return tuple(found)


def _spellings(names: Iterable[tuple[K, str]]) -> list[tuple[str, K]]:
    """Names and first names that are one person's alone, the longest first."""
    keys: dict[str, set[K]] = {}
    for key, name in names:
        words = _plain(name).split()
        if words:
            keys.setdefault(" ".join(words), set()).add(key)
            keys.setdefault(words[0], set()).add(key)
    alone = [(spelling, next(iter(found))) for spelling, found in keys.items() if len(found) == 1]
    return sorted(alone, key=lambda pair: (-len(pair[0]), pair[0]))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
