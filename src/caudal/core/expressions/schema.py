"""What expressions talk about: kinds of values, the fields of one kind of row, and the setting of an evaluation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from typing_extensions import override

from caudal.core.errors import Problem, msg
from caudal.core.expressions.units import Unit

Value: TypeAlias = Fraction | bool | str | date | datetime | None
"""What an expression yields: numbers are exact fractions, None is null."""
RowValue: TypeAlias = Value | int | Decimal
"""What a row may hold; whole numbers and decimals become fractions on the way in."""

FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_LONGEST_NAME: Final = 100


class Kind(StrEnum):
    """The kinds of values."""

    NUMBER = "number"
    BOOLEAN = "yes or no"
    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    NULL = "null"


class BadField(Problem):
    """A schema was given a field that no expression could name."""

    code = "expression.field_name"
    status = 422
    message = msg("“{name}” cannot be the name of a field.")
    hint = msg("Use letters, digits and underscores, in parts joined by dots.")


@dataclass(frozen=True, slots=True)
class Type:
    """A kind, the unit of a number, the options of a choice, what a link names, and whether null may occur.

    A number without a unit (`None`, not even the neutral one) is a bare literal: it takes the unit it meets.
    A duration is a number with a unit of time, money a number with a currency, a choice a text with options, a link
    the public id of a row: a text to whoever reads it, the id itself where rows live in SQL.
    """

    kind: Kind
    unit: Unit | None = None
    options: tuple[str, ...] = ()
    refers: str = ""
    """The kind of row that a link names."""
    nullable: bool = True

    @override
    def __str__(self) -> str:
        """How a message names it: `USD/month`, `number`, `date`, `one of open, won`."""
        if self.refers:
            return f"id of a {self.refers}"
        if self.options:
            return f"one of {', '.join(self.options)}"
        if self.kind is Kind.NUMBER and self.unit is not None and self.unit.powers:
            return str(self.unit)
        return str(self.kind)

    @property
    def required(self) -> "Type":
        """The same type, never null."""
        return replace(self, nullable=False)

    @property
    def optional(self) -> "Type":
        """The same type, maybe null."""
        return replace(self, nullable=True)


BOOLEAN: Final = Type(Kind.BOOLEAN)
TEXT: Final = Type(Kind.TEXT)
DATE: Final = Type(Kind.DATE)
INSTANT: Final = Type(Kind.INSTANT)
NULL: Final = Type(Kind.NULL)
BARE: Final = Type(Kind.NUMBER, None)
"""The type of a number written without a unit."""


def number(unit: str | Unit = "") -> Type:
    """A number with a unit: `number("USD/month")`, `number("days")`; without one, a ratio or a count."""
    return Type(Kind.NUMBER, unit if isinstance(unit, Unit) else Unit.parse(unit))


def choice(*options: str) -> Type:
    """A text that is one of `options`."""
    return Type(Kind.TEXT, options=options)


def link(kind: str) -> Type:
    """The public id of a row of one kind."""
    return Type(Kind.TEXT, refers=kind)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row: its type and, where rows live in SQL, the SQL text that yields it.

    `sql` is written by us, never by a user, and holds no `%`. A number that is itself a quotient of two columns says
    its denominator in `sql_over` (positive or null), and stays exact.
    """

    type: Type
    sql: str = ""
    sql_over: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields an expression may name. It is a value made at run time, so fields of one's own are fields like any."""

    fields: Mapping[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, one in self.fields.items():
            if len(name) > _LONGEST_NAME or not FIELD_NAME.fullmatch(name):
                raise BadField(name=name)
            assert "%" not in one.sql + one.sql_over, f"the SQL of {name} holds a percent sign"  # noqa: S101  our mistake


@dataclass(frozen=True, slots=True)
class Setting:
    """What an expression knows beside its row: the day it is asked as of, and the zone that turns instants to days."""

    as_of: date
    zone: str = "UTC"
