"""The nine ways of making a number from facts, as values."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from caudal.core.periods import Grain


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The sum of an expression over the facts of a source whose `time` lies in the period.

    A fact whose measure is null (an amount without a rate, say) is left out of the sum and counted as missing.
    """

    source: str
    time: str
    measure: str
    where: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many facts there are."""

    source: str
    time: str
    where: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """How many different values of a field there are; exactly, never estimated."""

    source: str
    time: str
    entity: str
    where: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What all movements up to the end of the period come to: an opening is a movement before it.

    It is a level and not a flow: the balance of a year is that of its last day, never a sum of months.
    """

    source: str
    time: str
    measure: str
    where: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """A sum or count over a longer stretch that ends with the period.

    The stretch is the last `days` days, or begins with the `since` that the period's last day is in (year to date),
    or, with neither, with the first fact there is.
    """

    of: str
    days: int | None = None
    since: Grain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Facts that happen to an entity: the field that names it, when, and which facts count."""

    source: str
    time: str
    entity: str
    where: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The share of the entities with a `base` event in the period that have a `converted` one on that day or later.

    An entity counts once in a period, from its first base event there; `within_days` limits how much later.
    """

    base: Event
    converted: Event
    within_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The share of the entities whose `first` event ever is in the period that are `active` so many periods later.

    Age 0 is the period itself. Ages that have not begun are left out.
    """

    first: Event
    active: Event


@dataclass(frozen=True, slots=True)
class Derived:
    """An expression over other metrics, named by their ids."""

    expression: str


Leaf: TypeAlias = Sum | Count | Distinct | Balance | Cumulative | Conversion | Cohort
"""What is computed from facts directly."""
Part: TypeAlias = str | Sum | Count | Distinct | Balance | Derived
"""One side of a ratio; a text is an expression over metrics."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One number over another. Both are reported, and null is reported where the lower one is zero."""

    numerator: Part
    denominator: Part


Formula: TypeAlias = Leaf | Ratio | Derived

KINDS: Final[dict[type, str]] = {
    Sum: "sum",
    Count: "count",
    Distinct: "distinct",
    Balance: "balance",
    Ratio: "ratio",
    Derived: "derived",
    Cumulative: "cumulative",
    Conversion: "conversion",
    Cohort: "cohort",
}
