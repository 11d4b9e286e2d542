"""What people typed of numbers that nothing counts: who, when, from where, and which of several counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Final, TypeAlias

from django.db.models import Q

from caudal.core.ids import Ref
from caudal.core.periods import CalendarPeriod, Grain
from caudal.core.plans import Plan, Target
from caudal.kit.access import Actor, Verb, may
from caudal.plan.models import TypedActual
from caudal.workspace.queries import actor_names

ONE_CLAIM: Final = ("metric", "target", "pillar", "unit", "grain", "starts_on", "through_on")
"""Rows that agree in these speak of the same; the newest counts."""


@dataclass(frozen=True, slots=True)
class Number:
    """What an actual is of: a metric or a target without one, of a line of business, in a unit.

    Two targets of one metric, line and unit share their actuals; another version of the plan's file keeps them.
    """

    metric: str
    target: str
    pillar: str
    unit: str

    @classmethod
    def of(cls, target: Target) -> "Number":
        """Return the number that a target is about."""
        return cls(target.metric or "", "" if target.metric else target.id, target.pillar or "", target.unit.text)

    @property
    def id(self) -> str:
        """The metric, or the target."""
        return self.metric or self.target


Claim: TypeAlias = tuple[Number, CalendarPeriod, date]
"""A number, a period and the last day of it that is spoken of."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody said a number came to. `value` is None where it was taken back."""

    ref: Ref
    number: Number
    period: CalendarPeriod
    through: date
    revision: int
    value: Fraction | None
    source: str
    by: str
    at: datetime
    counts: bool = True
    """False for one that a newer one corrected."""

    @classmethod
    def read(cls, row: TypedActual, fiscal_start: int, *, counts: bool = True) -> "Typed":
        """Return a row as a value."""
        return cls(
            row.ref,
            Number(row.metric, row.target, row.pillar, row.unit),
            CalendarPeriod.of(Grain(row.grain), row.starts_on, fiscal_start),
            row.through_on,
            row.revision,
            None if row.value is None else Fraction(row.value),
            row.source,
            row.created_by,
            row.created_at,
            counts,
        )

    @property
    def is_whole(self) -> bool:
        """Whether it speaks of the whole period."""
        return self.through == self.period.days.last


@dataclass(frozen=True, slots=True)
class TypedNumbers:
    """The actuals that count, by number and period, each period's by their last days."""

    found: Mapping[Number, Mapping[CalendarPeriod, tuple[Typed, ...]]] = field(default_factory=dict)

    def by(self, target: Target, period: CalendarPeriod, day: date) -> Typed | None:
        """Return the newest knowledge of a period, as of the end of a day."""
        told = [each for each in self.of(target, period) if each.through <= day]
        return told[-1] if told else None

    def of(self, target: Target, period: CalendarPeriod) -> tuple[Typed, ...]:
        """Return all that counts of a period, by the last days that it speaks of."""
        return self.found.get(Number.of(target), {}).get(period, ())

    def whole(self, target: Target, period: CalendarPeriod) -> Fraction | None:
        """Return what a whole period came to, where that was typed."""
        told = self.of(target, period)
        return told[-1].value if told and told[-1].is_whole else None


def typed_numbers(actor: Actor, earliest: Mapping[Grain, date], fiscal_start: int) -> TypedNumbers:
    """Return the actuals that count of periods that begin on the earliest day of their grain or later."""
    if not earliest or not may(actor, "actual", Verb.VIEW):
        return TypedNumbers()
    since = reduce(or_, (Q(grain=grain, starts_on__gte=day) for grain, day in earliest.items()))
    rows = TypedActual.for_actor(actor).filter(since).order_by(*ONE_CLAIM, "-revision", "pk").distinct(*ONE_CLAIM)
    found: dict[Number, dict[CalendarPeriod, list[Typed]]] = {}
    for row in rows:
        if row.value is not None:
            told = Typed.read(row, fiscal_start)
            found.setdefault(told.number, {}).setdefault(told.period, []).append(told)
    return TypedNumbers(
        {number: {period: tuple(told) for period, told in periods.items()} for number, periods in found.items()}
    )


def newest_claims(numbers: Iterable[Number], *, lock: bool = False) -> dict[tuple[object, ...], TypedActual]:
    """Return the newest row of every claim about some numbers, by what they agree in, locked if asked."""
    ids = {number.id for number in numbers}
    rows = TypedActual.objects.filter(Q(metric__in=ids - {""}) | Q(target__in=ids - {""})).order_by("revision", "pk")
    rows = rows.select_for_update() if lock else rows
    return {tuple(getattr(row, name) for name in ONE_CLAIM): row for row in rows}


def history_of(actor: Actor, target: Target, fiscal_start: int, *, limit: int = 60) -> list[Typed]:
    """Return all that was ever typed of a target's number, the newest period first, in it the newest word first."""
    number = Number.of(target)
    rows = TypedActual.for_actor(actor).filter(
        metric=number.metric, target=number.target, pillar=number.pillar, unit=number.unit
    )
    told, seen = [], set()
    for row in rows.order_by("-starts_on", "-through_on", "-revision", "pk")[:limit]:
        claim = tuple(getattr(row, name) for name in ONE_CLAIM)
        told.append(Typed.read(row, fiscal_start, counts=claim not in seen))
        seen.add(claim)
    return told


def typed_lately(actor: Actor, fiscal_start: int, *, limit: int = 50) -> list[Typed]:
    """Return what was typed last, the newest first."""
    rows = TypedActual.for_actor(actor).order_by("-created_at", "-pk")[:limit]
    return [Typed.read(row, fiscal_start) for row in rows]


def typists(told: Iterable[Typed]) -> dict[str, str]:
    """Return what those who typed are called, by their ids."""
    ids = {each.by for each in told}
    return dict.fromkeys(ids, "Caudal") | dict(actor_names(ids))


def targets_named(plan: Plan, name: str, pillar: str = "") -> tuple[Target, ...]:
    """Return the targets that a name means: a target's id, or a metric's, of a line of business where one is named."""
    of_id = tuple(target for target in plan.targets if target.id == name)
    if of_id:
        return of_id
    of_metric = plan.measured_by(name)
    return tuple(target for target in of_metric if not pillar or target.pillar == pillar)
