"""Roots, logarithms, exponentials and real powers as rational intervals around the irrational truth.

Whole-number arithmetic in units of 2 to the -bits, with every step rounded down for the lower end and up for the upper
one, and the rest of a series bounded by its first term left out. So an end can be too far out, never too far in.
"""

from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.intervals.arithmetic import Interval
from caudal.core.intervals.exact import TooLarge

_GUARD: Final = 64
"""Bits kept below the unit: ends are within 2**-60 of the truth, and 1e-12 is 2**-39.9."""
_EXPONENT_MAX: Final = 4096
_ROOT_BITS_MAX: Final = 100_000


class NotReal(Problem):
    """The function has no real value somewhere in the range."""

    code = "interval.not_real"
    message = msg("{function} has no value for all of {argument}.")


def root(of: Interval, degree: int) -> Interval:
    """The real roots of a degree from 1: exact where rational, else at most 1e-12 wide for a point.

    Roots of an even degree are the positive ones. Raises NotReal, TooLarge.

    >>> print(root(Interval.of(4, 9), 2))
    [2, 3]
    >>> two = root(Interval.point(2), 2)
    >>> 2 in two**2, two.width < Fraction(1, 10**12)
    (True, True)
    """
    if degree < 1 or (degree % 2 == 0 and (of.lo is None or of.lo < 0)):
        raise NotReal(function="root", argument=of)
    return Interval(
        None if of.lo is None else _root_bounds(of.lo, degree)[0],
        None if of.hi is None else _root_bounds(of.hi, degree)[1],
    )


def log(of: Interval) -> Interval:
    """The natural logarithms of positive numbers, at most 1e-12 wide for a point. Raises NotReal.

    The 12-month target of 300 % growth takes ln 4 / ln 1.25 = 6.2 months at 25 % a month:

    >>> months = log(Interval.point(4)) / log(Interval.point("1.25"))
    >>> Interval.of("6.212567", "6.212568").holds(months)
    True
    """
    return _log(of, _GUARD)


def exp(of: Interval) -> Interval:
    """The exponentials, at most 1e-12 wide for a point. Raises TooLarge above e to the 4096.

    >>> Interval.of("2.718281828459045235", "2.718281828459045236").holds(exp(Interval.point(1)))
    True
    """
    return Interval(
        Fraction(0) if of.lo is None else _exp_bounds(of.lo)[0],
        None if of.hi is None else _exp_bounds(of.hi)[1],
    )


def power(base: Interval, exponent: Interval) -> Interval:
    """Positive numbers to real powers, at most 1e-12 wide for points; whole powers are exact.

    Raises NotReal for a base that is not positive (unless the power is whole), TooLarge, DivisionByZero.

    >>> doubled = power(Interval.point(4), Interval.point("1/2"))
    >>> 2 in doubled, doubled.width < Fraction(1, 10**12)
    (True, True)
    """
    if exponent.lo is not None and exponent.is_point and exponent.lo.denominator == 1:
        return base**exponent.lo.numerator
    if base.lo is None or base.lo <= 0:
        raise NotReal(function="power", argument=base)
    # The exponent and the result's own size spread the width of the logarithm, so it is taken finer by as many bits.
    rough = log(base) * exponent
    size = int(max((abs(end) for end in (rough.lo, rough.hi, exponent.lo, exponent.hi) if end is not None), default=0))
    if size > _EXPONENT_MAX:
        raise TooLarge
    return exp(_log(base, _GUARD + 2 * size + size.bit_length()) * exponent)


def _root_bounds(number: Fraction, degree: int) -> tuple[Fraction, Fraction]:
    if number < 0:
        lower, upper = _root_bounds(-number, degree)
        return -upper, -lower
    if number.numerator.bit_length() + number.denominator.bit_length() + _GUARD * degree > _ROOT_BITS_MAX:
        raise TooLarge
    top, bottom = _whole_root(number.numerator, degree), _whole_root(number.denominator, degree)
    if (top**degree, bottom**degree) == (number.numerator, number.denominator):
        return Fraction(top, bottom), Fraction(top, bottom)
    unit = 1 << _GUARD
    below = _whole_root(number.numerator * unit**degree // number.denominator, degree)
    return Fraction(below, unit), Fraction(below + 1, unit)


def _whole_root(number: int, degree: int) -> int:
    """The largest whole number whose power is not above `number`, by Newton's method from above."""
    if number < 2 or degree == 1:  # noqa: PLR2004  0 and 1 are their own roots
        return number
    guess = 1 << -(-number.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def _log(of: Interval, bits: int) -> Interval:
    if of.lo is None or of.lo < 0 or of.hi == 0:
        raise NotReal(function="log", argument=of)
    return Interval(
        None if of.lo == 0 else _log_bounds(of.lo, bits)[0],
        None if of.hi is None else _log_bounds(of.hi, bits)[1],
    )


def _log_bounds(number: Fraction, bits: int) -> tuple[Fraction, Fraction]:
    """Ln x = k ln 2 + 2 artanh((m - 1) / (m + 1)) with x = m 2**k and m from 1 to 2."""
    shift = number.numerator.bit_length() - number.denominator.bit_length()
    mantissa = number / Fraction(2) ** shift
    if mantissa < 1:
        shift, mantissa = shift - 1, mantissa * 2
    bits += shift.bit_length() + 10
    two_lo, two_hi = _artanh_bounds(Fraction(1, 3), bits)
    part_lo, part_hi = _artanh_bounds((mantissa - 1) / (mantissa + 1), bits)
    lower = min(shift * two_lo, shift * two_hi) + part_lo
    upper = max(shift * two_lo, shift * two_hi) + part_hi
    return Fraction(2 * lower, 1 << bits), Fraction(2 * upper, 1 << bits)


def _artanh_bounds(argument: Fraction, bits: int) -> tuple[int, int]:
    """Z + z**3/3 + z**5/5 + ... for z from 0 to 1/3, in units of 2**-bits."""
    unit = 1 << bits
    power_lo, power_hi = (
        argument.numerator * unit // argument.denominator,
        _up(argument.numerator * unit, argument.denominator),
    )
    if not power_hi:
        return 0, 0
    square_lo, square_hi = power_lo * power_lo // unit, _up(power_hi * power_hi, unit)
    lower, upper, odd = power_lo, power_hi, 1
    while power_hi > 1:
        power_lo, power_hi, odd = power_lo * square_lo // unit, _up(power_hi * square_hi, unit), odd + 2
        lower, upper = lower + power_lo // odd, upper + _up(power_hi, odd)
    return lower, upper + 1  # what is left shrinks ninefold a term and starts below an eighth of a unit


def _exp_bounds(number: Fraction) -> tuple[Fraction, Fraction]:
    """Exp x = (exp(x / 2**n)) ** (2**n), with the series of the small one."""
    if number == 0:
        return Fraction(1), Fraction(1)
    if number < 0:
        if number < -_EXPONENT_MAX:
            return Fraction(0), Fraction(1, 1 << _GUARD)
        below, above = _exp_bounds(-number)
        return 1 / above, 1 / below
    if number > _EXPONENT_MAX:
        raise TooLarge
    size = _up(number.numerator, number.denominator)
    halvings = size.bit_length()
    unit = 1 << (_GUARD + 2 * size + halvings + 10)
    small_hi = _up(number.numerator * unit, number.denominator << halvings)
    small_lo = number.numerator * unit // (number.denominator << halvings)
    lower = upper = term_lo = term_hi = unit
    count = 0
    while term_hi > 1:
        count += 1
        term_lo, term_hi = term_lo * small_lo // unit // count, _up(_up(term_hi * small_hi, unit), count)
        lower, upper = lower + term_lo, upper + term_hi
    upper += 1  # the terms left out sum to less than the last one
    for _ in range(halvings):
        lower, upper = lower * lower // unit, _up(upper * upper, unit)
    return Fraction(lower, unit), Fraction(upper, unit)


def _up(number: int, divisor: int) -> int:
    return -(-number // divisor)
