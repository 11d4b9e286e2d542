"""Exact arithmetic on ranges: every target of a plan is a closed interval of rationals, possibly without an end.

The result of an operation holds every number that the operation gives for numbers inside its arguments, and no more when
each argument appears once. Roots, logarithms and real powers are irrational: `root`, `log`, `exp` and `power` give a
rational interval around them, rounded outwards, so the promise still holds.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, Self

from caudal.core.errors import Problem, msg

_EXACT: Final = re.compile(r"[+-]?[0-9]{1,200}(?:\.[0-9]{1,200}|/[0-9]{1,200})?", re.ASCII)
_SHOWN: Final = 40
_BITS_MAX: Final = 200_000
_EXP_MAX: Final = 4096
_GUARD: Final = 64
"""Bits kept beyond the whole part of a result: enough for enclosures far narrower than 1e-12."""


class ReversedInterval(Problem):
    """The lower end is above the upper one."""

    code = "interval.reversed"
    message = msg("The range from {lo} to {hi} is the wrong way round.")


class DivisionByZero(Problem):
    """The divisor may be zero."""

    code = "interval.division_by_zero"
    message = msg("{divisor} contains zero, so nothing can be divided by it.")


class NotReal(Problem):
    """The function has no real value somewhere in the range."""

    code = "interval.not_real"
    message = msg("{function} has no value for all of {argument}.")


class TooLarge(Problem):
    """The exact result would not fit in memory or patience."""

    code = "interval.too_large"
    message = msg("The result is too large to be computed exactly.")


class UnreadableNumber(Problem):
    """The text is not an exact number."""

    code = "interval.unreadable"
    message = msg("“{text}” is not a number.")
    hint = msg("Write digits with a point before the decimals, or a fraction such as 1/3.")


class Reading(StrEnum):
    """What "5,000+" means: two honest readings of a target without an upper end."""

    TARGET = "target"
    """The number the plan commits to: the point 5,000."""
    OPEN = "open"
    """Anything from there on: 5,000 and above."""


class Relation(StrEnum):
    """How two statements about one quantity relate."""

    CONSISTENT = "consistent"
    """One contains the other, or they are equal."""
    PARTLY_CONSISTENT = "partly_consistent"
    """They share a range, and each also has numbers of its own."""
    KNIFE_EDGE = "knife_edge"
    """They share a single number."""
    CONTRADICTORY = "contradictory"
    """They share nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `lo` to `hi`, both included; None for an end that does not exist. Raises ReversedInterval.

    >>> deals, deal_size = Interval.point(500), Interval.of(5000, 15000)
    >>> print(deals * deal_size)
    [2500000, 7500000]
    >>> print(Interval.of(5000, None) / Interval.of("0.15", "0.25"))
    [20000, ∞)
    """

    lo: Fraction | None
    hi: Fraction | None

    def __post_init__(self) -> None:
        for end in (self.lo, self.hi):
            if end is not None and not isinstance(end, Fraction):
                raise TypeError(f"The ends of an interval are fractions, and not {end!r}.")
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise ReversedInterval(lo=exact_text(self.lo), hi=exact_text(self.hi))

    @classmethod
    def of(cls, lo: "int | str | Fraction | None", hi: "int | str | Fraction | None") -> Self:
        """The interval between two exact numbers. Raises ReversedInterval, UnreadableNumber."""
        return cls(None if lo is None else _number(lo), None if hi is None else _number(hi))

    @classmethod
    def point(cls, value: int | str | Fraction) -> Self:
        """The interval that holds one number."""
        return cls.of(value, value)

    @classmethod
    def read(cls, lo: Fraction, hi: Fraction | None, reading: Reading) -> Self:
        """A target in one of its readings; they differ only where `hi` is None.

        >>> [str(Interval.read(Fraction(5000), None, reading)) for reading in Reading]
        ['5000', '[5000, ∞)']
        """
        return cls(lo, lo) if hi is None and reading is Reading.TARGET else cls(lo, hi)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote. Raises UnreadableNumber, ReversedInterval.

        >>> Interval.parse("[1/3, ∞)").lo
        Fraction(1, 3)
        """
        if not text.startswith(("[", "(")):
            return cls.point(text)
        ends = text[1:-1].split(", ")
        opens, closes = ends[0] == "-∞", ends[-1] == "∞"
        if len(ends) != 2 or text[0] != "[("[opens] or text[-1] != "])"[closes]:  # noqa: PLR2004  a pair
            raise UnreadableNumber(text=text[:_SHOWN])
        return cls.of(None if opens else ends[0], None if closes else ends[1])

    @property
    def is_point(self) -> bool:
        """Whether it holds exactly one number."""
        return self.lo is not None and self.lo == self.hi

    @property
    def width(self) -> Fraction | None:
        """How far apart its ends are; None when one does not exist."""
        return None if self.lo is None or self.hi is None else self.hi - self.lo

    def __contains__(self, number: int | Fraction) -> bool:
        """Whether a number is in it."""
        return (self.lo is None or self.lo <= number) and (self.hi is None or number <= self.hi)

    def holds(self, other: "Interval") -> bool:
        """Whether all of `other` is in it."""
        return (self.lo is None or (other.lo is not None and self.lo <= other.lo)) and (
            self.hi is None or (other.hi is not None and other.hi <= self.hi)
        )

    def overlap(self, other: "Interval") -> "Interval | None":
        """The numbers in both, or None."""
        lo, hi = _larger(self.lo, other.lo), _smaller(self.hi, other.hi)
        return None if lo is not None and hi is not None and lo > hi else Interval(lo, hi)

    def hull(self, other: "Interval") -> "Interval":
        """The smallest interval that holds both."""
        return Interval(
            None if self.lo is None or other.lo is None else min(self.lo, other.lo),
            None if self.hi is None or other.hi is None else max(self.hi, other.hi),
        )

    def lesser(self, other: "Interval") -> "Interval":
        """All that the smaller of two numbers can be."""
        return Interval(
            None if self.lo is None or other.lo is None else min(self.lo, other.lo), _smaller(self.hi, other.hi)
        )

    def greater(self, other: "Interval") -> "Interval":
        """All that the larger of two numbers can be."""
        return Interval(
            _larger(self.lo, other.lo), None if self.hi is None or other.hi is None else max(self.hi, other.hi)
        )

    def __neg__(self) -> "Interval":
        """The opposite numbers."""
        return Interval(None if self.hi is None else -self.hi, None if self.lo is None else -self.lo)

    def __abs__(self) -> "Interval":
        """The sizes without their signs.

        >>> print(abs(Interval.of(-3, 2)))
        [0, 3]
        """
        if self.lo is not None and self.lo >= 0:
            return self
        if self.hi is not None and self.hi <= 0:
            return -self
        return Interval(Fraction(0), None if self.lo is None or self.hi is None else max(-self.lo, self.hi))

    def __add__(self, other: "Interval | int | Fraction") -> "Interval":
        """All sums."""
        right = _interval(other)
        return Interval(
            None if self.lo is None or right.lo is None else self.lo + right.lo,
            None if self.hi is None or right.hi is None else self.hi + right.hi,
        )

    __radd__ = __add__

    def __sub__(self, other: "Interval | int | Fraction") -> "Interval":
        """All differences."""
        return self + -_interval(other)

    def __rsub__(self, other: int | Fraction) -> "Interval":
        """All differences from a number."""
        return -self + other

    def __mul__(self, other: "Interval | int | Fraction") -> "Interval":
        """All products. Zero times an end that does not exist is zero."""
        right = _interval(other)
        products = [
            _product(one, other_end)
            for one in ((self.lo, -1), (self.hi, 1))
            for other_end in ((right.lo, -1), (right.hi, 1))
        ]
        lows = [value for value, sign in products if sign >= 0]
        highs = [value for value, sign in products if sign <= 0]
        return Interval(
            min(value for value in lows if value is not None) if len(lows) == len(products) else None,
            max(value for value in highs if value is not None) if len(highs) == len(products) else None,
        )

    __rmul__ = __mul__

    def __truediv__(self, other: "Interval | int | Fraction") -> "Interval":
        """All quotients. Raises DivisionByZero when the divisor holds zero."""
        return self * _interval(other).reciprocal()

    def __rtruediv__(self, other: int | Fraction) -> "Interval":
        """All quotients of a number. Raises DivisionByZero."""
        return self.reciprocal() * other

    def reciprocal(self) -> "Interval":
        """One over each number; an end that does not exist becomes zero. Raises DivisionByZero.

        >>> print(Interval.of("1.2", None).reciprocal())
        [0, 5/6]
        """
        if 0 in self:
            raise DivisionByZero(divisor=self)
        return Interval(
            Fraction(0) if self.hi is None else 1 / self.hi, Fraction(0) if self.lo is None else 1 / self.lo
        )

    def __pow__(self, exponent: int) -> "Interval":
        """Each number to a whole power. Raises DivisionByZero (negative power of zero), TooLarge.

        >>> print(Interval.of(-2, 3) ** 2, 1 / Interval.of(2, 4) ** 2)
        [0, 9] [1/16, 1/4]
        """
        if exponent < 0:
            return (self**-exponent).reciprocal()
        if exponent % 2 == 0:
            size = abs(self)
            return Interval(None if size.lo is None else _raised(size.lo, exponent), _raised_end(size.hi, exponent))
        return Interval(_raised_end(self.lo, exponent), _raised_end(self.hi, exponent))

    def __str__(self) -> str:
        """The ends as exact text: [1/3, 2], [5000, ∞), or a single number."""
        if self.lo is not None and self.lo == self.hi:
            return exact_text(self.lo)
        lo = "(-∞" if self.lo is None else f"[{exact_text(self.lo)}"
        hi = "∞)" if self.hi is None else f"{exact_text(self.hi)}]"
        return f"{lo}, {hi}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two intervals relate, and what they share."""

    relation: Relation
    overlap: Interval | None


def compare(one: Interval, other: Interval) -> Comparison:
    """Compare two statements about one quantity.

    The seed's paid channels sum to 1.5–3.0 million a year and its budget says 0.8–1.6:

    >>> found = compare(Interval.of(1_500_000, 3_000_000), Interval.of(800_000, 1_600_000))
    >>> found.relation.value, str(found.overlap)
    ('partly_consistent', '[1500000, 1600000]')
    """
    overlap = one.overlap(other)
    if overlap is None:
        return Comparison(Relation.CONTRADICTORY, None)
    if one.holds(other) or other.holds(one):
        return Comparison(Relation.CONSISTENT, overlap)
    return Comparison(Relation.KNIFE_EDGE if overlap.is_point else Relation.PARTLY_CONSISTENT, overlap)


def exact(text: str) -> Fraction:
    """Read an exact number: 5000, -0.25, 1/3. Raises UnreadableNumber.

    >>> exact("0.15") == Fraction(3, 20)
    True
    """
    if not _EXACT.fullmatch(text) or not text.partition("/")[2].strip("0") and "/" in text:
        raise UnreadableNumber(text=text[:_SHOWN])
    return Fraction(text)


def exact_text(number: Fraction) -> str:
    """Write a number exactly: as a decimal where it ends, as p/q where it does not.

    >>> exact_text(Fraction(3, 20)), exact_text(Fraction(-1, 3)), exact_text(Fraction(5000))
    ('0.15', '-1/3', '5000')
    """
    twos, rest = _removed(number.denominator, 2)
    fives, rest = _removed(rest, 5)
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    places = max(twos, fives)
    digits = f"{abs(number.numerator) * 10**places // number.denominator:0{places + 1}d}"
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def root(of: Interval, degree: int) -> Interval:
    """The real roots of a degree (1 or more): exact where rational, else narrower than 1e-12. Raises NotReal.

    >>> print(root(Interval.of(4, 9), 2))
    [2, 3]
    >>> two = root(Interval.point(2), 2)
    >>> 2 in two**2, two.width < Fraction(1, 10**12)
    (True, True)
    """
    if degree < 1 or (degree % 2 == 0 and (of.lo is None or of.lo < 0)):
        raise NotReal(function=f"root_{degree}", argument=of)
    return Interval(
        None if of.lo is None else _root_bounds(of.lo, degree)[0],
        None if of.hi is None else _root_bounds(of.hi, degree)[1],
    )


def log(of: Interval) -> Interval:
    """The natural logarithms of positive numbers, each end less than 1e-12 outside the true one. Raises NotReal.

    >>> log(Interval.point(1))
    Interval(lo=Fraction(0, 1), hi=Fraction(0, 1))
    """
    if of.lo is None or of.lo < 0 or of.hi == 0:
        raise NotReal(function="log", argument=of)
    return Interval(
        None if of.lo == 0 else _log_bounds(of.lo, _GUARD)[0], None if of.hi is None else _log_bounds(of.hi, _GUARD)[1]
    )


def exp(of: Interval) -> Interval:
    """The exponentials, each end less than 1e-12 outside the true one. Raises TooLarge beyond e to the 4096.

    >>> e = exp(Interval.point(1))
    >>> Fraction("2.718281828459") in e, Fraction("2.7182818284590452353602874713527") in e
    (False, True)
    """
    return Interval(
        Fraction(0) if of.lo is None else _exp_bounds(of.lo, _GUARD)[0],
        None if of.hi is None else _exp_bounds(of.hi, _GUARD)[1],
    )


def power(base: Interval, exponent: Interval) -> Interval:
    """Positive numbers to real powers, each end less than 1e-12 outside the true one. Raises NotReal, TooLarge.

    Half a year of 300 % a year is twofold, exactly between bounds:

    >>> Fraction(2) in power(Interval.point(4), Interval.point("1/2"))
    True
    """
    if exponent.is_point and exponent.lo is not None and exponent.lo.denominator == 1:
        return base ** int(exponent.lo)
    if base.lo is None or base.lo < 0 or base.hi == 0:
        raise NotReal(function="power", argument=base)
    # The logarithm is taken finer by the bits that the exponent and the result will spread it over.
    bits = _GUARD + 2 * _EXP_MAX.bit_length() + _bits(exponent.lo) + _bits(exponent.hi)
    rough = log(base) * exponent
    size = max(abs(end) for end in (rough.lo or Fraction(0), rough.hi or Fraction(0)))
    if size > _EXP_MAX:
        raise TooLarge
    bits += 2 * int(size)
    fine = Interval(
        None if base.lo == 0 else _log_bounds(base.lo, bits)[0],
        None if base.hi is None else _log_bounds(base.hi, bits)[1],
    )
    return exp(fine * exponent)


def _number(value: int | str | Fraction) -> Fraction:
    if isinstance(value, str):
        return exact(value)
    if not isinstance(value, int | Fraction):
        raise TypeError(f"An exact number is a text, an int or a Fraction, and not {value!r}.")
    return Fraction(value)


def _interval(value: Interval | int | Fraction) -> Interval:
    return value if isinstance(value, Interval) else Interval.point(value)


def _larger(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return other if one is None else one if other is None else max(one, other)


def _smaller(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return other if one is None else one if other is None else min(one, other)
