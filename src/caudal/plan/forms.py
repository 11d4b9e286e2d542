"""What is asked when a plan is adopted."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.core.plans import BYTES_MAX
from caudal.plan.queries import load_plan, shipped_plans


def shipped_labels() -> list[tuple[str, str]]:
    """Return the plans that come with Caudal, by what they call themselves."""
    language = get_language() or "en"
    plans = ((name, load_plan(name).plan) for name in shipped_plans())
    return [(name, plan.name.told(language)) for name, plan in plans if plan is not None]


class AdoptionForm(forms.Form):
    """A plan that comes with Caudal or a file of one's own, the month it starts in, and its size."""

    shipped = forms.ChoiceField(label=_("Plan"), required=False)
    file = forms.FileField(
        label=_("File of your own"),
        required=False,
        help_text=_("A plan file in TOML. It is taken instead of the plan above."),
    )
    version = forms.CharField(
        label=_("Version"),
        required=False,
        max_length=80,
        help_text=_("The name of a version in the file, such as demo for a hundredth of the size. Empty: as it is."),
    )
    starts_on = forms.DateField(
        label=_("First month"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Any day of the month in which the plan starts."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shipped"] = forms.ChoiceField(
            label=_("Plan"),
            required=False,
            choices=[*shipped_labels(), ("", _("A file of my own"))],
            initial=next(iter(shipped_plans()), ""),
            help_text=_("Plans that come with Caudal, ready to begin with."),
        )
        self.order_fields(["shipped", "file", "version", "starts_on"])

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse to adopt nothing, or too much."""
        values: dict[str, Any] = super().clean() or {}
        file = values.get("file")
        if not file and not values.get("shipped"):
            self.add_error("file", _("Choose a plan or a file."))
        if file and file.size > BYTES_MAX:
            self.add_error("file", _("A plan file has at most a million bytes."))
        return values

    def source(self) -> tuple[str, bytes | None]:
        """Return the name of the file and what is in it, or the name of a shipped plan and nothing."""
        file = self.cleaned_data.get("file")
        return (file.name, file.read()) if file else (self.cleaned_data["shipped"], None)
