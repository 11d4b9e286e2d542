"""What a metric is, in words and as a formula, what explains it and what it is made from."""

from typing import Any, Final

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
    Sum,
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
    """Return the metrics that a metric explains, in the order of the registry."""
    return [one for one in registry.metrics.values() if metric.id in one.drivers]


def sources_of(metric: Metric) -> list[str]:
    """Return the names of the sources that a metric is made from."""
    return list(dict.fromkeys(moment.source for moment in moments(metric)))


def definition_json(metric: Metric) -> dict[str, Any]:
    """Return everything that is known of a metric."""
    fed = is_fed(metric)
    return {
        "id": metric.id,
        "label": {"en": metric.label.en, "es": metric.label.es},
        "description": {"en": metric.description.en, "es": metric.description.es},
        "kind": metric.kind,
        "unit": metric.unit,
        "direction": metric.direction.value,
        "formula": formula_text(metric.formula),
        "drivers": list(metric.drivers),
        "sources": sources_of(metric),
        "fed": fed,
        "dimensions": sorted(dimensions_of(metric)) if fed else [],
        "source": metric.source,
    }
