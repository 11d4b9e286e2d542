"""Forms of what happens to deals and leads: another stage, an end, a conversion."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.crm.forms.choices import competitor_pairs, own_currency, stage_pairs
from caudal.crm.forms.fields import AmountField
from caudal.crm.forms.records import ActorForm, date_field
from caudal.crm.models import CloseReason, Deal, DisqualifyReason, Lead

NOTE = forms.Textarea(attrs={"rows": 3})


class StageForm(ActorForm):
    """The stage that a deal goes to."""

    stage = forms.ChoiceField(label=_("Stage"), widget=forms.RadioSelect)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": deal.version, "stage": str(deal.stage.ref)}
        super().__init__(*args, **kwargs)
        self.offer("stage", stage_pairs(self.actor, pipeline_id=deal.pipeline_id))


class WinForm(ActorForm):
    """What decided a deal that was won."""

    reason = forms.ChoiceField(
        label=_("What decided it"), required=False, choices=[("", _("Not known")), *CloseReason.choices]
    )
    note = forms.CharField(label=_("Note"), required=False, widget=NOTE)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LoseForm(WinForm):
    """Why a deal was lost; it has to be said, because losses are what one learns from."""

    reason = forms.ChoiceField(label=_("Why it was lost"), choices=[("", _("Choose a reason")), *CloseReason.choices])
    competitor = forms.ChoiceField(
        label=_("Lost to"), required=False, help_text=_("The competitor who took it, if one did.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("competitor", competitor_pairs(self.actor))
        self.order_fields(["reason", "competitor", "note"])


class ReopenForm(ActorForm):
    """Opening a closed deal again; where that takes two, the same form asks the second one, who wants to know why."""

    reason = forms.CharField(
        label=_("Why"), widget=NOTE, error_messages={"required": _("Say why, for the person who decides.")}
    )
    ask = forms.BooleanField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, asking: bool, reason: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"version": deal.version, "ask": asking or None, "reason": reason}
        super().__init__(*args, **kwargs)
        if not asking:
            del self.fields["reason"]


class DisqualifyForm(ActorForm):
    """Why a lead goes no further."""

    reason = forms.ChoiceField(
        label=_("Why it goes no further"), choices=[("", _("Choose a reason")), *DisqualifyReason.choices]
    )
    note = forms.CharField(label=_("Note"), required=False, widget=NOTE)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ConvertForm(ActorForm):
    """What a lead becomes."""

    with_deal = forms.BooleanField(
        label=_("Open a deal"), required=False, initial=True, help_text=_("Without one, only the person is kept.")
    )
    name = forms.CharField(label=_("Name of the deal"), required=False, max_length=200)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    expected_close_date = date_field(_("Expected to close"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "version": lead.version,
            "name": lead.company_name or lead.name,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.offer("stage", stage_pairs(self.actor))
        self.fields["amount"] = AmountField(currency=own_currency(), label=_("Amount"))
        self.order_fields(["with_deal", "name", "amount", "stage", "expected_close_date"])

    @override
    def clean(self) -> dict[str, Any]:
        """A deal needs a name."""
        values = super().clean() or {}
        if values.get("with_deal") and not values.get("name"):
            self.add_error("name", _("A deal needs a name."))
        return values
