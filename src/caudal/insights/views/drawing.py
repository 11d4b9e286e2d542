"""An answer as a drawing: bars for what adds up, lines for what does not, and the finding as its title."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caudal.core.periods import CalendarPeriod
from caudal.insights.queries import Figure, Result
from caudal.insights.views import words
from caudal.insights.views.words import Texts
from caudal.ui.charts import Chart
from caudal.ui.tables import Table

SERIES: Final = 6
"""How many values of a dimension are drawn: as many as there are colours that everybody can tell apart."""
BARS: Final = 15
STEP: Final = 28
SHORT: Final = 140
"""The height of a short drawing, which holds five bars."""
ADDS_UP: Final = frozenset({"sum", "count"})


def chart_of(result: Result, texts: Texts, table: Table) -> Chart | None:
    """Return the drawing of an answer, or none where there is a single number."""
    by, grain = result.request.by, result.request.grain
    if grain is None:
        return _by_dimension(result, texts, table) if by and len(result.rows) > 1 else None
    if len({figure.period.start for figure in result.rows}) == 1 or result.rows[0].age is not None:
        return None
    return _over_time(result, texts, table)


def _over_time(result: Result, texts: Texts, table: Table) -> Chart:
    drawn, left_out = _largest(result, texts, SERIES)
    adds_up = result.metric.kind in ADDS_UP
    encoding = {
        "x": {
            "field": "period",
            "type": "ordinal",
            "title": None,
            "sort": None,
            "axis": {"labelAngle": 0, "labelOverlap": "greedy"},
        },
        "y": _values(result),
        "tooltip": _tooltip(result),
    }
    if result.request.by:
        encoding["color"] = {"field": "of", "type": "nominal", "title": None, "sort": None}
    mark = {"type": "bar"} if adds_up else {"type": "line", "point": True}
    spec = {"data": {"values": drawn}, "mark": mark, "encoding": encoding}
    return Chart("figures", finding_of(result, texts), spec, table, note=_left_out(left_out), open=True)


def _by_dimension(result: Result, texts: Texts, table: Table) -> Chart:
    drawn, left_out = _largest(result, texts, BARS)
    encoding = {
        "y": {"field": "of", "type": "nominal", "title": None, "sort": None},
        "x": _values(result),
        "tooltip": _tooltip(result),
    }
    spec = {
        "data": {"values": drawn},
        "mark": {"type": "bar"},
        "encoding": encoding,
        "height": max(SHORT, STEP * len(drawn)),
    }
    note, short = _left_out(left_out), STEP * len(drawn) <= SHORT
    return Chart("figures", finding_of(result, texts), spec, table, note=note, short=short, open=True)


def _values(result: Result) -> dict[str, Any]:
    share = not result.metric.unit
    return {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "axis": {"format": ".0%" if share else ",~f"},
    }


def _tooltip(result: Result) -> list[dict[str, str]]:
    shown = [("period", _("Period"))] if result.request.grain else []
    shown += [("of", _("Part"))] if result.request.by else []
    return [{"field": name, "title": title} for name, title in [*shown, ("told", words.name_of(result.metric))]]


def _largest(result: Result, texts: Texts, most: int) -> tuple[list[dict[str, Any]], int]:
    """Return the figures of the largest values of the dimensions, largest first, and how many values are left out."""
    sizes: dict[tuple[object, ...], Fraction] = {}
    for figure in result.rows:
        # A share is as large as what it is a share of.
        size = figure.denominator if result.metric.kind not in ADDS_UP else figure.numerator
        sizes[figure.dimensions] = sizes.get(figure.dimensions, Fraction(0)) + abs(size or Fraction(0))
    order = sorted(sizes, key=lambda dimensions: -sizes[dimensions])
    kept = {dimensions: place for place, dimensions in enumerate(order[:most])}
    figures = [figure for figure in result.rows if figure.dimensions in kept and figure.value is not None]
    figures.sort(key=lambda figure: (figure.period.start, kept[figure.dimensions]))
    return [_drawn(result, texts, figure) for figure in figures], len(order) - len(kept)


def _drawn(result: Result, texts: Texts, figure: Figure) -> dict[str, Any]:
    return {
        "period": words.period_text(result.request, figure.period),
        "of": words.dimensions_text(texts, result.request.by, figure.dimensions),
        "value": float(figure.value or 0),
        "told": words.amount(result.metric, result.request.currency, figure.value),
    }


def _left_out(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "The %(count)s smallest is in the table alone.", "The %(count)s smallest are in the table alone.", count
    ) % {"count": count}


def finding_of(result: Result, texts: Texts) -> str:
    """Say what the drawing shows: the last whole period against the one before, or the largest part."""
    metric, currency = result.metric, result.request.currency
    said = {"metric": words.name_of(metric)}
    if result.request.by:
        known = [figure for figure in result.rows if figure.value is not None]
        if result.request.grain or not known:
            return said["metric"]
        best = max(known, key=lambda figure: figure.value or 0)
        said["part"] = words.dimensions_text(texts, result.request.by, best.dimensions)
        said["value"] = words.amount(metric, currency, best.value)
        return _("%(metric)s is highest for %(part)s: %(value)s") % said
    whole = whole_periods(result)[-2:]
    if len(whole) < 2 or None in {figure.value for figure in whole}:  # noqa: PLR2004  one period shows no change
        return said["metric"]
    before, last = whole
    said |= {
        "last": words.period_text(result.request, last.period),
        "before": words.period_text(result.request, before.period),
        "to": words.amount(metric, currency, last.value),
        "from": words.amount(metric, currency, before.value),
    }
    if said["to"] == said["from"]:
        return _("%(metric)s stayed at %(to)s in %(last)s") % said
    if (last.value or 0) > (before.value or 0):
        return _("%(metric)s rose from %(from)s in %(before)s to %(to)s in %(last)s") % said
    return _("%(metric)s fell from %(from)s in %(before)s to %(to)s in %(last)s") % said


def whole_periods(result: Result) -> Sequence[Figure]:
    """Return the figures of periods that the question covers whole and that are over."""
    request = result.request
    assert request.grain is not None  # noqa: S101  the caller draws periods
    return [
        figure
        for figure in result.rows
        if figure.period == CalendarPeriod.of(request.grain, figure.period.start, request.fiscal_start).days
        and figure.period.end <= request.as_of
    ]
