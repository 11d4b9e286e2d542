"""What a metric is, in words and as a formula, what explains it and what it is made from."""

from typing import Any, Final

from caudal.core.intervals import exact_text
from caudal.core.metrics import (
    REGISTRY,
    Balance,
    Cohort,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Event,
    Formula,
    Metric,
    Ratio,
    Registry,
    Side,
    Sum,
    Window,
    side_of,
    terms_of,
    window_of,
)
from caudal.core.metrics.formulas import Part
from caudal.insights.queries.binding import dimensions_of, is_fed, moments

_EVERYTHING: Final = "true"


def formula_text(formula: Formula | Part) -> str:  # noqa: PLR0911  one line per kind of formula
    """Write a formula on one line, with the words of the expression language.

    >>> formula_text(REGISTRY.metrics["win_rate"].formula)
    'deals_closed / (deals_closed + deals_lost)'
    >>> formula_text(REGISTRY.metrics["deals_lost"].formula)
    'count of deals by closed_at where outcome = "lost"'
    """
    match formula:
        case str():
            return formula
        case Derived(expression=expression):
            return expression
        case Ratio(numerator=above, denominator=below):
            return f"{_bracketed(above)} / {_bracketed(below)}"
        case Sum():
            return f"sum of {formula.measure} over {_facts(formula)}"
        case Balance():
            return f"balance of {formula.measure} over {_facts(formula)}"
        case Count():
            return f"count of {_facts(formula)}"
        case Distinct():
            return f"count of different {formula.entity} over {_facts(formula)}"
        case Conversion():
            limit = "" if formula.within_days is None else f" within {formula.within_days} days"
            return f"share of {_event(formula.base)} followed by {_event(formula.converted)}{limit}"
        case Cohort():
            return f"share of {_event(formula.first)} that are {_event(formula.active)} at each age"
        case Cumulative(of=of, days=days, since=since):
            stretch = f"the last {days} days" if days else f"the {since} to date" if since else "all time"
            return f"{of} over {stretch}"


def _bracketed(part: Part) -> str:
    text = formula_text(part)
    return text if text.isidentifier() else f"({text})"


def _facts(facts: Sum | Count | Distinct | Balance | Event) -> str:
    where = "" if facts.where == _EVERYTHING else f" where {facts.where}"
    return f"{facts.source} by {facts.time}{where}"


def _event(event: Event) -> str:
    return f"{event.entity} in {_facts(event)}"


def used_by(metric: Metric, registry: Registry = REGISTRY) -> list[Metric]:
    """Return the metrics that a metric explains, in the order of the registry; a side of a ratio explains that."""
    whole = metric.id.partition(".")[0] if "." in metric.id else ""
    return [one for one in registry.metrics.values() if metric.id in one.drivers or one.id == whole]


def sides_of(metric: Metric, registry: Registry = REGISTRY) -> tuple[Metric, Metric] | None:
    """Return what stands above and below the line of a ratio, each as a metric; None for what is none."""
    above, below = (side_of(metric, side, registry) for side in Side)
    return None if above is None or below is None else (above, below)


def window_text(metric: Metric) -> str:
    """Say in one word or two of which days the facts of a metric are: `period`, `end`, `last 90 days`, `year to date`.

    >>> [window_text(REGISTRY.metrics[name]) for name in ("leads", "outstanding", "invoiced_90_days", "dso")]
    ['period', 'end', 'last 90 days', '']
    """
    match window_of(metric):
        case (Window.DAYS, days):
            return f"last {days} days"
        case (Window.SINCE, since):
            return f"{since} to date"
        case (window, _):
            return window.value
    return ""


def sources_of(metric: Metric) -> list[str]:
    """Return the names of the sources that a metric is made from."""
    return list(dict.fromkeys(moment.source for moment in moments(metric)))


def definition_json(metric: Metric) -> dict[str, Any]:
    """Return everything that is known of a metric."""
    fed, sides = is_fed(metric), sides_of(metric)
    return {
        "id": metric.id,
        "label": {"en": metric.label.en, "es": metric.label.es},
        "description": {"en": metric.description.en, "es": metric.description.es},
        "kind": metric.kind,
        "unit": metric.unit,
        "direction": metric.direction.value,
        "formula": formula_text(metric.formula),
        "numerator": sides[0].id if sides else None,
        "denominator": sides[1].id if sides else None,
        "terms": [{"metric": term.metric.id, "factor": exact_text(term.factor)} for term in terms_of(metric, REGISTRY)],
        "window": window_text(metric),
        "drivers": list(metric.drivers),
        "sources": sources_of(metric),
        "fed": fed,
        "dimensions": sorted(dimensions_of(metric)) if fed else [],
        "source": metric.source,
    }
