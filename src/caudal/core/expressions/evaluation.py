"""Terms to values, in Python."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from caudal.core.expressions.schema import RowValue, Setting, Value
from caudal.core.expressions.terms import AsOf, Call, Constant, Term, Variable


def evaluate(term: Term, row: Mapping[str, RowValue], setting: Setting) -> Value:
    """The value of a checked term for one row: a fraction, text, day, instant, true, false or None.

    It never raises for a row of the schema's types: what cannot be computed is null.

    >>> from datetime import date
    >>> from caudal.core.expressions import Field, Schema, money, read
    >>> deals = Schema({"amount": Field(money("EUR"))})
    >>> evaluate(read("amount / 3", deals).term, {"amount": 100}, Setting(date(2026, 1, 1)))
    Fraction(100, 3)
    """
    match term:
        case Constant(value=value):
            return value
        case Variable(name=name):
            return exact(row.get(name))
        case AsOf():
            return setting.as_of
        case Call(function=function):
            arguments = [evaluate(argument, row, setting) for argument in term.arguments]
            if function.strict and None in arguments:
                return None
            return function.value(setting, *arguments) if function.uses_setting else function.value(*arguments)


def exact(value: RowValue) -> Value:
    """Whole numbers and decimals as fractions; everything else as it is. Floats are refused, they are not exact."""
    if isinstance(value, float):
        raise TypeError("numbers of a row are whole, decimal or fractions")
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Fraction(value)
    return value
