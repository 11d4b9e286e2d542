"""How a number is worked out, in words: what stands above and below its line, what is added, and of which days."""

from fractions import Fraction
from typing import Final

from django.utils.html import format_html
from django.utils.translation import gettext as _

from caudal.core.metrics import Metric, Request, Side, Window, window_of
from caudal.core.periods import Days
from caudal.insights import queries
from caudal.insights.queries import Figure, Line
from caudal.insights.views import words
from caudal.insights.views.addresses import cell_address
from caudal.kit.access import Actor
from caudal.ui.formats import NUMBER, day_text, number_text, quantity_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table

UNIT: Final = 1


def formula_words(metric: Metric) -> str:
    """Say a ratio in words: what over what; nothing for any other number."""
    sides = queries.sides_of(metric)
    if sides is None:
        return ""
    names = {"metric": words.name_of(metric), "above": words.name_of(sides[0]), "below": words.name_of(sides[1])}
    return _("%(metric)s = %(above)s ÷ %(below)s") % names


def working_table(actor: Actor, metric: Metric, request: Request, figure: Figure) -> Table | None:
    """Return what a figure is worked out from, each number leading to its own records; None where nothing is."""
    lines = queries.worked(actor, metric, request, figure)
    if not lines:
        return None
    columns = [
        Column(_("What"), line=1),
        Column(_("How it counts"), line=2),
        Column(_("Of which days"), line=3),
        Column(_("Comes to"), "number", line=1),
    ]
    rows = [
        Row(
            [
                words.name_of(line.metric),
                counts_words(line),
                window_words(line.metric, figure.period),
                Cell(
                    format_html("{}", words.exact(line.metric, request.currency, line.value)),
                    href=cell_address(line.metric, request, figure) if line.value is not None else "",
                ),
            ]
        )
        for line in lines
    ]
    return Table(columns, rows, caption=_("How it is worked out"))


def counts_words(line: Line) -> str:
    """Say how a number counts: above or below the line, added, taken off, so many times."""
    places = {Side.NUMERATOR: _("numerator"), Side.DENOMINATOR: _("denominator")}
    said = [factor_words(line.factor)] if line.factor is not None else []
    said += [places[line.side]] if line.side is not None else []
    return ", ".join(said)


def factor_words(factor: Fraction) -> str:
    """Say how often a number counts."""
    if abs(factor) == UNIT:
        return _("added") if factor == UNIT else _("taken off")
    return _("times %(count)s") % {"count": quantity_text(factor, NUMBER, reader_locale())}


def window_words(metric: Metric, period: Days) -> str:
    """Say of which days the facts of a number are."""
    last = {"day": day_text(period.last, reader_locale())}
    match window_of(metric):
        case (Window.PERIOD, _none):
            return words.stretch_text(period)
        case (Window.END, _none):
            return _("all up to %(day)s") % last
        case (Window.DAYS, int() as count):
            return _("%(count)s days up to %(day)s") % {"count": number_text(count, reader_locale()), **last}
        case (Window.SINCE, since):
            named = {
                "month": _("from the beginning of the month to %(day)s"),
                "quarter": _("from the beginning of the quarter to %(day)s"),
            }
            return named.get(str(since), _("from the beginning of the year to %(day)s")) % last
    return ""
