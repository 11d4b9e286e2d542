"""Forms of profiles of imports."""

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.crm.forms.registers import EntryForm
from caudal.crm.models import PROFILE_NAME_LENGTH, ProfileSharing


class ProfileForm(EntryForm):
    """What a profile is called, and who uses it."""

    name = forms.CharField(label=_("Name"), max_length=PROFILE_NAME_LENGTH)
    sharing = forms.ChoiceField(label=_("Used by"), choices=ProfileSharing.choices)
