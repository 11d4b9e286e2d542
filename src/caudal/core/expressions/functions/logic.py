"""Comparisons, and, or, not, if, coalesce, and what is empty."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from caudal.core.expressions import ranges
from caudal.core.expressions.functions import quotients
from caudal.core.expressions.functions.typing_rules import (
    alike,
    any_nullable,
    comparable,
    takes,
    wrong_kind,
)
from caudal.core.expressions.ranges import EITHER, FALSE, NOTHING, TRUE, Possible
from caudal.core.expressions.schema import BOOLEAN, Kind, Type, Value
from caudal.core.expressions.syntax import IS_EMPTY
from caudal.core.expressions.terms import Function, Quotient, Refusal, Resolved, Rule, Sql, Term
from caudal.core.intervals import Interval

Truth: TypeAlias = bool | None
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared_rule(*, texts: Function | None = None, ordered: bool = False) -> Rule:
    """Two or more that may be compared; `texts` is the function that orders texts by code point."""

    def rule(arguments: tuple[Term, ...]) -> Type | Resolved | Refusal:
        refusal = comparable(arguments, ordered=ordered)
        if refusal is not None:
            return refusal
        result = replace(BOOLEAN, nullable=any_nullable(arguments))
        is_text = any(argument.type.kind is Kind.TEXT for argument in arguments)
        return Resolved(result, texts) if is_text and texts is not None else result

    return rule


def _if_rule(arguments: tuple[Term, ...]) -> Type | Refusal:
    if arguments[0].type.kind not in {Kind.BOOLEAN, Kind.NULL}:
        return wrong_kind(0, Kind.BOOLEAN, arguments[0].type)
    return _moved(alike(arguments[1:]), 1)


def _coalesce_rule(arguments: tuple[Term, ...]) -> Type | Refusal:
    joint = alike(arguments)
    if isinstance(joint, Refusal):
        return joint
    return joint if all(argument.type.nullable for argument in arguments) else joint.required


def _moved(found: Type | Refusal, by: int) -> Type | Refusal:
    """A refusal that counts arguments from the first one of the call."""
    if isinstance(found, Refusal) and found.argument is not None:
        return Refusal(found.message, found.hint, found.params, found.argument + by)
    return found


def _is_empty_rule(arguments: tuple[Term, ...]) -> Type | Resolved:
    if arguments[0].type.kind is Kind.TEXT and not arguments[0].type.refers:
        return Resolved(BOOLEAN.required, _IS_EMPTY_TEXT)
    return BOOLEAN.required


# Values: None is unknown.


def _and(a: Truth, b: Truth) -> Truth:
    return False if False in (a, b) else None if None in (a, b) else True


def _or(a: Truth, b: Truth) -> Truth:
    return True if True in (a, b) else None if None in (a, b) else False


def _in(one: Value, *others: Value) -> Truth:
    if one is None:
        return None
    if one in [other for other in others if other is not None]:
        return True
    return None if None in others else False


def _between(one: Any, low: Any, high: Any) -> Truth:
    above = None if None in (one, low) else bool(low <= one)
    under = None if None in (one, high) else bool(one <= high)
    return _and(above, under)


# Intervals.


def _truths(content: frozenset[Value] | Interval | None, *, null: bool) -> list[Truth]:
    known = [value for value in (True, False) if not isinstance(content, frozenset) or value in content]
    return [*known, *([None] if null else [])]


def _ranged_logic(combine: Callable[..., Truth]) -> Callable[..., Possible]:
    def ranged(a: Possible, b: Possible) -> Possible:
        return ranges.hull(
            combine(x, y) for x in _truths(a.content, null=a.null) for y in _truths(b.content, null=b.null)
        )

    return ranged


def _ranged_comparison(name: str) -> Callable[..., Possible]:
    def ranged(a: Interval | frozenset[Value] | None, b: Interval | frozenset[Value] | None) -> Possible:
        match a, b:
            case Interval() as x, Interval() as y:
                return Possible(_numbers_compared(name, x, y))
            case frozenset() as x, frozenset() as y:
                return Possible(frozenset(_ORDER[name](one, other) for one in x for other in y))
        return Possible(EITHER)

    return ranged


def _numbers_compared(name: str, a: Interval, b: Interval) -> frozenset[Value]:
    match name:
        case "=":
            return ranges.equal(a, b)
        case "!=":
            return frozenset(not value for value in ranges.equal(a, b))
        case "<" | "<=":
            return ranges.below(a, b, or_equal=name == "<=")
        case _:
            return ranges.below(b, a, or_equal=name == ">=")


def _possible(name: str, a: Possible, b: Possible) -> Possible:
    """A comparison of possibilities that may be null."""
    null = a.null or b.null
    if NOTHING in (a.content, b.content):
        return Possible(NOTHING, null=True)
    return Possible(_ranged_comparison(name)(a.content, b.content).content, null)


def _ranged_between(one: Possible, low: Possible, high: Possible) -> Possible:
    return _ranged_logic(_and)(_possible("<=", low, one), _possible("<=", one, high))


def _ranged_in(one: Possible, *others: Possible) -> Possible:
    found = Possible(FALSE)
    for other in others:
        found = _ranged_logic(_or)(found, _possible("=", one, other))
    return found


def _ranged_if(condition: Possible, then: Possible, otherwise: Possible) -> Possible:
    truths = _truths(condition.content, null=condition.null)
    if truths == [True]:
        return then
    return ranges.either(then, otherwise) if True in truths else otherwise


def _ranged_coalesce(*options: Possible) -> Possible:
    found = options[0]
    for option in options[1:]:
        if not found.null:
            break
        found = ranges.either(Possible(found.content), option)
    return found


def _ranged_is_empty(a: Possible) -> Possible:
    maybe_text = a.content is None or (isinstance(a.content, frozenset) and "" in a.content)
    certain = a.content in (NOTHING, frozenset({""}))
    if certain:
        return Possible(TRUE)
    return Possible(EITHER if a.null or maybe_text else FALSE)


# SQL.


def _sql_compared(name: str) -> Callable[[Sql, Sql], str]:
    operator_text = "<>" if name == "!=" else name

    def sql(a: Sql, b: Sql) -> str:
        if isinstance(a, Quotient) and isinstance(b, Quotient):
            return quotients.compared(a, b, operator_text)
        return f"({a} {operator_text} {b})"

    return sql


def _by_code_point(text: Sql) -> str:
    return f'({text} collate "C")'


def _sql_between(one: Sql, low: Sql, high: Sql) -> str:
    return f"({_sql_compared('>=')(one, low)} and {_sql_compared('<=')(one, high)})"


def _sql_in(one: Sql, *others: Sql) -> str:
    if isinstance(one, Quotient):
        return f"({' or '.join(_sql_compared('=')(one, other) for other in others)})"
    return f"({one} in ({', '.join(str(other) for other in others)}))"


def _sql_if(condition: str, then: Sql, otherwise: Sql) -> Sql:
    def case(texts: Sequence[str]) -> str:
        return f"(case when {condition} then {texts[0]} else {texts[1]} end)"

    if isinstance(then, Quotient) and isinstance(otherwise, Quotient):
        return quotients.chosen([then, otherwise], case)
    return case([str(then), str(otherwise)])


def _sql_coalesce(*options: Sql) -> Sql:
    numbers = [option for option in options if isinstance(option, Quotient)]
    if not numbers:
        return f"coalesce({', '.join(str(option) for option in options)})"
    if not any(number.below for number in numbers):
        return Quotient(f"coalesce({', '.join(number.above for number in numbers)})")

    def case(texts: Sequence[str]) -> str:
        arms = [f"when not {quotients.is_null(one)} then {text}" for one, text in zip(numbers, texts, strict=True)]
        return f"(case {' '.join(arms)} end)"

    return quotients.chosen(numbers, case)


def _comparison(name: str) -> Function:
    """`a < b`; texts are ordered by code point, whatever the database's collation."""
    sql = _sql_compared(name)
    plain = Function(name, f"a {name} b", (2, 2), _compared_rule(), _ORDER[name], sql, _ranged_comparison(name))
    if name in {"=", "!="}:
        return plain
    texts = replace(plain, sql=lambda a, b: sql(_by_code_point(a), b))
    return replace(plain, rule=_compared_rule(ordered=True, texts=texts))


def _betweenness() -> Function:
    plain = Function(
        "between",
        "a between b and c",
        (3, 3),
        _compared_rule(ordered=True),
        _between,
        _sql_between,
        _ranged_between,
        strict=False,
    )
    texts = replace(plain, sql=lambda one, low, high: _sql_between(_by_code_point(one), low, high))
    return replace(plain, rule=_compared_rule(ordered=True, texts=texts))


def _connective(name: str, combine: Callable[..., Truth]) -> Function:
    return Function(
        name,
        f"a {name} b",
        (2, 2),
        takes(Kind.BOOLEAN, result=BOOLEAN),
        combine,
        lambda a, b: f"({a} {name} {b})",
        _ranged_logic(combine),
        kinds=(Kind.BOOLEAN,),
        strict=False,
    )


def _emptiness(sql: Callable[..., str]) -> Function:
    return Function(
        IS_EMPTY,
        "a is empty",
        (1, 1),
        _is_empty_rule,
        lambda a: a is None or a == "",
        sql,
        _ranged_is_empty,
        strict=False,
    )


_IS_EMPTY_TEXT: Final = _emptiness(lambda a: f"({a} is null or {a} = '')")

LOGIC: Final = (
    *(_comparison(name) for name in _ORDER),
    _betweenness(),
    Function(
        "in",
        "a in (b, c, …)",
        (2, None),
        _compared_rule(),
        _in,
        _sql_in,
        _ranged_in,
        strict=False,
    ),
    _connective("and", _and),
    _connective("or", _or),
    Function(
        "not",
        "not a",
        (1, 1),
        takes(Kind.BOOLEAN, result=BOOLEAN),
        operator.not_,
        lambda a: f"(not {a})",
        lambda a: Possible(frozenset(not value for value in a) if isinstance(a, frozenset) else EITHER),
        kinds=(Kind.BOOLEAN,),
    ),
    _emptiness(lambda a: quotients.is_null(a) if isinstance(a, Quotient) else f"({a} is null)"),
    Function(
        "if",
        "if(condition, a, b)",
        (3, 3),
        _if_rule,
        lambda condition, then, otherwise: then if condition else otherwise,
        _sql_if,
        _ranged_if,
        strict=False,
    ),
    Function(
        "coalesce",
        "coalesce(a, b, …)",
        (1, None),
        _coalesce_rule,
        lambda *options: next((option for option in options if option is not None), None),
        _sql_coalesce,
        _ranged_coalesce,
        strict=False,
    ),
)
