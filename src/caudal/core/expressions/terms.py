"""What a checked expression is: typed terms over functions, and what a function is.

An operator is a function like any other. A function says four things: which types it takes and yields, its value in
Python, its text in SQL, and, if it can say more than the default, its range over intervals. Everything that walks
terms (evaluation, ranges, SQL) knows only these; a new function is a new row of the table and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from caudal.core.expressions.schema import Field, Kind, Type, Value

PLACES: Final = 18
"""Digits after the point with which a number leaves SQL; until then it is exact."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value known when the expression is read."""

    type: Type
    value: Value


@dataclass(frozen=True, slots=True)
class Variable:
    """A field of the row."""

    name: str
    field: Field

    @property
    def type(self) -> Type:
        """The type of the field."""
        return self.field.type


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day the expression is asked as of."""

    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to terms."""

    type: Type
    function: "Function"
    arguments: "tuple[Term, ...]"


Term: TypeAlias = Constant | Variable | AsOf | Call


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a function does not take these arguments; `argument` is the one to point at (all of them when None)."""

    message: str
    hint: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    argument: int | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """The function that really computes this, when a name stands for several: date + days, date + months."""

    type: Type
    function: "Function"


@dataclass(frozen=True, slots=True)
class Expanded:
    """What a short form stands for: the term that is meant, made of other functions."""

    term: Term


@dataclass(frozen=True, slots=True)
class Quotient:
    """A number in SQL: the texts of a numerator and a positive denominator (`1` is left out), or null.

    Arithmetic stays exact because nothing is divided before a number leaves: `a/b < c/d` compares `a*d < c*b`.
    """

    above: str
    below: str = ""


Sql: TypeAlias = str | Quotient
"""The text of a term in SQL, with `%(name)s` for parameters; numbers are quotients."""

Rule: TypeAlias = Callable[[tuple[Term, ...]], "Type | Resolved | Expanded | Refusal"]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """One row of the table. `value`, `sql` and `ranged` take the arguments in order.

    `strict` functions are null when an argument is: `value` never sees None then, and `sql` yields null by itself.
    `value` takes the setting first, and `sql` the zone, when `uses_setting`. `kinds` are those of the arguments, the
    last repeated; without them the arguments are alike. `digits` bounds the size of a number, as the digits of its
    numerator and denominator from those of the arguments. Over ranges, a function `by_ends` sees its only argument
    computed from the lower ends of all fields, and once more from the upper ends.
    """

    name: str
    words: str
    arity: tuple[int, int | None]
    rule: Rule
    value: Callable[..., Value]
    sql: Callable[..., Sql]
    ranged: Callable[..., Any] | None = None
    digits: Callable[..., tuple[int, int]] | None = None
    kinds: tuple[Kind, ...] = ()
    strict: bool = True
    uses_setting: bool = False
    by_ends: bool = False
