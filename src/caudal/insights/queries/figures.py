"""Figures and the records behind them as JSON carries them.

Money is a text in major units, since JSON readers turn numbers into floats: a value is rounded to the minor unit of its
currency, numerator and denominator are exact. What is not money is a number: whole ones stay whole, a share is a
fraction of 1, and the exact numerator and denominator stand beside it.
"""

from fractions import Fraction
from typing import Any, TypeAlias

from caudal.core.errors import Finding
from caudal.core.intervals import exact_text
from caudal.core.money import Currency, Rounding, round_money
from caudal.insights.queries.answers import Figure, Result
from caudal.insights.queries.records import Contribution, Drill

Number: TypeAlias = int | float | str | None


def result_json(result: Result) -> dict[str, Any]:
    """Return an answer: `metric`, `unit`, `currency`, `from`, `to`, `rows` and `findings`."""
    request = result.request
    return {
        "metric": result.metric.id,
        "unit": result.metric.unit,
        "currency": result.currency,
        "from": request.start.isoformat(),
        "to": request.end.isoformat(),
        "grain": request.grain.value if request.grain else None,
        "rows": [figure_json(result, figure) for figure in result.rows],
        "findings": [finding_json(finding) for finding in result.findings],
    }


def figure_json(result: Result, figure: Figure) -> dict[str, Any]:
    """Return one row of an answer: its period, its dimensions by name, its value and what that is made of."""
    return {
        "period": result.label(figure),
        "period_start": figure.period.start.isoformat(),
        "period_end": figure.period.end.isoformat(),
        **({} if figure.age is None else {"age": figure.age}),
        **{name: plain(value) for name, value in zip(result.request.by, figure.dimensions, strict=True)},
        "value": value_json(figure.value, result.currency),
        "numerator": exact_json(figure.numerator, money=result.currency is not None),
        "denominator": exact_json(figure.denominator),
        "missing": figure.missing,
        "complete": figure.complete,
        "currency": result.currency,
    }


def drill_json(found: Drill) -> dict[str, Any]:
    """Return the records behind a figure: `metric`, `total` and `rows`."""
    money = found.metric.is_money
    return {
        "metric": found.metric.id,
        "currency": found.request.currency if money else None,
        "total": found.total,
        "rows": [contribution_json(row, money=money) for row in found.rows],
    }


def contribution_json(row: Contribution, *, money: bool) -> dict[str, Any]:
    """Return one record behind a figure and what it adds."""
    return {
        "ref": str(row.ref) if row.ref else None,
        "kind": row.kind,
        "label": row.label or None,
        "day": row.day.isoformat(),
        "numerator": exact_json(row.numerator, money=money),
        "denominator": exact_json(row.denominator),
        "missing": row.missing,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding with its parameters."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.told(),
        "params": {name: plain(value) for name, value in finding.params.items()},
    }


def value_json(value: Fraction | None, currency: str | None) -> Number:
    """Return a value: money as `"1234.50"`, whole numbers as they are, anything else to the precision of a double.

    >>> value_json(Fraction(7, 3), "EUR"), value_json(Fraction(4238), None), value_json(Fraction(1, 4), None)
    ('2.33', 4238, 0.25)
    """
    if value is None:
        return None
    if currency is not None:
        return round_money(value, Currency(currency), Rounding.HALF_UP).major
    return value.numerator if value.denominator == 1 else value.numerator / value.denominator


def exact_json(value: Fraction | None, *, money: bool = False) -> int | str | None:
    """Return an exact number: whole ones as they are, others (and all money) as a text: `"2.5"`, `"1/3"`.

    >>> exact_json(Fraction(5, 2)), exact_json(Fraction(12), money=True), exact_json(Fraction(1, 3))
    ('2.5', '12', '1/3')
    """
    if value is None or (value.denominator == 1 and not money):
        return None if value is None else value.numerator
    return exact_text(value)


def plain(value: Any) -> Any:
    """Return the value of a dimension as JSON has it: numbers exactly, days and instants as ISO writes them."""
    if value is None or isinstance(value, str | bool | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
