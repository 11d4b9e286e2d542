"""Numbers that people would choose: few digits, inside a range, near to what was said."""

from fractions import Fraction
from typing import Final

from caudal.core.intervals import Interval

_DIGITS_MAX: Final = 12


def simplest(within: Interval, near: Fraction) -> Fraction:
    """The number with the fewest digits in a range, the nearest of them to `near`, which is in it.

    >>> str(simplest(Interval.of("13333.4", "66666"), Fraction("13333.4")))
    '20000'
    """
    if within.is_point or near == 0:
        return near
    size = _magnitude(near)
    for digits in range(1, _DIGITS_MAX + 1):
        step = Fraction(10) ** (size - digits + 1)
        below = near // step * step
        found = [number for number in (below, below + step) if number in within]
        if found:
            return min(found, key=lambda number: abs(number - near))
    return near


def nearest(within: Interval, said: Interval) -> Fraction:
    """The number of a range that is nearest to what was said; the lower end of what both hold.

    >>> str(nearest(Interval.of(20000, 33333), Interval.point(10000)))
    '20000'
    """
    both = within.overlap(said)
    if both is not None:
        return both.lo if both.lo is not None else both.hi if both.hi is not None else Fraction(0)
    if within.lo is not None and (said.hi is not None and said.hi < within.lo):
        return within.lo
    assert within.hi is not None, "a range without ends overlaps everything"  # noqa: S101  our own mistake
    return within.hi


def distance(said: Interval, number: Fraction) -> Fraction:
    """How far a number lies outside of what was said, as a part of the end that it misses; 0 inside."""
    if number in said:
        return Fraction(0)
    end = said.lo if said.lo is not None and number < said.lo else said.hi
    assert end is not None, "a number outside misses an end"  # noqa: S101  our own mistake
    return abs(number - end) / abs(end) if end else Fraction(1)


def _magnitude(number: Fraction) -> int:
    """The power of ten of the first digit: 3 for 2,500, -2 for 0.025."""
    size, rest = 0, abs(number)
    while rest >= 10:  # noqa: PLR2004  ten digits
        rest, size = rest / 10, size + 1
    while rest < 1:
        rest, size = rest * 10, size - 1
    return size
