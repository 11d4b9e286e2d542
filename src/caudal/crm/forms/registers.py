"""Forms of what records name: channels, touches, competitors."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from caudal.crm.forms.choices import Pairs, competitor_pairs
from caudal.crm.forms.fields import NamesInput
from caudal.crm.forms.records import ActorForm, date_field
from caudal.crm.models import TAG_LENGTH, ChannelKind, TagTone


class EntryForm(ActorForm):
    """An entry of a register: a channel, a competitor."""

    name = forms.CharField(label=_("Name"), max_length=80)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        if record is not None:
            kwargs["initial"] = {name: getattr(record, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ChannelForm(EntryForm):
    """A channel."""

    sort = forms.ChoiceField(
        label=_("Kind"),
        choices=ChannelKind.choices,
        initial=ChannelKind.OTHER,
        help_text=_("What it is added up with."),
    )


class CompetitorForm(EntryForm):
    """A competitor."""

    domain = forms.CharField(label=_("Web domain"), required=False, max_length=253)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What they are good at, and what wins against them."),
    )


class TagForm(EntryForm):
    """A tag."""

    name = forms.CharField(
        label=_("Name"), max_length=TAG_LENGTH, help_text=_("What bears the tag bears its new name at once.")
    )
    tone = forms.ChoiceField(label=_("Colour"), choices=TagTone.choices, initial=TagTone.IDLE)


class MergeForm(ActorForm):
    """The tag that another one is merged into."""

    into = forms.ChoiceField(label=_("Into"))

    def __init__(self, *args: Any, pairs: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("into", pairs)


class TouchForm(ActorForm):
    """A contact with a channel."""

    channel = forms.CharField(label=_("Channel"), max_length=80, widget=NamesInput(reverse_lazy("crm:channel_names")))
    campaign = forms.CharField(label=_("Campaign"), required=False, max_length=200)
    source_url = forms.CharField(label=_("Address of the page"), required=False, max_length=2000)
    day = date_field(_("Day"), help_text=_("Empty, it is now."))


class SeenForm(ActorForm):
    """A competitor whom the buyer of a deal considers."""

    competitor = forms.ChoiceField(label=_("Competitor"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("competitor", competitor_pairs(self.actor)[1:])
