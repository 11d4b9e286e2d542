"""The marts of the contexts as the sources of metrics, each narrowed to what an actor may count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from django.db import connection

from caudal.core.expressions import BOOLEAN, DATE, INSTANT, MONEY, TEXT, Field, Type, number
from caudal.core.metrics import (
    REGISTRY,
    Cohort,
    Conversion,
    Cumulative,
    Marts,
    MartShape,
    Metric,
    NotFed,
    Rates,
    Registry,
    Source,
    tree_of,
)
from caudal.core.metrics.requests import RESERVED
from caudal.core.metrics.trees import cumulated
from caudal.kit.access import Actor, NotAllowed, Policy, Reach, Verb, policies, require
from caudal.kit.fields import minor_units
from caudal.kit.marts import Column, ColumnKind, Mart, marts
from caudal.workspace.queries import RATE_DAYS_MAX, RATE_PIVOT

RATES: Final = Rates("workspace_datedrate", days_max=RATE_DAYS_MAX, pivot=RATE_PIVOT)
TYPES: Final[Mapping[ColumnKind, Type]] = {
    ColumnKind.ID: TEXT,
    ColumnKind.TEXT: TEXT,
    ColumnKind.MONEY: number(MONEY),
    ColumnKind.BOOLEAN: BOOLEAN,
    ColumnKind.DATE: DATE,
    ColumnKind.INSTANT: INSTANT,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A field of a source that tells when its facts happened."""

    source: str
    time: str


def moments(metric: Metric, registry: Registry = REGISTRY) -> list[Moment]:
    """Return the sources that a metric counts by, each with its time, in the order of its tree."""
    return list(dict.fromkeys(_moments(metric, registry)))


def _moments(metric: Metric, registry: Registry) -> Iterator[Moment]:
    for leaf in tree_of(metric, registry).leaves:
        match leaf.formula:
            case Cumulative() as formula:
                inner = cumulated(formula, metric.id, registry)
                yield Moment(inner.source, inner.time)
            case Conversion(base=first, converted=second) | Cohort(first=first, active=second):
                yield Moment(first.source, first.time)
                yield Moment(second.source, second.time)
            case formula:
                yield Moment(formula.source, formula.time)


def marts_of(metric: Metric) -> list[Mart]:
    """Return the marts that a metric is made from. Raises NotFed."""
    found = []
    for name in dict.fromkeys(moment.source for moment in moments(metric)):
        if name not in marts():
            raise NotFed(metric=metric.id, source=name)
        found.append(marts()[name])
    return found


def marts_for(actor: Actor, metric: Metric) -> Marts:
    """Return the marts of a metric as far as an actor may count their rows. Raises NotAllowed, NotFed."""
    require(actor, "metric", Verb.VIEW)
    return Marts.of(*(within(actor, mart) for mart in marts_of(metric)), rates=RATES)


def public_marts() -> list[Mart]:
    """Return every mart, by name."""
    return sorted(marts().values(), key=lambda mart: mart.name)


def report_view(mart: Mart) -> str:
    """Return the statement of a mart as reports read it: its columns in order, amounts in major units."""
    columns = ", ".join(_reported(name, column) for name, column in mart.columns.items())
    return f"SELECT {columns} FROM ({mart.sql.strip()}) AS f"  # noqa: S608  our own names


def _reported(name: str, column: Column) -> str:
    if column.kind is ColumnKind.MONEY:
        return f"trim_scale(f.{name}::numeric / {minor_units(f'f.{column.currency}')}) AS {name}"
    return f"f.{name}"


def is_fed(metric: Metric) -> bool:
    """Say whether every source of a metric has a mart."""
    return all(moment.source in marts() for moment in moments(metric))


def optional_marts(metric: Metric) -> list[Mart]:
    """Return the marts of a metric that not every company keeps. Raises NotFed."""
    return [mart for mart in marts_of(metric) if mart.optional]


def kept_marts() -> frozenset[str]:
    """Return the optional marts that have any row, whoever may see it, in one statement."""
    asked = [
        f"SELECT '{mart.name}' WHERE EXISTS (SELECT FROM ({mart.sql.replace('%', '%%')}) AS f)"  # noqa: S608  our own names
        for mart in public_marts()
        if mart.optional
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), [])
        return frozenset(name for (name,) in cursor.fetchall())


def within(actor: Actor, mart: Mart) -> MartShape:
    """Return the shape of a mart, with the rows that an actor may count. Raises NotAllowed."""
    shape, policy = shape_of(mart.name), policies()[mart.noun]
    reach = policy.reach(actor, Verb.VIEW)
    if reach is Reach.ALL or (reach is not Reach.NONE and sees_company(actor)):
        return shape
    whose = policy.whose(actor, Verb.VIEW)
    if not mart.owner or not whose:
        raise NotAllowed(actor=actor.name, verb=Verb.VIEW.value, noun=mart.noun)
    shared = list(policy.shared_rows(actor, Verb.VIEW)) if policy.is_open(actor, Verb.VIEW) else []
    members = sorted(owner for owner in whose if owner)
    return shape.scoped(mart.owner, members, "uuid", with_none=None in whose, also=shared)


def sees_company(actor: Actor) -> bool:
    """Say whether an actor has the right to the numbers of the whole company, and no reach that is narrower."""
    policy: Policy = policies()["metric"]
    return policy.reach(actor, Verb.VIEW) is Reach.ALL and actor.limit in {None, Reach.ALL}


def dimensions_of(metric: Metric) -> dict[str, Column]:
    """Return what a metric may be broken down by: columns that all its marts have, and none of an answer's own."""
    shared: dict[str, Column] | None = None
    for mart in marts_of(metric):
        own = {name: column for name, column in mart.columns.items() if column.dimension and name not in RESERVED}
        shared = own if shared is None else {name: column for name, column in shared.items() if name in own}
    return shared or {}


@cache
def shape_of(name: str) -> MartShape:
    """Return a mart as the source of its name, with every column as a field."""
    mart = marts()[name]
    fields = {column: _field(column, kind) for column, kind in mart.columns.items()}
    for column, kind in mart.columns.items():
        # What a mart calls `deal_id` is the `deal` of the source, and the record itself is called by its kind.
        alias = mart.kind if column == mart.ref else column.removesuffix("_id")
        if kind.kind is ColumnKind.ID and alias not in fields:
            fields[alias] = fields[column]
    source = REGISTRY.sources.get(name)
    return MartShape(
        source=name,
        relation=f"({mart.sql.strip().replace('%', '%%')})",
        fields={field: _declared(field, found, source) for field, found in fields.items()},
        ref=f"f.{mart.ref}",
        currency=_currency_of(mart),
        scope={mart.owner: f"f.{mart.owner}"} if mart.owner else {},
    )


def _field(name: str, column: Column) -> Field:
    match column.kind:
        case ColumnKind.NUMBER:
            return Field(number(column.unit), f"f.{name}")
        case ColumnKind.MONEY:
            return Field(TYPES[column.kind], f"f.{name}", minor_units(f"f.{column.currency}"))
        case ColumnKind.ID:
            return Field(TEXT, f"f.{name}::text")
    return Field(TYPES[column.kind], f"f.{name}")


def _declared(name: str, found: Field, source: Source | None) -> Field:
    """A field with the type that its source declares, which may know more: options, and that it is never null."""
    wanted = source.schema.fields.get(name) if source else None
    if wanted and (wanted.type.kind, wanted.type.unit) == (found.type.kind, found.type.unit):
        return replace(found, type=wanted.type)
    return found


def _currency_of(mart: Mart) -> str:
    columns = {column.currency for column in mart.columns.values() if column.kind is ColumnKind.MONEY}
    if len(columns) > 1:
        raise LookupError(f"the mart {mart.name} has amounts in two currencies of a row: {', '.join(sorted(columns))}")
    return "".join(f"f.{column}" for column in columns)
