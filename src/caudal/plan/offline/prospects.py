"""How futures read: chances in words that need no statistics, and numbers no more exact than they are."""

import math
from fractions import Fraction

from django.utils.translation import gettext

from caudal.core.plans import Unit as PlanUnit
from caudal.core.plans import UnitKind
from caudal.plan.offline.figures import WHOLE_FROM
from caudal.ui.formats import Kind, Unit, number_text, per_words, percent_text, quantity_text, reader_locale

_FIGURES = 3
_RARE, _FREQUENT = 0.05, 0.95
_KINDS: dict[UnitKind, Kind] = {
    UnitKind.MONEY: "money",
    UnitKind.COUNT: "count",
    UnitKind.PERCENT: "share",
    UnitKind.DAYS: "days",
}


def is_fine(chance: float) -> bool:
    """Say whether tenths are too coarse to tell a chance by."""
    return 0 < chance < _RARE or _FREQUENT < chance < 1


def chance_words(chance: float, *, fine: bool = False) -> str:
    """Say in how many futures something happens: "7 of 10 futures", "all futures", "3 of 100 futures".

    With `fine` hundredths are told, beside a chance that is told by them.
    """
    if chance <= 0:
        return gettext("no future")
    if chance >= 1:
        return gettext("every future")
    of = 100 if fine or is_fine(chance) else 10
    count = min(max(round(chance * of), 1), of - 1)
    words = {"count": number_text(count, reader_locale()), "of": number_text(of, reader_locale())}
    return gettext("%(count)s of %(of)s futures") % words


def reach_words(chance: float) -> str:
    """Say in how many futures a target is reached, to begin a sentence: "7 of 10 futures reach it"."""
    if chance <= 0:
        return gettext("No future reaches it")
    if chance >= 1:
        return gettext("Every future reaches it")
    return gettext("%(chance)s reach it") % {"chance": chance_words(chance)}


def about(unit: PlanUnit, value: float | None, *, per: bool = False) -> str:
    """Write a number of the tree to three figures: $13,800,000, 26.4%, 743; nothing where there is none."""
    if value is None or not math.isfinite(value):
        return ""
    rounded = to_figures(value)
    kind = _KINDS.get(unit.kind, "number")
    if kind == "count" and abs(rounded) < WHOLE_FROM:
        kind = "number"
    if kind == "share":
        text = percent_text(rounded, reader_locale())
    else:
        bare = Unit(kind, unit.counted if kind == "money" else "")
        text = quantity_text(rounded, bare, reader_locale(), whole=abs(rounded) >= WHOLE_FROM)
    return f"{text} {per_of(unit)}".strip() if per else text


def per_of(unit: PlanUnit) -> str:
    """Write what a unit is per: "per month", "per customer per month"."""
    per = "/".join(part for part in (unit.per, unit.time.value if unit.time else "") if part)
    return per_words(per) if per else ""


def to_figures(value: float) -> Fraction:
    """Return a number to three figures, as an exact one.

    >>> str(to_figures(13_842_117.0)), str(to_figures(0.26437))
    ('13800000', '33/125')
    """
    if value == 0:
        return Fraction(0)
    places = _FIGURES - 1 - math.floor(math.log10(abs(value)))
    return Fraction(str(round(value, places)))
