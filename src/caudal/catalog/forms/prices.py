"""The form of a new price: its shape, its tiers line by line, its limits, and its days."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.catalog.forms.costs import day_field
from caudal.catalog.models import Charge, ChargeSort
from caudal.core.errors import Problem
from caudal.core.pricing import Mode

LINES_MAX: Final = 8
PARTS: Final = ("up_to", "unit", "flat", "block", "where")
"""What a line of the form says of a tier; `where` is read for prices by dimension alone."""
SHAPES: Final = (
    ("graduated", _("Each part of the quantity pays its own tier")),
    ("volume", _("The whole quantity pays the tier it ends in")),
)
COLUMNS: Final = {
    "up_to": _("Up to"),
    "unit": _("Each unit"),
    "flat": _("Once"),
    "block": _("Block of units"),
    "where": _("Matches"),
    "tiers": _("Tiers"),
    "rows": _("Tiers"),
}
"""What a refusal of a tier speaks of, as the form calls it."""
WITHOUT_USAGE: Final = (
    ("first_flat", _("What the first tier asks once")),
    ("nothing", _("Nothing")),
    ("one_block", _("One block")),
)
SHARE: Final = ("percent", "fixed", "free_count", "free_amount", "each_least", "each_most")
"""What a share of each transaction may say."""
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
            self.fields["zero_usage"] = forms.ChoiceField(
                label=_("What no usage costs"),
                choices=WITHOUT_USAGE,
                required=False,
                help_text=_("Of a price by tiers."),
            )
            self.fields["percent"] = text_field(_("Per cent of each transaction"))
            self.fields["fixed"] = text_field(_("Fixed part of each transaction"))
            self.fields["free_count"] = text_field(_("Free transactions"))
            self.fields["free_amount"] = text_field(
                _("Free up to an amount"),
                help_text=_("The free transactions or the free amount, whichever ends first."),
            )
            self.fields["each_least"] = text_field(_("At least, for each transaction"))
            self.fields["each_most"] = text_field(_("At most, for each transaction"))
            self.fields["multiplier"] = text_field(_("Times what the event carries"))

    def head(self) -> list[list[forms.BoundField]]:
        """Return what stands above the tiers, row by row."""
        return [[self[name] for name in row] for row in (("currency", "from_date", "existing_from_date"), ("shape",))]

    def parts(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """Return what stands below them by heading, row by row, as far as the charge has it."""
        parts = (
            (gettext("Limits"), (("free_units", "minimum", "maximum"), ("zero_usage",))),
            (gettext("A share of each transaction"), (SHARE[:2], SHARE[2:4], SHARE[4:])),
            ("", (("multiplier",),)),
        )
        there = (
            (title, [[self[each] for each in row if each in self.fields] for row in rows]) for title, rows in parts
        )
        return [(title, [row for row in rows if row]) for title, rows in there if any(rows)]

    def lines(self) -> list[dict[str, str]]:
        """Return what was typed line by line, empty lines too."""
        return [{part: str(self.data.get(f"{part}-{line}", "")).strip() for part in PARTS} for line in range(LINES_MAX)]

    def price(self) -> dict[str, Any]:
        """Return the price as it is written; what is wrong with it is for its reader to say."""
        said = self.cleaned_data
        limits = {name: said[name] for name in ("free_units", "minimum", "maximum") if said.get(name)}
        shape = said["shape"]
        if shape == "percentage":
            own = {name: said[name] for name in SHARE if said.get(name)}
            return {"shape": shape, **own, **limits}
        if shape == "dynamic":
            return {"shape": shape, **({"multiplier": said["multiplier"]} if said.get("multiplier") else {}), **limits}
        typed = [line for line in self.lines() if any(line.values())]
        if shape == "matrix":
            return {"shape": shape, "rows": [_row(line) for line in typed], **limits}
        idle = {"zero_usage": said["zero_usage"]} if said.get("zero_usage") else {}
        return {"shape": "tiers", "mode": Mode(shape).value, "tiers": [_tier(line) for line in typed], **idle, **limits}

    def refuse(self, problem: Problem) -> None:
        """Show a refusal above the form, with the column that it speaks of, and beside the fields that it names."""
        for name, text in problem.fields.items():
            if name in self.fields:
                self.add_error(name, gettext(text))
            else:
                self.add_error(None, f"{COLUMNS[name]}: {gettext(text)}" if name in COLUMNS else gettext(text))
        self.add_error(None, problem.told(gettext))

    def complaints(self) -> list[str]:
        """Return what is wrong with what was typed, each with the field that it is about."""
        return [
            f"{self.fields[name].label}: {text}" if name in self.fields else str(text)
            for name, texts in self.errors.items()
            for text in texts
        ]

    def is_begun(self) -> bool:
        """Say whether anything was typed that a price could be made of."""
        numbers = (str(self.data.get(name, "")).strip() for name in ("percent", "multiplier"))
        return any(numbers) or any(any(line.values()) for line in self.lines())


def _tier(line: Mapping[str, str]) -> dict[str, str]:
    return {part: line[part] for part in ("up_to", "unit", "flat", "block") if line[part]}


def _row(line: Mapping[str, str]) -> dict[str, Any]:
    """A line "kind=contract,letter region=EU" matches two kinds in one region; an empty one matches everything."""
    where = {}
    for word in line["where"].split():
        dimension, _equals, values = word.partition("=")
        where[dimension] = [value for value in values.split(",") if value]
    return {"name": line["where"] or "*", "where": where, "tiers": [_tier({**line, "up_to": ""})]}
