"""What is asked when a plan is adopted, written or decided, and of its milestones."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.core.errors import Problem
from caudal.core.plans import BYTES_MAX
from caudal.plan.models import NAME_LENGTH, NOTE_LENGTH, Purpose
from caudal.plan.queries import load_plan, shipped_plans
from caudal.workspace.queries import active_members


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


class MilestoneForm(forms.Form):
    """Who sees to a milestone, and when it was done."""

    done_on = forms.DateField(
        label=_("Day it was done"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty while it is not done."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_give: bool, held_by: tuple[str, str] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(pk), name) for pk, name in active_members()] if may_give else []
        if held_by is not None and held_by not in people:
            people.append(held_by)
        owner = forms.ChoiceField(
            label=_("Owner"),
            required=False,
            choices=[("", _("Nobody")), *people],
            help_text=_("Whoever sees to it that it is done."),
            disabled=not may_give,
        )
        self.fields = {"owner": owner, **{name: self.fields[name] for name in ("done_on", "version")}}

    def take(self, problem: Problem) -> None:
        """Show a refusal beside the field that it names, else above the form."""
        take_refusal(self, problem)


class DraftForm(forms.Form):
    """What a draft is begun from, and what it is to become."""

    begun_from = forms.ChoiceField(
        label=_("Begin from"),
        required=False,
        help_text=_("Its text is copied; what you write changes nothing of it."),
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=Purpose.choices,
        required=False,
        initial=Purpose.PLAN,
        help_text=_("An approved plan can be adopted. Budgets and forecasts are kept beside it, to compare."),
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=NAME_LENGTH, help_text=_("Empty: that of what it begins from.")
    )

    def __init__(self, *args: Any, sources: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["begun_from"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  our own mistake
        field.choices = list(sources)

    def take(self, problem: Problem) -> None:
        """Show a refusal beside the field that it names, else above the form."""
        take_refusal(self, problem)


class EditorForm(forms.Form):
    """The text of a draft, and what is said of it."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    starts_on = forms.DateField(
        label=_("First month"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Any day of the month in which the plan starts."),
    )
    version_name = forms.CharField(
        label=_("Size"),
        required=False,
        max_length=80,
        help_text=_("The name of a version in the text, such as demo for a hundredth of the size. Empty: as it is."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What changes and why, for those who approve it."),
    )
    text = forms.CharField(label=_("Plan file"), strip=False, widget=forms.Textarea)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def take(self, problem: Problem) -> None:
        """Show a refusal beside the field that it names, else above the form."""
        take_refusal(self, problem)


class DecisionForm(forms.Form):
    """Yes, or no and why."""

    note = forms.CharField(
        label=_("What you say of it"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed to send it back: say why, so that it can be mended."),
    )

    def take(self, problem: Problem) -> None:
        """Show a refusal beside the field that it names, else above the form."""
        take_refusal(self, problem)


class ScenarioForm(forms.Form):
    """What a scenario is called and why it is kept, what it is laid over, and its text."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    why = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What would have to happen, or what you want to find out."),
    )
    base = forms.ChoiceField(
        label=_("Laid over"),
        required=False,
        help_text=_("The plan of which some things are otherwise. It changes nothing of it."),
    )
    text = forms.CharField(
        label=_("As text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "code"}),
        help_text=_("What it says otherwise, as a plan file writes it and in the size of that file; each in its unit."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, bases: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["base"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  our own mistake
        field.choices = list(bases)

    def take(self, problem: Problem) -> None:
        """Show a refusal beside the field that it names, else above the form."""
        take_refusal(self, problem)


class OtherwiseForm(forms.Form):
    """One thing that is otherwise, and what it is then."""

    what = forms.ChoiceField(label=_("What"))
    lo = forms.CharField(label=_("Lower end"), max_length=40, help_text=_("Shares in percent."))
    hi = forms.CharField(
        label=_("Upper end"), required=False, max_length=40, help_text=_("Empty: or more; of a driver, exactly.")
    )

    def __init__(self, *args: Any, things: Sequence[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  our own mistake
        field.choices = list(things)

    def take(self, problem: Problem) -> None:
        """Show a refusal beside the field that it names, else above the form."""
        take_refusal(self, problem)


class ActualForm(forms.Form):
    """What a target's number came to: in which period, up to which day, and from where somebody knows."""

    period = forms.ChoiceField(label=_("Period"))
    value = forms.CharField(label=_("Value"), max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    through = forms.DateField(
        label=_("Up to"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day that the value speaks of. Empty: the whole period, or up to today."),
    )
    source = forms.CharField(
        label=_("Where it comes from"),
        required=False,
        max_length=NAME_LENGTH,
        help_text=_("A report, a bank statement, somebody who knows: so that others can look it up."),
    )

    def __init__(self, *args: Any, periods: Sequence[tuple[str, str]], unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  our own mistake
        field.choices = list(periods)
        self.fields["value"].help_text = unit

    def take(self, problem: Problem) -> None:
        """Show a refusal beside the field that it is about, else above the form."""
        about = {
            "actual.not_yet": "through",
            "actual.outside_period": "through",
            "actual.other_period": "period",
        }.get(problem.code, "value")
        self.add_error(about, problem.told(gettext))


class ActualsFileForm(forms.Form):
    """A file of actuals."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, with the columns target (or metric), period and value; the others may be there."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm"}),
    )


def take_refusal(form: forms.Form, problem: Problem) -> None:
    """Show a refusal beside the fields that it names, else above the form."""
    for name, text in (problem.fields or {"": problem.message}).items():
        form.add_error(name if name in form.fields else None, problem.said(text, gettext))
