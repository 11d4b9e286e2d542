"""Forms of a product: what it is, as what it is taxed from a day on, and from when nobody new can buy it."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.catalog.forms.costs import DAY
from caudal.catalog.models import Product, Stream, TaxKind
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import Money

if TYPE_CHECKING:
    from caudal.workspace.models import Pillar

FIELDS: Final = ("name", "sku", "unit", "stream")


class ProductForm(forms.Form):
    """Something that is sold. As what it is taxed is said here once; later it is changed with its day."""

    name = forms.CharField(label=_("Name"), max_length=120)
    sku = forms.CharField(label=_("SKU"), max_length=80, required=False)
    pillar = forms.ChoiceField(label=_("Pillar"), required=False)
    stream = forms.ChoiceField(
        label=_("Revenue stream"),
        required=False,
        choices=[("", "—"), *Stream.choices],
        help_text=_("New charges count as this, unless they say otherwise."),
    )
    tax_kind = forms.ChoiceField(
        label=_("Taxed"), choices=TaxKind.choices, help_text=_("The rate itself follows from country and day.")
    )
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    list_price = forms.CharField(
        label=_("List price"), max_length=20, required=False, help_text=_("What deals begin with, for one unit.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, pillars: "Sequence[Pillar]", currency: str, product: Product | None = None
    ) -> None:
        super().__init__(data, initial={"currency": currency})
        language = get_language() or "en"
        choices = [("", "—"), *((str(each.ref), each.label(language)) for each in pillars)]
        self.fields["pillar"] = forms.ChoiceField(label=_("Pillar"), required=False, choices=choices)
        if product is not None:
            del self.fields["tax_kind"]
            self.initial.update({name: getattr(product, name) for name in (*FIELDS, "version")})
            self.initial["pillar"] = str(product.pillar.ref) if product.pillar else ""
            if product.list_price is not None:
                self.initial.update(list_price=product.list_price.major, currency=product.list_price.currency.code)

    @override
    def clean(self) -> dict[str, Any]:
        """Read the list price in its currency."""
        said: dict[str, Any] = super().clean() or {}
        typed = str(said.get("list_price") or "").strip().replace(",", ".")
        said["amount"] = None
        if typed:
            try:
                said["amount"] = Money.of(typed, (said.get("currency") or "").strip().upper())
            except Problem as problem:
                self.add_error("list_price", problem.told(gettext))
        return said

    def values(self) -> dict[str, Any]:
        """Return what was said, as the actions take it."""
        said = self.cleaned_data
        pillar = Ref.parse(said["pillar"], "pillar").id if said["pillar"] else None
        found = {name: said[name] for name in FIELDS} | {"pillar_id": pillar, "list_price": said["amount"]}
        return found | ({"tax_kind": said["tax_kind"]} if "tax_kind" in said else {})


class TaxKindForm(forms.Form):
    """As what a product is taxed from a day on."""

    tax_kind = forms.ChoiceField(label=_("Taxed"), choices=TaxKind.choices)
    from_date = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        help_text=_("What was issued before stays as it is."),
    )

    def __init__(self, data: Any, *, today: date, tax_kind: str, **kwargs: Any) -> None:
        super().__init__(data, initial={"tax_kind": tax_kind, "from_date": today}, **kwargs)
