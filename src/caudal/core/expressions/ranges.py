"""What an expression may be when its numbers are only known as intervals: exact, and never narrower than the truth.

Whatever single values are drawn from the intervals going in, the value they give lies in what comes out. The converse
does not hold when a name occurs twice: `a - a` of [0, 1] is [-1, 1].
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final

from caudal.core.expressions.schema import Kind, Setting, Type, Value
from caudal.core.expressions.terms import AsOf, Call, Constant, Function, Term, Variable
from caudal.core.intervals import Interval

_MOST_COMBINATIONS: Final = 64


@dataclass(frozen=True, slots=True)
class Possible:
    """Every value that may occur: a range of numbers, a finite set of other values, or None for anything; and null.

    The empty set is for what can only be null.
    """

    content: Interval | frozenset[Value] | None
    null: bool = False

    def __contains__(self, value: Value) -> bool:
        if value is None:
            return self.null
        match self.content:
            case None:
                return True
            case Interval():
                return isinstance(value, Fraction) and value in self.content
            case _:
                return value in self.content

    @property
    def is_true(self) -> bool:
        """True when nothing but true may occur."""
        return not self.null and self.content == frozenset({True})

    @property
    def is_false(self) -> bool:
        """True when true cannot occur: the check fails whatever the numbers are."""
        return isinstance(self.content, frozenset) and True not in self.content


UNBOUNDED: Final = Interval(None, None)
NOTHING: Final[frozenset[Value]] = frozenset()
EITHER: Final[frozenset[Value]] = frozenset({True, False})
TRUE: Final[frozenset[Value]] = frozenset({True})
FALSE: Final[frozenset[Value]] = frozenset({False})


def evaluate_ranges(term: Term, ranges: Mapping[str, Interval | Possible], setting: Setting | None = None) -> Possible:
    """The possible values of `term` when each field is in its range; a field that is not named may be anything.

    >>> from caudal.core.expressions import Field, Schema, number, read
    >>> plan = Schema({"deals": Field(number("deals")), "price": Field(number("USD/deal"))})
    >>> revenue = read("deals * price", plan).term
    >>> print(evaluate_ranges(revenue, {"deals": Interval.point(500), "price": Interval.of(5000, 15000)}).content)
    [2500000, 7500000]
    """
    match term:
        case Constant(value=value):
            return exactly(value)
        case Variable(name=name):
            return _given(ranges.get(name), term.type)
        case AsOf():
            return Possible(None) if setting is None else exactly(setting.as_of)
        case Call(function=function) if function.by_ends:
            return either(*(evaluate_ranges(term.arguments[0], scenario, setting) for scenario in scenarios(ranges)))
        case Call(function=function):
            arguments = [evaluate_ranges(argument, ranges, setting) for argument in term.arguments]
            if function.ranged is not None:
                return _called(function, arguments)
            return _by_cases(term, arguments, setting)


def scenarios(
    ranges: Mapping[str, Interval | Possible],
) -> tuple[Mapping[str, Interval | Possible], Mapping[str, Interval | Possible]]:
    """The low scenario, in which every number is at its lower end, and the high one; no end leaves what there is."""
    low = {
        name: Interval(one.lo, one.lo) if isinstance(one, Interval) and one.lo is not None else one
        for name, one in ranges.items()
    }
    high = {
        name: Interval(one.hi, one.hi) if isinstance(one, Interval) and one.hi is not None else one
        for name, one in ranges.items()
    }
    return low, high


def exactly(value: Value) -> Possible:
    """One known value."""
    if value is None:
        return Possible(NOTHING, null=True)
    return Possible(Interval.point(value) if isinstance(value, Fraction) else frozenset({value}))


def _given(given: Interval | Possible | None, of: Type) -> Possible:
    if isinstance(given, Possible):
        return given
    return anything(of) if given is None else Possible(given)


def anything(of: Type) -> Possible:
    """Every value of a type."""
    if of.kind is Kind.NUMBER:
        return Possible(UNBOUNDED, of.nullable)
    if of.kind is Kind.BOOLEAN:
        return Possible(EITHER, of.nullable)
    return Possible(frozenset(of.options) if of.options else None, of.nullable)


def _called(function: Function, arguments: list[Possible]) -> Possible:
    assert function.ranged is not None  # noqa: S101  asked before
    if not function.strict:
        result: Possible = function.ranged(*arguments)
        return result
    null = any(argument.null for argument in arguments)
    if any(argument.content == NOTHING for argument in arguments):
        return Possible(NOTHING, null=True)
    result = function.ranged(*(argument.content for argument in arguments))
    return Possible(result.content, null or result.null)


def _by_cases(call: Call, arguments: list[Possible], setting: Setting | None) -> Possible:
    """Exact when every argument has few values: all combinations are tried. Else anything of the type."""
    cases = [_few(argument) for argument in arguments]
    count = 1
    for case in cases:
        count *= len(case) if case is not None else _MOST_COMBINATIONS + 1
    if count > _MOST_COMBINATIONS or (call.function.uses_setting and setting is None):
        return anything(call.type.optional)
    leading = (setting,) if call.function.uses_setting else ()
    values = [
        None if call.function.strict and None in combination else call.function.value(*leading, *combination)
        for combination in product(*(case for case in cases if case is not None))
    ]
    return hull(values)


def _few(argument: Possible) -> tuple[Value, ...] | None:
    nulls: tuple[Value, ...] = (None,) if argument.null else ()
    match argument.content:
        case Interval(lo=lo, hi=hi):
            return (lo, *nulls) if lo is not None and lo == hi else None
        case frozenset() as values:
            return (*values, *nulls)
    return None


def hull(values: Iterable[Value]) -> Possible:
    """The narrowest possibility that holds all of these values."""
    known = list(values)
    numbers = [value for value in known if isinstance(value, Fraction)]
    null = None in known
    if numbers:
        return Possible(Interval(min(numbers), max(numbers)), null)
    return Possible(frozenset(value for value in known if value is not None), null)


def either(one: Possible, other: Possible) -> Possible:
    """What is possible when it may be this or that."""
    null = one.null or other.null
    match one.content, other.content:
        case (None, _) | (_, None):
            return Possible(None, null)
        case Interval() as a, Interval() as b:
            return Possible(a.hull(b), null)
        case Interval() as a, _:
            return Possible(a, null)
        case _, Interval() as b:
            return Possible(b, null)
        case a, b:
            return Possible(a | b, null)


def mapped(rise: Callable[[Fraction], Fraction], a: Interval) -> Interval:
    """The range under a function that never falls."""
    return Interval(None if a.lo is None else rise(a.lo), None if a.hi is None else rise(a.hi))


def inverted(b: Interval) -> Interval | None:
    """All reciprocals of the numbers that are not zero; None when there are none."""
    if 0 not in b:
        return b.reciprocal()
    if b.is_point:
        return None
    if b.lo == 0:
        return Interval(Fraction(0) if b.hi is None else 1 / b.hi, None)
    if b.hi == 0:
        return Interval(None, Fraction(0) if b.lo is None else 1 / b.lo)
    return UNBOUNDED


def below(a: Interval, b: Interval, *, or_equal: bool) -> frozenset[Value]:
    """Whether `a < b` (or `<=`) can be true, false, or both."""
    gap_true = a.hi is not None and b.lo is not None and (a.hi <= b.lo if or_equal else a.hi < b.lo)
    gap_false = a.lo is not None and b.hi is not None and (a.lo > b.hi if or_equal else a.lo >= b.hi)
    return TRUE if gap_true else FALSE if gap_false else EITHER


def equal(a: Interval, b: Interval) -> frozenset[Value]:
    """Whether `a = b` can be true, false, or both."""
    if a.lo is not None and a.lo == a.hi == b.lo == b.hi:
        return TRUE
    apart = FALSE in {below(a, b, or_equal=True), below(b, a, or_equal=True)}
    return FALSE if apart else EITHER
