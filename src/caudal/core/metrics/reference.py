"""Metrics computed slowly and plainly, one row at a time: what the SQL is measured against.

Nothing is shared with the SQL but the definitions and the expression language, which has its own proof.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeAlias

from caudal.core.expressions import (
    MONEY,
    PLACES,
    Kind,
    RowValue,
    Schema,
    Term,
    Value,
    evaluate,
    exact,
    read,
    round_half_away,
)
from caudal.core.metrics.catalogue import REGISTRY
from caudal.core.metrics.definitions import Metric, Registry
from caudal.core.metrics.formulas import Balance, Cohort, Conversion, Count, Cumulative, Distinct, Event, Leaf, Sum
from caudal.core.metrics.requests import Request
from caudal.core.metrics.statements import settled
from caudal.core.metrics.trees import Tree, cumulated, tree_of
from caudal.core.periods import Days

Row: TypeAlias = Mapping[str, RowValue]
Key: TypeAlias = tuple[date, int | None, tuple[Value, ...]]
"""The first day of a period, an age, the dimensions."""


@dataclass(frozen=True, slots=True)
class DatedRate:
    """One unit of `base` costs `rate` of `quote` from `day` until the next."""

    base: str
    quote: str
    day: date
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows by source, with the schema that each source has there, and the rates.

    A row has its fields by name, and `ref`; `currency` is the currency of its amounts. A rate counts for
    `rate_days_max` days, its own among them; without, until the next. Rates to `pivot` on one day make one between.
    """

    rows: Mapping[str, Sequence[Row]]
    schemas: Mapping[str, Schema]
    rates: Sequence[DatedRate] = ()
    rate_days_max: int | None = None
    pivot: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One cell. `value` is exact; null when nothing is below the line."""

    period: date
    age: int | None
    dimensions: tuple[Value, ...]
    numerator: Fraction | None
    denominator: Fraction | None
    missing: int

    @property
    def value(self) -> Fraction | None:
        """Numerator over denominator."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(slots=True)
class _Sums:
    n: Fraction = field(default_factory=Fraction)
    d: Fraction = field(default_factory=Fraction)
    m: int = 0


def evaluate_metric(metric: Metric, request: Request, facts: Facts, registry: Registry = REGISTRY) -> list[Answer]:
    """The cells of a metric, ordered by period, age and dimensions (null last)."""
    tree = tree_of(metric, registry)
    asked = settled(metric, request, registry)
    reader = _Reader(metric, asked, facts, registry)
    leaves = [reader.leaf(leaf.formula) for leaf in tree.leaves]
    combinations = {dimensions for cells in leaves for _, _, dimensions in cells} if asked.by else {()}
    answers = []
    for period, age in _grid(tree, asked):
        for dimensions in combinations:
            sums = [cells.get((period.start, age, dimensions), _Sums()) for cells in leaves]
            answers.append(_answer(tree, asked, (period.start, age, dimensions), sums))
    return sorted(
        answers, key=lambda one: (one.period, one.age or 0, [(value is None, value) for value in one.dimensions])
    )


def _grid(tree: Tree, request: Request) -> Iterable[tuple[Days, int | None]]:
    if tree.cohort is None:
        return [(period, None) for period in request.periods()]
    assert request.grain is not None  # noqa: S101  settled
    count = len(request.ages(request.grain))
    return [(period, age) for place, period in enumerate(request.periods()) for age in range(count - place)]


def _answer(tree: Tree, request: Request, key: Key, sums: Sequence[_Sums]) -> Answer:
    row = {f"{name}{place}": value for place, one in enumerate(sums) for name, value in (("n", one.n), ("d", one.d))}
    above = evaluate(tree.above.term, row, request.setting)
    below = Fraction(1) if tree.below is None else evaluate(tree.below.term, row, request.setting)
    assert isinstance(above, Fraction | None)  # noqa: S101  numbers, by the checks
    assert isinstance(below, Fraction | None)  # noqa: S101  numbers, by the checks
    return Answer(*key, above, below, sum(one.m for one in sums))


class _Reader:
    """The facts of one request, leaf by leaf."""

    def __init__(self, metric: Metric, request: Request, facts: Facts, registry: Registry) -> None:
        self.metric, self.request, self.facts, self.registry = metric, request, facts, registry
        self.periods = request.periods()
        self.terms: dict[tuple[str, str], Term] = {}

    def leaf(self, leaf: Leaf) -> dict[Key, _Sums]:
        match leaf:
            case Sum() | Count() | Distinct():
                return self.over(leaf, [(period.start, period) for period in self.periods])
            case Balance():
                return self.over(leaf, [(period.start, Days(date.min, period.end)) for period in self.periods])
            case Cumulative():
                inner = cumulated(leaf, self.metric.id, self.registry)
                return self.over(inner, [(one.start, self.request.stretch_of(leaf, one)) for one in self.periods])
            case Conversion():
                return self.conversion(leaf)
            case Cohort():
                return self.cohort(leaf)

    def over(self, leaf: Sum | Count | Distinct | Balance, stretches: Sequence[tuple[date, Days]]) -> dict[Key, _Sums]:
        cells: dict[Key, _Sums] = {}
        seen: set[tuple[Key, Value]] = set()
        for day, dimensions, row in self.known(leaf):
            for start, stretch in stretches:
                if day not in stretch:
                    continue
                key = (start, None, dimensions)
                sums = cells.setdefault(key, _Sums())
                match leaf:
                    case Count():
                        sums.n += 1
                    case Distinct():
                        entity = self.told(leaf.entity, leaf.source, row)
                        sums.m += entity is None
                        sums.n += entity is not None and (key, entity) not in seen
                        seen.add((key, entity))
                    case Sum() | Balance():
                        measure = self.told(leaf.measure, leaf.source, row)
                        sums.m += measure is None
                        sums.n += round_half_away(measure, PLACES) if isinstance(measure, Fraction) else 0
        return cells

    def conversion(self, leaf: Conversion) -> dict[Key, _Sums]:
        first: dict[tuple[Key, Value], date] = {}
        for day, dimensions, row in self.known(leaf.base):
            period = next((period for period in self.periods if day in period), None)
            entity = self.told(leaf.base.entity, leaf.base.source, row)
            if period is not None and entity is not None:
                key = ((period.start, None, dimensions), entity)
                first[key] = min(day, first.get(key, day))
        later = self.days_by_entity(leaf.converted)
        cells: dict[Key, _Sums] = {}
        for (cell, entity), day in first.items():
            limit = date.max if leaf.within_days is None else day + timedelta(days=leaf.within_days)
            sums = cells.setdefault(cell, _Sums())
            sums.d += 1
            sums.n += any(day <= converted <= limit for converted in later.get(entity, ()))
        return cells

    def cohort(self, leaf: Cohort) -> dict[Key, _Sums]:
        first: dict[Value, tuple[date, str, tuple[Value, ...]]] = {}
        for day, dimensions, row in self.known(leaf.first):
            entity = self.told(leaf.first.entity, leaf.first.source, row)
            found = (day, str(row["ref"]), dimensions)
            if entity is not None and (entity not in first or found[:2] < first[entity][:2]):
                first[entity] = found
        active = self.days_by_entity(leaf.active)
        assert self.request.grain is not None  # noqa: S101  settled
        ages = self.request.ages(self.request.grain)
        cells: dict[Key, _Sums] = {}
        for entity, (day, _, dimensions) in first.items():
            place = next((place for place, period in enumerate(self.periods) if day in period), None)
            if place is None:
                continue
            for age, period in enumerate(ages[place:]):
                sums = cells.setdefault((self.periods[place].start, age, dimensions), _Sums())
                sums.d += 1
                sums.n += any(one in period and one >= day for one in active.get(entity, ()))
        return cells

    def days_by_entity(self, event: Event) -> dict[Value, list[date]]:
        found: dict[Value, list[date]] = {}
        for day, _, row in self.known(event, plain=True):
            found.setdefault(self.told(event.entity, event.source, row), []).append(day)
        return found

    def known(
        self, facts: Sum | Count | Distinct | Balance | Event, *, plain: bool = False
    ) -> Iterable[tuple[date, tuple[Value, ...], Row]]:
        """The facts that count and are known by then: day, dimensions, row with amounts in the company's currency."""
        schema = self.facts.schemas[facts.source]
        is_instant = schema.fields[facts.time].type.kind is Kind.INSTANT
        day_text = f"day_of({facts.time})" if is_instant else facts.time
        for stored in self.facts.rows[facts.source]:
            day = self.told(day_text, facts.source, stored)
            if not isinstance(day, date) or day > self.request.as_of:
                continue
            row = self.converted(stored, schema, day)
            counts = self.told(facts.where, facts.source, row) is True
            if counts and (plain or self.told(self.request.where, facts.source, row) is True):
                yield day, () if plain else tuple(exact(row[name]) for name in self.request.by), row

    def converted(self, row: Row, schema: Schema, day: date) -> Row:
        money = [
            name
            for name, one in schema.fields.items()
            if one.type.unit is not None and any(symbol == MONEY for symbol, _ in one.type.unit.powers)
        ]
        rate = self.rate(str(row.get("currency")), day) if money else None
        return {**row, **{name: _product(exact(row.get(name)), rate) for name in money}}

    def rate(self, currency: str, day: date) -> Fraction | None:
        own = self.request.currency
        if currency == own:
            return Fraction(1)
        usable = [one for one in self.facts.rates if self.counts(one, day)]
        known = [
            (one.day, place, one.rate if place == -1 else 1 / one.rate)
            for one in usable
            for place, pair in ((-1, (one.base, one.quote)), (-2, (one.quote, one.base)))
            if pair == (currency, own)
        ]
        pivot = self.facts.pivot
        known += [
            (one.day, -3, one.rate / other.rate)
            for one in usable
            for other in usable
            if pivot and (one.base, one.quote) == (pivot, own)
            if (other.base, other.quote, other.day) == (pivot, currency, one.day)
        ]
        return max(known)[2] if known else None

    def counts(self, rate: DatedRate, day: date) -> bool:
        days_max = self.facts.rate_days_max
        return rate.day <= day and (days_max is None or (day - rate.day).days < days_max)

    def told(self, text: str, source: str, row: Row) -> Value:
        if (source, text) not in self.terms:
            self.terms[source, text] = read(text, self.facts.schemas[source]).term
        return evaluate(self.terms[source, text], row, self.request.setting)


def _product(amount: Value, rate: Fraction | None) -> Fraction | None:
    return amount * rate if isinstance(amount, Fraction) and rate is not None else None
