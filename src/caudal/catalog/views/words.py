"""How the catalogue is told: intervals, prices and steps in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from caudal.catalog.models import Interval, Offering
from caudal.core.money import Currency
from caudal.ui.formats import money_text, number_text, reader_locale

STEPS: Final[Mapping[str, str | Promise]] = {
    "catalogue": gettext_lazy("Catalogue price"),
    "volume": gettext_lazy("Volume discount"),
    "term": gettext_lazy("Term"),
    "bundle": gettext_lazy("Bundle"),
    "guard": gettext_lazy("Limits of the price"),
}


COUNTED: Final = frozenset({"free_units", "free_count"})
"""Limits of a price that are no money."""


def every(offering: Offering) -> str:
    """Return how often an offering is paid."""
    count = offering.interval_count
    if offering.interval == Interval.ONCE:
        return _("once")
    if offering.interval == Interval.YEAR:
        return ngettext("every year", "every %(count)s years", count) % {"count": count}
    return ngettext("every month", "every %(count)s months", count) % {"count": count}


def price_told(said: Mapping[str, Any], currency: str) -> str:
    """Return a price in one line: "1.00 up to 100, 0.90 beyond, by volume"."""
    match said["shape"]:
        case "matrix":
            told = "; ".join(f"{row['name']}: {_tiers(row, currency)}" for row in said["rows"])
        case "percentage":
            fixed = " + " + _rate(said["fixed"], currency) if said.get("fixed") else ""
            told = _("%(percent)s %% of each transaction") % {"percent": _number(said["percent"])} + fixed
        case "dynamic":
            told = _("%(times)s times what each event carries") % {"times": _number(said["multiplier"])}
        case _:
            told = _tiers(said, currency)
    return " · ".join([told, *_limits(said, currency)])


def value_told(value: object) -> str:
    """Return what an offering says of a feature."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return _("no limit")
    return number_text(value, reader_locale()) if isinstance(value, int) else str(value)


def _tiers(said: Mapping[str, Any], currency: str) -> str:
    parts: list[str] = []
    for tier in said["tiers"]:
        part = " + ".join(_tier(tier, currency)) or _("free")
        parts.append(
            _("%(price)s up to %(up_to)s") % {"price": part, "up_to": _number(tier["up_to"])}
            if tier.get("up_to")
            else (_("%(price)s beyond") % {"price": part} if parts else part)
        )
    several = len(said["tiers"]) > 1
    how = {"volume": _("for all units"), "graduated": _("for the units of each tier")}[said["mode"]]
    return ", ".join(parts) + (f" ({how})" if several else "")


def _tier(tier: Mapping[str, str], currency: str) -> list[str]:
    found = []
    if tier.get("flat"):
        found.append(_rate(tier["flat"], currency))
    if tier.get("unit"):
        rate = {"price": _rate(tier["unit"], currency), "block": _number(tier.get("block", "1"))}
        found.append(_("%(price)s per %(block)s units") % rate if tier.get("block") else _("%(price)s each") % rate)
    return found


def _limits(said: Mapping[str, Any], currency: str) -> list[str]:
    words = {
        "free_units": _("%(figure)s free"),
        "free_count": _("the first %(figure)s transactions free"),
        "free_amount": _("free up to %(figure)s"),
        "each_least": _("at least %(figure)s each"),
        "each_most": _("at most %(figure)s each"),
        "minimum": _("at least %(figure)s"),
        "maximum": _("at most %(figure)s"),
    }
    idle = {"nothing": _("nothing without usage"), "one_block": _("one block without usage")}
    told = [
        text % {"figure": _number(str(said[name])) if name in COUNTED else _rate(said[name], currency)}
        for name, text in words.items()
        if said.get(name)
    ]
    without_usage = idle.get(said.get("zero_usage", ""))
    return [*told, without_usage] if without_usage else told


def _rate(amount: str, currency: str) -> str:
    """Return an amount with all of its decimals, and at least those of its currency."""
    number, unit = Decimal(amount), Currency(currency)
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= unit.exponent:
        return money_text(number, unit.code, reader_locale())
    return f"{_number(amount)} {currency}"


def _number(text: str) -> str:
    number = Decimal(text)
    exponent = number.normalize().as_tuple().exponent
    return number_text(number, reader_locale(), places=max(0, -exponent if isinstance(exponent, int) else 0))
