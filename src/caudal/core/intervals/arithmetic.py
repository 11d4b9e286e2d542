"""Intervals and their arithmetic."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, Self, TypeAlias

from typing_extensions import override

from caudal.core.errors import Problem, msg
from caudal.core.intervals.exact import TooLarge, UnreadableNumber, exact, exact_text

_POWER_BITS_MAX: Final = 100_000

End: TypeAlias = tuple[int, Fraction]
"""An end of an interval that sorts: (0, number), (-1, 0) for minus infinity, (1, 0) for infinity."""


class ReversedInterval(Problem):
    """The lower end is above the upper one."""

    code = "interval.reversed"
    message = msg("The range from {lo} to {hi} is the wrong way round.")


class DivisionByZero(Problem):
    """The divisor may be zero."""

    code = "interval.division_by_zero"
    message = msg("{divisor} contains zero, so nothing can be divided by it.")


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
            if not isinstance(end, Fraction | None):
                raise TypeError(f"The ends of an interval are fractions, and not {end!r}.")
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise ReversedInterval(lo=exact_text(self.lo), hi=exact_text(self.hi))

    @classmethod
    def of(cls, lo: int | str | Fraction | None, hi: int | str | Fraction | None) -> Self:
        """The interval between two exact numbers. Raises ReversedInterval, UnreadableNumber."""
        return cls(None if lo is None else _number(lo), None if hi is None else _number(hi))

    @classmethod
    def point(cls, value: int | str | Fraction) -> Self:
        """The interval that holds one number. Raises UnreadableNumber."""
        number = _number(value)
        return cls(number, number)

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
        lo, comma, hi = text[1:-1].partition(", ")
        bottomless, topless = lo == "-∞", hi == "∞"
        if not comma or text[0] != ("(" if bottomless else "[") or text[-1] != (")" if topless else "]"):
            raise UnreadableNumber(text)
        return cls.of(None if bottomless else lo, None if topless else hi)

    @property
    def is_point(self) -> bool:
        """Whether it holds exactly one number."""
        return self.lo is not None and self.lo == self.hi

    @property
    def width(self) -> Fraction | None:
        """How far apart its ends are; None when one does not exist."""
        return None if self.lo is None or self.hi is None else self.hi - self.lo

    @property
    def bottom(self) -> End:
        """The lower end as a value that sorts."""
        return (-1, Fraction(0)) if self.lo is None else (0, self.lo)

    @property
    def top(self) -> End:
        """The upper end as a value that sorts."""
        return (1, Fraction(0)) if self.hi is None else (0, self.hi)

    def __contains__(self, number: int | Fraction) -> bool:
        """Whether a number is in it."""
        return (self.lo is None or self.lo <= number) and (self.hi is None or number <= self.hi)

    def holds(self, other: "Interval") -> bool:
        """Whether all of `other` is in it."""
        return self.bottom <= other.bottom and other.top <= self.top

    def overlap(self, other: "Interval") -> "Interval | None":
        """The numbers in both, or None."""
        bottom, top = max(self.bottom, other.bottom), min(self.top, other.top)
        return _between(bottom, top) if bottom <= top else None

    def hull(self, other: "Interval") -> "Interval":
        """The smallest interval that holds both."""
        return _between(min(self.bottom, other.bottom), max(self.top, other.top))

    def lesser(self, other: "Interval") -> "Interval":
        """All that the smaller of two numbers can be."""
        return _between(min(self.bottom, other.bottom), min(self.top, other.top))

    def greater(self, other: "Interval") -> "Interval":
        """All that the larger of two numbers can be."""
        return _between(max(self.bottom, other.bottom), max(self.top, other.top))

    def __neg__(self) -> "Interval":
        """The opposite numbers."""
        return Interval(None if self.hi is None else -self.hi, None if self.lo is None else -self.lo)

    def __abs__(self) -> "Interval":
        """The sizes without their signs.

        >>> print(abs(Interval.of(-3, 2)))
        [0, 3]
        """
        if 0 in self:
            return _between((0, Fraction(0)), max(self.top, (-self).top))
        return self if self.bottom > (0, Fraction(0)) else -self

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
        """All products; zero times an end that does not exist is zero."""
        right = _interval(other)
        ends = [_product(one, two) for one in (self.bottom, self.top) for two in (right.bottom, right.top)]
        return _between(min(ends), max(ends))

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

        >>> print(Interval.of(-2, 3) ** 2, Interval.of(2, 4) ** -2)
        [0, 9] [0.0625, 0.25]
        """
        if exponent < 0:
            return (self**-exponent).reciprocal()
        if exponent == 0:
            return Interval.point(1)
        size = abs(self) if exponent % 2 == 0 else self
        return Interval(_raised(size.lo, exponent), _raised(size.hi, exponent))

    @override
    def __str__(self) -> str:
        """The ends as exact text: [1/3, 2], [5000, ∞), or a single number. Raises TooLarge."""
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

    Paid channels that sum to 1.5-3.0 million a year, and a budget of 0.8-1.6 for them:

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


def _number(value: int | str | Fraction) -> Fraction:
    if isinstance(value, str):
        return exact(value)
    if not isinstance(value, int | Fraction):
        raise TypeError(f"An exact number is a text, an int or a Fraction, and not {value!r}.")
    return Fraction(value)


def _interval(value: Interval | int | Fraction) -> Interval:
    return value if isinstance(value, Interval) else Interval.point(value)


def _between(bottom: End, top: End) -> Interval:
    return Interval(None if bottom[0] else bottom[1], None if top[0] else top[1])


def _product(one: End, other: End) -> End:
    if not one[0] and not other[0]:
        return 0, one[1] * other[1]
    return _sign(one) * _sign(other), Fraction(0)


def _sign(end: End) -> int:
    return end[0] or (end[1] > 0) - (end[1] < 0)


def _raised(number: Fraction | None, exponent: int) -> Fraction | None:
    if number is None:
        return None
    if max(number.numerator.bit_length(), number.denominator.bit_length()) * exponent > _POWER_BITS_MAX:
        raise TooLarge
    return number**exponent
