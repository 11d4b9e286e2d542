"""The records that make a figure: each with what it adds, so that their sum is the figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from caudal.core.expressions import Apply, Literal, Name, Node, evaluate
from caudal.core.ids import Ref
from caudal.core.metrics import (
    REGISTRY,
    Cell,
    Cohort,
    Conversion,
    Cumulative,
    Metric,
    Request,
    Sql,
    Tree,
    Words,
    compile_rows,
    tree_of,
)
from caudal.core.metrics.formulas import Formula, Leaf
from caudal.core.metrics.statements import settled
from caudal.core.metrics.trees import cumulated
from caudal.insights.queries.binding import marts_for
from caudal.insights.queries.questions import check_dimensions, metric_named
from caudal.insights.queries.statements import fetch
from caudal.kit.access import Actor, Verb, policies
from caudal.kit.marts import marts

_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Part:
    """What a record adds to one part of a figure, above and below the line, in the unit of that part."""

    above: Fraction
    below: Fraction


@dataclass(frozen=True, slots=True)
class Contribution:
    """One record on one day, and what it adds to a figure.

    A record that the actor counts but may not open has neither `ref` nor `label`. One that is `missing` lacks what is
    summed. `numerator` and `denominator` add up to those of the figure; they are None where the figure is no sum of
    records (a product of two metrics, say), and the parts alone tell.
    """

    kind: str
    ref: Ref | None
    label: str
    day: date
    numerator: Fraction | None
    denominator: Fraction | None
    parts: tuple[Part, ...]
    missing: bool


@dataclass(frozen=True, slots=True)
class Drill:
    """The records behind one figure by day, or some of them; `total` counts all."""

    metric: Metric
    request: Request
    cell: Cell
    rows: tuple[Contribution, ...]
    total: int


def drill(
    actor: Actor, metric_id: str, request: Request, cell: Cell, *, first: int = 0, limit: int | None = None
) -> Drill:
    """Return the records that make a figure of the answer to `request`, from the `first` on (the first is 0).

    Raises UnknownCell and what `measure` raises.
    """
    metric = metric_named(metric_id)
    shapes = marts_for(actor, metric)
    check_dimensions(metric, request.by)
    asked, tree = settled(metric, request, REGISTRY), tree_of(metric, REGISTRY)
    kinds = [marts()[source].kind for source in listed_sources(metric)]
    sql = compile_rows(metric, asked, cell, shapes)
    text = _by_record(sql.text, len(kinds))
    found = fetch(Sql(text, {**sql.parameters, "kinds": kinds, "first": first, "limit": limit}, ()))
    labels = _labels(actor, metric, {(kind, UUID(ref)) for kind, ref, *_ in found})
    rows = tuple(_contribution(tree, asked, labels, row) for row in found)
    return Drill(metric, asked, cell, rows, found[0][-1] if found else 0)


def _by_record(rows: str, parts: int) -> str:
    """The statement that lists each record of a day once, with what it adds to every part."""
    sums = ", ".join(
        f"coalesce(sum(q.{side}) filter (where q.leaf = {part}), 0)" for part in range(parts) for side in "nd"
    )
    return (
        f"select (%(kinds)s::text[])[q.leaf + 1] as kind, q.ref, q.day, {sums}, sum(q.missing) > 0, count(*) over () "  # noqa: S608  our own words
        f"from ({rows}) q group by 1, 2, 3 order by 3, 1, 2 offset %(first)s limit %(limit)s"
    )


def _contribution(
    tree: Tree, request: Request, labels: Mapping[tuple[str, UUID], str], row: Sequence[Any]
) -> Contribution:
    kind, ref, day, *sums, missing, _ = row
    parts = tuple(Part(Fraction(above), Fraction(below)) for above, below in zip(sums[::2], sums[1::2], strict=True))
    key = (kind, UUID(ref))
    linear = is_linear(tree)
    numerator, denominator = folded(tree, request, parts) if linear else (None, None)
    return Contribution(
        kind=kind,
        ref=Ref(*key) if key in labels else None,
        label=labels.get(key, ""),
        day=day,
        numerator=numerator,
        denominator=denominator if tree.below is not None else None,
        parts=parts,
        missing=missing,
    )


def summed(metric: Metric, request: Request, rows: Iterable[Contribution]) -> tuple[Fraction | None, Fraction | None]:
    """Return the numerator and the denominator that all the records of a figure come to."""
    tree = tree_of(metric, REGISTRY)
    totals = [Part(Fraction(0), Fraction(0)) for _ in tree.leaves]
    for row in rows:
        totals = [
            Part(total.above + part.above, total.below + part.below)
            for total, part in zip(totals, row.parts, strict=True)
        ]
    return folded(tree, request, totals)


def folded(tree: Tree, request: Request, parts: Sequence[Part]) -> tuple[Fraction | None, Fraction | None]:
    """Return the numerator and the denominator that sums of the parts of a metric come to."""
    sums = {f"n{place}": part.above for place, part in enumerate(parts)}
    sums |= {f"d{place}": part.below for place, part in enumerate(parts)}
    above = evaluate(tree.above.term, sums, request.setting)
    below = Fraction(1) if tree.below is None else evaluate(tree.below.term, sums, request.setting)
    assert isinstance(above, Fraction | None)  # noqa: S101  numbers, by the checks of definitions
    assert isinstance(below, Fraction | None)  # noqa: S101  the same
    return above, below


def is_linear(tree: Tree) -> bool:
    """Say whether both sides of a metric are sums and differences of its parts, so that records add up to them."""
    sides = [tree.above] if tree.below is None else [tree.above, tree.below]
    return all(_adds_up(side.node) for side in sides)


def _adds_up(node: Node) -> bool:
    match node:
        case Name():
            return True
        case Apply(function="+" | "-", arguments=arguments):
            return all(_adds_up(argument) for argument in arguments)
        case Apply(function="*", arguments=(Literal(), other) | (other, Literal())):
            return _adds_up(other)
        case Apply(function="/", arguments=(other, Literal())):
            return _adds_up(other)
    return False


def part_names(metric: Metric) -> list[Words]:
    """Return what the parts of a metric are called: like the metric that is the same, else like the whole."""
    named: dict[Formula, Words] = {}
    for one in REGISTRY.metrics.values():
        named.setdefault(one.formula, one.label)
    return [named.get(leaf.formula, metric.label) for leaf in tree_of(metric, REGISTRY).leaves]


def listed_sources(metric: Metric) -> list[str]:
    """Return, for each part of a metric, the source whose records it lists."""
    return [_listed(leaf.formula, metric) for leaf in tree_of(metric, REGISTRY).leaves]


def _listed(leaf: Leaf, metric: Metric) -> str:
    match leaf:
        case Conversion():
            return leaf.base.source
        case Cohort():
            return leaf.first.source
        case Cumulative():
            return cumulated(leaf, metric.id, REGISTRY).source
    return leaf.source


def _labels(actor: Actor, metric: Metric, refs: Iterable[tuple[str, UUID]]) -> Mapping[tuple[str, UUID], str]:
    """What records are called, of those that the actor may open: they come through the door."""
    wanted: dict[str, list[UUID]] = {}
    for kind, row_id in refs:
        wanted.setdefault(kind, []).append(row_id)
    listed = {marts()[source].kind: marts()[source] for source in listed_sources(metric)}
    found: dict[tuple[str, UUID], str] = {}
    for kind, ids in wanted.items():
        model = policies()[listed[kind].noun].model
        assert model is not None  # noqa: S101  a mart of records has a noun with rows
        for chunk in _chunks(sorted(ids)):
            rows = model.for_actor(actor, Verb.VIEW).filter(pk__in=chunk)  # type: ignore[attr-defined]  # every record has the door
            named = rows.values_list("pk", *listed[kind].names)
            found |= {(kind, row_id): next(filter(None, names), "") for row_id, *names in named}
    return found


def _chunks(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
