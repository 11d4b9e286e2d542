"""What is asked of a metric, and the marts it is asked of: all plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.expressions import Field, Schema, Setting
from caudal.core.metrics.definitions import Source
from caudal.core.metrics.formulas import Cumulative
from caudal.core.periods import CalendarPeriod, Days, Grain, TooManyPeriods, periods_of

Dimension: TypeAlias = Any
"""The value of a dimension: a text, a date, yes or no, a number, or None."""

RESERVED: Final = frozenset(
    {"period", "period_end", "age", "value", "numerator", "denominator", "missing", "complete", "currency"}
)
MOST_PERIODS: Final = 5_000


class NotFed(Problem):
    """Nothing provides the facts of a metric yet."""

    code = "metric.not_fed"
    status = 409
    message = msg("Nothing feeds {metric} yet: there are no facts of the kind “{source}”.")


class UnknownDimension(Problem):
    """The metric cannot be broken down by this."""

    code = "metric.dimension_unknown"
    status = 422
    message = msg("{metric} cannot be broken down by “{dimension}”.")
    hint = msg("It can be broken down by: {known}.")


class UnknownCell(Problem):
    """There is no such cell in the answer to the request."""

    code = "metric.cell_unknown"
    status = 404
    message = msg("{metric} has no cell of {period} in this question.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question: the days `[start, end)` in the company's zone, cut by `grain` and by dimensions, filtered by `where`.

    Facts after `as_of` are not known yet and do not count. Without a grain the whole stretch is one period. The first
    and the last period end where the stretch does. `currency` is the company's.
    """

    start: date
    end: date
    as_of: date
    grain: Grain | None = None
    by: tuple[str, ...] = ()
    where: str = "true"
    zone: str = "UTC"
    currency: str = "EUR"
    fiscal_start: int = 1

    @property
    def setting(self) -> Setting:
        """What the expressions of the metric may know."""
        return Setting(self.as_of, self.zone)

    def periods(self) -> tuple[Days, ...]:
        """The periods asked for, in order. Raises EmptyPeriod, TooManyPeriods."""
        asked = Days(self.start, self.end)
        if self.grain is None:
            return (asked,)
        return tuple(
            Days(max(tile.start, self.start), min(tile.end, self.end)) for tile in self._tiles(self.grain, self.end)
        )

    def ages(self, grain: Grain) -> tuple[Days, ...]:
        """The whole periods that have begun, from the first asked for on: what cohorts grow old in."""
        end = self.as_of + timedelta(days=1)
        tiles = self._tiles(grain, end) if end > self.start else ()
        return tuple(Days(max(tile.start, self.start), tile.end) for tile in tiles)

    def _tiles(self, grain: Grain, end: date) -> tuple[Days, ...]:
        tiles = periods_of(grain, self.start, end, self.fiscal_start)
        if len(tiles) > MOST_PERIODS:
            raise TooManyPeriods(start=self.start, end=end, count_max=MOST_PERIODS)
        return tuple(tile.days for tile in tiles)

    def stretch_of(self, formula: Cumulative, period: Days) -> Days:
        """The days that a cumulative metric looks back on at the end of a period."""
        if formula.days is not None:
            first = date.fromordinal(max(period.end.toordinal() - formula.days, 1))
        elif formula.since is not None:
            first = CalendarPeriod.of(formula.since, period.last, self.fiscal_start).days.start
        else:
            first = date.min
        return Days(first, period.end)


@dataclass(frozen=True, slots=True)
class Rates:
    """A relation of dated exchange rates: one unit of `base` costs `rate` of `quote` from `day` until the next one.

    A rate counts for `days_max` days, its own among them, and then for none; without, it counts until the next. Where
    no rate between two currencies is as new, the quotient of their rates to `pivot` on one day counts.
    """

    relation: str
    base: str = "base"
    quote: str = "quote"
    day: str = "day"
    rate: str = "rate"
    days_max: int | None = None
    pivot: str = ""
    """The currency that the others are told in: EUR for the European Central Bank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MartShape:
    """How a context provides the facts of one source, in SQL.

    `relation` is a table, a view or a bracketed SELECT, read as `f`; `fields` give the source's fields, and any others
    of this company, as SQL over `f`. `ref` is the SQL of the record's id, where drilling down ends. Money fields are
    in major units of `currency`, an SQL text too. `parameters` are those of the relation, `scope` names the columns in
    which the reach of an actor shows.
    """

    source: str
    relation: str
    fields: Mapping[str, Field]
    ref: str
    currency: str = ""
    scope: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        """The fields that expressions may name."""
        return Schema(self.fields)

    def scoped(
        self, column: str, allowed: Iterable[object], cast: str, *, with_none: bool = False, also: Sequence[object] = ()
    ) -> "MartShape":
        """The same facts, of which only rows remain whose scope column holds one of the allowed values.

        `cast` is the SQL type of the column: `uuid`. `with_none` keeps the rows where it holds nothing, `also` those
        of some records, by their ids.
        """
        name = f"scope_{self.source}_{column}"
        condition = f"{self.scope[column]} = any(%({name})s::{cast}[])"
        if with_none:
            condition = f"({condition} or {self.scope[column]} is null)"
        own = {name: list(allowed)}
        if also:
            condition = f"({condition} or {self.ref} = any(%({name}_also)s::{cast}[]))"
            own[f"{name}_also"] = list(also)
        narrowed = f"(select f.* from {self.relation} f where {condition})"  # noqa: S608  our own names
        return replace(self, relation=narrowed, parameters={**self.parameters, **own})


@dataclass(frozen=True, slots=True)
class Marts:
    """The marts by source, and the rates that turn amounts into the company's currency."""

    shapes: Mapping[str, MartShape]
    rates: Rates | None = None

    @classmethod
    def of(cls, *shapes: MartShape, rates: Rates | None = None) -> "Marts":
        """The marts of these shapes."""
        return cls({shape.source: shape for shape in shapes}, rates)


def check_marts(marts: Marts, sources: Mapping[str, Source]) -> list[Finding]:
    """What the marts do not give as their sources say: fields that are missing, or of another kind or unit."""
    found = []
    for shape in marts.shapes.values():
        source = sources.get(shape.source)
        for name, wanted in source.schema.fields.items() if source else ():
            given = shape.fields.get(name)
            place = Place(name=f"{shape.source}.{name}")
            if given is None:
                found.append(Finding("mart.field_missing", msg("This field is missing."), place=place))
            elif (given.type.kind, given.type.unit) != (wanted.type.kind, wanted.type.unit):
                found.append(
                    Finding(
                        "mart.field_type",
                        msg("This field is: {given}. Wanted is: {wanted}."),
                        place=place,
                        params={"given": given.type, "wanted": wanted.type},
                    )
                )
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of an answer: the first day of its period, its dimensions in order, and its age if it has one."""

    period: date
    dimensions: tuple[Dimension, ...] = ()
    age: int | None = None
