"""What is asked about a document: the day of issue, and why it is made void."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

WHY_LENGTH = 200


class IssueForm(forms.Form):
    """On which day a draft is issued."""

    issue_day = forms.DateField(
        label=_("Day of issue"),
        help_text=_("It gets its number and is posted on this day. It is never changed after that."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issue_day"].initial = today


class VoidForm(forms.Form):
    """On which day a document is made void, and why."""

    day = forms.DateField(
        label=_("Day of the reversal"),
        help_text=_("Its entry is reversed on this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=WHY_LENGTH,
        help_text=_("The number stays used, and auditors ask."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = today
