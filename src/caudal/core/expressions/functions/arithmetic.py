"""Sums, products, quotients and roundings."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Final

from caudal.core.errors import msg
from caudal.core.expressions import ranges
from caudal.core.expressions.functions import quotients
from caudal.core.expressions.functions.dates import resolve_date_sum
from caudal.core.expressions.functions.typing_rules import any_nullable, same_unit, unit_of, whole, wrong_kind
from caudal.core.expressions.ranges import Possible
from caudal.core.expressions.schema import Kind, Type
from caudal.core.expressions.syntax import NEGATE
from caudal.core.expressions.terms import Constant, Function, Quotient, Refusal, Resolved, Term
from caudal.core.intervals import Interval

MOST_PLACES: Final = 12
MOST_POWER: Final = 16


def _sum_rule(sign: int) -> Callable[[tuple[Term, ...]], Type | Resolved | Refusal]:
    def rule(arguments: tuple[Term, ...]) -> Type | Resolved | Refusal:
        kinds = {argument.type.kind for argument in arguments}
        if kinds & {Kind.DATE, Kind.INSTANT, Kind.TEXT}:
            return resolve_date_sum(arguments, sign)
        return same_unit(arguments)

    return rule


def _product_rule(power: int) -> Callable[[tuple[Term, ...]], Type | Refusal]:
    def rule(arguments: tuple[Term, ...]) -> Type | Refusal:
        for position, argument in enumerate(arguments):
            if argument.type.kind not in {Kind.NUMBER, Kind.NULL}:
                return wrong_kind(position, Kind.NUMBER, argument.type)
        one, other = arguments
        bare = one.type.unit is None and other.type.unit is None
        never_zero = isinstance(other, Constant) and other.value != 0
        return Type(
            Kind.NUMBER,
            None if bare else unit_of(one) * unit_of(other) ** power,
            nullable=any_nullable(arguments) or (power < 0 and not never_zero),
        )

    return rule


def _round_rule(arguments: tuple[Term, ...]) -> Resolved | Refusal:
    places = whole(arguments[1], -MOST_PLACES, MOST_PLACES, 1) if len(arguments) > 1 else 0
    if isinstance(places, Refusal):
        return places
    found = same_unit(arguments[:1])
    return found if isinstance(found, Refusal) else Resolved(found, _rounding(places))


def _power_rule(arguments: tuple[Term, ...]) -> Resolved | Refusal:
    base, exponent = arguments
    if base.type.kind not in {Kind.NUMBER, Kind.NULL}:
        return wrong_kind(0, Kind.NUMBER, base.type)
    power = whole(exponent, -MOST_POWER, MOST_POWER, 1)
    if isinstance(power, Refusal):
        return power
    unit = base.type.unit
    if unit is not None and any(abs(one * power) > MOST_POWER for _, one in unit.powers):
        return Refusal(msg("This power is too high for a number with a unit."), "", {}, 1)
    raised = None if unit is None else unit**power
    result = Type(Kind.NUMBER, raised, nullable=base.type.nullable or power < 0)
    return Resolved(result, _power(power))


# Values. Every one of them is exact.


def round_half_away(number: Fraction, places: Fraction | int = 0) -> Fraction:
    """Round to `places` digits after the point, halves away from zero.

    >>> round_half_away(Fraction("2.5")), round_half_away(Fraction("-2.345"), 2)
    (Fraction(3, 1), Fraction(-47, 20))
    """
    scale = Fraction(10) ** int(places)
    whole_part = (2 * abs(number) * scale + 1) // 2
    return (whole_part if number >= 0 else -whole_part) / scale


def _divide(a: Fraction, b: Fraction) -> Fraction | None:
    return a / b if b else None


# Intervals.


def _ranged_quotient(a: Interval, b: Interval) -> Possible:
    reciprocal = ranges.inverted(b)
    if reciprocal is None:
        return Possible(ranges.NOTHING, null=True)
    return Possible(a * reciprocal, null=0 in b)


def _ranged_extreme(pick: Callable[[Interval, Interval], Interval]) -> Callable[..., Possible]:
    def ranged(first: Interval, *others: Interval) -> Possible:
        found = first
        for other in others:
            found = pick(found, other)
        return Possible(found)

    return ranged


# SQL.


def _sql_extreme(operator: str) -> Callable[..., Quotient]:
    def pair(a: Quotient, b: Quotient) -> Quotient:
        first, second = quotients.compared(a, b, operator), f"not {quotients.compared(a, b, operator)}"
        return quotients.chosen(
            [a, b], lambda texts: f"(case when {first} then {texts[0]} when {second} then {texts[1]} end)"
        )

    def sql(first: Quotient, *others: Quotient) -> Quotient:
        found = first
        for other in others:
            found = pair(found, other)
        return found

    return sql


# Sizes: how many digits the numerator and the denominator may have at most.


def _digits_sum(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return max(a[0] + b[1], b[0] + a[1]) + 1, a[1] + b[1]


def _widest(*digits: tuple[int, int]) -> tuple[int, int]:
    return max(one[0] for one in digits), max(one[1] for one in digits)


def _whole_digits(a: tuple[int, int]) -> tuple[int, int]:
    return a[0] + MOST_PLACES, 0


# Functions of a written number: the rule makes one for that number.


def _rounding(places: int) -> Function:
    return Function(
        "round",
        "round(a, n)",
        (1, 2),
        _round_rule,
        lambda a, *_: round_half_away(a, places),
        lambda a, *_: quotients.rounded(a, places),
        lambda a, *_: Possible(ranges.mapped(lambda end: round_half_away(end, places), a)),
        lambda a, *_: _whole_digits(a),
        kinds=(Kind.NUMBER,),
    )


def _power(power: int) -> Function:
    def value(base: Fraction, _power: Fraction) -> Fraction | None:
        return None if not base and power < 0 else base**power

    def sql(base: Quotient, _power: Quotient) -> Quotient:
        if not power:
            return Quotient(f"(case when not {quotients.is_null(base)} then 1 end)::numeric")
        raised = base
        for _ in range(abs(power) - 1):
            raised = quotients.multiplied(raised, base)
        return raised if power > 0 else quotients.divided(Quotient("1::numeric"), raised)

    def ranged(base: Interval, _power: Interval) -> Possible:
        if not power:
            return Possible(Interval.point(1))
        raised = ranges.mapped(lambda end: end ** abs(power), base if power % 2 else abs(base))
        if power > 0:
            return Possible(raised)
        reciprocal = ranges.inverted(raised)
        return Possible(ranges.NOTHING if reciprocal is None else reciprocal, null=0 in base)

    def digits(base: tuple[int, int], _power: tuple[int, int]) -> tuple[int, int]:
        above, below = base[0] * max(abs(power), 1), base[1] * max(abs(power), 1)
        return (above, below) if power >= 0 else (below, above)

    return Function("pow", "pow(a, n)", (2, 2), _power_rule, value, sql, ranged, digits, kinds=(Kind.NUMBER,))


_ROWS: Final = (
    Function(
        "+",
        "a + b",
        (2, 2),
        _sum_rule(1),
        lambda a, b: a + b,
        quotients.added,
        lambda a, b: Possible(a + b),
        _digits_sum,
    ),
    Function(
        "-",
        "a - b",
        (2, 2),
        _sum_rule(-1),
        lambda a, b: a - b,
        lambda a, b: quotients.added(a, b, "-"),
        lambda a, b: Possible(a - b),
        _digits_sum,
    ),
    Function(
        NEGATE,
        "-a",
        (1, 1),
        same_unit,
        lambda a: -a,
        lambda a: Quotient(f"(- {a.above})", a.below),
        lambda a: Possible(-a),
        _widest,
    ),
    Function(
        "*",
        "a * b",
        (2, 2),
        _product_rule(1),
        lambda a, b: a * b,
        quotients.multiplied,
        lambda a, b: Possible(a * b),
        lambda a, b: (a[0] + b[0], a[1] + b[1]),
    ),
    Function(
        "/",
        "a / b",
        (2, 2),
        _product_rule(-1),
        _divide,
        quotients.divided,
        _ranged_quotient,
        lambda a, b: (a[0] + b[1], a[1] + b[0]),
    ),
    Function(
        "min",
        "min(a, b, …)",
        (1, None),
        same_unit,
        lambda *all_of_them: min(all_of_them),
        _sql_extreme("<="),
        _ranged_extreme(Interval.lesser),
        _widest,
    ),
    Function(
        "max",
        "max(a, b, …)",
        (1, None),
        same_unit,
        lambda *all_of_them: max(all_of_them),
        _sql_extreme(">="),
        _ranged_extreme(Interval.greater),
        _widest,
    ),
    Function(
        "abs",
        "abs(a)",
        (1, 1),
        same_unit,
        abs,
        lambda a: Quotient(f"abs({a.above})", a.below),
        lambda a: Possible(abs(a)),
        _widest,
    ),
    _rounding(0),
    Function(
        "floor",
        "floor(a)",
        (1, 1),
        same_unit,
        lambda a: Fraction(a // 1),
        quotients.floored,
        lambda a: Possible(ranges.mapped(lambda end: Fraction(end // 1), a)),
        _whole_digits,
    ),
    Function(
        "ceil",
        "ceil(a)",
        (1, 1),
        same_unit,
        lambda a: Fraction(-(-a // 1)),
        lambda a: Quotient(f"(- {quotients.floored(Quotient(f'(- {a.above})', a.below)).above})"),
        lambda a: Possible(ranges.mapped(lambda end: Fraction(-(-end // 1)), a)),
        _whole_digits,
    ),
    _power(1),
)

ARITHMETIC: Final = tuple(replace(row, kinds=(Kind.NUMBER,)) for row in _ROWS)
