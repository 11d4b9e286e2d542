"""Fields that name rows by what people call them, and amounts with their currency."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.crm.models import Company, Person
from caudal.kit.access import Actor
from caudal.kit.names import name_key

OFTEN: Final = ("EUR", "USD", "GBP", "CHF", "MXN", "COP", "CLP", "ARS", "PEN", "BRL", "JPY")
"""Currencies to choose from, after the company's own."""


class NamesInput(forms.TextInput):
    """A text input beside the list of names that fit what was typed; the page's script fills it from `source`."""

    def __init__(self, source: str | Promise) -> None:
        super().__init__(attrs={"autocomplete": "off", "data-names": source})

    @override
    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Draw the input and its list."""
        list_id = f"{(attrs or {}).get('id', name)}_names"
        drawn = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        return format_html("{}<datalist{}></datalist>", drawn, flatatt({"id": list_id}))


class RecordField(forms.CharField):
    """Takes the name or the id of a row that the actor sees, and gives its id."""

    actor: Actor
    known: tuple[str, UUID] | None = None
    """What the field held before: left as it is, it names the same row, however many are called so."""

    def __init__(self, model: type[Company] | type[Person], **kwargs: Any) -> None:
        self.model = model
        super().__init__(widget=NamesInput(reverse_lazy(f"crm:{model.kind}_names")), max_length=240, **kwargs)

    @override
    def clean(self, value: Any) -> UUID | None:
        """Return the id of the one row that is called so."""
        text = super().clean(value)
        if not text:
            return None
        if self.known is not None and text == self.known[0]:
            return self.known[1]
        found: list[UUID] = list(self.rows(text).values_list("pk", flat=True)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _("More than one is called “%(name)s”. Choose from the list, or paste the id of the one you mean."),
                code="ambiguous",
                params={"name": text},
            )
        raise forms.ValidationError(
            _("There is no “%(name)s”. Choose from the list, or leave this empty."),
            code="unknown",
            params={"name": text},
        )

    def rows(self, text: str) -> "QuerySet[Any]":
        """Return the rows that a text names, among those in the actor's sight."""
        rows = self.model.for_actor(self.actor).order_by("pk")
        try:
            return rows.filter(pk=Ref.parse(text.rsplit(maxsplit=1)[-1].strip("()"), self.model.kind).id)
        except Problem:
            return rows.filter(name_key=name_key(text))


class LinesField(forms.CharField):
    """Takes one thing a line, and gives the list of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    @override
    def prepare_value(self, value: Any) -> Any:
        """Write a list as lines."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    @override
    def clean(self, value: Any) -> list[str]:
        """Return the lines that say something."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class TagsField(forms.CharField):
    """Takes tags with commas between them, and gives the list of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Tags"),
            required=False,
            max_length=2200,
            widget=NamesInput(reverse_lazy("crm:tag_names")),
            help_text=gettext_lazy("With commas between them; a new word becomes a tag."),
            **kwargs,
        )

    @override
    def prepare_value(self, value: Any) -> Any:
        """Write a list with commas."""
        return ", ".join(value) if isinstance(value, list | tuple) else value

    @override
    def clean(self, value: Any) -> list[str]:
        """Return the tags that say something."""
        return [text for each in super().clean(value).replace(";", ",").split(",") if (text := each.strip())]


class AmountInput(forms.MultiWidget):
    """A number and a currency beside it."""

    use_fieldset = True
    template_name = "crm/amount.html"

    def __init__(self, currencies: list[tuple[str, str]]) -> None:
        super().__init__(
            widgets=[
                forms.NumberInput(attrs={"step": "any", "min": "0", "aria-label": gettext_lazy("Amount")}),
                forms.Select(choices=currencies, attrs={"aria-label": gettext_lazy("Currency")}),
            ]
        )

    @override
    def decompress(self, value: Any) -> list[Any]:
        """Return the figure and the currency of an amount."""
        return [value.major, value.currency.code] if isinstance(value, Money) else [None, None]


class AmountField(forms.MultiValueField):
    """An amount of money, or none."""

    def __init__(self, *, currency: str, others: tuple[str, ...] = OFTEN, **kwargs: Any) -> None:
        codes = [(code, code) for code in dict.fromkeys((currency, *others))]
        super().__init__(
            fields=[
                forms.DecimalField(required=False, min_value=Decimal(0), max_digits=18, decimal_places=4),
                forms.ChoiceField(required=False, choices=codes),
            ],
            widget=AmountInput(codes),
            require_all_fields=False,
            required=False,
            **kwargs,
        )

    @override
    def compress(self, data_list: list[Any]) -> Money | None:
        """Return the amount; a currency alone is none."""
        number, code = data_list or (None, None)
        if number is None:
            return None
        currency = Currency(code or "")
        amount = Decimal(number)
        if amount != amount.quantize(Decimal(1).scaleb(-currency.exponent)):
            raise forms.ValidationError(
                _("%(currency)s has %(places)s decimals."),
                params={"currency": code, "places": currency.exponent},
            )
        return Money.of(amount, currency)
