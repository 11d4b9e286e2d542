"""Forms of a bundle: what it is made of, what it costs from a day on, and what is asked of its price."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.catalog.forms.costs import DAY, day_field
from caudal.catalog.models import Bundle, Offering
from caudal.catalog.queries import Asked, parts_of
from caudal.core.decimals import plain_decimal
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money

ROWS: Final = 4
"""So many parts a form has room for; one more than there are, at least."""


class BundleForm(forms.Form):
    """Offerings that are sold together for less."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=80)
    discount_percent = forms.DecimalField(
        label=_("Discount (%)"),
        min_value=0,
        max_value=100,
        decimal_places=4,
        initial=Decimal(0),
        help_text=_("Of each part, where the bundle has no price of its own."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, offerings: Sequence[Offering], bundle: Bundle | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        parts = parts_of(bundle) if bundle is not None else []
        if bundle is not None:
            self.initial = {"name": bundle.name, "code": bundle.code, "version": bundle.version}
            self.initial["discount_percent"] = plain_decimal(Decimal(bundle.discount_percent))
        choices = [("", "—"), *((str(each.pk), each.name) for each in offerings)]
        self.rows = max(ROWS, len(parts) + 1)
        for row in range(self.rows):
            self.fields[f"part-{row}"] = forms.ChoiceField(
                label=_("Part %(number)s") % {"number": row + 1}, choices=choices, required=False
            )
            self.fields[f"quantity-{row}"] = forms.IntegerField(
                label=_("How many"), min_value=1, max_value=1_000_000, required=False, initial=1
            )
        for row, part in enumerate(parts):
            self.initial.update({f"part-{row}": str(part.offering_id), f"quantity-{row}": part.quantity})

    def said(self) -> list[forms.BoundField]:
        """Return what stands above the parts."""
        return [self[name] for name in ("name", "code", "discount_percent")]

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return each part with how many of it there are."""
        return [(self[f"part-{row}"], self[f"quantity-{row}"]) for row in range(self.rows)]

    @override
    def clean(self) -> dict[str, Any]:
        """Read the parts; one that is named twice is told."""
        said: dict[str, Any] = super().clean() or {}
        parts: dict[UUID, int] = {}
        for row in range(self.rows):
            chosen = said.get(f"part-{row}")
            if not chosen:
                continue
            if UUID(chosen) in parts:
                self.add_error(f"part-{row}", gettext("It is named above already."))
            parts[UUID(chosen)] = said.get(f"quantity-{row}") or 1
        said["parts"] = parts
        return said

    def values(self) -> dict[str, Any]:
        """Return what was said, as the actions take it."""
        return {name: self.cleaned_data[name] for name in ("name", "code", "discount_percent", "parts")}


class BundlePriceForm(forms.Form):
    """What a bundle costs from a day on."""

    amount = forms.CharField(
        label=_("Price of one bundle"),
        max_length=20,
        required=False,
        help_text=_("Before tax, for a period where it recurs. Empty, its discount counts again."),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3)
    from_date = forms.DateField(
        label=_("For new customers from"), widget=forms.DateInput(attrs={"type": "date"}, format=DAY)
    )

    def __init__(self, data: Any, *, currency: str, today: date, **kwargs: Any) -> None:
        super().__init__(data, initial={"currency": currency, "from_date": today}, **kwargs)

    @override
    def clean(self) -> dict[str, Any]:
        """Read the amount in its currency."""
        said: dict[str, Any] = super().clean() or {}
        typed = str(said.get("amount") or "").strip().replace(",", ".")
        said["currency"] = str(said.get("currency") or "").strip().upper()
        said["money"] = None
        if typed:
            try:
                said["money"] = Money.of(typed, said["currency"])
            except Problem as problem:
                self.add_error("amount", problem.told(gettext))
        return said


class BundleCostForm(forms.Form):
    """Of what the price of a bundle is asked."""

    currency = forms.ChoiceField(label=_("Currency"))
    day = day_field(_("Day"))
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=1_000_000, initial=1, required=False)
    months = forms.IntegerField(label=_("Term (months)"), min_value=1, max_value=240, required=False)

    def __init__(self, data: Any, *, currencies: Sequence[str], today: date) -> None:
        super().__init__(data)
        offered = [(code, code) for code in currencies]
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=offered)
        self.today = today

    def asked(self) -> Asked:
        """Return what was asked."""
        said = self.cleaned_data
        return Asked(day=said["day"] or self.today, currency=Currency(said["currency"]), months=said["months"])
