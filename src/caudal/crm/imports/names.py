"""Which row a name means, when it is not written as the row writes it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from caudal.kit.names import name_key

CLOSE: Final = ((16, 3), (9, 2), (5, 1))
"""From this many letters on, this many may be missing, wrong or swapped. Shorter names must be the same."""
_DIGITS: Final = re.compile(r"[0-9]+")
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was taken for: the keys of every row it may mean, and how it came to that."""

    keys: tuple[str, ...]
    is_exact: bool
    is_new: bool = False
    """Nothing is called so: a row of this name is to be made."""

    @property
    def key(self) -> str | None:
        """The one row it means, None when there are several."""
        return self.keys[0] if len(self.keys) == 1 else None


@dataclass(slots=True)
class Directory:
    """The names of one kind that are sure: those of our rows, and those that files give to theirs."""

    forgives_typing: bool = True
    """Names of people are compared without space and punctuation, yet never corrected: Juan is not Juana."""
    shown: dict[str, str] = field(default_factory=dict)
    """Key → the name as its row writes it."""
    shared: set[str] = field(default_factory=set)
    """Keys that several rows have."""
    alike: dict[str, dict[str, None]] = field(default_factory=dict)
    """Key without anything but letters and digits → keys."""

    def add(self, name: str, *, is_another: bool = False) -> None:
        """Take a name in. The same one again is shared by two rows if it is another's."""
        key = name_key(name)
        if is_another and key in self.shown:
            self.shared.add(key)
        self.shown.setdefault(key, " ".join(name.split()))
        self.alike.setdefault(squeezed(key), {})[key] = None

    def match(self, names: Iterable[str]) -> dict[str, Match]:
        """Say what each name means. Names that nobody has are new, and one with them however they are spaced."""
        found: dict[str, Match] = {}
        unknown = []
        for name in names:
            key = name_key(name)
            near = self.alike.get(squeezed(key), {})
            if key in self.shared:
                found[name] = Match((key, key), is_exact=True)
            elif key in self.shown:
                found[name] = Match((key,), is_exact=True)
            elif near:
                found[name] = Match(tuple(near), is_exact=False)
            else:
                unknown.append(name)
        close = self._close(unknown) if self.forgives_typing else {}
        found |= {name: Match(tuple(keys), is_exact=False) for name, keys in close.items()}
        return found | dict(_new(name for name in unknown if name not in close))

    def _close(self, names: list[str]) -> dict[str, list[str]]:
        choices = list(self.alike)
        found = {}
        for name in names:
            wanted = squeezed(name_key(name))
            reach = next((distance for length, distance in CLOSE if len(wanted) >= length), 0)
            if not reach:
                continue
            near = process.extract(wanted, choices, scorer=OSA.distance, score_cutoff=reach, limit=None)
            numbers = _DIGITS.findall(wanted)
            keys = [key for choice, _, _ in near if _DIGITS.findall(choice) == numbers for key in self.alike[choice]]
            if keys:
                found[name] = sorted(keys)
        return found


def squeezed(key: str) -> str:
    """Return a key without spaces and punctuation.

    >>> squeezed("gtx pro") == squeezed("gtx-pro") == "gtxpro"
    True
    """
    return _NOT_LETTERS.sub("", key) or key


def _new(names: Iterable[str]) -> Iterator[tuple[str, Match]]:
    """Names that differ in spacing alone are one; the one that is longest, then first in the alphabet, is kept."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(squeezed(name_key(name)), []).append(name)
    for group in groups.values():
        kept = name_key(min(group, key=lambda name: (-len(name_key(name)), name)))
        for name in group:
            yield name, Match((kept,), is_exact=name_key(name) == kept, is_new=True)


def spelling(matches: Mapping[str, Match]) -> dict[str, str]:
    """Return, by key, how the new ones of these names are written: the most carefully written way of each."""
    spelled: dict[str, str] = {}
    for name in sorted(matches, key=_care):
        match = matches[name]
        if match.is_new and name_key(name) == match.key:
            spelled.setdefault(name_key(name), " ".join(name.split()))
    return spelled


def _care(name: str) -> tuple[bool, bool, int, str]:
    """Least for the spelling that took most care: capitals where they belong, accents where there are any."""
    return name.islower(), name.isupper(), -sum(not letter.isascii() for letter in name), name
