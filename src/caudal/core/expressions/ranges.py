"""What an expression may be when its numbers are only known as ranges: exact, and never narrower than the truth.

`Range` is the closed interval of the ends; an end that is None is open to infinity. Whatever single values are drawn
from the ranges going in, the value they give lies in the range that comes out (the converse does not hold when a name
occurs twice: `a - a` of [0, 1] is [-1, 1]).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final, Protocol, TypeAlias

from caudal.core.expressions.schema import Kind, Setting, Type, Value
from caudal.core.expressions.terms import AsOf, Call, Constant, Function, Term, Variable

End: TypeAlias = Fraction | None
_MOST_COMBINATIONS: Final = 64


class HasEnds(Protocol):
    """Anything with two exact ends, such as `caudal.core.intervals.Interval`."""

    @property
    def lo(self) -> End: ...
    @property
    def hi(self) -> End: ...


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `lo` to `hi`, both included; None is no bound on that side."""

    lo: End = None
    hi: End = None

    def __contains__(self, value: Fraction | int) -> bool:
        return (self.lo is None or self.lo <= value) and (self.hi is None or value <= self.hi)


@dataclass(frozen=True, slots=True)
class Possible:
    """Every value that may occur: a range of numbers, a finite set of other values, or None for anything; and null.

    The empty set is for what can only be null.
    """

    content: Range | frozenset[Value] | None
    null: bool = False

    def __contains__(self, value: Value) -> bool:
        if value is None:
            return self.null
        match self.content:
            case None:
                return True
            case Range():
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


NOTHING: Final[frozenset[Value]] = frozenset()
EITHER: Final[frozenset[Value]] = frozenset({True, False})
TRUE: Final[frozenset[Value]] = frozenset({True})
FALSE: Final[frozenset[Value]] = frozenset({False})


def evaluate_ranges(term: Term, ranges: Mapping[str, HasEnds | Possible], setting: Setting | None = None) -> Possible:
    """The possible values of `term` when each field is in its range; a field that is not named may be anything.

    >>> from caudal.core.expressions import Field, Schema, number, read
    >>> plan = Schema({"deals": Field(number("deals")), "price": Field(number("USD/deal"))})
    >>> revenue = read("deals * price", plan).term
    >>> evaluate_ranges(revenue, {"deals": Range(500, 500), "price": Range(5000, 15000)}).content
    Range(lo=Fraction(2500000, 1), hi=Fraction(7500000, 1))
    """
    match term:
        case Constant(value=value):
            return exactly(value)
        case Variable(name=name):
            return _given(ranges.get(name), term.type)
        case AsOf():
            return Possible(None) if setting is None else exactly(setting.as_of)
        case Call(function=function):
            arguments = [evaluate_ranges(argument, ranges, setting) for argument in term.arguments]
            if function.ranged is not None:
                return _called(function, arguments)
            return _by_cases(term, arguments, setting)


def exactly(value: Value) -> Possible:
    """One known value."""
    if value is None:
        return Possible(NOTHING, null=True)
    return Possible(Range(value, value) if isinstance(value, Fraction) else frozenset({value}))


def _given(given: HasEnds | Possible | None, of: Type) -> Possible:
    if isinstance(given, Possible):
        return given
    if given is not None:
        return Possible(Range(*(None if end is None else Fraction(end) for end in (given.lo, given.hi))))
    return anything(of)


def anything(of: Type) -> Possible:
    """Every value of a type."""
    if of.kind is Kind.NUMBER:
        return Possible(Range(), of.nullable)
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
        case Range(lo=lo, hi=hi):
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
        return Possible(Range(min(numbers), max(numbers)), null)
    return Possible(frozenset(value for value in known if value is not None), null)


def either(one: Possible, other: Possible) -> Possible:
    """What is possible when it may be this or that."""
    null = one.null or other.null
    match one.content, other.content:
        case (None, _) | (_, None):
            return Possible(None, null)
        case Range() as a, Range() as b:
            return Possible(_outer(a, b), null)
        case Range() as a, _:
            return Possible(a, null)
        case _, Range() as b:
            return Possible(b, null)
        case a, b:
            return Possible(a | b, null)


def _outer(a: Range, b: Range) -> Range:
    return Range(
        None if a.lo is None or b.lo is None else min(a.lo, b.lo),
        None if a.hi is None or b.hi is None else max(a.hi, b.hi),
    )


# Arithmetic of ranges.


def added(a: Range, b: Range) -> Range:
    """All sums."""
    return Range(
        None if a.lo is None or b.lo is None else a.lo + b.lo,
        None if a.hi is None or b.hi is None else a.hi + b.hi,
    )


def negated(a: Range) -> Range:
    """All opposites."""
    return Range(None if a.hi is None else -a.hi, None if a.lo is None else -a.lo)


def mapped(rise: Callable[[Fraction], Fraction], a: Range) -> Range:
    """The range under a function that never falls."""
    return Range(None if a.lo is None else rise(a.lo), None if a.hi is None else rise(a.hi))


def multiplied(a: Range, b: Range) -> Range:
    """All products: the extremes are among the products of the ends, with infinity times zero being zero."""
    ends = [_times(x, y) for x in _ends(a) for y in _ends(b)]
    return Range(
        None if any(end.sign < 0 and end.value is None for end in ends) else min(_finite(ends), default=None),
        None if any(end.sign > 0 and end.value is None for end in ends) else max(_finite(ends), default=None),
    )


@dataclass(frozen=True, slots=True)
class _End:
    """An end with its sign; infinite when it has no value."""

    sign: int
    value: End


def _ends(a: Range) -> tuple[_End, _End]:
    return _End(_sign(a.lo, -1), a.lo), _End(_sign(a.hi, 1), a.hi)


def _sign(value: End, infinite: int) -> int:
    return infinite if value is None else (value > 0) - (value < 0)


def _times(x: _End, y: _End) -> _End:
    sign = x.sign * y.sign
    if not sign:
        return _End(0, Fraction(0))
    return _End(sign, None if x.value is None or y.value is None else x.value * y.value)


def _finite(ends: list[_End]) -> list[Fraction]:
    return [end.value for end in ends if end.value is not None]


def inverted(b: Range) -> Range | None:
    """All reciprocals of the numbers that are not zero; None when there are none."""
    if b.lo == b.hi == 0:
        return None
    if (b.lo is None or b.lo < 0) and (b.hi is None or b.hi > 0):
        return Range()
    low, high = (None if not end else 1 / end for end in (b.hi, b.lo))
    if b.lo is not None and b.lo >= 0:
        return Range(low if b.hi is not None else Fraction(0), high)
    return Range(low, high if b.lo is not None else Fraction(0))


def smallest(a: Range, b: Range) -> Range:
    """All minima."""
    return Range(
        None if a.lo is None or b.lo is None else min(a.lo, b.lo),
        a.hi if b.hi is None else b.hi if a.hi is None else min(a.hi, b.hi),
    )


def magnitude(a: Range) -> Range:
    """All absolute values."""
    if a.lo is not None and a.lo >= 0:
        return a
    if a.hi is not None and a.hi <= 0:
        return negated(a)
    return Range(Fraction(0), None if a.lo is None or a.hi is None else max(-a.lo, a.hi))


def below(a: Range, b: Range, *, or_equal: bool) -> frozenset[Value]:
    """Whether `a < b` (or `<=`) can be true, false, or both."""
    gap_true = a.hi is not None and b.lo is not None and (a.hi <= b.lo if or_equal else a.hi < b.lo)
    gap_false = a.lo is not None and b.hi is not None and (a.lo > b.hi if or_equal else a.lo >= b.hi)
    return TRUE if gap_true else FALSE if gap_false else EITHER


def equal(a: Range, b: Range) -> frozenset[Value]:
    """Whether `a = b` can be true, false, or both."""
    if a.lo is not None and a.lo == a.hi == b.lo == b.hi:
        return TRUE
    apart = FALSE in {below(a, b, or_equal=True), below(b, a, or_equal=True)}
    return FALSE if apart else EITHER
