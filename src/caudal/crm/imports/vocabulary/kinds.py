"""What files become, and what a column of one is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from caudal.core.errors import msg
from caudal.kit.names import name_key


class Kind(StrEnum):
    """What the rows of a file become."""

    MEMBERS = "members"
    PRODUCTS = "products"
    COMPANIES = "companies"
    PEOPLE = "people"
    LEADS = "leads"
    PIPELINES = "pipelines"
    DEALS = "deals"
    ACTIVITIES = "activities"


class Reading(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    LINE = "line"
    """Text on one line, however many the cell has."""
    NAME = "name"
    """Names rows of some kind."""
    LINK = "link"
    """The key that the other system gives to a row of some kind."""
    NUMBER = "number"
    WHOLE = "whole"
    DAY = "day"
    MOMENT = "moment"
    """A day, or an instant where the cell has a time of day."""
    EMAIL = "email"
    STAGE = "stage"
    FLAG = "flag"
    """Yes or no."""
    DOMAIN = "domain"
    """An address on the web, of which the host is kept."""


@dataclass(frozen=True)
class Field:
    """A column that a kind of file may have."""

    name: str
    reading: Reading
    telling: tuple[str, ...] = ()
    """Words that speak for this kind of file."""
    plain: tuple[str, ...] = ()
    """Words that any kind of file might use."""
    quiet: tuple[str, ...] = ()
    """Words that are this column in a file of this kind, and speak for no kind."""
    names: Kind | None = None
    """The kind of the rows that it names; a key without one may be that of a record of any kind."""
    several: bool = False
    """Whether a cell may hold several keys."""
    length: int = 200
    label: str = ""
    """What it is called on pages."""

    @cached_property
    def telling_ranks(self) -> Mapping[str, int]:
        """Header key → how early the word stands among those that tell."""
        return _ranks(self.telling)

    @cached_property
    def plain_ranks(self) -> Mapping[str, int]:
        """Header key → how early the word stands among the plain ones."""
        return _ranks(self.plain)

    @cached_property
    def quiet_ranks(self) -> Mapping[str, int]:
        """Header key → how early the word stands among those that speak for no kind."""
        return _ranks(self.quiet)

    @property
    def links(self) -> str:
        """The field that says by name what this one says by key, nothing for others."""
        return self.name.removesuffix("_key") if self.reading is Reading.LINK else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of file: its columns, and what it is called."""

    kind: Kind
    files: tuple[str, ...]
    """Words in the name of a file that speak for this kind."""
    needs: tuple[frozenset[str], ...]
    """A file is of this kind only if it has all the fields of one of these sets."""
    fields: tuple[Field, ...]
    needs_if_called: tuple[frozenset[str], ...] = ()
    """Or of one of these, where the name of the file speaks for this kind."""
    least: tuple[str, ...] = ()
    """Fields of which a file must have one, however it was told: without any of them a row has no name."""

    def field(self, name: str) -> Field | None:
        """Return the field of a name, if there is one."""
        return next((each for each in self.fields if each.name == name), None)


LABELS: Final[Mapping[Kind, str]] = {
    Kind.MEMBERS: msg("members"),
    Kind.PRODUCTS: msg("products"),
    Kind.COMPANIES: msg("companies"),
    Kind.PEOPLE: msg("people"),
    Kind.LEADS: msg("leads"),
    Kind.PIPELINES: msg("stages"),
    Kind.DEALS: msg("deals"),
    Kind.ACTIVITIES: msg("activities"),
}
"""What the rows of each kind are called."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a list that is written with commas.

    >>> words("deal name, opportunity name")
    ('deal name', 'opportunity name')
    """
    return tuple(word.strip() for word in text.split(",") if word.strip())


def in_words(text: str) -> str:
    """Return a header as plain words.

    >>> in_words("Deal_Stage"), in_words("Fecha de Cierre (prevista)"), in_words("closeValue")
    ('deal stage', 'fecha de cierre prevista', 'close value')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name_key(apart)).split())


def header_key(text: str) -> str:
    """Return what makes two headers the same column, however they are cased, spaced and starred.

    >>> header_key("BILLINGCOUNTRY") == header_key("Billing Country *") == header_key("billing_country")
    True
    """
    return in_words(text).replace(" ", "")


def _ranks(listed: tuple[str, ...]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for rank, word in enumerate(listed):
        ranks.setdefault(header_key(word), rank)
    return ranks
