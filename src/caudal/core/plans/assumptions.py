"""What a plan takes for granted: what its drivers are likely to be, how they ramp up, and what is computed from them.

A driver is a number that the company moves or the world decides; a formula says how another number follows from them.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from caudal.core.errors import Place
from caudal.core.intervals import Interval, exact_text
from caudal.core.metrics import Direction
from caudal.core.plans.labels import Label
from caudal.core.plans.passages import NOWHERE, Phase
from caudal.core.plans.responses import Response
from caudal.core.plans.units import Unit


class Distribution(StrEnum):
    """How likely the values in a driver's range are."""

    UNIFORM = "uniform"
    """All alike."""
    TRIANGULAR = "triangular"
    """Rising to `likely` and falling from there, in straight lines."""
    PERT = "pert"
    """The same, as a smooth hill: ends count for a sixth each, `likely` for four sixths."""
    NORMAL = "normal"
    """A bell around `likely`, cut off at the ends."""
    LOGNORMAL = "lognormal"
    """A bell around `likely` in proportions: twice is as likely as half; cut off at the ends."""
    FIXED = "fixed"
    """Always `likely`."""
    EMPIRICAL = "empirical"
    """As some values of one's own lie, and between them."""


MAY_BE_OPEN: Final = frozenset({Distribution.NORMAL, Distribution.LOGNORMAL})
"""Shapes that say how likely large values are, so they need no upper end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A number with a range and a shape. `hi` is None where only the shape says what is too much.

    `likely` is the mode of a triangle or a hill, the middle of a bell, the value of what is fixed; it stays below
    `p95` in 95 of 100 cases. `own` is true of a driver that no target speaks of.
    """

    id: str
    label: Label
    unit: Unit
    lo: Fraction
    hi: Fraction | None
    shape: Distribution = Distribution.UNIFORM
    likely: Fraction | None = None
    p95: Fraction | None = None
    values: tuple[Fraction, ...] = ()
    ramp: str | None = None
    own: bool = False
    why: Label | None = None
    place: Place = NOWHERE

    @property
    def range(self) -> Interval:
        """All it can be."""
        return Interval(self.lo, self.hi)

    @property
    def middle(self) -> Fraction:
        """What it is when nothing else is said: its likely value, or the middle of its range."""
        if self.likely is not None:
            return self.likely
        if self.values:
            return sorted(self.values)[len(self.values) // 2]
        return self.lo if self.hi is None else (self.lo + self.hi) / 2

    def scaled(self, scale: Fraction) -> "Driver":
        """The same driver at another size."""
        return replace(
            self,
            lo=self.lo * scale,
            hi=None if self.hi is None else self.hi * scale,
            likely=None if self.likely is None else self.likely * scale,
            p95=None if self.p95 is None else self.p95 * scale,
            values=tuple(value * scale for value in self.values),
        )

    def to_json(self) -> dict[str, Any]:
        """Every field but the place, with exact numbers as text."""
        return {
            "id": self.id,
            "label": self.label.to_json(),
            "unit": self.unit.text,
            "lo": exact_text(self.lo),
            "hi": _text(self.hi),
            "shape": self.shape.value,
            "likely": _text(self.likely),
            "p95": _text(self.p95),
            "values": [exact_text(value) for value in self.values],
            "ramp": self.ramp,
            "own": self.own,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """How a number follows from others: an expression over ids; `x.before` is what x was the month before.

    `starts` says what the number was before the first month. `label` and `unit` are None where a target has them.
    """

    id: str
    value: str
    starts: str = ""
    label: Label | None = None
    unit: Unit | None = None
    better: Direction | None = None
    why: Label | None = None
    place: Place = NOWHERE
    value_place: Place = NOWHERE
    starts_place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """How far along something is: a share at the beginning, and one at the end of each phase, in straight lines.

    >>> from caudal.core.plans.passages import Phase
    >>> none = Label("", "")
    >>> phases = [Phase(id=name, label=none, first=first, last=first + 1) for name, first in (("a", 1), ("b", 3))]
    >>> ramp = Ramp(id="r", label=none, start=Fraction(0), ends=(("a", Fraction(1, 2)), ("b", Fraction(1))))
    >>> [str(ramp.level(month, phases)) for month in range(1, 6)]
    ['1/4', '1/2', '3/4', '1', '1']
    """

    id: str
    label: Label
    start: Fraction
    ends: tuple[tuple[str, Fraction], ...]

    def level(self, month: int, phases: "list[Phase] | tuple[Phase, ...]") -> Fraction:
        """The share in a month, the first being 1; after the last phase it stays."""
        reached = dict(self.ends)
        steps = sorted((phase.first - 1, phase.last, reached[phase.id]) for phase in phases if phase.id in reached)
        level = self.start
        for begins, ends, share in steps:
            if month <= begins:
                break
            level += (share - level) * Fraction(min(month, ends) - begins, ends - begins)
        return level


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Two drivers that go together (above zero) or against each other (below), from -1 to 1."""

    id: str
    of: tuple[str, str]
    strength: Fraction
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What is needed of something, and what there is of it, both as expressions over ids."""

    id: str
    label: Label
    unit: Unit
    needs: str
    has: str
    why: Label | None = None
    place: Place = NOWHERE
    needs_place: Place = NOWHERE
    has_place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All of it, each kind in the order of the file."""

    drivers: tuple[Driver, ...] = ()
    formulas: tuple[Formula, ...] = ()
    ramps: tuple[Ramp, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    responses: tuple[Response, ...] = ()
    capacities: tuple[Capacity, ...] = ()

    def scaled(self, scale: Fraction, ids: tuple[str, ...]) -> "Assumptions":
        """The same at another size of those totals whose ids are given."""
        return replace(
            self,
            drivers=tuple(driver.scaled(scale) if driver.id in ids else driver for driver in self.drivers),
            responses=tuple(curve.scaled(scale) if curve.spend in ids else curve for curve in self.responses),
        )


@dataclass(frozen=True, slots=True)
class Together:
    """How drivers go together: their ids, and the unit lower triangle and diagonal of their correlation matrix."""

    of: tuple[str, ...] = ()
    lower: tuple[tuple[Fraction, ...], ...] = ()
    diagonal: tuple[Fraction, ...] = field(default=())


def together(correlations: tuple[Correlation, ...]) -> Together | None:
    """Split the matrix of correlations into L·D·Lᵀ, exactly; None when no numbers at all can go together so.

    >>> half = Fraction(1, 2)
    >>> pair = Correlation(id="", of=("a", "b"), strength=half)
    >>> [str(value) for value in together((pair,)).diagonal]
    ['1', '3/4']
    >>> circle = tuple(Correlation(id="", of=of, strength=-half * 3 / 2) for of in (("a", "b"), ("b", "c"), ("a", "c")))
    >>> together(circle) is None  # three cannot all go against each other that much
    True
    """
    of = tuple(dict.fromkeys(name for each in correlations for name in each.of))
    size = len(of)
    rest = [[Fraction(row == column) for column in range(size)] for row in range(size)]
    for each in correlations:
        one, other = (of.index(name) for name in each.of)
        rest[one][other] = rest[other][one] = each.strength
    lower = [[Fraction(row == column) for column in range(size)] for row in range(size)]
    diagonal = []
    for step in range(size):
        pivot = rest[step][step]
        below = range(step + 1, size)
        if pivot < 0 or (pivot == 0 and any(rest[row][step] for row in below)):
            return None
        diagonal.append(pivot)
        for row in below:
            lower[row][step] = rest[row][step] / pivot if pivot else Fraction(0)
        for row in below:
            for column in below:
                rest[row][column] -= lower[row][step] * lower[column][step] * pivot
    return Together(of, tuple(map(tuple, lower)), tuple(diagonal))


def in_order(*values: Fraction | None) -> bool:
    """Whether those values that are there never fall."""
    known = [value for value in values if value is not None]
    return all(one <= other for one, other in pairwise(known))


def _text(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)
