"""Place a target and its figures on a track: the geometry behind the band, exact and free of HTML.

lo        hi
├─────────┼────┤      the track starts at zero (or below, if a figure is negative)
  ●    ┊  ○            actual, where we should be today, projection
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from caudal.ui.formats import NUMBER, Unit

Exact: TypeAlias = int | Decimal | Fraction

WIDTH = 320
HEIGHT = 20
MARGIN = 2
FADE_STEPS = 8
HEADROOM = Fraction(11, 10)
OPEN_REACH = Fraction(8, 5)
FARTHEST = 3
"""A figure beyond this many times the target is drawn at the end with an arrow, so the target stays readable."""


@dataclass(frozen=True, slots=True)
class Band:
    """One target with what is known about it.

    `lo` None means no lower end ("at most"), `hi` None an open upper end ("40+"). `pace` is where the figure should
    stand today. `tone` and `state` are the verdict as a tone of colour and as a word.
    """

    lo: Exact | None = None
    hi: Exact | None = None
    actual: Exact | None = None
    projection: Exact | None = None
    pace: Exact | None = None
    unit: Unit = NUMBER
    tone: str = "idle"
    state: str = ""
    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """One step of an end that fades out: its left edge, width, and how much of the shade is left (0 to 1)."""

    x: Decimal
    width: Decimal
    opacity: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure on the track; `beyond` when it lies past the end and is drawn there as an arrow."""

    x: Decimal
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The band in the units of its view box, one decimal each."""

    width: int
    height: int
    left: Decimal
    right: Decimal
    target_x: Decimal
    target_width: Decimal
    edges: tuple[Decimal, ...]
    fade: tuple[Slice, ...]
    actual: Mark | None
    projection: Mark | None
    pace: Mark | None
    start: Fraction
    end: Fraction


def draw(band: Band, *, width: int = WIDTH) -> Drawing:
    """Place every part of `band` on a track `width` units wide.

    >>> drawing = draw(Band(lo=40, hi=60, actual=30, projection=66), width=204)
    >>> str(drawing.target_x), str(drawing.target_width)  # zero to 72.6 over 200 units: 40 lies at 2 + 110.2
    ('112.2', '55.1')
    >>> str(drawing.actual.x)
    '84.6'
    """
    start, end = domain(band)

    def place(value: Exact) -> Decimal:
        share = (min(max(Fraction(value), start), end) - start) / (end - start)
        return tenth(MARGIN + share * (width - 2 * MARGIN))

    def mark(value: Exact | None) -> Mark | None:
        return None if value is None else Mark(place(value), beyond=not start <= Fraction(value) <= end)

    bounded = band.lo is not None or band.hi is not None
    left = place(start if band.lo is None else band.lo)
    right = place(end if band.hi is None else band.hi)
    solid_right = right
    if bounded and band.hi is None:
        solid_right = tenth(Fraction(left) + (Fraction(right) - Fraction(left)) * Fraction(2, 5))
    edges = tuple(place(value) for value in dict.fromkeys((band.lo, band.hi)) if value is not None)
    return Drawing(
        width=width,
        height=HEIGHT,
        left=tenth(MARGIN),
        right=tenth(width - MARGIN),
        target_x=left,
        target_width=solid_right - left if bounded else Decimal(0),
        edges=edges,
        fade=fading(solid_right, right) if bounded and band.hi is None else (),
        actual=mark(band.actual),
        projection=mark(band.projection),
        pace=mark(band.pace),
        start=start,
        end=end,
    )


def domain(band: Band) -> tuple[Fraction, Fraction]:
    """Return the values at both ends of the track: zero and a little more than the largest figure that fits."""
    bounds = [Fraction(value) for value in (band.lo, band.hi) if value is not None]
    figures = [Fraction(value) for value in (band.actual, band.projection, band.pace) if value is not None]
    # A target of zero or less says nothing of how large a figure is: then the figures make the scale.
    sized = bool(bounds) and max(bounds) > 0
    if band.hi is None and bounds:
        bounds.append(bounds[0] * OPEN_REACH if sized else bounds[0] + 1)
    farthest = max(bounds) * FARTHEST if sized else None
    shown = [value if farthest is None else min(value, farthest) for value in figures]
    low = min([Fraction(0), *bounds, *shown])
    high = max([Fraction(0), *bounds, *shown])
    if low == high:
        high = low + 1
    return low, (low + (high - low) * HEADROOM if farthest is None or high < farthest else high)


def fading(left: Decimal, right: Decimal) -> tuple[Slice, ...]:
    """Cut `left` to `right` into steps whose shade falls to nothing, so the open end needs no gradient with an id."""
    step = (Fraction(right) - Fraction(left)) / FADE_STEPS
    cuts = [tenth(Fraction(left) + step * index) for index in range(FADE_STEPS + 1)]
    return tuple(
        Slice(
            x=cuts[index],
            width=cuts[index + 1] - cuts[index],
            opacity=hundredth(1 - Fraction(index + 1, FADE_STEPS + 1)),
        )
        for index in range(FADE_STEPS)
    )


def tenth(value: Fraction | int) -> Decimal:
    """Return `value` rounded to one decimal."""
    return Decimal(round(Fraction(value) * 10)) / 10


def hundredth(value: Fraction) -> Decimal:
    """Return `value` rounded to two decimals."""
    return Decimal(round(value * 100)) / 100
