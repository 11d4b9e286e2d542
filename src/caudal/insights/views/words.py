"""How metrics, their figures, periods and dimensions read, in the active language."""

from collections.abc import Mapping
from datetime import date, datetime, time
from fractions import Fraction
from typing import Final, TypeAlias

from babel.dates import format_skeleton
from django.utils.translation import get_language, gettext, pgettext

from caudal.core.metrics import Cohort, Conversion, Direction, Metric, Request
from caudal.core.money import Currency, Rounding, round_money
from caudal.core.periods import CalendarPeriod, Days, Grain
from caudal.insights.queries import dimensions_of, sides_of
from caudal.ui.formats import COUNT, DAYS, NUMBER, SHARE, Unit, day_text, quantity_text, reader_locale
from caudal.ui.tables import Cell, Column
from caudal.workspace.queries import pillars

Texts: TypeAlias = Mapping[tuple[str, str], str]
"""What values of dimensions are called, by dimension and value."""

NONE: Final = "—"
WHOLE_FROM: Final = 1_000
"""Amounts from here on are written without cents, as nothing is, except in tables."""
_SKELETONS: Final = {Grain.DAY: "yMMMd", Grain.MONTH: "yMMM", Grain.QUARTER: "yQQQ", Grain.YEAR: "y"}


def language() -> str:
    """Return the reader's language."""
    return get_language() or "en"


def name_of(metric: Metric) -> str:
    """Return what a metric is called."""
    return metric.label.in_language(language())


def unit_of(metric: Metric, currency: str) -> Unit:
    """Return the unit that a metric's values are written in."""
    if metric.is_money:
        return Unit("money", currency)
    if not metric.unit:
        return SHARE
    if metric.unit == "day":
        return DAYS
    return COUNT if metric.kind in {"count", "distinct"} else NUMBER


def unit_name(metric: Metric) -> str:
    """Return what the values of a metric count, in words."""
    named = {"money": gettext("money"), "share": gettext("share"), "days": gettext("days"), "count": gettext("count")}
    return named.get(unit_of(metric, "").kind, metric.unit)


def amount(metric: Metric, currency: str, value: Fraction | None) -> str:
    """Write a value in its unit; a dash where nothing is below the line."""
    if value is None:
        return NONE
    shown = round(value, 1) if metric.unit == "day" else value
    return quantity_text(shown, unit_of(metric, currency), reader_locale(), whole=not value or abs(value) >= WHOLE_FROM)


def exact(metric: Metric, currency: str, value: Fraction | None) -> str:
    """Write a value to the last unit of its currency, so that it can be added up again; a dash where there is none."""
    if value is None or not metric.is_money:
        return amount(metric, currency, value)
    return quantity_text(value, unit_of(metric, currency), reader_locale(), whole=False)


def value_column(metric: Metric, currency: str, label: str, *, line: int | None = None) -> Column:
    """Return the column of a metric's values."""
    kind = unit_of(metric, currency).kind
    if kind == "money":
        return Column(label, "money", unit=currency, currency=currency, line=line)
    if kind == "share":
        return Column(label, "percent", line=line)
    if kind == "days":
        return Column(label, "days", unit=gettext("days"), line=line)
    return Column(label, "number", line=line)


def value_cell(metric: Metric, currency: str, value: Fraction | None, *, href: str = "", note: str = "") -> Cell:
    """Return a value as a cell of such a column, rounded as it is read; a dash where there is none to be had."""
    if value is None:
        return Cell(void=True, note=note)
    if metric.is_money:
        return Cell(round_money(value, Currency(currency), Rounding.HALF_UP), href=href, note=note)
    return Cell(round(value, 1) if metric.unit == "day" else value, href=href, note=note)


def sides(metric: Metric) -> tuple[str, str] | None:
    """Return what stands above and below the line of a share or a mean, or none for a number without a line."""
    found = sides_of(metric)
    if found is not None:
        above, below = found
        return _heading(above, gettext("Numerator")), _heading(below, gettext("Out of"))
    match metric.formula:
        case Conversion():
            return pgettext("how many", "Converted"), gettext("Out of")
        case Cohort():
            return pgettext("how many", "Active"), gettext("Out of")
    return None


def _heading(side: Metric, otherwise: str) -> str:
    """What heads the column of a side: its name where it is a metric, else a word that a phone holds."""
    return otherwise if "." in side.id else name_of(side)


def better(metric: Metric) -> str:
    """Say which way is better."""
    return {
        Direction.HIGHER: gettext("higher"),
        Direction.LOWER: gettext("lower"),
        Direction.BAND: gettext("inside its target"),
    }[metric.direction]


def period_text(request: Request, days: Days) -> str:
    """Write a period as people say it: `Mar 2026`, `Q1 2026`, `Mar 1, 2026 to Mar 31, 2026`."""
    locale, grain = reader_locale(), request.grain
    if grain is None:
        return stretch_text(days)
    if request.fiscal_start != 1 and grain in {Grain.QUARTER, Grain.YEAR}:
        return CalendarPeriod.of(grain, days.start, request.fiscal_start).label
    if grain is Grain.WEEK:
        return gettext("week of %(day)s") % {"day": day_text(days.start, locale)}
    return str(format_skeleton(_SKELETONS[grain], datetime.combine(days.start, time()), locale=locale))


def month_text(month: date) -> str:
    """Write a month in full: `March 2026`."""
    return str(format_skeleton("yMMMM", datetime.combine(month, time()), locale=reader_locale()))


def stretch_text(days: Days) -> str:
    """Write the first and the last of some days."""
    locale = reader_locale()
    if days.count == 1:
        return day_text(days.start, locale)
    ends = {"first": day_text(days.start, locale), "last": day_text(days.last, locale)}
    return pgettext("days", "%(first)s to %(last)s") % ends


def dimension_names(metric: Metric) -> dict[str, str]:
    """Return what a metric may be broken down by and how that is called, in the order of the marts."""
    return {name: capital(gettext(column.label)) for name, column in dimensions_of(metric).items()}


def dimension_texts(by: tuple[str, ...]) -> Texts:
    """Return how values of dimensions are called where that is not what is stored: pillars, by their key."""
    return {("pillar", one.key): one.label(language()) for one in pillars()} if "pillar" in by else {}


def dimensions_text(texts: Texts, by: tuple[str, ...], values: tuple[object, ...]) -> str:
    """Write the values of several dimensions."""
    return ", ".join(dimension_text(texts, name, value) for name, value in zip(by, values, strict=True))


def dimension_text(texts: Texts, name: str, value: object) -> str:
    """Write one value of a dimension."""
    if value is None:
        return gettext("not known")
    return texts.get((name, str(value)), str(value))


def capital(words: str) -> str:
    """Return words as the beginning of a line."""
    return words[:1].upper() + words[1:]
