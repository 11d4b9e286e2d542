"""Forms of an offering: what it says with its terms, what is paid for it, and from when nobody new can buy it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.catalog.forms.costs import DAY
from caudal.catalog.models import ChargeSort, Interval, Offering, OfferingRole, Product, Stream, Timing
from caudal.core.decimals import plain_decimal
from caudal.core.ids import Ref

Steps = list[tuple[int, Decimal]]
FIELDS: Final = ("name", "code", "role", "interval", "interval_count", "timing", "trial_days", "note")


class StepsField(forms.CharField):
    """Steps, a line for each: from which number on, and by how many per cent that lowers a price."""

    widget = forms.Textarea(attrs={"rows": 3})

    @override
    def to_python(self, value: Any) -> Any:
        """Return number and per cent of each line."""
        found: Steps = []
        for line in (super().to_python(value) or "").splitlines():
            words = line.replace(",", ".").split()
            if not words:
                continue
            try:
                number, percent = words
                found.append((int(number), Decimal(percent)))
            except (ValueError, InvalidOperation):
                text = _("Write a line for each: a whole number, a space, and per cent, such as 12 10.")
                raise forms.ValidationError(text) from None
        return found


class OfferingForm(forms.Form):
    """A way to buy a product. Which product it is of is said once, when it is added."""

    product = forms.ChoiceField(label=_("Product"))
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=80,
        help_text=_(
            "Letters from a to z, digits, points, hyphens and underscores. The plan and programs know it by this."
        ),
    )
    role = forms.ChoiceField(label=_("Bought"), choices=OfferingRole.choices)
    interval = forms.ChoiceField(label=_("Paid every"), choices=Interval.choices, initial=Interval.MONTH)
    interval_count = forms.IntegerField(label=_("How many months or years"), min_value=1, initial=1)
    timing = forms.ChoiceField(label=_("Invoiced"), choices=Timing.choices)
    trial_days = forms.IntegerField(label=_("Trial (days)"), min_value=0, initial=0)
    terms = StepsField(
        label=_("Terms"),
        required=False,
        help_text=_("A line for each: for how many months one commits, and by how many per cent less, such as 36 20."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        products: Sequence[Product] = (),
        product: str = "",
        offering: Offering | None = None,
        **kwargs: Any,
    ) -> None:
        if offering is not None:
            terms = offering.terms.order_by("months")
            kwargs["initial"] = {name: getattr(offering, name) for name in FIELDS} | {
                "terms": "\n".join(f"{each.months} {plain_decimal(each.discount_percent)}" for each in terms),
                "version": offering.version,
            }
        super().__init__(data, **kwargs)
        if offering is None:
            choices = [(str(each.ref), each.name) for each in products]
            self.fields["product"] = forms.ChoiceField(label=_("Product"), choices=choices)
            self.initial["product"] = product
        else:
            del self.fields["product"]

    def values(self) -> dict[str, Any]:
        """Return what was said, as the actions take it."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def product_id(self) -> UUID:
        """Return which product was chosen."""
        return Ref.parse(self.cleaned_data["product"], Product.kind).id


class ChargeForm(forms.Form):
    """Something that is paid for an offering."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=80)
    sort = forms.ChoiceField(label=_("Counted"), choices=ChargeSort.choices)
    stream = forms.ChoiceField(label=_("Revenue stream"), choices=Stream.choices)
    meter = forms.CharField(
        label=_("Meter"), max_length=80, required=False, help_text=_("Of a charge by usage alone: what counts it.")
    )
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)

    def __init__(self, data: Any, *, stream: str, **kwargs: Any) -> None:
        super().__init__(data, initial={"stream": stream}, **kwargs)


class RetirementForm(forms.Form):
    """From which day on an offering is sold to nobody new."""

    from_date = forms.DateField(
        label=_("Not sold to new customers from"), widget=forms.DateInput(attrs={"type": "date"}, format=DAY)
    )

    def __init__(self, data: Any, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, initial={"from_date": today}, **kwargs)
