"""How far a number may still be from its projection, told by what became of earlier ones.

No law of chance is assumed: what was projected at this point of earlier periods is compared with how they ended, and
the next period is taken to be one like them, as likely in any place among them as in any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

LEAST: Final = 3
"""So many earlier periods at least: the next one is within all of them in (n - 1) of (n + 1) cases."""
WANTED: Final = Fraction(4, 5)
"""How often the next one should be inside, where enough periods are known."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a number will end: the projection, the interval around it, and in what share of cases it holds.

    `seen` is how many earlier periods it was learned from.
    """

    middle: Fraction
    low: Fraction
    high: Fraction
    holds: Fraction
    seen: int


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier period at about the same point of it: what it had, the share of its time gone by, and its end."""

    then: Fraction
    elapsed: Fraction
    final: Fraction


def by_ratio(actual: Fraction, elapsed: Fraction, past: Sequence[Past]) -> Outlook | None:
    """Return where a number that fills with time will end, by how far off earlier periods were at this point.

    None before any time has gone by, and where fewer than three earlier periods say anything.

    >>> half = Fraction(1, 2)
    >>> past = [Past(Fraction(then), half, Fraction(final)) for then, final in ((50, 90), (40, 100), (45, 90))]
    >>> found = by_ratio(Fraction(40), half, past)
    >>> str(found.middle), str(found.low), str(found.high), str(found.holds)  # they ended at 9/10, 5/4 and 1 of it
    ('80', '72', '100', '1/2')
    """
    if not elapsed:
        return None
    middle = actual / elapsed
    found = _ends([each.final * each.elapsed / each.then for each in past if each.then > 0])
    if found is None:
        return None
    low, high, holds, seen = found
    return Outlook(middle, min(middle, middle * low), max(middle, middle * high), holds, seen)


def by_step(value: Fraction, past: Sequence[Fraction]) -> Outlook | None:
    """Return where a level will be a period later, by the steps from each earlier period to the next, oldest first.

    >>> found = by_step(Fraction(30), [Fraction(each) for each in (20, 22, 21, 25)])  # 2 up, 1 down, 4 up
    >>> str(found.low), str(found.high), found.seen
    ('29', '34', 3)
    """
    found = _ends([later - earlier for earlier, later in pairwise(past)])
    if found is None:
        return None
    low, high, holds, seen = found
    return Outlook(value, min(value, value + low), max(value, value + high), holds, seen)


def _ends(errors: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction, int] | None:
    """The narrowest pair of earlier errors between which the next one lies as often as wanted, else the widest."""
    count = len(errors)
    if count < LEAST:
        return None
    ordered = sorted(errors)
    left_out = 0
    while Fraction(count - 1 - 2 * (left_out + 1), count + 1) >= WANTED:
        left_out += 1
    holds = Fraction(count - 1 - 2 * left_out, count + 1)
    return ordered[left_out], ordered[count - 1 - left_out], holds, count
