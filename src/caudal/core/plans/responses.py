"""What spending on a channel brings: curves of five forms, and whether each brings less for every further sum."""

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final

from caudal.core.errors import Place
from caudal.core.plans.labels import Label
from caudal.core.plans.passages import NOWHERE
from caudal.core.plans.units import Unit


class Curve(StrEnum):
    """How what a channel brings grows with what is spent."""

    SATURATION = "saturation"
    """most × x ÷ (half + x): at `half` it brings half of the most that it ever could."""
    HILL = "hill"
    """most × xˢ ÷ (halfˢ + xˢ): the same with a `steepness` s; above 1 it starts slowly, like an S."""
    EXPONENTIAL = "exponential"
    """most × (1 − 2^(−x ÷ half)): every further `half` brings half of what is still missing."""
    POWER = "power"
    """brings × (x ÷ at)ᵉ: at the sum `at` it `brings` so many; an `exponent` e of 1/2 doubles it at 4 × the sum."""
    PIECES = "pieces"
    """Straight from point to point, and no more after the last."""


CURVE_KEYS: Final = {
    Curve.SATURATION: ("most", "half"),
    Curve.HILL: ("most", "half", "steepness"),
    Curve.EXPONENTIAL: ("most", "half"),
    Curve.POWER: ("brings", "at", "exponent"),
    Curve.PIECES: ("sums", "bring"),
}
"""What each form is told by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What spending on a channel brings. `most` and `half` are those of the power's `brings` and `at` as well.

    `power` is the steepness of a Hill curve or the exponent of a power. `points` are sums and what they bring.
    """

    id: str
    label: Label
    spend: str
    """The driver that is spent."""
    unit: Unit
    most: Fraction = Fraction(0)
    half: Fraction = Fraction(0)
    curve: Curve = Curve.SATURATION
    power: Fraction = Fraction(1)
    points: tuple[tuple[Fraction, Fraction], ...] = ()
    lo: Fraction | None = None
    hi: Fraction | None = None
    why: Label | None = None
    place: Place = NOWHERE

    @property
    def pieces(self) -> tuple[tuple[Fraction, Fraction, Fraction], ...]:
        """Where each straight piece begins, how much is spent along it, and what that brings; nothing brings nothing.

        >>> curve = Response(
        ...     id="", label=Label("", ""), spend="", unit=Unit.parse("leads/month"), curve=Curve.PIECES,
        ...     points=((Fraction(10), Fraction(30)), (Fraction(20), Fraction(40))),
        ... )
        >>> [tuple(map(int, piece)) for piece in curve.pieces], curve.is_concave
        ([(0, 10, 30), (10, 10, 10)], True)
        """
        points = ((Fraction(0), Fraction(0)), *self.points)
        return tuple((x, after - x, more - y) for (x, y), (after, more) in pairwise(points))

    @property
    def is_concave(self) -> bool:
        """Whether every further sum brings less than the one before: then the best split is proved."""
        if self.curve is Curve.PIECES:
            slopes = [brought / length for _, length, brought in self.pieces]
            return all(one >= other for one, other in pairwise(slopes))
        return self.curve not in {Curve.HILL, Curve.POWER} or self.power <= 1

    def scaled(self, scale: Fraction) -> "Response":
        """The same curve at another size of the company."""
        lo, hi = (None if end is None else end * scale for end in (self.lo, self.hi))
        points = tuple((x * scale, y * scale) for x, y in self.points)
        return replace(self, most=self.most * scale, half=self.half * scale, points=points, lo=lo, hi=hi)
