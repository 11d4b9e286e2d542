"""Forms about what people agreed to, and about erasing them."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.crm.actions.consents import ConsentDraft
from caudal.crm.actions.erasing import EraseReason
from caudal.crm.forms.records import ActorForm, date_field
from caudal.crm.models import ConsentPurpose, ConsentSource

REASONS = (
    (EraseReason.ASKED.value, _("They asked for it")),
    (EraseReason.WITHDRAWN.value, _("They took back what they had agreed to")),
    (EraseReason.NOT_NEEDED.value, _("Nothing needs their data any more")),
    (EraseReason.UNLAWFUL.value, _("Their data should never have been here")),
)


class ConsentForm(ActorForm):
    """Somebody agreed."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=ConsentPurpose.choices)
    source = forms.ChoiceField(label=_("How they agreed"), choices=ConsentSource.choices)
    wording = forms.CharField(
        label=_("The text that they saw"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Word for word. Without it nobody can show what they agreed to."),
    )
    wording_version = forms.CharField(
        label=_("Version of the text"), max_length=40, help_text=_("For example: newsletter, 2026-03.")
    )
    proof = forms.CharField(
        label=_("Proof"),
        max_length=400,
        required=False,
        help_text=_("What shows it: the address of the page, the number of a paper, who was there."),
    )
    given_date = date_field(_("Agreed on"), help_text=_("Empty, now."))

    def draft(self, about: Ref) -> ConsentDraft:
        """Return what was said, as the action takes it."""
        said: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "given_date"}
        return ConsentDraft(about=about, given_at=start_of(self.cleaned_data["given_date"], self.actor.zone), **said)


class WithdrawalForm(ActorForm):
    """Somebody takes back what they agreed to."""

    how = forms.ChoiceField(label=_("How they withdrew it"), choices=ConsentSource.choices)


class ErasureForm(ActorForm):
    """Whom to erase is said by name."""

    reason = forms.ChoiceField(label=_("Why"), choices=REASONS)
    confirmation = forms.CharField(
        label=_("Type the name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class ReleaseForm(ActorForm):
    """An address of somebody who was erased and came again by themselves."""

    address = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))


def start_of(day: Any, zone: str) -> datetime | None:
    """Return the first instant of a day, None for none."""
    return None if day is None else datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
