"""Place what flows: bands that widen, narrow, part and join, lying or standing; geometry alone, free of HTML.

A stretch is `ALONG` units long and `ACROSS` wide. What was due is the bed, as wide everywhere; what there is fills it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from caudal.core.decimals import plain_decimal
from caudal.ui.band import Exact, tenth

ALONG: Final = 100
ACROSS: Final = 200
MIDDLE: Final = Fraction(ACROSS, 2)
BED: Final = Fraction(42)
"""Half the width of what was due."""
MOST: Final = Fraction(2)
"""More than so many times what was due is drawn as that many."""
LEAST: Final = Fraction(1)
"""Half the width of the thinnest band that can be seen."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """Where a band begins or ends: its middle and half its width."""

    at: Fraction
    half: Fraction


@dataclass(frozen=True, slots=True)
class Paths:
    """One shape lying (from left to right) and standing (from top to bottom)."""

    lying: str
    standing: str


def half_of(fill: Exact) -> Fraction:
    """Return half the width of what fills a bed by a share.

    >>> half_of(1) == BED, half_of(5) == 2 * BED
    (True, True)
    """
    return BED * min(max(Fraction(fill), Fraction(0)), MOST)


def band(start: Mouth, end: Mouth) -> Paths:
    """Return the shape that flows from one mouth to another.

    >>> band(Mouth(MIDDLE, Fraction(10)), Mouth(MIDDLE, Fraction(20))).lying
    'M0 90C50 90 50 80 100 80L100 120C50 120 50 110 0 110Z'
    """
    turns = (
        (0, start.at - start.half),
        (50, start.at - start.half),
        (50, end.at - end.half),
        (100, end.at - end.half),
        (100, end.at + end.half),
        (50, end.at + end.half),
        (50, start.at + start.half),
        (0, start.at + start.half),
    )
    return Paths(_path(turns), _path([(across, along) for along, across in turns]))


def parted(values: Sequence[Exact], half: Fraction) -> list[Mouth]:
    """Return the mouths of parts that lie apart, each in a lane of its own, together as wide as the whole."""
    whole = sum((Fraction(value) for value in values), Fraction(0))
    lane = Fraction(ACROSS, len(values)) if values else Fraction(ACROSS)
    return [
        Mouth(lane * place + lane / 2, min(max(half * Fraction(value) / whole, LEAST), lane * Fraction(9, 20)))
        for place, value in enumerate(values)
    ]


def joined(values: Sequence[Exact], half: Fraction) -> list[Mouth]:
    """Return the mouths of parts that lie side by side and make up the whole."""
    whole = sum((Fraction(value) for value in values), Fraction(0))
    found, at = [], MIDDLE - half
    for value in values:
        own = half * Fraction(value) / whole
        found.append(Mouth(at + own, own))
        at += 2 * own
    return found


def _path(turns: Sequence[tuple[Exact, Exact]]) -> str:
    said = [f"{_plain(x)} {_plain(y)}" for x, y in turns]
    return f"M{said[0]}C{said[1]} {said[2]} {said[3]}L{said[4]}C{said[5]} {said[6]} {said[7]}Z"


def _plain(value: Exact) -> str:
    return plain_decimal(tenth(Fraction(value)))
