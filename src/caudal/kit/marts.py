"""The tables that a context publishes for numbers, as plain values found in its `marts` room.

A mart is one SELECT with named, typed columns; `insights` binds metrics to it, the report role reads it as a view. It
leaves out deleted rows, says in which columns the scope of an actor shows, and carries amounts in minor units with
their currency and the day whose rate counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from caudal.kit.rooms import gathered


class ColumnKind(StrEnum):
    """What a column of a mart holds."""

    ID = "id"
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a mart, and what it is called in both languages of the interface."""

    kind: ColumnKind
    label: str
    unit: str = ""
    """Unit of a number: `days`; empty for a plain one."""
    currency: str = ""
    """For money, the column that holds the currency; the column itself holds minor units."""
    dimension: bool = False
    """Numbers may be broken down by it."""


@dataclass(frozen=True, slots=True)
class Mart:
    """A published table."""

    name: str
    sql: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    ref: str = "id"
    """Column with the row's id, where drilling down ends."""
    kind: str = ""
    """Kind of the record that `ref` names: `deal`."""
    owner: str = ""
    """Column with the owning member's id, for the scope of an actor; empty where only a whole reach sees it."""
    noun: str = ""
    """The noun whose policy decides who reads it."""
    optional: bool = False
    """Not every company keeps it here: while it has no row, nobody knows the numbers that are made of it."""
    names: tuple[str, ...] = ("name",)
    """The fields of the record that say what it is called: the first that is not empty."""


@cache
def marts() -> Mapping[str, Mart]:
    """Return every mart by name."""
    found: tuple[Mart, ...] = gathered("marts", "MARTS")
    return {mart.name: mart for mart in found}
