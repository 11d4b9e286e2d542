"""One small language for checks, filters, formulas, meters, prices, approvals, routing and automation.

It is typed, total and has no loops. What it can say is documented for its users in `docs/reference/expressions.md`.

    expression  = or
    or          = and { "or" and }
    and         = not { "and" not }
    not         = "not" not | comparison
    comparison  = sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum
                      | "between" sum "and" sum | [ "not" ] "in" list | "is" [ "not" ] "empty" ]
    sum         = product { ( "+" | "-" ) product }
    product     = sign { ( "*" | "/" ) sign }
    sign        = "-" sign | value
    value       = number [ "%" | unit ] | text | date | instant | "true" | "false" | "null"
                | field | "as_of" | function "(" [ expression { "," expression } ] ")" | "(" expression ")"
    unit        = word | "[" word { "/" word } "]"          30 days, 100 USD, 4000 [USD/month]
    date        = 2026-01-31          instant = 2026-01-31T10:00:00Z          text = "in quotes" | 'of either kind'

Three rules hold in Python, over ranges and in SQL alike:
  * Null goes through: what is computed from null is null, and so is a comparison with it; `and` and `or` know that
    false and true decide without the other side; `if` treats null as not true; a filter keeps rows that are true.
  * Division by zero is null, and so is a date outside the years 1 to 9999. Nothing that was checked raises.
  * Numbers are exact fractions. They are rounded by `round` alone (halves away from zero), and to 18 places where
    they leave SQL.

Text becomes a tree (`parse`), a tree becomes a typed term against a schema (`check`, `read`), and a term is evaluated
(`evaluate`), evaluated over ranges (`evaluate_ranges`) or compiled (`sql_value`). A tree is written back by `show`.
"""

from caudal.core.expressions.checking import Checked, Expression, Refused, check, constant, fields_of, read
from caudal.core.expressions.evaluation import evaluate, exact
from caudal.core.expressions.functions import FUNCTIONS
from caudal.core.expressions.functions.arithmetic import round_half_away
from caudal.core.expressions.functions.scenarios import RANGE_FUNCTIONS
from caudal.core.expressions.lexer import Unreadable
from caudal.core.expressions.parser import parse
from caudal.core.expressions.ranges import Possible, evaluate_ranges, scenarios
from caudal.core.expressions.results import RESULT_DIGITS, result, sql_result
from caudal.core.expressions.schema import BARE as BARE_NUMBER
from caudal.core.expressions.schema import (
    BOOLEAN,
    DATE,
    INSTANT,
    TEXT,
    BadField,
    Field,
    Kind,
    RowValue,
    Schema,
    Setting,
    Type,
    Value,
    choice,
    link,
    number,
)
from caudal.core.expressions.sql import Parameters, TooMuchSql, sql_term, sql_value
from caudal.core.expressions.syntax import Apply, Literal, Name, Node, decimal_text, show
from caudal.core.expressions.terms import PLACES, Call, Constant, Function, Quotient, Refusal, Resolved, Term, Variable
from caudal.core.expressions.units import MONEY, Unit, UnreadableUnit

money = number
"""A number with a currency as its unit: `money("USD")`."""

__all__ = [
    "BARE_NUMBER",
    "BOOLEAN",
    "DATE",
    "FUNCTIONS",
    "INSTANT",
    "MONEY",
    "PLACES",
    "RANGE_FUNCTIONS",
    "RESULT_DIGITS",
    "TEXT",
    "Apply",
    "BadField",
    "Call",
    "Checked",
    "Constant",
    "Expression",
    "Field",
    "Function",
    "Kind",
    "Literal",
    "Name",
    "Node",
    "Parameters",
    "Possible",
    "Quotient",
    "Refusal",
    "Refused",
    "Resolved",
    "RowValue",
    "Schema",
    "Setting",
    "Term",
    "TooMuchSql",
    "Type",
    "Unit",
    "Unreadable",
    "UnreadableUnit",
    "Value",
    "Variable",
    "check",
    "choice",
    "constant",
    "decimal_text",
    "evaluate",
    "evaluate_ranges",
    "exact",
    "fields_of",
    "link",
    "money",
    "number",
    "parse",
    "read",
    "result",
    "round_half_away",
    "scenarios",
    "show",
    "sql_result",
    "sql_term",
    "sql_value",
]
