# ruff: noqa: S608  making SQL is what this file is for: names are ours, values are bound
"""What an answer lacks: amounts without a rate, and records whose measure nobody filled in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from caudal.core.errors import Finding, Place, msg
from caudal.core.metrics import REGISTRY, Cell, Cumulative, Marts, Metric, Request, Sql, compile_rows, tree_of
from caudal.core.metrics.trees import cumulated
from caudal.insights.queries.statements import fetch

MOST: Final = 20
"""How many days without a rate are named one by one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """So many records of one day whose measure is unknown, for want of a rate when there is a currency."""

    currency: str | None
    day: date
    count: int
    rate_day: date | None
    """The day of the last rate there was, too long ago to count."""


def gaps(metric: Metric, request: Request, marts: Marts, missing: int) -> Iterator[Finding]:
    """Say what is missing from an answer that misses something: which rates, of which days, for how many records."""
    if not missing:
        return
    found = [
        gap for source, leaves in _sources(metric).items() for gap in _gaps(metric, request, marts, source, leaves)
    ]
    rates = [gap for gap in found if gap.currency is not None]
    yield from (_without_rate(metric, request, marts, gap) for gap in rates[:MOST])
    if len(rates) > MOST:
        rest = rates[MOST:]
        yield Finding(
            "metric.rates_missing",
            msg("Rates are missing for {days} more days too. Records left out: {count}."),
            place=Place(name=metric.id),
            params={"days": len(rest), "count": sum(gap.count for gap in rest)},
        )
    unknown = sum(gap.count for gap in found if gap.currency is None)
    if unknown or not rates:
        yield Finding(
            "metric.measure_unknown",
            msg("Records without a value to count, left out: {count}."),
            place=Place(name=metric.id),
            params={"count": unknown or missing},
        )


def _without_rate(metric: Metric, request: Request, marts: Marts, gap: Gap) -> Finding:
    days_max = marts.rates.days_max if marts.rates else None
    params = {
        "currency": gap.currency,
        "own": request.currency,
        "day": gap.day,
        "count": gap.count,
        "rate_day": gap.rate_day,
        "days_max": days_max,
    }
    if gap.rate_day is None:
        message = msg("There is no rate from {currency} to {own} for {day}. Records left out: {count}.")
    else:
        message = msg(
            "There is no rate from {currency} to {own} for {day}. Records left out: {count}. "
            "The last rate is of {rate_day}, and a rate counts for {days_max} days."
        )
    return Finding(
        "metric.rate_missing",
        message,
        place=Place(name=metric.id),
        hint=msg("Add the rate of that day."),
        params=params,
    )


def _sources(metric: Metric) -> dict[str, list[int]]:
    """The leaves that something can be missing from, by the source of their facts."""
    found: dict[str, list[int]] = {}
    for place, leaf in enumerate(tree_of(metric, REGISTRY).leaves):
        formula = leaf.formula
        if isinstance(formula, Cumulative):
            formula = cumulated(formula, metric.id, REGISTRY)
        if source := getattr(formula, "source", None):
            found.setdefault(source, []).append(place)
    return found


def _gaps(metric: Metric, request: Request, marts: Marts, source: str, leaves: list[int]) -> list[Gap]:
    whole = replace(request, grain=None, by=())
    rows = compile_rows(metric, whole, Cell(request.start), marts)
    shape, rates = marts.shapes[source], marts.rates
    currency = f"nullif({shape.currency}, %(own)s)" if shape.currency else "null::text"
    last = "null::date"
    if rates:
        pair = f"(r.{rates.base}, r.{rates.quote}) in ((g.currency, %(own)s), (%(own)s, g.currency))"
        last = f"(select max(r.{rates.day}) from {rates.relation} r where {pair} and r.{rates.day} <= g.day)"
    text = (
        f"select g.currency, g.day, g.count, {last} from ("
        f"select {currency} as currency, q.day, count(distinct q.ref) as count from ({rows.text}) q "
        f"join {shape.relation} f on ({shape.ref})::text = q.ref where q.missing > 0 and q.leaf = any(%(leaves)s) "
        f"group by 1, 2) g order by g.day, g.currency nulls last"
    )
    values = {**rows.parameters, **shape.parameters, "own": request.currency, "leaves": leaves}
    return [Gap(*row) for row in fetch(Sql(text, values, ("currency", "day", "count", "rate_day")))]
