"""Forms of the workspace."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from allauth.account import forms as entrance
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.files.uploadedfile import UploadedFile
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.core.errors import Problem
from caudal.core.money import Money
from caudal.workspace.actions.access import SCOPES
from caudal.workspace.models import (
    RESPONSE_HOURS_MAX,
    CompanySettings,
    CustomField,
    DigestPlan,
    Invoicing,
    NoticeSort,
    OwnFieldType,
    Rhythm,
    Role,
    Way,
)

PASSWORD_HELP: Final = _("At least 12 characters. A sentence is easier to remember than a word.")

RATE_FILE_MAX: Final = 16 * 2**20
"""Bytes."""


class PasswordForm(forms.Form):
    """A new password, chosen by somebody who was invited."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Refuse passwords that are easy to guess."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


SCOPE_WORDS: Final = {
    "workspace": _("Company and team"),
    "catalog": _("Products"),
    "crm": _("Leads, deals, companies and people"),
    "usage": _("Usage of customers"),
    "meters": _("Meters and subjects of usage"),
    "insights": _("Metrics"),
    "ledger": _("The books"),
    "billing": _("Customers, subscriptions and invoices"),
    "plan": _("Plan and targets"),
}
"""What the contexts of scopes are called."""


def scope_choices() -> list[tuple[str, str]]:
    """Return every scope with what it opens, in the reader's language."""
    verbs = {"read": gettext("read"), "write": gettext("write")}
    return [
        (f"{context}:{word}", f"{SCOPE_WORDS[context]}: {said} ({context}:{word})")
        for context in SCOPES
        for word, said in verbs.items()
    ]


class KeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=_("What is it for"), max_length=120, help_text=_("For example: website form."))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REP)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=scope_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    expires_date = forms.DateField(
        label=_("Expires"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class DecisionForm(forms.Form):
    """Whether a second person agrees, by the button that was pressed, and a word with it."""

    AGREE: Final = "agree"
    REFUSE: Final = "refuse"

    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    decision = forms.ChoiceField(
        choices=[(AGREE, _("Agree")), (REFUSE, _("Refuse"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Say whether you agree."), "invalid_choice": _("Say whether you agree.")},
    )


class CompanyForm(forms.Form):
    """What the company says of itself. Currency and time zone are what its numbers stand on, and stay."""

    name = forms.CharField(label=_("Company name"), max_length=200)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("For everybody who has chosen none.")
    )
    fiscal_start_month = forms.TypedChoiceField(
        label=_("First month of the fiscal year"), coerce=int, choices=list(MONTHS.items())
    )
    response_hours = forms.IntegerField(
        label=_("Hours to a first answer"),
        min_value=1,
        max_value=RESPONSE_HOURS_MAX,
        help_text=_("Hours of work, nine to six on working days, after which a lead should have heard from you."),
    )
    approval_above = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=15,
        help_text=_("Taking back something worth more than this needs a second person. Empty, nothing does."),
        widget=forms.NumberInput(attrs={"step": "any", "min": "0"}),
    )
    refund_above = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=15,
        help_text=_("Refunds, credit notes and debts written off above this. Empty, the limit above holds."),
        widget=forms.NumberInput(attrs={"step": "any", "min": "0"}),
    )
    invoicing = forms.ChoiceField(
        label=_("What fell due, every morning"),
        choices=Invoicing.choices,
        help_text=_("At six of the company's time, dated that day. A draft waits until somebody issues it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, company: CompanySettings, **kwargs: Any) -> None:
        limit: Money | None = company.approval_above
        refunds: Money | None = company.refund_above
        kwargs["initial"] = {
            "name": company.name,
            "language": company.language,
            "fiscal_start_month": company.fiscal_start_month,
            "response_hours": company.response_hours,
            "approval_above": limit.major if limit else None,
            "refund_above": refunds.major if refunds is not None else None,
            "invoicing": company.invoicing,
            "version": company.version,
        }
        super().__init__(*args, **kwargs)
        self.currency = company.currency
        self.fields["approval_above"].label = _("Two people decide above (%(currency)s)") % {
            "currency": company.currency
        }
        self.fields["refund_above"].label = _("Two people give back above (%(currency)s)") % {
            "currency": company.currency
        }

    def clean_approval_above(self) -> Money | None:
        """Return the threshold in the company's currency, with no more decimals than it has."""
        return self._limit("approval_above")

    def clean_refund_above(self) -> Money | None:
        """Return the limit of refunds in the company's currency, with no more decimals than it has."""
        return self._limit("refund_above")

    def _limit(self, name: str) -> Money | None:
        amount = self.cleaned_data[name]
        try:
            return None if amount is None else Money.of(amount, self.currency)
        except Problem as problem:
            raise forms.ValidationError(problem.told(gettext)) from problem

    def renew(self, version: str) -> None:
        """Let the form be sent again on top of another version of the settings."""
        self.data = {name: self.data[name] for name in self.data} | {"version": version}


class SignInForm(entrance.LoginForm):  # type: ignore[misc]  # allauth publishes no types
    """An address and its password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class ChangePasswordForm(entrance.ChangePasswordForm):  # type: ignore[misc]  # allauth publishes no types
    """Another password for somebody who knows the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class SetPasswordForm(entrance.SetPasswordForm):  # type: ignore[misc]  # allauth publishes no types
    """A first password for somebody who came in by a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class ForgottenPasswordForm(entrance.ResetPasswordForm):  # type: ignore[misc]  # allauth publishes no types
    """The address to which a link is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class PasswordFromKeyForm(entrance.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth publishes no types
    """Another password for somebody who came by the link of a letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


WORDS: Final = {
    "email": _("E-mail"),
    "login": _("E-mail"),
    "password": _("Password"),
    "remember": _("Stay signed in on this device"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password, again"),
}
"""Labels of allauth's fields, which has words of its own for them."""


def in_our_words(form: forms.Form) -> None:
    """Label the fields of one of allauth's forms as every other form of ours is labelled."""
    for name, field in form.fields.items():
        field.label = WORDS[name]
        field.help_text = PASSWORD_HELP if name == "password1" else ""
        field.widget.attrs.pop("placeholder", None)


class RateFileForm(forms.Form):
    """The file of reference rates."""

    file = forms.FileField(
        label=_("Rates of the European Central Bank"),
        help_text=_("eurofxref-hist.zip, or the CSV file in it. What is known already stays as it is."),
        widget=forms.FileInput(attrs={"accept": ".zip,.csv"}),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        """Refuse what no such file is as long as."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > RATE_FILE_MAX:
            raise forms.ValidationError(_("The file is larger than any of its kind."))
        return file


class OwnFieldForm(forms.Form):
    """The definition of a field of one's own; what its type does not need is left alone."""

    label = forms.CharField(label=_("Name"), max_length=80)
    label_es = forms.CharField(
        label=_("Name in Spanish"), max_length=80, required=False, help_text=_("Without one, the name serves for both.")
    )
    help = forms.CharField(
        label=_("Help"),
        max_length=200,
        required=False,
        help_text=_("A line under the field that says what belongs there."),
    )
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[each for each in OwnFieldType.choices if each[0] != OwnFieldType.FORMULA],
        help_text=_("It cannot be changed later."),
    )
    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        help_text=_("What filters and programs call it: small letters, digits and underscores. It stays."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    options = forms.CharField(
        label=_("Choices"), required=False, help_text=_("One on each line."), widget=forms.Textarea(attrs={"rows": 5})
    )
    unit = forms.CharField(
        label=_("Unit"), max_length=40, required=False, help_text=_("Of a number, for example: employees, days.")
    )
    decimals = forms.IntegerField(label=_("Decimals"), required=False, min_value=0, max_value=6, initial=0)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("Of an amount. Empty, the company's own.")
    )
    link_kind = forms.ChoiceField(label=_("Names a"), required=False)
    required = forms.BooleanField(label=_("Required"), required=False, help_text=_("Nobody saves a form without it."))
    position = forms.IntegerField(
        label=_("Place"), required=False, min_value=0, max_value=999, help_text=_("Fields stand in this order.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    FIXED: Final = ("type", "key", "currency", "link_kind")
    """What stays once the field is there."""
    OF_TYPES: Final = {"options": ("choice", "several"), "unit": ("number",), "decimals": ("number", "formula")}

    def __init__(
        self, *args: Any, kinds: Sequence[tuple[str, str]] = (), field: CustomField | None = None, **kwargs: Any
    ) -> None:
        if field is not None:
            said = {name: getattr(field, name) for name in self.base_fields if hasattr(field, name)}
            kwargs["initial"] = said | {"options": "\n".join(field.options)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        link = self.fields["link_kind"]
        if isinstance(link, forms.ChoiceField):
            link.choices = [("", "—"), *kinds]
        if field is not None:
            for name in self.FIXED:
                del self.fields[name]
            for name, types in self.OF_TYPES.items():
                if field.type not in types:
                    del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "version" and value is not None}
        if "options" in found:
            found["options"] = found["options"].splitlines()
        return found


REMINDERS: Final = [
    (0, _("Not at all")),
    (5, _("5 minutes")),
    (15, _("15 minutes")),
    (30, _("30 minutes")),
    (60, _("One hour")),
    (24 * 60, _("One day")),
]


class NoticeForm(forms.Form):
    """How a member wishes to be told of each sort, and when."""

    rhythm = forms.ChoiceField(label=_("Digest"), choices=Rhythm.choices)
    hour = forms.TypedChoiceField(
        label=_("Hour of the digest"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        help_text=_("In your own time zone. Reminders of what is due on a day come at this hour too."),
    )
    weekday = forms.TypedChoiceField(
        label=_("Day of a weekly digest"), coerce=int, choices=[(day, WEEKDAYS[day]) for day in range(7)]
    )
    remind_minutes = forms.TypedChoiceField(
        label=_("Remind me before"),
        coerce=int,
        choices=REMINDERS,
        help_text=_("Of calls, meetings and whatever else has an hour."),
    )

    TIMING: Final = ("rhythm", "hour", "weekday", "remind_minutes")

    def __init__(self, *args: Any, plan: DigestPlan, ways: Mapping[str, Way], **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(plan, name) for name in self.TIMING} | {
            f"way_{sort}": way.value for sort, way in ways.items()
        }
        super().__init__(*args, **kwargs)
        before = self.fields["remind_minutes"]
        if isinstance(before, forms.TypedChoiceField) and plan.remind_minutes not in dict(REMINDERS):
            before.choices = [*REMINDERS, (plan.remind_minutes, str(plan.remind_minutes))]
        for sort, label in NoticeSort.choices:
            self.fields[f"way_{sort}"] = forms.ChoiceField(label=label, choices=Way.choices)

    def ways(self) -> dict[str, str]:
        """Return the way of every sort."""
        return {sort: self.cleaned_data[f"way_{sort}"] for sort in NoticeSort.values}

    def timing(self) -> dict[str, Any]:
        """Return when the digest and reminders come."""
        return {name: self.cleaned_data[name] for name in self.TIMING}
