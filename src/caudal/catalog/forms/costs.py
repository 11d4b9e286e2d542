"""The form of the calculator: what is asked of a price."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.catalog.models import Charge, ChargeSort, Offering
from caudal.catalog.offline import Shape, UsageGiven
from caudal.catalog.queries import Asked, MeterUsage, currencies_of
from caudal.core.errors import Problem
from caudal.core.money import Currency

DAY = "%Y-%m-%d"
AMOUNTS_MAX = 1_000


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format=DAY), **kwargs
    )


class CostForm(forms.Form):
    """What somebody would buy: how much, when, in which currency."""

    currency = forms.ChoiceField(label=_("Currency"))
    day = day_field(_("Day"))
    customer_since = day_field(_("Customer since"), help_text=_("Empty, they buy it on the day."))

    def __init__(self, data: Any, *, offering: Offering, charges: Sequence[Charge], today: date) -> None:
        super().__init__(data)
        self.meters: dict[str, tuple[str, dict[str, str], bool]] = {}
        offered = [(code, code) for code in currencies_of(charges)]
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=offered)
        self.fields["day"].initial = today
        if any(each.sort == ChargeSort.SEAT for each in charges):
            self.fields["seats"] = forms.DecimalField(
                label=_("Seats"), min_value=Decimal(0), max_value=Decimal(10**6), initial=1
            )
        for each in charges:
            self._ask_usage(each)
        terms = [
            (str(each.months), _("%(months)s months") % {"months": each.months})
            for each in offering.terms.order_by("months")
        ]
        if terms:
            self.fields["months"] = forms.ChoiceField(
                label=_("Term"), choices=[("", _("None")), *terms], required=False
            )
        beside = [
            (str(each.add_on_id), each.add_on.name)
            for each in offering.add_ons.select_related("add_on").order_by("add_on__name_key", "pk")
        ]
        if beside:
            self.fields["add_ons"] = forms.MultipleChoiceField(
                label=_("Add-ons"), choices=beside, required=False, widget=forms.CheckboxSelectMultiple
            )

    def asked(self) -> Asked:
        """Return what was asked. Raises Problem."""
        said = self.cleaned_data
        usage = []
        for name, (meter, where, by_amount) in self.meters.items():
            given = said.get(name)
            if given:
                one = UsageGiven(amounts=tuple(given)) if by_amount else UsageGiven(given, where=where)
                usage.append(MeterUsage(meter, one))
        return Asked(
            day=said["day"] or self.fields["day"].initial,
            currency=Currency(said["currency"]),
            customer_since=said["customer_since"],
            seats=said.get("seats", Decimal(1)),
            usage=tuple(usage),
            months=int(said["months"]) if said.get("months") else None,
            add_on_ids=tuple(UUID(each) for each in said.get("add_ons", ())),
        )

    def _ask_usage(self, charge: Charge) -> None:
        prices = list(charge.prices.all())
        if charge.sort != ChargeSort.USAGE or not prices:
            return
        shape, rows = prices[0].price["shape"], prices[0].price.get("rows", [{"name": "", "where": {}}])
        by_amount = shape in {Shape.PERCENTAGE, Shape.DYNAMIC}
        for number, row in enumerate(rows):
            name = f"usage-{charge.meter}-{number}"
            label = " · ".join(part for part in (charge.name, row["name"], charge.unit) if part)
            where = {dimension: values[0] for dimension, values in row.get("where", {}).items()}
            self.meters[name] = (charge.meter, where, by_amount)
            self.fields[name] = (
                AmountsField(label=label, required=False, help_text=_("The amount of each transaction, with spaces."))
                if by_amount
                else forms.DecimalField(label=label, min_value=Decimal(0), max_value=Decimal(10**12), required=False)
            )


class AmountsField(forms.CharField):
    """Amounts of transactions with spaces between them."""

    @override
    def to_python(self, value: Any) -> Any:
        """Return the amounts as numbers."""
        words = re.split(r"[\s;]+", (super().to_python(value) or "").strip())
        try:
            found = [Decimal(each) for each in words if each]
        except InvalidOperation:
            raise forms.ValidationError(_("Write numbers with spaces between them, such as 12.50 80.")) from None
        if len(found) > AMOUNTS_MAX or not all(each.is_finite() and 0 <= each < 10**12 for each in found):
            raise forms.ValidationError(_("Write numbers with spaces between them, such as 12.50 80."))
        return found


def refuse(form: forms.Form, problem: Problem, translate: Any) -> None:
    """Show a refusal above the form, and beside the fields that it names."""
    for name, text in problem.fields.items():
        form.add_error(name if name in form.fields else None, translate(text))
    form.add_error(None, problem.told(translate))
