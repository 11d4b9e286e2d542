"""What is asked of a metric on its page: the address bar holds every answer."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.core.periods import Grain

GRAINS = [
    ("", _("One number")),
    (Grain.DAY.value, _("Day")),
    (Grain.WEEK.value, _("Week")),
    (Grain.MONTH.value, _("Month")),
    (Grain.QUARTER.value, _("Quarter")),
    (Grain.YEAR.value, _("Year")),
]
WHERE_MAX = 2_000


class StretchForm(forms.Form):
    """The days `[from, to)` and a filter."""

    where = forms.CharField(label=_("Only where"), required=False, max_length=WHERE_MAX)

    def __init__(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Name the days as the API and the terminal do; `from` is a word of Python."""
        super().__init__(data, **kwargs)
        for name, label in (("from", _("From")), ("to", _("Before"))):
            widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
            self.fields[name] = forms.DateField(label=label, required=False, widget=widget)


class QuestionForm(StretchForm):
    """The stretch of time, its grain, one dimension and a filter."""

    def __init__(self, data: Mapping[str, Any], *, dimensions: dict[str, str], **kwargs: Any) -> None:
        """Offer the dimensions that the metric has."""
        super().__init__(data, **kwargs)
        self.fields["grain"] = forms.ChoiceField(label=_("By time"), required=False, choices=GRAINS)
        self.fields["by"] = forms.ChoiceField(
            label=_("Broken down by"), required=False, choices=[("", _("Nothing")), *dimensions.items()]
        )
        self.fields["where"].widget.attrs["placeholder"] = 'owner = "Rosa" and amount > 5000'
        self.order_fields(["from", "to", "grain", "by", "where"])
