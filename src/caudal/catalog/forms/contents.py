"""Forms of what an offering includes: add-ons beside it, what it says of features, and cheaper charges by quantity."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.catalog.forms.offerings import Steps, StepsField
from caudal.catalog.models import Charge, Feature, FeatureSort, Offering
from caudal.core.decimals import plain_decimal

YES: Final = "yes"
NO: Final = "no"
UNLIMITED: Final = "*"


class FeatureForm(forms.Form):
    """Something that offerings can say of themselves."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=80, help_text=_("Programs know it by this."))
    sort = forms.ChoiceField(label=_("Says"), choices=FeatureSort.choices)


class AddOnsForm(forms.Form):
    """What can be bought beside an offering."""

    add_ons = forms.MultipleChoiceField(label=_("Add-ons"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, *, offering: Offering, possible: Iterable[Offering], **kwargs: Any) -> None:
        beside = [str(each) for each in offering.add_ons.order_by("pk").values_list("add_on_id", flat=True)]
        super().__init__(data, initial={"add_ons": beside}, **kwargs)
        choices = [(str(each.pk), each.name) for each in possible if each.pk != offering.pk]
        self.fields["add_ons"] = forms.MultipleChoiceField(
            label=_("Add-ons"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )

    def chosen(self) -> list[UUID]:
        """Return what was chosen."""
        return [UUID(each) for each in self.cleaned_data["add_ons"]]


class NumberOrUnlimited(forms.CharField):
    """A whole number, or an asterisk: no limit. Nothing says nothing of it."""

    @override
    def to_python(self, value: Any) -> Any:
        """Return the number, the asterisk, or nothing."""
        typed = "".join((super().to_python(value) or "").split()).replace(",", "").replace(".", "")
        if typed in {"", UNLIMITED}:
            return typed
        if not (typed.isascii() and typed.isdecimal()):
            raise forms.ValidationError(_("Write a whole number, or * for no limit."))
        return int(typed)


class FeaturesForm(forms.Form):
    """What an offering says of each feature; of what is left empty it says nothing."""

    def __init__(self, data: Any, *, offering: Offering, features: Sequence[Feature], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.features = {str(each.pk): each for each in features}
        said = {str(each.feature_id): each.value for each in offering.features.order_by("pk")}
        for key, feature in self.features.items():
            self.fields[key] = _field_of(feature)
            if key in said:
                self.initial[key] = _shown(said[key])

    def values(self) -> dict[UUID, Any]:
        """Return what is said, by feature."""
        found = {}
        for key, feature in self.features.items():
            said = self.cleaned_data[key]
            if said == "":
                continue
            if feature.sort == FeatureSort.SWITCH:
                said = said == YES
            found[feature.pk] = None if feature.sort == FeatureSort.NUMBER and said == UNLIMITED else said
        return found


class VolumeForm(forms.Form):
    """From which quantities each charge costs less."""

    def __init__(self, data: Any, *, charges: Iterable[Charge], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for charge in charges:
            key = str(charge.pk)
            self.fields[key] = StepsField(
                label=charge.name,
                required=False,
                help_text=_("A line for each: from which quantity, and by how many per cent less, such as 50 20."),
            )
            steps = sorted((each.quantity_min, each.discount_percent) for each in charge.volume_discounts.all())
            self.initial[key] = "\n".join(f"{quantity} {plain_decimal(percent)}" for quantity, percent in steps)

    def values(self) -> dict[UUID, Steps]:
        """Return the steps by charge."""
        return {UUID(key): said for key, said in self.cleaned_data.items()}


def _field_of(feature: Feature) -> forms.Field:
    if feature.sort == FeatureSort.SWITCH:
        choices = [("", "—"), (YES, _("yes")), (NO, _("no"))]
        return forms.ChoiceField(label=feature.name, choices=choices, required=False)
    if feature.sort == FeatureSort.NUMBER:
        text = _("A whole number, or * for no limit.")
        return NumberOrUnlimited(label=feature.name, required=False, max_length=20, help_text=text)
    return forms.CharField(label=feature.name, required=False, max_length=200)


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return YES if value else NO
    return UNLIMITED if value is None else value
