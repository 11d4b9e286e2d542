"""What is asked of a metric on its page: the address bar holds every answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.core.periods import Grain

GRAINS = {
    "": _("One number"),
    Grain.DAY.value: _("Day"),
    Grain.WEEK.value: _("Week"),
    Grain.MONTH.value: _("Month"),
    Grain.QUARTER.value: _("Quarter"),
    Grain.YEAR.value: _("Year"),
}


class QuestionForm(forms.Form):
    """The stretch of time, its grain, one dimension and a filter."""

    grain = forms.ChoiceField(label=_("By time"), choices=list(GRAINS.items()), required=False)
    by = forms.ChoiceField()
    start = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    end = forms.DateField(label=_("Until before"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    where = forms.CharField(
        label=_("Only where"),
        required=False,
        max_length=500,
        help_text=_('An expression, such as: pillar = "saas" and amount > 5000'),
    )

    def __init__(self, *args: object, dimensions: dict[str, str], **kwargs: object) -> None:
        """Offer the dimensions that the metric has."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.fields["by"] = forms.ChoiceField(
            label=_("Break down by"), required=False, choices=[("", _("Nothing")), *dimensions.items()]
        )
