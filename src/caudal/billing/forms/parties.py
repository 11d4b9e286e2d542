"""Forms of customers, contracts and orders."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.billing.forms.bundled import Sellable
from caudal.billing.forms.changes import day_field
from caudal.billing.models import Contract, Customer
from caudal.billing.models.parties import TERMS_DAYS_MAX
from caudal.billing.queries import Wanted
from caudal.billing.queries.winning import WonLine
from caudal.core.decimals import plain_decimal
from caudal.core.errors import Problem
from caudal.core.money import Money
from caudal.kit.countries import countries

if TYPE_CHECKING:
    from caudal.catalog.models import Bundle, Offering

LANGUAGES: Final = (("en", _("English")), ("es", _("Spanish")))
FIELDS: Final = (
    *("name", "is_business", "tax_id", "street", "postal_code", "city", "region", "country", "email", "language"),
    *("currency", "zone", "terms_days", "reference"),
)


class CustomerForm(forms.Form):
    """What an invoice must say of a customer."""

    name = forms.CharField(label=_("Legal name"), max_length=200)
    is_business = forms.BooleanField(label=_("A business"), required=False, initial=True)
    tax_id = forms.CharField(
        label=_("Tax id"), max_length=40, required=False, help_text=_("Its check digits are checked.")
    )
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), help_text=_("Its taxes depend on it."))
    email = forms.EmailField(label=_("E-mail for invoices"), required=False)
    language = forms.ChoiceField(label=_("Language of documents"), choices=LANGUAGES)
    currency = forms.CharField(label=_("Currency"), max_length=3)
    zone = forms.CharField(label=_("Time zone"), max_length=64, help_text=_("Days and months begin by it."))
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=TERMS_DAYS_MAX, initial=30)
    reference = forms.CharField(
        label=_("Their reference"), max_length=80, required=False, help_text=_("Stands on every invoice.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        named = countries(get_language() or "en")
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), choices=named, help_text=_("Its taxes depend on it.")
        )

    def values(self) -> dict[str, Any]:
        """Return what was typed."""
        said = {name: self.cleaned_data[name] for name in FIELDS}
        return said | {"currency": said["currency"].strip().upper()}


def customer_said(customer: Customer) -> dict[str, Any]:
    """Return what a form shows of a customer."""
    return {name: getattr(customer, name) for name in (*FIELDS, "version")}


class ContractForm(forms.Form):
    """What was signed."""

    name = forms.CharField(label=_("Name"), max_length=200)
    reference = forms.CharField(label=_("Reference"), max_length=80, required=False)
    start_day = day_field(_("From"))
    end_day = day_field(_("Until"), required=False, help_text=_("The first day on which it does not bind any more."))
    renews_months = forms.IntegerField(
        label=_("Renews for (months)"), min_value=0, max_value=240, initial=0, help_text=_("0 lets it end.")
    )
    notice_days = forms.IntegerField(label=_("Notice (days)"), min_value=0, max_value=730, initial=30)
    commitment = forms.CharField(
        label=_("Spent at least"), max_length=20, required=False, help_text=_("Before tax, in every such period.")
    )
    commitment_months = forms.IntegerField(label=_("Every (months)"), min_value=1, max_value=120, initial=12)
    note = forms.CharField(label=_("Note"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, currency: str, today: date, row: Contract | None = None) -> None:
        super().__init__(data)
        self.currency = currency
        self.initial["start_day"] = today
        if row is not None:
            del self.fields["start_day"], self.fields["commitment"], self.fields["commitment_months"]
            self.initial.update({name: getattr(row, name) for name in self.fields})

    @override
    def clean(self) -> dict[str, Any]:
        """Read the minimum in the customer's currency."""
        said: dict[str, Any] = super().clean() or {}
        said["minimum"] = read_amount(self, "commitment", self.currency)
        return said

    def values(self) -> dict[str, Any]:
        """Return what was typed, less the minimum."""
        apart = {"start_day", "commitment", "commitment_months", "minimum", "version"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class CommitmentForm(forms.Form):
    """What is spent at least from a day on."""

    amount = forms.CharField(
        label=_("Spent at least"), max_length=20, required=False, help_text=_("Empty, nothing from that day on.")
    )
    months = forms.IntegerField(label=_("Every (months)"), min_value=1, max_value=120, initial=12)
    from_day = day_field(_("From"))

    def __init__(self, data: Any, *, currency: str, today: date) -> None:
        super().__init__(data, prefix="commit")
        self.currency = currency
        self.initial["from_day"] = today

    @override
    def clean(self) -> dict[str, Any]:
        """Read the amount in the customer's currency."""
        said: dict[str, Any] = super().clean() or {}
        said["minimum"] = read_amount(self, "amount", self.currency)
        return said


class DayForm(forms.Form):
    """A day on which something is said."""

    day = day_field(_("Given on"))

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, prefix="notice")
        self.initial["day"] = today


class OrderForm(forms.Form):
    """What is sold once."""

    offering = forms.ChoiceField(label=_("Offering"))
    quantity = forms.DecimalField(label=_("Quantity"), min_value=0, max_value=10**9, decimal_places=6, initial=1)
    discount_percent = forms.DecimalField(
        label=_("Discount (%)"), min_value=0, max_value=100, decimal_places=4, required=False
    )
    day = day_field(_("Due on"))

    def __init__(
        self,
        data: Any,
        *,
        offerings: Iterable["Offering"],
        today: date,
        bundles: Iterable["Bundle"] = (),
        won: WonLine | None = None,
    ) -> None:
        super().__init__(data)
        self.sold = Sellable([each for each in offerings if each.interval == "once"], bundles, once=True)
        self.fields["offering"] = forms.ChoiceField(label=_("Offering"), choices=self.sold.choices())
        self.initial["day"] = today
        if won is not None:
            chosen = {"offering": str(won.offering.pk), "quantity": plain_decimal(won.quantity)}
            lowered = {"discount_percent": plain_decimal(won.discount_percent)} if won.discount_percent else {}
            self.initial.update(chosen | lowered)

    def wanted(self) -> list[Wanted]:
        """Return what is ordered."""
        said = self.cleaned_data
        lowered = {"discount_percent": said["discount_percent"] or None}
        return self.sold.wanted(said["offering"], said["quantity"], lowered)

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse a part of a bundle."""
        said: dict[str, Any] = super().clean() or {}
        self.sold.check(self, said.get("offering", ""), "quantity", said.get("quantity"))
        return said


def read_amount(form: forms.Form, name: str, currency: str) -> Money | None:
    """Return an amount as somebody typed it, with a point or a comma; what cannot be read is told at its field."""
    typed = str(form.cleaned_data.get(name) or "").strip().replace(",", ".")
    if not typed:
        return None
    try:
        return Money.of(typed, currency)
    except Problem as problem:
        form.add_error(name, problem.told(str))
    return None
