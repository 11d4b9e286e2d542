"""What is asked of a run, and of a tax rate."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caudal.billing.models import TaxKind

DAY: Final = "%Y-%m-%d"


class RunForm(forms.Form):
    """On which day documents are issued, and whether they wait as drafts."""

    issue_day = forms.DateField(label=_("Day of issue"), widget=forms.DateInput(attrs={"type": "date"}, format=DAY))
    as_drafts = forms.BooleanField(
        label=_("As drafts"), required=False, help_text=_("They wait to be looked at and issued one by one.")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("issue_day", today)


class TaxRateForm(forms.Form):
    """A rate: where, of what, from which day, how much, and who says so."""

    country = forms.CharField(label=_("Country"), max_length=60)
    tax_kind = forms.ChoiceField(
        label=pgettext_lazy("tax", "Kind"), choices=[pair for pair in TaxKind.choices if pair[0] != TaxKind.EXEMPT]
    )
    from_day = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format=DAY))
    percent = forms.DecimalField(label=_("Percent"), min_value=0, max_value=100, max_digits=7, decimal_places=4)
    source = forms.CharField(label=_("Source"), max_length=120, required=False, help_text=_("The law that says so."))
