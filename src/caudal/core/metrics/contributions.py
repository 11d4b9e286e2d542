# ruff: noqa: S608  making SQL is what this file is for: names are ours, values are bound
"""What each record adds to the cells of one leaf, as SQL.

The rows have a `period` (an `age` too for cohorts), the dimensions `x0`, `x1`, …, the record's `ref` and `day`, and
`n`, `d`, `m`: what it adds above the line, below it, and to the count of facts whose measure is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from caudal.core.expressions import BOOLEAN, MONEY, Expression, Field, Kind, Parameters, Schema, read, sql_value
from caudal.core.metrics.definitions import Metric, Registry
from caudal.core.metrics.formulas import Balance, Cohort, Conversion, Count, Cumulative, Distinct, Event, Leaf, Sum
from caudal.core.metrics.requests import RESERVED, Marts, MartShape, NotFed, Rates, Request, UnknownDimension
from caudal.core.metrics.trees import cumulated
from caudal.core.periods import Days

_ADDED: Final = "sum(n) as n, sum(d) as d, sum(m) as m"


@dataclass(frozen=True, slots=True)
class Contributions:
    """The SQL of contributions, for one metric and one request. `parameters` collects the values."""

    metric: Metric
    request: Request
    marts: Marts
    registry: Registry
    parameters: Parameters

    @property
    def dimensions(self) -> list[str]:
        """The columns of the dimensions, in the order of the request."""
        return [f"x{position}" for position, _ in enumerate(self.request.by)]

    def of(self, leaf: Leaf, *, listed: bool) -> str:
        """The SELECT of a leaf's contributions; unless they are `listed`, those of one day may be one row."""
        match leaf:
            case Sum() | Count():
                return self.placed(self.counted(leaf, self.request.start))
            case Distinct():
                return self.once(self.placed(self.counted(leaf, self.request.start)))
            case Balance():
                stretches = [Days(date.min, period.end) for period in self.request.periods()]
                return self.stretched(leaf, stretches, listed=listed)
            case Cumulative():
                inner = cumulated(leaf, self.metric.id, self.registry)
                stretches = [self.request.stretch_of(leaf, period) for period in self.request.periods()]
                return self.stretched(inner, stretches, listed=listed)
            case Conversion():
                return self.converted(leaf)
            case Cohort():
                return self.grown(leaf)

    # Sums and counts.

    def counted(self, leaf: Sum | Count | Distinct | Balance, since: date) -> str:
        """One row per fact from `since` on, with what it adds and, for a distinct count, its entity."""
        given, adds, lacks = _adding(leaf)
        entity = ", given as entity" if isinstance(leaf, Distinct) else ""
        facts = self.facts(leaf, {"given": given}, since)
        keys = _listed("day", "ref", *self.dimensions)
        added = f"{adds}::numeric as n, 0::numeric as d, ({lacks})::integer::numeric as m"
        return f"select {keys}{entity}, {added} from ({facts}) b"

    def placed(self, facts: str) -> str:
        """Facts with the period that their day is in."""
        starts = self.starts()
        return f"select ({starts})[width_bucket(b.day, {starts})] as period, b.* from ({facts}) b"

    def stretched(self, leaf: Sum | Count | Distinct | Balance, stretches: Sequence[Days], *, listed: bool) -> str:
        """Facts once for every period that looks back on their day."""
        facts = self.counted(leaf, min(stretch.start for stretch in stretches))
        if not listed and not isinstance(leaf, Distinct):
            keys = _listed("day", *self.dimensions)
            facts = f"select {keys}, null::text as ref, {_ADDED} from ({facts}) b group by {keys}"
        low = self.parameters.bind([stretch.start for stretch in stretches], "date[]")
        high = self.parameters.bind([stretch.end for stretch in stretches], "date[]")
        periods = f"unnest({self.starts()}, {low}, {high}) p(period, low, high)"
        found = f"select p.period, b.* from ({facts}) b join {periods} on b.day >= p.low and b.day < p.high"
        return self.once(found) if isinstance(leaf, Distinct) else found

    def once(self, placed: str) -> str:
        """Of each entity in a cell its first fact; facts without an entity stay, they are missing."""
        keys = _listed("period", *self.dimensions, "entity", "case when entity is null then ref end")
        return f"select distinct on ({keys}) b.* from ({placed}) b order by {keys}, day, ref"

    # Shares of entities.

    def converted(self, leaf: Conversion) -> str:
        """Each entity's first base event in a cell; above the line when a converted one follows in time."""
        base = self.placed(self.facts(leaf.base, {"entity": leaf.base.entity}, self.request.start))
        given = {"entity": leaf.converted.entity}
        later = self.facts(leaf.converted, given, self.request.start, until=date.max, plain=True)
        keys = _listed("period", *self.dimensions, "entity")
        first = f"select distinct on ({keys}) b.* from ({base}) b where entity is not null order by {keys}, day, ref"
        limit = ""
        if leaf.within_days is not None:
            limit = f" and c.day <= b.day + {self.parameters.bind(leaf.within_days, 'integer')}"
        follows = f"exists (select from unnest(b.days) c(day) where c.day >= b.day{limit})"
        found = self.followed(first, later, "period", "day", "ref", *self.dimensions)
        return f"select b.*, {follows}::integer::numeric as n, 1::numeric as d, 0::numeric as m from ({found}) b"

    def grown(self, leaf: Cohort) -> str:
        """Each entity at every age of its cohort; above the line when it is active then."""
        starts, bind = self.starts(), self.parameters.bind
        assert self.request.grain is not None  # noqa: S101  the statement gave it one
        ages = self.request.ages(self.request.grain)
        grown_starts = bind([period.start for period in ages], "date[]")
        history = self.facts(leaf.first, {"entity": leaf.first.entity}, date.min)
        firsts = (
            f"select distinct on (entity) b.* from ({history}) b where entity is not null order by entity, day, ref"
        )
        members = (
            f"select ({starts})[width_bucket(b.day, {starts})] as period, width_bucket(b.day, {starts}) as place, b.* "
            f"from ({firsts}) b where b.day >= {bind(self.request.start, 'date')}"
        )
        active = self.facts(leaf.active, {"entity": leaf.active.entity}, self.request.start, until=date.max, plain=True)
        then = f"width_bucket(a.day, {grown_starts}) = g.place"
        alive = f"exists (select from unnest(m.days) a(day) where a.day >= m.day and {then})"
        found = self.followed(members, active, "period", "place", "day", "ref", *self.dimensions)
        return (
            f"select m.*, (g.place - m.place)::integer as age, {alive}::integer::numeric as n, 1::numeric as d, "
            f"0::numeric as m from ({found}) m "
            f"join generate_series(1, coalesce(array_length({grown_starts}, 1), 0)) g(place) on g.place >= m.place"
        )

    @staticmethod
    def followed(counted: str, later: str, *columns: str) -> str:
        """The `columns` of counted rows, each with the `days` of all later facts of its entity, and some nulls.

        One window over both: joined, they would be planned on guesses about expressions, and compared row by row.
        """
        both = (
            f"select {_listed(*columns)}, entity, null::date as later from ({counted}) b "
            f"union all select {_listed(*['null'] * len(columns))}, entity, day from ({later}) c"
        )
        partition = "array_agg(later) over (partition by entity) as days"
        return f"select u.* from (select t.*, {partition} from ({both}) t) u where u.later is null"

    # Facts.

    def facts(
        self,
        facts: Sum | Count | Distinct | Balance | Event,
        given: Mapping[str, str],
        since: date,
        *,
        until: date | None = None,
        plain: bool = False,
    ) -> str:
        """The facts of a source from `since` on and known by `as_of`, with `given` expressions as columns.

        `plain` ones have neither the dimensions nor the filter of the request: they only follow others.
        """
        shape = self.shape(facts.source)
        schema = _converted_schema(shape)
        is_instant = shape.fields[facts.time].type.kind is Kind.INSTANT
        day = read(f"day_of({facts.time})" if is_instant else facts.time, schema)
        columns = {name: read(text, schema) for name, text in given.items()}
        if not plain:
            columns |= {
                key: self.dimension(name, schema) for key, name in zip(self.dimensions, self.request.by, strict=True)
            }
        filters = [facts.where] if plain else [facts.where, self.request.where]
        conditions = [read(text, schema, wants=BOOLEAN) for text in filters if text != "true"]
        day_sql = self.sql(day)
        selected = ", ".join(f"{self.sql(one)} as {name}" for name, one in columns.items())
        rates = ""
        if any(_has_money(shape, one) for one in (*columns.values(), *conditions)):
            rates = f" left join lateral ({self.rate(shape, day_sql)}) fx on true"
        where = " and ".join(self.sql(one) for one in conditions) or "true"
        keys = f"{day_sql} as day, ({shape.ref})::text as ref"
        inner = f"select {keys}, {selected} from {shape.relation} f{rates} where {where}"
        low, high, known = (
            self.parameters.bind(day, "date") for day in (since, until or self.request.end, self.request.as_of)
        )
        return f"select q.* from ({inner}) q where q.day >= {low} and q.day < {high} and q.day <= {known}"

    def shape(self, source: str) -> MartShape:
        """The mart of a source. Raises NotFed."""
        if source not in self.marts.shapes:
            raise NotFed(metric=self.metric.id, source=source)
        return self.marts.shapes[source]

    def dimension(self, name: str, schema: Schema) -> Expression:
        """The expression of a dimension. Raises UnknownDimension."""
        if name in RESERVED or name not in schema.fields:
            known = ", ".join(sorted(schema.fields.keys() - RESERVED))
            raise UnknownDimension(metric=self.metric.id, dimension=name, known=known)
        return read(name, schema)

    def rate(self, shape: MartShape, day: str) -> str:
        """The rate of a fact's currency to the company's on its day, as a quotient; no row when there is none."""
        own = self.parameters.bind(self.request.currency, "text")
        same = f"{shape.currency} = {own}"
        known = f"select 1::numeric as above, 1::numeric as below, null::date as day, 0 as place where {same}"
        if (rates := self.marts.rates) is not None:
            table, rate, since = rates.relation, f"r.{rates.rate}::numeric", f"r.{rates.day} <= {day}"
            if rates.days_max is not None:
                since += f" and r.{rates.day} > {day} - {self.parameters.bind(rates.days_max, 'integer')}"
            there = f"r.{rates.base} = {shape.currency} and r.{rates.quote} = {own} and {since}"
            back = f"r.{rates.quote} = {shape.currency} and r.{rates.base} = {own} and {since}"
            known += f" union all select {rate}, 1, r.{rates.day}, 1 from {table} r where {there}"
            known += f" union all select 1, {rate}, r.{rates.day}, 2 from {table} r where {back}"
            if rates.pivot:
                known += f" union all {self.cross(rates, shape.currency, own, since)}"
        return f"select above, below from ({known}) known order by day desc nulls first, place limit 1"

    def cross(self, rates: Rates, currency: str, own: str, since: str) -> str:
        """The rates of two currencies to the pivot on one day, as the quotient of theirs to each other."""
        pivot = self.parameters.bind(rates.pivot, "text")
        pair = f"r.{rates.base} = {pivot} and r.{rates.quote} = {own}"
        other = f"o.{rates.base} = {pivot} and o.{rates.quote} = {currency} and o.{rates.day} = r.{rates.day}"
        return (
            f"select r.{rates.rate}::numeric, o.{rates.rate}::numeric, r.{rates.day}, 3 "
            f"from {rates.relation} r join {rates.relation} o on {other} where {pair} and {since}"
        )

    def sql(self, expression: Expression) -> str:
        """The SQL of an expression as one column."""
        return sql_value(expression.term, self.parameters)

    def starts(self) -> str:
        """The first days of the periods, bound as an array."""
        return self.parameters.bind([period.start for period in self.request.periods()], "date[]")


def _adding(leaf: Sum | Count | Distinct | Balance) -> tuple[str, str, str]:
    """The expression given to each fact, what it adds, and when it is missing."""
    match leaf:
        case Count():
            return "true", "1", "false"
        case Distinct(entity=entity):
            return entity, "(given is not null)::integer", "given is null"
        case Sum(measure=measure) | Balance(measure=measure):
            return measure, "coalesce(given, 0)", "given is null"


def _listed(*names: str) -> str:
    return ", ".join(names)


def _is_money(field: Field) -> bool:
    return field.type.unit is not None and any(symbol == MONEY for symbol, _ in field.type.unit.powers)


def _has_money(shape: MartShape, expression: Expression) -> bool:
    return bool(shape.currency) and any(_is_money(shape.fields[name]) for name in expression.fields)


def _converted_schema(shape: MartShape) -> Schema:
    """The fields of a mart, with amounts in the company's currency: null where there is no rate."""
    if not shape.currency:
        return shape.schema
    return Schema(
        {
            name: replace(
                field,
                sql=f"({field.sql})::numeric * fx.above",
                sql_over=f"({field.sql_over})::numeric * fx.below" if field.sql_over else "fx.below",
            )
            if _is_money(field)
            else field
            for name, field in shape.fields.items()
        }
    )
