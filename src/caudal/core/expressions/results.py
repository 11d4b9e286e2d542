"""The result of an expression as a field holds it: a number of so many places, nothing where it grows too large.

What is shown is what is compared, sorted, added up and computed with further: a result is rounded once, here, alike in
Python and in SQL.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from caudal.core.expressions.evaluation import evaluate
from caudal.core.expressions.functions import quotients
from caudal.core.expressions.functions.arithmetic import round_half_away
from caudal.core.expressions.schema import Kind, RowValue, Setting, Value
from caudal.core.expressions.sql import LONGEST_SQL, Parameters, TooMuchSql, sql_term
from caudal.core.expressions.terms import Quotient, Term

RESULT_DIGITS: Final = 15
"""Digits that a result has before the point at most."""


def result(term: Term, row: Mapping[str, RowValue], setting: Setting, places: int) -> Value:
    """The value of a term for one row: numbers of `places` digits after the point, empty texts and too much are None.

    >>> from datetime import date
    >>> from caudal.core.expressions import Field, Schema, number, read
    >>> share = read("won / seen", Schema({"won": Field(number()), "seen": Field(number())})).term
    >>> [str(result(share, {"won": 2, "seen": seen}, Setting(date(2026, 1, 1)), 2)) for seen in (3, 0)]
    ['67/100', 'None']
    """
    value = evaluate(term, row, setting)
    if isinstance(value, Fraction):
        rounded = round_half_away(value, places)
        return rounded if abs(rounded) < 10**RESULT_DIGITS else None
    return None if value == "" else value


def sql_result(term: Term, parameters: Parameters, places: int) -> str:
    """The SQL text of the same. Raises TooMuchSql."""
    made = sql_term(term, parameters)
    if isinstance(made, Quotient):
        most = 10**RESULT_DIGITS
        # Both bounds without naming the number twice; `greatest` and `least` pass over null, which becomes a bound too.
        inside = f"least(greatest({quotients.rounded(made, places).above}, (-{most})::numeric), ({most})::numeric)"
        made = f"nullif(nullif({inside}, ({most})::numeric), (-{most})::numeric)"
    elif term.type.kind is Kind.TEXT:
        made = f"nullif({made}, '')"
    if len(made) > LONGEST_SQL:
        raise TooMuchSql
    return made
