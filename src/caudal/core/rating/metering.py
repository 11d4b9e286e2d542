"""From events to a quantity: which facts count at a watermark, and how a meter adds them up.

Nothing depends on the order in which facts arrive, on how they were batched, or on duplicates: what counts is what was
known at `as_of`, in the order in which it happened.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.money import Exact, Rounding, TooPrecise
from caudal.core.periods import Period, ratio

_TEN: Final = 10
_PLACES_MAX: Final = 30


class ConflictingUsage(Problem):
    """One identity stands for two different events."""

    code = "rating.conflicting_usage"
    status = 409
    message = msg("Event {id} of {source} was recorded before with other content.")
    hint = msg("Send a correction with an id of its own that names the event which it corrects.")


@dataclass(frozen=True, slots=True)
class UsageFact:
    """An event: so much at an instant, known since `recorded_at`, under a permanent identity (source, id).

    A correction is an event of its own that names the id of the one it `corrects` (of the same source) and stands in
    its place; with `quantity` None it takes it away. `value` is what unique counts tell apart.
    """

    source: str
    id: str
    occurred_at: datetime
    recorded_at: datetime
    quantity: Exact | None
    value: str = ""
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What counts of an event."""

    at: datetime
    quantity: Fraction
    value: str = ""


def known_usage(facts: Iterable[UsageFact], as_of: datetime) -> tuple[Usage, ...]:
    """What counts of all that was recorded up to an instant, in the order in which it happened.

    The same event twice counts once. Of several corrections of an event the last recorded one counts, and a correction
    may itself be corrected; one of an event that is not known counts for nothing. Raises ConflictingUsage.

    >>> from datetime import UTC
    >>> noon, later = datetime(2024, 5, 1, 12, tzinfo=UTC), datetime(2024, 5, 3, tzinfo=UTC)
    >>> first = UsageFact("api", "1", noon, noon, 10)
    >>> fewer = UsageFact("api", "2", noon, later, 7, corrects="1")
    >>> [int(usage.quantity) for usage in known_usage([fewer, first, first], later)]
    [7]
    >>> [int(usage.quantity) for usage in known_usage([fewer, first], noon)]
    [10]
    """
    by_identity: dict[tuple[str, str], UsageFact] = {}
    for fact in facts:
        if fact.recorded_at <= as_of:
            _keep(by_identity, fact)
    corrections = _latest_corrections(by_identity.values())
    counted = [_standing(fact, corrections) for fact in by_identity.values() if not fact.corrects]
    counted.sort(key=lambda fact: (fact.occurred_at, fact.source, fact.id))
    return tuple(
        Usage(fact.occurred_at, Fraction(fact.quantity), fact.value) for fact in counted if fact.quantity is not None
    )


def _keep(by_identity: dict[tuple[str, str], UsageFact], fact: UsageFact) -> None:
    """Keep the first receipt of an event; a later one must say the same."""
    kept = by_identity.setdefault((fact.source, fact.id), fact)
    if _content(kept) != _content(fact):
        raise ConflictingUsage(id=fact.id[:40], source=fact.source[:40])
    if fact.recorded_at < kept.recorded_at:
        by_identity[fact.source, fact.id] = fact


def _content(fact: UsageFact) -> tuple[object, ...]:
    return (fact.occurred_at, fact.quantity, fact.value, fact.corrects)


def _latest_corrections(facts: Iterable[UsageFact]) -> dict[tuple[str, str], UsageFact]:
    """For each event that is corrected, the correction that was recorded last."""
    latest: dict[tuple[str, str], UsageFact] = {}
    for fact in sorted(facts, key=lambda one: (one.recorded_at, one.id)):
        if fact.corrects:
            latest[fact.source, fact.corrects] = fact
    return latest


def _standing(fact: UsageFact, corrections: Mapping[tuple[str, str], UsageFact]) -> UsageFact:
    """What stands in the place of an event in the end."""
    while (fact.source, fact.id) in corrections:
        fact = corrections[fact.source, fact.id]
    return fact


class Aggregation(StrEnum):
    """How a meter makes one quantity of many events."""

    COUNT = "count"
    SUM = "sum"
    MAXIMUM = "maximum"
    LATEST = "latest"
    UNIQUE = "unique"
    """How many different values there were."""
    WEIGHTED = "weighted"
    """The running sum on average over time: 20 for half of a period are 10. What is there at the end is carried on."""


@dataclass(frozen=True, slots=True)
class Meter:
    """How usage is added up, and to what the sum is rounded (`places` may be negative; None is not rounded).

    Twenty units from the middle of March on, thirty from a day later:

    >>> from datetime import UTC
    >>> march = Period(datetime(2022, 3, 1, tzinfo=UTC), datetime(2022, 4, 1, tzinfo=UTC))
    >>> events = [Usage(datetime(2022, 3, day, tzinfo=UTC), Fraction(size)) for day, size in ((16, 20), (17, 10))]
    >>> Meter(Aggregation.WEIGHTED).measure(events, march, march.end)
    Fraction(470, 31)
    >>> [int(Meter(way).measure(events, march, march.end)) for way in (Aggregation.LATEST, Aggregation.SUM)]
    [10, 30]
    """

    aggregation: Aggregation
    rounding: Rounding | None = None
    places: int = 0

    def measure(self, usage: Sequence[Usage], period: Period, until: datetime, *, carried: Exact = 0) -> Fraction:
        """The quantity of a period as it stands at an instant of it. `usage` is in order of its instants.

        `carried` is the level that a WEIGHTED meter begins with.
        """
        end = min(until, period.end)
        within = [one for one in usage if period.start <= one.at < end]
        if self.aggregation is Aggregation.WEIGHTED:
            return self._rounded(_weighted(within, period, end, Fraction(carried)))
        return self._rounded(_ADDED[self.aggregation](within))

    def carried_out(self, usage: Sequence[Usage], period: Period, *, carried: Exact = 0) -> Fraction:
        """The level with which a WEIGHTED meter begins the next period."""
        return Fraction(carried) + sum((one.quantity for one in usage if one.at in period), Fraction(0))

    def _rounded(self, quantity: Fraction) -> Fraction:
        return quantity if self.rounding is None else round_quantity(quantity, self.rounding, self.places)


def round_quantity(quantity: Exact, rounding: Rounding, places: int = 0) -> Fraction:
    """Round a quantity to decimal places; negative ones are tens and hundreds. Raises TooPrecise.

    >>> [str(round_quantity(Fraction("123.4567"), Rounding.HALF_UP, places)) for places in (0, 2, -1)]
    ['123', '6173/50', '120']
    """
    if abs(places) > _PLACES_MAX:
        raise TooPrecise(text=quantity, places=_PLACES_MAX)
    unit = Fraction(_TEN) ** places
    return rounding.whole(Fraction(quantity) * unit) / unit


def _weighted(usage: Sequence[Usage], period: Period, end: datetime, carried: Fraction) -> Fraction:
    level, since, area = carried, period.start, Fraction(0)
    for one in usage:
        area += level * ratio(one.at - since, period.duration)
        level, since = level + one.quantity, one.at
    return area + level * ratio(end - since, period.duration) if end > since else area


_ADDED: Final[Mapping[Aggregation, Callable[[Sequence[Usage]], Fraction]]] = {
    Aggregation.COUNT: lambda usage: Fraction(len(usage)),
    Aggregation.SUM: lambda usage: sum((one.quantity for one in usage), Fraction(0)),
    Aggregation.MAXIMUM: lambda usage: max((one.quantity for one in usage), default=Fraction(0)),
    Aggregation.LATEST: lambda usage: usage[-1].quantity if usage else Fraction(0),
    Aggregation.UNIQUE: lambda usage: Fraction(len({one.value for one in usage})),
}
