"""The form of a new price: its shape, its tiers line by line, its limits, and its days."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.catalog.forms.costs import day_field
from caudal.catalog.models import Charge, ChargeSort
from caudal.core.pricing import Mode

LINES_MAX: Final = 8
PARTS: Final = ("up_to", "unit", "flat", "block", "where")
"""What a line of the form says of a tier; `where` is read for prices by dimension alone."""
SHAPES: Final = (
    ("graduated", _("Each part of the quantity pays its own tier")),
    ("volume", _("The whole quantity pays the tier it ends in")),
)
OF_USAGE: Final = (
    ("matrix", _("By dimension: each line matches values")),
    ("percentage", _("A share of each transaction")),
    ("dynamic", _("What each event carries, times a number")),
)


def text_field(label: Any, **kwargs: Any) -> forms.CharField:
    """Return a field for a number as it is written."""
    return forms.CharField(label=label, required=False, max_length=40, **kwargs)


class PriceForm(forms.Form):
    """A price, as the action takes it."""

    currency = forms.CharField(label=_("Currency"), max_length=3)
    from_date = forms.DateField(
        label=_("For new customers from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    existing_from_date = day_field(_("For existing customers from"), help_text=_("Empty, they keep what they pay."))
    shape = forms.ChoiceField(label=_("How it is worked out"), choices=SHAPES)
    free_units = text_field(_("Free units"))
    minimum = text_field(_("At least, in a period"))
    maximum = text_field(_("At most, in a period"))

    def __init__(self, *args: Any, charge: Charge, today: date, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("currency", currency)
        self.initial.setdefault("from_date", today)
        if charge.sort == ChargeSort.USAGE:
            shapes = [*SHAPES, *OF_USAGE]
            self.fields["shape"] = forms.ChoiceField(label=_("How it is worked out"), choices=shapes)
            self.fields["percent"] = text_field(_("Per cent of each transaction"))
            self.fields["fixed"] = text_field(_("Fixed part of each transaction"))
            self.fields["multiplier"] = text_field(_("Times what the event carries"))

    def lines(self) -> list[dict[str, str]]:
        """Return what was typed line by line, empty lines too."""
        return [{part: str(self.data.get(f"{part}-{line}", "")).strip() for part in PARTS} for line in range(LINES_MAX)]

    def price(self) -> dict[str, Any]:
        """Return the price as it is written; what is wrong with it is for its reader to say."""
        said = self.cleaned_data
        limits = {name: said[name] for name in ("free_units", "minimum", "maximum") if said.get(name)}
        shape = said["shape"]
        if shape == "percentage":
            own = {name: said[name] for name in ("percent", "fixed") if said.get(name)}
            return {"shape": shape, **own, **limits}
        if shape == "dynamic":
            return {"shape": shape, **({"multiplier": said["multiplier"]} if said.get("multiplier") else {}), **limits}
        typed = [line for line in self.lines() if any(line.values())]
        if shape == "matrix":
            return {"shape": shape, "rows": [_row(line) for line in typed], **limits}
        return {"shape": "tiers", "mode": Mode(shape).value, "tiers": [_tier(line) for line in typed], **limits}


def _tier(line: Mapping[str, str]) -> dict[str, str]:
    return {part: line[part] for part in ("up_to", "unit", "flat", "block") if line[part]}


def _row(line: Mapping[str, str]) -> dict[str, Any]:
    """A line "kind=contract,letter region=EU" matches two kinds in one region; an empty one matches everything."""
    where = {}
    for word in line["where"].split():
        dimension, _equals, values = word.partition("=")
        where[dimension] = [value for value in values.split(",") if value]
    return {"name": line["where"] or "*", "where": where, "tiers": [_tier({**line, "up_to": ""})]}
