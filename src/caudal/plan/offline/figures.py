"""How the numbers of a plan read, in the active language."""

from fractions import Fraction
from typing import Final

from caudal.core.intervals import Interval
from caudal.core.plans import Figure, Target, UnitKind
from caudal.ui.formats import MINUS, Kind, Unit, interval_text, number_text, quantity_text, reader_locale

_KINDS: Final[dict[UnitKind, Kind]] = {
    UnitKind.MONEY: "money",
    UnitKind.COUNT: "count",
    UnitKind.PERCENT: "share",
    UnitKind.DAYS: "days",
}
DASH: Final = "\N{EN DASH}"
WHOLE_FROM: Final = 100
"""Money per thing below this is told with its cents."""


def unit_of(target: Target | Figure) -> Unit:
    """Return the unit of a target as pages write it; a count of less than one, as scaling makes, is a plain number."""
    kind = _KINDS.get(target.unit.kind, "number")
    if kind == "count" and any(end is not None and end.denominator != 1 for end in (target.lo, target.hi)):
        kind = "number"
    time = target.unit.time.value if target.unit.time else ""
    per = "/".join(part for part in (target.unit.per, time) if part)
    return Unit(kind, target.unit.counted if kind == "money" else "", per)


def amount(target: Target, value: Fraction | None) -> str:
    """Write a value of a target without what it is per; nothing for None."""
    if value is None:
        return ""
    unit = unit_of(target)
    bare = Unit(unit.kind, unit.currency)
    if unit.kind == "days":
        return quantity_text(round(value, 1), bare, reader_locale())
    return quantity_text(value, bare, reader_locale(), whole=abs(target.lo) >= WHOLE_FROM)


def interval(target: Target | Figure, *, per: bool = True) -> str:
    """Write the interval of a target: "25% to 35%", "at least 500 per month"."""
    unit = unit_of(target)
    return interval_text(target.lo, target.hi, unit if per else Unit(unit.kind, unit.currency), reader_locale())


def figure(target: Target, value: Interval) -> str:
    """Write a range of numbers of a target shortly, as arithmetic shows it: $5,000, 10,000+, from 25% to 35%."""
    lo, hi = (None if end is None else _exactly(target, end) for end in (value.lo, value.hi))
    if hi is None:
        return f"{lo or MINUS + '∞'}+"
    return hi if lo == hi else f"{lo or MINUS + '∞'}{DASH}{hi}"


def _exactly(target: Target, value: Fraction) -> str:
    """An amount; of counts no more than three decimals, and none where there are many."""
    if target.unit.kind in {UnitKind.MONEY, UnitKind.PERCENT}:
        return amount(target, value)
    return number_text(value, reader_locale(), places=0 if abs(value) >= WHOLE_FROM else None)
