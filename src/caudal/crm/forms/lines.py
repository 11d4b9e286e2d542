"""The form of a deal's line items: a few fields a line, as many lines as there are."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.core.decimals import plain_decimal
from caudal.core.ids import Ref
from caudal.core.money import Rate
from caudal.crm.actions import LineDraft
from caudal.crm.forms.choices import Pairs, id_of
from caudal.crm.models import DealLine

LINE: Final = "line"
FIELDS: Final = ("id", "product", "description", "quantity", "unit_price", "discount_percent")
ROWS_MAX: Final = 200


def number(label: Any, **kwargs: Any) -> forms.DecimalField:
    """Return a field for a number, told to those who do not see the head of its column."""
    widget = forms.NumberInput(attrs={"step": "any", "min": "0", "aria-label": label})
    return forms.DecimalField(label=label, required=False, min_value=0, widget=widget, **kwargs)


class LineForm(forms.Form):
    """One line item; an empty one says nothing."""

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    product = forms.ChoiceField(label=_("Product"), required=False)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"aria-label": _("Description")}),
    )
    quantity = number(_("Quantity"), max_digits=18, decimal_places=6)
    unit_price = number(_("Unit price"), max_digits=24, decimal_places=12)
    discount_percent = number(_("Discount (per cent)"), max_digits=7, decimal_places=4, max_value=100)

    def __init__(self, *args: Any, products: Pairs, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        field = self.fields["product"]
        if isinstance(field, forms.ChoiceField):
            field.choices = products
            field.widget.attrs["aria-label"] = _("Product")

    @property
    def says_something(self) -> bool:
        """Whether anything was typed or chosen."""
        return any(self.cleaned_data.get(name) not in (None, "") for name in FIELDS[1:])

    def draft(self) -> LineDraft:
        """Return what was said, as the action takes it."""
        said = self.cleaned_data
        price = said["unit_price"]
        return LineDraft(
            line_id=id_of(said["id"], LINE),
            product_id=id_of(said["product"], "product"),
            description=said["description"],
            quantity=Decimal(1) if said["quantity"] is None else said["quantity"],
            rate=None if price is None else Rate.of(price, self.currency),
            discount_percent=said["discount_percent"] or Decimal(0),
        )


def said_of(line: DealLine) -> dict[str, Any]:
    """Return what a line holds, as its form shows it."""
    return {
        "id": str(Ref(LINE, line.pk)),
        "product": str(Ref("product", line.product_id)) if line.product_id else "",
        "description": line.description,
        "quantity": plain_decimal(line.quantity),
        "unit_price": plain_decimal(line.unit_price),
        "discount_percent": plain_decimal(line.discount_percent) if line.discount_percent else "",
    }


def typed(sent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was typed, line by line."""
    try:
        count = min(int(sent.get("count", "0")), ROWS_MAX)
    except ValueError:
        count = 0
    return [{name: sent.get(f"{place}-{name}", "") for name in FIELDS} for place in range(count)]


def line_forms(rows: list[dict[str, Any]], *, products: Pairs, currency: str, bound: bool) -> list[LineForm]:
    """Return a form for each row, bound to it or only showing it."""
    return [
        LineForm(
            {f"{place}-{name}": value for name, value in row.items()} if bound else None,
            initial=None if bound else row,
            prefix=str(place),
            products=products,
            currency=currency,
        )
        for place, row in enumerate(rows)
    ]
