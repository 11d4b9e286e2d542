"""Rows of a list that are ticked, and what may be done with all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that can be done with many rows; `group` is the heading that it stands under."""

    value: str
    label: str | Promise
    group: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selecting:
    """The bar under a list: where it leads, and what may be done."""

    href: str
    doings: Sequence[Doing]
    all_words: str
    """The words of the box that takes every row which the list finds."""
    kept: Sequence[tuple[str, str]] = ()
    """The list's address, part by part."""

    @property
    def groups(self) -> Mapping[str, Sequence[Doing]]:
        """Return what may be done under its headings."""
        found: dict[str, list[Doing]] = {}
        for each in self.doings:
            found.setdefault(str(each.group), []).append(each)
        return found
