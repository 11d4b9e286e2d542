"""Functions of ranges: what the checks of a plan may say beyond rules and filters.

They are about numbers of which only the ends are known, or have irrational values, so they have no SQL: they stand in
a bigger table (`RANGE_FUNCTIONS`) that only the checks of plans are read with.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final, NoReturn

from caudal.core.errors import msg
from caudal.core.expressions import ranges
from caudal.core.expressions.functions.arithmetic import ARITHMETIC
from caudal.core.expressions.functions.texts import TEXTS
from caudal.core.expressions.functions.typing_rules import different_units, same_unit, unit_of, wrong_kind
from caudal.core.expressions.ranges import NOTHING, UNBOUNDED, Possible
from caudal.core.expressions.schema import BARE, Kind, Type, number
from caudal.core.expressions.terms import Constant, Function, Refusal, Resolved, Rule, Term
from caudal.core.expressions.units import Unit
from caudal.core.intervals import Interval, TooLarge, exp, log, power

_ONE: Final = Fraction(1)
_POSITIVE: Final = Interval(Fraction(0), None)
_TABLE: Final = {row.name: row for row in (*ARITHMETIC, *TEXTS)}


def _numbers(arguments: tuple[Term, ...]) -> Refusal | None:
    """Why these are not numbers, if so."""
    for position, argument in enumerate(arguments):
        if argument.type.kind is not Kind.NUMBER:
            return wrong_kind(position, Kind.NUMBER, argument.type)
    return None


def _counts_nothing(arguments: tuple[Term, ...]) -> Refusal | None:
    """Why one of these has a unit, where only plain numbers have a meaning."""
    for position, argument in enumerate(arguments):
        if unit_of(argument).powers:
            said = {"unit": unit_of(argument)}
            return Refusal(msg("Here a number without a unit is wanted, this is in {unit}."), "", said, position)
    return None


def _plain_rule(arguments: tuple[Term, ...]) -> Type | Refusal:
    return _numbers(arguments) or _counts_nothing(arguments) or number().optional


def _pow_rule(arguments: tuple[Term, ...]) -> Type | Resolved | Refusal:
    """Whole powers as everywhere; other ones of plain numbers."""
    exponent = arguments[1]
    whole = isinstance(exponent, Constant) and isinstance(exponent.value, Fraction) and exponent.value.denominator == 1
    if not whole:
        return _plain_rule(arguments)
    found = _TABLE["pow"].rule(arguments)
    return found if isinstance(found, Resolved | Refusal) else Refusal(msg("This power cannot be computed."))


def _compound_rule(arguments: tuple[Term, ...]) -> Type | Refusal:
    """A rate for a time, and how many of those times: together they count nothing."""
    refused = _numbers(arguments)
    if refused is not None:
        return refused
    rate, times = arguments
    if times.type.unit is not None and (unit_of(rate) * unit_of(times)).powers:
        return different_units((rate, Constant(number(Unit() / unit_of(times)), _ONE)))
    return number().optional


def _end_rule(name: str) -> Rule:
    """The end of a number's range; of a text, its letters."""

    def rule(arguments: tuple[Term, ...]) -> Type | Resolved | Refusal:
        if arguments[0].type.kind is Kind.NUMBER:
            return same_unit(arguments)
        found = _TABLE[name].rule(arguments)
        return found if isinstance(found, Refusal) else Resolved(_as_type(found), _TABLE[name])

    return rule


def _as_type(found: object) -> Type:
    return found if isinstance(found, Type) else BARE


# Ranges.


def _ranged_power(base: Interval, exponent: Interval) -> Possible:
    """Real powers of what is not negative; null where the base is."""
    part = base.overlap(_POSITIVE)
    null = base.bottom < _POSITIVE.bottom
    if part is None:
        return Possible(NOTHING, null=True)
    if part.lo != 0:
        return Possible(_bounded(lambda: power(part, exponent)), null)
    if exponent.lo is not None and exponent.lo > 0:
        top = None if part.hi is None else Fraction(0) if part.hi == 0 else _top(part.hi, exponent)
        return Possible(Interval(Fraction(0), top), null)
    return Possible(_POSITIVE, null=True)


def _top(base: Fraction, exponent: Interval) -> Fraction | None:
    return _bounded(lambda: power(Interval.point(base), exponent)).hi


def _bounded(compute: Callable[[], Interval]) -> Interval:
    """The result, or all positive numbers where it would not fit in memory."""
    try:
        return compute()
    except TooLarge:
        return _POSITIVE


def _ranged_log(of: Interval) -> Possible:
    part = of.overlap(_POSITIVE)
    null = of.bottom <= _POSITIVE.bottom
    if part is None or part.hi == 0:
        return Possible(NOTHING, null=True)
    return Possible(log(part), null)


def _ranged_log_ratio(one: Interval, other: Interval) -> Possible:
    above, below = _ranged_log(one), _ranged_log(other)
    if not isinstance(above.content, Interval) or not isinstance(below.content, Interval):
        return Possible(NOTHING, null=True)
    reciprocal = ranges.inverted(below.content)
    if reciprocal is None:
        return Possible(NOTHING, null=True)
    return Possible(above.content * reciprocal, null=above.null or below.null or 0 in below.content)


def _ranged_compound(rate: Interval, times: Interval) -> Possible:
    count = times.lo if times.is_point else None
    if count is not None and count.denominator == 1 and count > 0 and rate.bottom >= (0, -_ONE):
        return Possible(_bounded(lambda: (rate + 1) ** count.numerator) - 1)
    grown = _ranged_power(rate + 1, times)
    return Possible(grown.content - 1 if isinstance(grown.content, Interval) else grown.content, grown.null)


def _ranged_interval(lo: Interval, hi: Interval) -> Possible:
    return Possible(NOTHING, null=True) if lo.bottom > hi.top else Possible(Interval(lo.lo, hi.hi))


def _lower_end(of: Interval) -> Possible:
    return Possible(UNBOUNDED if of.lo is None else Interval(of.lo, of.lo))


def _upper_end(of: Interval) -> Possible:
    return Possible(of if of.hi is None else Interval(of.hi, of.hi))


# Values: a number whose range is known is its own end; an irrational result has no exact value, so it is null.


def _valued(ranged: Callable[..., Possible]) -> Callable[..., Fraction | None]:
    def value(*numbers: Fraction) -> Fraction | None:
        found = ranged(*(Interval.point(one) for one in numbers)).content
        return found.lo if isinstance(found, Interval) and found.is_point else None

    return value


def _no_sql(*_: object) -> NoReturn:
    raise AssertionError("checks of plans are never compiled to SQL")


def _row(name: str, words: str, rule: Rule, ranged: Callable[..., Possible], *, by_ends: bool = False) -> Function:
    arity = words.count(",") + 1
    return Function(
        name,
        words,
        (arity, arity),
        rule,
        _valued(ranged),
        _no_sql,
        ranged,
        lambda *digits: max(digits),
        kinds=(Kind.NUMBER,),
        by_ends=by_ends,
    )


RANGE_FUNCTIONS: Final[Mapping[str, Function]] = {
    row.name: row
    for row in (
        _row("interval", "interval(a, b)", same_unit, _ranged_interval),
        _row("lower", "lower(a)", _end_rule("lower"), _lower_end),
        _row("upper", "upper(a)", _end_rule("upper"), _upper_end),
        _row("paired", "paired(a)", same_unit, Possible, by_ends=True),
        _row("pow", "pow(a, b)", _pow_rule, _ranged_power),
        _row("ln", "ln(a)", _plain_rule, _ranged_log),
        _row("exp", "exp(a)", _plain_rule, lambda of: Possible(_bounded(lambda: exp(of)))),
        _row("log_ratio", "log_ratio(a, b)", _plain_rule, _ranged_log_ratio),
        _row("compound", "compound(rate, times)", _compound_rule, _ranged_compound),
    )
}
"""Functions of ranges by name; with `FUNCTIONS` they are what the checks of a plan may say."""
