"""Place a short series in a line of text: the geometry of the sparkline."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from caudal.core.decimals import plain_decimal
from caudal.ui.band import Exact, tenth
from caudal.ui.formats import NUMBER, Unit

WIDTH = 96
HEIGHT = 24
MARGIN = 3


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A series, oldest first (None where nobody knows), with the target's interval behind it."""

    values: tuple[Exact | None, ...]
    lo: Exact | None = None
    hi: Exact | None = None
    unit: Unit = NUMBER
    label: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The sparkline in the units of its view box: one `points` text per unbroken run, the last point, the shade."""

    width: int
    height: int
    runs: tuple[str, ...]
    dots: tuple[tuple[Decimal, Decimal], ...]
    last: tuple[Decimal, Decimal] | None
    shade: tuple[Decimal, Decimal] | None


def draw(sparkline: Sparkline, *, width: int = WIDTH, height: int = HEIGHT) -> Drawing:
    """Place `sparkline`; gaps break the line, and a lone point between two gaps is a dot.

    >>> draw(Sparkline((0, 5, 10)), width=106, height=26).runs
    ('3,23 53,13 103,3',)
    """
    known = [Fraction(value) for value in sparkline.values if value is not None]
    bounds = [Fraction(value) for value in (sparkline.lo, sparkline.hi) if value is not None]
    if not known:
        return Drawing(width, height, (), (), None, None)
    low, high = min(known + bounds), max(known + bounds)
    step = Fraction(width - 2 * MARGIN, max(len(sparkline.values) - 1, 1))

    def across(index: int) -> Decimal:
        return tenth(MARGIN + step * index)

    def up(value: Exact) -> Decimal:
        share = (Fraction(value) - low) / (high - low) if high > low else Fraction(1, 2)
        return tenth(height - MARGIN - share * (height - 2 * MARGIN))

    points = [None if value is None else (across(index), up(value)) for index, value in enumerate(sparkline.values)]
    runs = unbroken(points)
    shade = None
    if bounds:
        top = up(high if sparkline.hi is None else sparkline.hi)
        shade = (top, up(low if sparkline.lo is None else sparkline.lo) - top)
    return Drawing(
        width=width,
        height=height,
        runs=tuple(" ".join(f"{plain(x)},{plain(y)}" for x, y in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs[:-1] if len(run) == 1),
        last=runs[-1][-1],
        shade=shade,
    )


def unbroken(points: Sequence[tuple[Decimal, Decimal] | None]) -> list[list[tuple[Decimal, Decimal]]]:
    """Cut `points` at the gaps into runs that hold at least one point."""
    runs: list[list[tuple[Decimal, Decimal]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def plain(value: Decimal) -> str:
    """Return `value` without a trailing ".0"."""
    return plain_decimal(value)
