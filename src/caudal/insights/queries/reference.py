"""The reference page of all metrics, written from the registry."""

from collections.abc import Iterator
from typing import Final

from caudal.core.metrics import METRICS, REGISTRY, Direction, Metric, terms_of
from caudal.insights.queries.binding import dimensions_of, is_fed, public_marts
from caudal.insights.queries.definitions import formula_text, sides_of, sources_of, window_text
from caudal.kit.marts import Column, ColumnKind, Mart
from caudal.workspace.queries import RATE_DAYS_MAX

_HEAD: Final = """# Metrics

This page is written from the registry by `caudal metric --markdown`; a test holds it to that. One definition of each
number serves the pages under `/measure`, the API (`/api/v1/metrics`), the terminal (`caudal metric`) and the plan.

```
caudal metric win_rate --from 2026-01-01 --to 2026-04-01 --grain month --by owner --json
caudal metric revenue_won --where 'pillar = "saas" and amount > 5000' --rows
```

**Days** are those of the company's time zone, and `--to` is the day after the last one. What happens after today does
not count yet. **Filters** are [expressions](expressions.md) over the fields of the mart; amounts in them are in major
units of the company's currency. **Money** is converted at the rate of the day on which the fact counts, or the last
one before it that is at most {rate_days} days old, its own day among them. An amount without a rate is left out, the
number is marked as incomplete, and a finding names currency, day and how many records. **Shares** are fractions of 1,
with numerator and denominator beside them. **Sides** of a ratio that are no metrics by themselves are asked for under
its id: `nrr.denominator` has its values, its rows and its page like every metric. **Reach**: everybody's numbers are
made of the records that they may see; who has the right to view `metric` in full sees those of the whole company, and
records out of reach without their names.
"""
_MARTS: Final = """
## Marts

The tables that metrics are made from, and that the report role reads as views of the schema `report` (amounts there are
in major units of their own currency). Columns marked with * are dimensions.
"""
_BETTER: Final = {
    Direction.HIGHER: "higher is better",
    Direction.LOWER: "lower is better",
    Direction.BAND: "best inside its target",
}
_DAYS: Final = {"period": "those of the period", "end": "all up to the end of the period"}


def reference_page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD.format(rate_days=RATE_DAYS_MAX)]
    parts += ["\n".join(_metric(metric)) for metric in METRICS]
    parts += [_MARTS, *("\n".join(_mart(mart)) for mart in public_marts())]
    return "\n".join(parts)


def _metric(metric: Metric) -> Iterator[str]:
    fed, named = is_fed(metric), {one.id for one in METRICS}
    yield f"## {metric.id}"
    yield ""
    yield f"**{metric.label.en}** · *{metric.label.es}*. {metric.description.en}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| formula | `{formula_text(metric.formula)}` |"
    yield f"| kind | {metric.kind} |"
    yield f"| unit | {metric.unit or 'share'}; {_BETTER[metric.direction]} |"
    for place, side in zip(("numerator", "denominator"), sides_of(metric) or (), strict=False):
        words = f"[{side.id}](#{side.id})" if side.id in named else f"{side.label.en} · *{side.label.es}*"
        yield f"| {place} | {words}{_added(side)} |"
    if window_text(metric):
        yield f"| of which days | {_DAYS.get(window_text(metric), window_text(metric))} |"
    if metric.drivers:
        yield f"| explained by | {', '.join(f'[{one}](#{one})' for one in metric.drivers)} |"
    yield f"| made from | {', '.join(sources_of(metric)) if fed else 'nothing yet'} |"
    if fed:
        yield f"| broken down by | {', '.join(sorted(dimensions_of(metric)))} |"
    if metric.source:
        yield f"| source | {metric.source} |"
    yield ""


def _added(side: Metric) -> str:
    """What a side adds up that is no metric by itself, each part with the days that it is of."""
    if side.id in REGISTRY.metrics:
        return ""
    found = dict.fromkeys(term.metric for term in terms_of(side, REGISTRY))
    parts = [f"[{one.id}](#{one.id}){_bracketed(window_text(one))}" for one in found]
    return f", from {', '.join(parts)}" if parts else ""


def _bracketed(window: str) -> str:
    return f" ({_DAYS.get(window, window)})" if window else ""


def _mart(mart: Mart) -> Iterator[str]:
    yield f"### {mart.name}"
    yield ""
    yield "| column | holds | |"
    yield "|---|---|---|"
    for name, column in mart.columns.items():
        yield f"| `{name}`{' *' if column.dimension else ''} | {_holds(column)} | {column.label} |"
    yield ""


def _holds(column: Column) -> str:
    if column.kind is ColumnKind.MONEY:
        return f"money, its currency in `{column.currency}`"
    return f"{column.kind.value} in {column.unit}" if column.unit else column.kind.value
