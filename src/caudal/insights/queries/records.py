"""The records that make a figure: each with what it adds, so that their sum is the figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from caudal.core.expressions import evaluate
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
    compile_rows,
    tree_of,
)
from caudal.core.metrics.formulas import Leaf
from caudal.core.metrics.statements import settled
from caudal.core.metrics.trees import cumulated
from caudal.insights.queries.binding import marts_for
from caudal.insights.queries.questions import check_dimensions, metric_named
from caudal.insights.queries.statements import fetch
from caudal.kit.access import Actor, Verb, policies
from caudal.kit.marts import marts

_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Contribution:
    """One record and what it adds to one part of a figure: `above` and `below` the line, in the unit of that part.

    A record that the actor counts but may not open has neither `ref` nor `label`. One that is `missing` adds nothing:
    its measure is unknown. `part` is the position of the part in the metric's tree.
    """

    part: int
    kind: str
    ref: Ref | None
    label: str
    day: date
    above: Fraction
    below: Fraction
    missing: bool


@dataclass(frozen=True, slots=True)
class Drill:
    """The records behind one figure, by part, then day, or some of them; `total` counts all."""

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
    asked = settled(metric, request, REGISTRY)
    sql = compile_rows(metric, asked, cell, shapes)
    page = "order by leaf, day, ref offset %(first)s limit %(limit)s"
    text = f"select q.*, count(*) over () as total from ({sql.text}) q {page}"  # noqa: S608  our own words
    found = fetch(Sql(text, {**sql.parameters, "first": first, "limit": limit}, (*sql.columns, "total")))
    kinds = [marts()[source].kind for source in listed_sources(metric)]
    labels = _labels(actor, metric, {(kinds[leaf], UUID(ref)) for leaf, ref, *_ in found})
    rows = tuple(
        Contribution(
            part=leaf,
            kind=kinds[leaf],
            ref=Ref(kinds[leaf], UUID(ref)) if (kinds[leaf], UUID(ref)) in labels else None,
            label=labels.get((kinds[leaf], UUID(ref)), ""),
            day=day,
            above=Fraction(above),
            below=Fraction(below),
            missing=missing > 0,
        )
        for leaf, ref, day, above, below, missing, _ in found
    )
    return Drill(metric, asked, cell, rows, found[0][-1] if found else 0)


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


def summed(metric: Metric, request: Request, rows: Iterable[Contribution]) -> tuple[Fraction | None, Fraction | None]:
    """Return the numerator and the denominator that all the records of a figure come to."""
    tree = tree_of(metric, REGISTRY)
    sums = {f"{side}{place}": Fraction(0) for place, _ in enumerate(tree.leaves) for side in "nd"}
    for row in rows:
        sums[f"n{row.part}"] += row.above
        sums[f"d{row.part}"] += row.below
    above = evaluate(tree.above.term, sums, request.setting)
    below = Fraction(1) if tree.below is None else evaluate(tree.below.term, sums, request.setting)
    assert isinstance(above, Fraction | None)  # noqa: S101  numbers, by the checks of definitions
    assert isinstance(below, Fraction | None)  # noqa: S101  the same
    return above, below


def _labels(actor: Actor, metric: Metric, refs: Iterable[tuple[str, UUID]]) -> Mapping[tuple[str, UUID], str]:
    """What records are called, of those that the actor may open: they come through the door."""
    wanted: dict[str, list[UUID]] = {}
    for kind, row_id in refs:
        wanted.setdefault(kind, []).append(row_id)
    nouns = {marts()[source].kind: marts()[source].noun for source in listed_sources(metric)}
    found: dict[tuple[str, UUID], str] = {}
    for kind, ids in wanted.items():
        model = policies()[nouns[kind]].model
        assert model is not None  # noqa: S101  a mart of records has a noun with rows
        for chunk in _chunks(sorted(ids)):
            rows = model.for_actor(actor, Verb.VIEW).filter(pk__in=chunk)  # type: ignore[attr-defined]  # every record has the door
            found |= {(kind, row_id): name for row_id, name in rows.values_list("pk", "name")}
    return found


def _chunks(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
