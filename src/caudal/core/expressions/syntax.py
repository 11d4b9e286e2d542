"""The tree an expression is read into, and the one way it is written back."""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Final, TypeAlias

from caudal.core.expressions.units import Unit, is_symbol, plural

KEYWORDS: Final = frozenset({"and", "or", "not", "in", "is", "empty", "between", "true", "false", "null"})

NEGATE: Final = "unary -"
IS_EMPTY: Final = "is empty"
ADDED: Final = ("+", "-")
MULTIPLIED: Final = ("*", "/")
COMPARED: Final = ("=", "!=", "<", "<=", ">", ">=")

OR, AND, NOT, COMPARE, ADD, MULTIPLY, UNARY, ATOM = range(1, 9)
"""How tightly the operators bind, loosest first."""
BINDING: Final = {
    "or": OR,
    "and": AND,
    "not": NOT,
    "between": COMPARE,
    "in": COMPARE,
    IS_EMPTY: COMPARE,
    **dict.fromkeys(COMPARED, COMPARE),
    **dict.fromkeys(ADDED, ADD),
    **dict.fromkeys(MULTIPLIED, MULTIPLY),
    NEGATE: UNARY,
}


@dataclass(frozen=True, slots=True)
class Literal:
    """A written value. Numbers are never negative (a sign is an operator) and always end after the point."""

    value: Fraction | bool | str | date | datetime | None
    unit: Unit | None = None
    percent: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A field, or `as_of`."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator or a function applied to its arguments; both are named as in the table of functions."""

    function: str
    arguments: "tuple[Node, ...]"
    at: int = field(default=0, compare=False)


Node: TypeAlias = Literal | Name | Apply


def show(node: Node) -> str:
    """Write a tree as text that reads back as the same tree, with no bracket more than needed.

    >>> show(Apply("*", (Apply("+", (Name("a"), Literal(Fraction(3, 2)))), Literal(Fraction(30), Unit.parse("day")))))
    '(a + 1.5) * 30 days'
    """
    return _shown(node, 0)


def _shown(node: Node, least: int) -> str:
    match node:
        case Literal():
            return _literal(node)
        case Name(name):
            return name
        case Apply(function, arguments):
            binding = _binding(node)
            text = _applied(function, arguments)
            return f"({text})" if binding < least else text


def _binding(node: Apply) -> int:
    if node.function == "not" and _contrary(node.arguments[0]):
        return COMPARE
    return BINDING.get(node.function, ATOM)


def _contrary(node: Node) -> bool:
    """True of what `not` is written into: `not in`, `is not empty`."""
    return isinstance(node, Apply) and node.function in {"in", IS_EMPTY}


def _applied(function: str, arguments: tuple[Node, ...]) -> str:  # noqa: PLR0911  one line per way of writing
    binding = BINDING.get(function, ATOM)
    match function, arguments:
        case "not", (Apply("in", (one, *others)),):
            return f"{_shown(one, ADD)} not in {_listed(others)}"
        case "not", (Apply("is empty", (one,)),):
            return f"{_shown(one, ADD)} is not empty"
        case "not", (one,):
            return f"not {_shown(one, NOT)}"
        case "unary -", (one,):
            return f"-{_shown(one, UNARY)}"
        case "is empty", (one,):
            return f"{_shown(one, ADD)} is empty"
        case "in", (one, *others):
            return f"{_shown(one, ADD)} in {_listed(others)}"
        case "between", (one, low, high):
            return f"{_shown(one, ADD)} between {_shown(low, ADD)} and {_shown(high, ADD)}"
        case _, (left, right) if function in COMPARED:
            return f"{_shown(left, ADD)} {function} {_shown(right, ADD)}"
        case _, (left, right) if binding < ATOM:
            return f"{_shown(left, binding)} {function} {_shown(right, binding + 1)}"
        case _:
            return f"{function}{_listed(arguments)}"


def _listed(nodes: "tuple[Node, ...] | list[Node]") -> str:
    return f"({', '.join(_shown(node, 0) for node in nodes)})"


def _literal(node: Literal) -> str:
    match node.value:
        case None:
            return "null"
        case bool():
            return "true" if node.value else "false"
        case Fraction():
            return _number(node.value, node.unit, percent=node.percent)
        case str():
            return quoted(node.value)
        case datetime():
            return node.value.isoformat().replace("+00:00", "Z")
        case date():
            return node.value.isoformat()


def quoted(text: str) -> str:
    """A text in double quotes, with what must be escaped escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _number(value: Fraction, unit: Unit | None, *, percent: bool) -> str:
    if percent:
        return f"{decimal_text(value * 100)}%"
    if unit is None:
        return decimal_text(value)
    if is_symbol(unit.symbol) and unit.symbol not in KEYWORDS:
        return f"{decimal_text(value)} {unit.symbol if value == 1 else _plural(unit.symbol)}"
    return f"{decimal_text(value)} [{unit}]"


def _plural(symbol: str) -> str:
    word = plural(symbol)
    return symbol if word in KEYWORDS else word


def decimal_text(value: Fraction) -> str:
    """A fraction that ends after the point, digit by digit: no rounding, no exponent.

    >>> decimal_text(Fraction(-5, 8)), decimal_text(Fraction(1200))
    ('-0.625', '1200')
    """
    places, rest = 0, value.denominator
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    while rest % 5 == 0:
        rest, places = rest // 5, places + 1
    while rest % 2 == 0:
        rest, places = rest // 2, places + 1
    assert rest == 1, f"{value} has no end after the point"  # noqa: S101  our mistake
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
