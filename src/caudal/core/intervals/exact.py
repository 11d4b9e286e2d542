"""Exact numbers as text: decimals where they end, p/q where they do not."""

import re
from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg

_EXACT: Final = re.compile(r"[+-]?[0-9]{1,200}(?:\.[0-9]{1,200}|/0*[1-9][0-9]{0,199})?", re.ASCII)
_SHOWN: Final = 40
_WRITTEN_BITS_MAX: Final = 12_000


class UnreadableNumber(Problem):
    """The text is not an exact number."""

    code = "interval.unreadable"
    message = msg("“{text}” is not a number.")
    hint = msg("Write digits with a point before the decimals, or a fraction such as 1/3.")

    def __init__(self, text: str) -> None:
        """Only the beginning of a long text is quoted."""
        super().__init__(text=text[:_SHOWN])


class TooLarge(Problem):
    """The exact result would not fit in memory or patience."""

    code = "interval.too_large"
    message = msg("The result is too large to be computed exactly.")


def exact(text: str) -> Fraction:
    """Read an exact number: 5000, -0.25, 1/3; up to 200 digits a part. Raises UnreadableNumber.

    >>> exact("0.15") == Fraction(3, 20)
    True
    """
    if not _EXACT.fullmatch(text):
        raise UnreadableNumber(text)
    return Fraction(text)


def exact_text(number: Fraction) -> str:
    """Write a number exactly: as a decimal where it ends, as p/q where it does not. Raises TooLarge.

    >>> exact_text(Fraction(3, 20)), exact_text(Fraction(-1, 3)), exact_text(Fraction(5000))
    ('0.15', '-1/3', '5000')
    """
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > _WRITTEN_BITS_MAX:
        raise TooLarge
    twos, rest = _removed(number.denominator, 2)
    fives, rest = _removed(rest, 5)
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    places = max(twos, fives)
    digits = _grouped(abs(number.numerator) * 10**places // number.denominator, places)
    return f"-{digits}" if number < 0 else digits


def _grouped(digits: int, places: int) -> str:
    whole, part = divmod(digits, 10**places)
    return f"{whole}.{part:0{places}d}" if places else str(whole)


def _removed(number: int, prime: int) -> tuple[int, int]:
    """How often `prime` divides a positive number, and what is left of it."""
    times = 0
    while number % prime == 0:
        number //= prime
        times += 1
    return times, number
