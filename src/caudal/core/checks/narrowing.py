"""What numbers can be when an expression must come out as something: ranges pushed down through a term.

Everything is rounded outwards, so what is cut away is impossible; what is left may still be.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from caudal.core.expressions import Call, Constant, Possible, Term, Variable, evaluate_ranges
from caudal.core.intervals import DivisionByZero, Interval, NotReal, TooLarge, power

ANY: Final = Interval(None, None)
NOT_NEGATIVE: Final = Interval(Fraction(0), None)
_BITS_MAX: Final = 256
_KEPT_BITS: Final = 120

Box: TypeAlias = MutableMapping[str, Interval]
"""What every number can still be."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A term with the range it has in a box."""

    term: Term
    range: Interval | None
    inside: "tuple[_Seen, ...]" = ()


def range_in(term: Term, box: Box) -> Interval | None:
    """All that a term can be in a box; None where it has no value."""
    try:
        found = evaluate_ranges(term, box).content
    except TooLarge:
        return ANY
    return rounded_out(found) if isinstance(found, Interval) else None


def narrow(term: Term, box: Box, wanted: Interval) -> bool:
    """Cut from the box what cannot be when `term` is in `wanted`; False when nothing can.

    >>> from caudal.core.expressions import Field, Schema, number, read
    >>> term = read("leads * rate", Schema({name: Field(number()) for name in ("leads", "rate")})).term
    >>> box = {"leads": Interval.of(0, None), "rate": Interval.of("0.15", "0.25")}
    >>> narrow(term, box, Interval.point(5000)), str(box["leads"])
    (True, '[20000, 100000/3]')
    """
    return _push(_seen(term, box), box, wanted)


def rounded_out(one: Interval) -> Interval:
    """The same range, a little wider where its ends have grown too long to compute with."""
    return Interval(_short(one.lo, down=True), _short(one.hi, down=False))


def _short(end: Fraction | None, *, down: bool) -> Fraction | None:
    if end is None or max(end.numerator.bit_length(), end.denominator.bit_length()) <= _BITS_MAX:
        return end
    shift = _KEPT_BITS - (end.numerator.bit_length() - end.denominator.bit_length())
    scaled = end * Fraction(2) ** shift
    whole = scaled.numerator // scaled.denominator if down else -(-scaled.numerator // scaled.denominator)
    return Fraction(whole) / Fraction(2) ** shift


def _seen(term: Term, box: Box) -> _Seen:
    match term:
        case Constant(value=Fraction() as value):
            return _Seen(term, Interval.point(value))
        case Variable(name=name):
            return _Seen(term, box.get(name, ANY))
        case Call(function=function, arguments=arguments) if not function.by_ends and function.ranged is not None:
            inside = tuple(_seen(argument, box) for argument in arguments)
            known = [one.range for one in inside if one.range is not None]
            if len(known) < len(inside):
                return _Seen(term, None, inside)
            return _Seen(term, _called(function.ranged, known), inside)
    return _Seen(term, range_in(term, box))


def _called(ranged: Callable[..., Possible], known: list[Interval]) -> Interval | None:
    try:
        found = ranged(*known).content
    except TooLarge:
        return ANY
    return rounded_out(found) if isinstance(found, Interval) else None


def _push(seen: _Seen, box: Box, wanted: Interval) -> bool:
    """Push what is wanted of a term down to its parts."""
    met = seen.range.overlap(wanted) if seen.range is not None else None
    if met is None:
        return False
    if isinstance(seen.term, Variable):
        left = box.get(seen.term.name, ANY).overlap(met)
        if left is not None:
            box[seen.term.name] = rounded_out(left)
        return left is not None
    return all(_push(one, box, part) for one, part in zip(seen.inside, _parts(seen, met), strict=False) if part)


def _parts(seen: _Seen, met: Interval) -> "_Parts":
    """What the arguments of a call can be; nothing where that cannot be said."""
    inverse = _INVERSES.get(seen.term.function.name) if isinstance(seen.term, Call) else None
    ranges = [one.range for one in seen.inside if one.range is not None]
    if inverse is None or len(ranges) < len(seen.inside):
        return ()
    try:
        return inverse(met, *ranges)
    except (DivisionByZero, NotReal, TooLarge):
        return ()


def _quotient(above: Interval, below: Interval) -> Interval | None:
    """Everything that times `below` can be in `above`; None for anything."""
    if 0 in below:
        if 0 in above or below.is_point:
            return None
        half = _half(below)
        return None if half is None else rounded_out(above * half)
    return rounded_out(above / below)


def _half(below: Interval) -> Interval | None:
    """The reciprocals of a range that begins or ends at zero."""
    if below.lo == 0:
        return Interval(Fraction(0) if below.hi is None else 1 / below.hi, None)
    if below.hi == 0:
        return Interval(None, Fraction(0) if below.lo is None else 1 / below.lo)
    return None


_Parts: TypeAlias = tuple[Interval | None, ...]


def _powered(met: Interval, base: Interval, exponent: Interval) -> _Parts:
    """The base of a power that is known, where neither is negative."""
    if not exponent.is_point or exponent.lo is None or exponent.lo == 0 or base.bottom < NOT_NEGATIVE.bottom:
        return None, None
    part = met.overlap(NOT_NEGATIVE)
    return (None, None) if part is None else (_raised(part, 1 / exponent.lo), None)


def _compounded(met: Interval, rate: Interval, times: Interval) -> _Parts:
    grown, _ = _powered(met + 1, rate + 1, times)
    return (None if grown is None else grown - 1), None


def _raised(base: Interval, exponent: Fraction) -> Interval | None:
    """Real powers of a range that is not negative."""
    if base.lo == 0:
        if exponent < 0:
            return None if base.hi in {None, 0} else Interval(_end(base.hi, exponent, upper=False), None)
        return Interval(Fraction(0), None if base.hi is None else _end(base.hi, exponent, upper=True))
    return rounded_out(power(base, Interval.point(exponent)))


def _end(base: Fraction | None, exponent: Fraction, *, upper: bool) -> Fraction | None:
    if base is None or base == 0:
        return base
    found = power(Interval.point(base), Interval.point(exponent))
    return found.hi if upper else found.lo


_INVERSES: Final[dict[str, Callable[..., _Parts]]] = {
    "+": lambda met, one, other: (met - other, met - one),
    "-": lambda met, one, other: (met + other, one - met),
    "unary -": lambda met, _: (-met,),
    "*": lambda met, one, other: (_quotient(met, other), _quotient(met, one)),
    "/": lambda met, one, other: (rounded_out(met * other), _quotient(one, met)),
    "pow": _powered,
    "compound": _compounded,
    "lower": lambda met, _: (met,),
    "upper": lambda met, _: (met,),
}
"""What the arguments can be when the result is known, by function; None for anything. Others say nothing."""
