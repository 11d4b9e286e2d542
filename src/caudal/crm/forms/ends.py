"""Forms of what happens to deals and leads: another stage, an end, a conversion."""

from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.crm.actions import DealValues
from caudal.crm.forms.choices import competitor_pairs, id_of, own_currency, stage_pairs
from caudal.crm.forms.fields import AmountField
from caudal.crm.forms.records import ActorForm, DealForm, date_field
from caudal.crm.models import CloseReason, Deal, DisqualifyReason, Lead
from caudal.crm.queries import ingredients
from caudal.kit.own_fields import PREFIX

EMPTY: Final[tuple[Any, ...]] = (None, "", [])
NOTE = forms.Textarea(attrs={"rows": 3})


class FillingForm(ActorForm):
    """A form that also asks for what a deal lacks, in the inputs that its own form has."""

    lacks: Sequence[tuple[str, str]] = ()
    asked: Sequence[str] = ()

    def ask_for(self, lacks: Sequence[tuple[str, str]], deal: Deal) -> None:
        """Add an input for each field that the deal lacks; for a formula, for what goes into it and is empty."""
        self.lacks = lacks
        if not lacks:
            return
        form = DealForm(actor=self.actor, record=deal)
        empty = {name for name, field in form.fields.items() if form.get_initial_for_field(field, name) in EMPTY}
        wanted = [
            part
            for name, _label in lacks
            for part in ([name] if name in form.fields else [each for each in ingredients(name) if each in empty])
        ]
        self.asked = list(dict.fromkeys(wanted))
        for part in self.asked:
            self.fields[part] = form.fields[part]
            self.fields[part].required = True

    def filling(self) -> DealValues:
        """Return what was said of the fields that the deal lacked, as actions take it."""
        said: dict[str, Any] = {name: self.cleaned_data[name] for name in self.asked}
        own = {name.removeprefix(PREFIX): said.pop(name) for name in list(said) if name.startswith(PREFIX)}
        values: dict[str, Any] = {"custom": own} if own else {}
        for name, value in said.items():
            match name:
                case "owner":
                    values["owner_id"] = UUID(value)
                case "product":
                    values["product_id"] = id_of(value, "product")
                case "company" | "person":
                    values[f"{name}_id"] = value
                case _:
                    values[name] = value
        return cast("DealValues", values)


class StageForm(FillingForm):
    """The stage that a deal goes to."""

    stage = forms.ChoiceField(label=_("Stage"), widget=forms.RadioSelect)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": deal.version, "stage": str(deal.stage.ref), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.offer("stage", stage_pairs(self.actor, pipeline_id=deal.pipeline_id))


class WinForm(FillingForm):
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
