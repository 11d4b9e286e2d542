"""Whether a computed value is what an example says, and how both are shown.

A number that a decimal can hold must be equal. One that no decimal can hold (a third) is printed with as many places as
the source likes, so it is rounded to as many, but at least one: half up, or cut off where the key ends in `_prefix`. An
amount that is printed with two places is one of money, and is rounded half up to them. What is printed with all the
digits of a binary double is what such a one makes of the number.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from caudal.cli.cases.reading import NotUnderstood, Output, number
from caudal.core.money import Exact, Money, Rounding

_ROUNDED: Final = "_rounded"
_PREFIX: Final = "_prefix"
_TEN: Final = 10
_CENTS: Final = 2
_DOUBLE: Final = 15
_AMOUNTS: Final = ("amount", "total", "charge", "fee")
MINOR: Final = ("_cents", "_minor")
"""How keys end that are told in minor units."""


def agrees(key: str, expected: Any, got: Output) -> bool:
    """Whether a computed value is the expected one."""
    if isinstance(expected, Mapping):
        named = dict(got) if isinstance(got, Mapping) else {}
        return expected.keys() <= named.keys() and all(
            agrees(within(key, name), expected[name], named[name]) for name in expected
        )
    if isinstance(expected, list):
        listed = list(got) if isinstance(got, Sequence) and not isinstance(got, str) else []
        return len(listed) == len(expected) and all(
            agrees(key, one, other) for one, other in zip(expected, listed, strict=True)
        )
    if isinstance(got, date):
        return str(expected) in {got.isoformat(), f"{got:%m-%d}"} or str(expected) == f"{got.isoformat()}T00:00:00Z"
    if isinstance(got, Money):
        return same_number("", expected, Fraction(got.minor) if in_minor_units(key) else got.amount)
    if isinstance(got, int | Decimal | Fraction) and not isinstance(got, bool):
        return same_number(key, expected, Fraction(got))
    return str(got) == str(expected)


def within(key: str, name: str) -> str:
    """The key of a value in a mapping, which is told in minor units where the key of the mapping says so.

    >>> within("credit_cents", "seat"), within("credits", "seat"), within("credit_cents", "seat_cents")
    ('seat_cents', 'seat', 'seat_cents')
    """
    return f"{name}{MINOR[0]}" if in_minor_units(key) and not in_minor_units(name) else name


def same_number(key: str, expected: Any, got: Fraction) -> bool:
    """Whether an exact number is the one that was printed."""
    try:
        printed = number(expected)
    except NotUnderstood:
        return False
    if is_printed_money(key, expected):
        return printed == to_places(got, _CENTS, Rounding.HALF_UP)
    if _ROUNDED in key:
        return printed == to_places(got, int(key.rpartition(_ROUNDED)[2]), Rounding.HALF_UP)
    if places_of(expected) >= _DOUBLE and float(printed) == float(got):  # all digits that a double has
        return True
    if key.endswith(_PREFIX) or (not terminates(got) and places_of(expected)):
        rounding = Rounding.DOWN if key.endswith(_PREFIX) else Rounding.HALF_UP
        return printed == to_places(got, places_of(expected), rounding)
    return printed == got


def is_printed_money(key: str, printed: Any) -> bool:
    """Whether a number is an amount as people print it."""
    return places_of(printed) == _CENTS and any(word in key for word in _AMOUNTS)


def in_minor_units(key: str) -> bool:
    """Whether a key is told in minor units."""
    return any(ending in key for ending in MINOR)


def terminates(value: Fraction) -> bool:
    """Whether a decimal can hold a number.

    >>> terminates(Fraction(1, 40)), terminates(Fraction(1, 3))
    (True, False)
    """
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def places_of(printed: Any) -> int:
    """How many decimal places a number was printed with."""
    return len(str(printed).partition(".")[2])


def to_places(value: Fraction, places: int, rounding: Rounding) -> Fraction:
    """A number rounded to decimal places."""
    return Fraction(rounding.whole(value * _TEN**places), _TEN**places)


def shown(value: Output, key: str = "") -> Any:
    """A computed value as JSON: numbers as texts."""
    if isinstance(value, Mapping):
        return {str(name): shown(one, within(key, str(name))) for name, one in value.items()}
    if isinstance(value, Money):
        return value.minor if in_minor_units(key) else value.major
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [shown(one, key) for one in value]
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return plain(value)
    return value if isinstance(value, str | bool | None) else str(value)


def plain(value: Exact) -> str:
    """An exact number as a decimal, or with twelve places and an ellipsis where none can hold it."""
    exact = Fraction(value)
    if terminates(exact):
        return f"{Decimal(exact.numerator) / Decimal(exact.denominator):f}"
    cut = to_places(exact, 12, Rounding.DOWN)
    return f"{Decimal(cut.numerator) / Decimal(cut.denominator):.12f}…"
