"""What stands around the targets of a plan: parts, prices, channels, budget, phases, methodologies, tools and claims.

Each is a value with the lines of the source document that say so. A number stands in a plan once: what a target says
already is named by the target's id and not said again.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from caudal.core.errors import Place
from caudal.core.intervals import Interval, Reading, exact_text
from caudal.core.plans.labels import Label
from caudal.core.plans.units import Unit

NOWHERE: Final = Place()


@dataclass(frozen=True, slots=True)
class Figure:
    """A range in a unit; `hi` is None for "5,000 or more"."""

    lo: Fraction
    hi: Fraction | None
    unit: Unit

    def read(self, reading: Reading) -> Interval:
        """Its interval in one of the two readings of an open end."""
        return Interval.read(self.lo, self.hi, reading)

    def scaled(self, scale: Fraction) -> "Figure":
        """The same figure at another size."""
        return Figure(self.lo * scale, None if self.hi is None else self.hi * scale, self.unit)

    def to_json(self) -> dict[str, Any]:
        """The ends as exact text, and the unit."""
        return {
            "lo": exact_text(self.lo),
            "hi": None if self.hi is None else exact_text(self.hi),
            "open": self.hi is None,
            "unit": self.unit.text,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Something that the source document says: an id, what people read, the lines, and the place in the plan file."""

    id: str
    label: Label
    lines: tuple[int, ...] = ()
    place: Place = NOWHERE

    def to_json(self) -> dict[str, Any]:
        """Every field but the place, with exact numbers as text and what is not there left out."""
        told = {entry.name: _plain(getattr(self, entry.name)) for entry in fields(self) if entry.name != "place"}
        return {name: value for name, value in told.items() if value not in (None, [])}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Passage):
    """One of several figures that a target is the sum of."""

    of: str
    """The target that it is a part of."""
    figure: Figure
    metric: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Passage):
    """An entry of a price list: a figure of its own, or the target that says it."""

    pillar: str | None = None
    figure: Figure | None = None
    target: str | None = None


class ChannelKind(StrEnum):
    """What a channel does."""

    SALES = "sales"
    """Sells: a model or a place of sale."""
    ACQUISITION = "acquisition"
    """Brings leads."""
    PARTNERS = "partners"
    """Works through others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Passage):
    """A way to customers, with the targets that speak of it."""

    channel: ChannelKind
    pillar: str | None = None
    within: str | None = None
    """The channel that it belongs to."""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine(Passage):
    """A sum of money, said by a target, and the targets that it is the sum of."""

    target: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Passage):
    """What is done in some months of the plan, the first being 1."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase(Passage):
    """A stretch of months, what is done in them, and what comes of it."""

    first: int
    last: int
    outcome: Label | None = None
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Methodology(Passage):
    """A way of selling, its steps, and the target that says what it should bring."""

    steps: tuple[Label, ...] = ()
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools(Passage):
    """Tools of one kind by their names, and the target that says what they should bring."""

    tools: tuple[str, ...]
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Passage):
    """What the source promises without a target of its own, or names beside one."""

    figure: Figure | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Passages:
    """All of it, each kind in the order of the file."""

    parts: tuple[Part, ...] = ()
    prices: tuple[Price, ...] = ()
    channels: tuple[Channel, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    phases: tuple[Phase, ...] = ()
    methodologies: tuple[Methodology, ...] = ()
    stack: tuple[Tools, ...] = ()
    claims: tuple[Claim, ...] = ()

    def parts_of(self, target_id: str) -> tuple[Part, ...]:
        """The parts of a target."""
        return tuple(part for part in self.parts if part.of == target_id)

    def to_json(self) -> dict[str, Any]:
        """Lists by kind."""
        return {kind.name: [entry.to_json() for entry in getattr(self, kind.name)] for kind in fields(self)}


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Figure | Label | Passage):
        return value.to_json()
    return value.value if isinstance(value, StrEnum) else value
