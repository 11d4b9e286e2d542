"""The form of a webhook."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.workspace.forms.entries import SCOPE_WORDS
from caudal.workspace.models import URL_MAX, Webhook
from caudal.workspace.queries import fact_names


def fact_choices() -> list[tuple[str, str]]:
    """Return every fact that may be sent, by its name."""
    return [(name, name) for name in fact_names()]


class WebhookForm(forms.Form):
    """Where facts are sent, and which of them."""

    url = forms.CharField(
        label=_("Address"),
        max_length=URL_MAX,
        help_text=_("An https address that takes POST, such as https://example.com/caudal."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label=_("What is it for"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(label=_("Which facts"), required=False, choices=fact_choices)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        """Take the webhook to change, if it is there."""
        if webhook is not None:
            names = ("url", "description", "events", "version")
            kwargs["initial"] = {name: getattr(webhook, name) for name in names}
        super().__init__(*args, **kwargs)

    def groups(self) -> list[tuple[str, int, Sequence[tuple[str, bool]]]]:
        """Return the facts by context: its name, how many of its facts are chosen, and each with whether it is."""
        chosen = set(self["events"].value() or ())
        found: list[tuple[str, int, Sequence[tuple[str, bool]]]] = []
        for context, names in groupby(fact_names(), key=lambda name: name.partition(".")[0]):
            listed = [(name, name in chosen) for name in names]
            label = str(SCOPE_WORDS.get(context) or gettext("What was taken back"))
            found.append((label, sum(is_chosen for _name, is_chosen in listed), listed))
        return found

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        return {name: self.cleaned_data[name] for name in ("url", "description", "events")}

    def renew(self, version: str) -> None:
        """Let the form be sent again on top of another version."""
        data: Any = self.data
        renewed = data.copy()
        renewed["version"] = version
        self.data = renewed
