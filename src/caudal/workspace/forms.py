"""Forms of the workspace."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from caudal.workspace.actions.access import SCOPES
from caudal.workspace.models import Member, Role


class PasswordForm(forms.Form):
    """A new password, chosen by somebody who was invited."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 12 characters. A sentence is easier to remember than a word."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Refuse passwords that are easy to guess."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class MemberForm(forms.Form):
    """Somebody new in the team."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The invitation is for this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REP)

    def clean_email(self) -> str:
        """Refuse an address that somebody of the team has."""
        email: str = self.cleaned_data["email"]
        if Member.objects.filter(email__iexact=email, deleted_at=None).exists():
            raise forms.ValidationError(_("Somebody of the team has this address already."))
        return email


class KeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=_("What is it for"), max_length=120, help_text=_("For example: website form."))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REP)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(f"{context}:{word}", f"{context}:{word}") for context in SCOPES for word in ("read", "write")],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_date = forms.DateField(
        label=_("Expires"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
