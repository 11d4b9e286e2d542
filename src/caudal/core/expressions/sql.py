"""Terms to SQL text with bound parameters, for PostgreSQL 15 and later.

Numbers travel as quotients of two numerics (see `Quotient`), so the database decides `a/3*3 = a` as Python does. Where
a number leaves SQL it is rounded to 18 places, halves away from zero. Values never become text: they are parameters.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.expressions.evaluation import evaluate
from caudal.core.expressions.functions import quotients
from caudal.core.expressions.schema import Kind, Setting, Type, Value
from caudal.core.expressions.syntax import decimal_text
from caudal.core.expressions.terms import AsOf, Call, Constant, Quotient, Sql, Term, Variable
from caudal.core.ids import Ref

_CASTS: Final = {
    Kind.NUMBER: "numeric",
    Kind.BOOLEAN: "boolean",
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.INSTANT: "timestamptz",
}
_SMALL: Final = 1_000_000
LONGEST_SQL: Final = 200_000
"""Characters of SQL that one expression may become."""


class TooMuchSql(Problem):
    """Divisions inside divisions made the SQL longer than is sensible."""

    code = "expression.too_much_sql"
    status = 422
    message = msg("This expression is too long to be computed in the database.")
    hint = msg("Divide once, at the end.")


@dataclass(slots=True)
class Parameters:
    """The values of one statement, each bound once, under names of its own."""

    setting: Setting
    values: dict[str, Any] = field(default_factory=dict)
    _known: dict[tuple[str, object], str] = field(default_factory=dict)

    def bind(self, value: Any, cast: str) -> str:
        """The placeholder of `value`, cast to an SQL type: `%(e0)s::numeric`."""
        stored = Decimal(decimal_text(value)) if isinstance(value, Fraction) else value
        key = (cast, tuple(stored) if isinstance(stored, list) else stored)
        if key not in self._known:
            name = f"e{len(self._known)}"
            self._known[key] = f"%({name})s::{cast}"
            self.values[name] = stored
        return self._known[key]


def sql_term(term: Term, parameters: Parameters) -> Sql:
    """The SQL of a term: a quotient for a number, a text for everything else. Raises TooMuchSql."""
    match term:
        case Constant():
            return _constant(term.type, term.value, parameters)
        case Variable():
            return _variable(term)
        case AsOf():
            return parameters.bind(parameters.setting.as_of, "date")
        case Call(type=Type(kind=Kind.DATE | Kind.INSTANT) as type_) if _settled(term):
            # A day or instant that no row changes is computed once, here: the database compares a column with a value.
            return _constant(type_, evaluate(term, {}, parameters.setting), parameters)
        case Call(function=function):
            arguments = [sql_term(argument, parameters) for argument in term.arguments]
            zone = (parameters.bind(parameters.setting.zone, "text"),) if function.uses_setting else ()
            made = function.sql(*zone, *arguments)
            length = len(made.above) + len(made.below) if isinstance(made, Quotient) else len(made)
            if length > LONGEST_SQL:
                raise TooMuchSql
            return made


def sql_value(term: Term, parameters: Parameters) -> str:
    """The SQL text of a term as one column; a number is rounded to 18 places."""
    made = sql_term(term, parameters)
    return quotients.left(made) if isinstance(made, Quotient) else made


def _settled(term: Term) -> bool:
    """True when no field of a row is in a term."""
    if isinstance(term, Call):
        return all(_settled(argument) for argument in term.arguments)
    return not isinstance(term, Variable)


def _cast(type_: Type) -> str:
    return "uuid" if type_.refers else _CASTS[type_.kind]


def _constant(type_: Type, value: Value | UUID, parameters: Parameters) -> Sql:
    kind = type_.kind
    if kind is Kind.NULL:
        return "null"
    cast = _cast(type_)
    if value is None:
        return Quotient(f"null::{cast}") if kind is Kind.NUMBER else f"null::{cast}"
    if type_.refers:
        value = Ref.parse(str(value), type_.refers).id
    if isinstance(value, Fraction):
        # Small whole numbers are written out: they make the text readable, and round(a, 2) needs them.
        small = value.denominator == 1 and abs(value) < _SMALL
        return Quotient(f"({int(value)})::numeric" if small else parameters.bind(value, cast))
    if isinstance(value, bool):
        return "true" if value else "false"
    assert isinstance(value, str | date | datetime | UUID)  # noqa: S101  every kind has been named
    return parameters.bind(value, cast)


def _variable(variable: Variable) -> Sql:
    made, kind = variable.field, variable.type.kind
    assert made.sql, f"{variable.name} has no SQL"  # noqa: S101  whoever compiles gives the schema its SQL
    if kind is Kind.NUMBER:
        return Quotient(f"({made.sql})::numeric", f"({made.sql_over})::numeric" if made.sql_over else "")
    return f"({made.sql})::{_cast(variable.type)}"
