"""The form of a legal entity and its brand."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caudal.kit.countries import countries
from caudal.workspace.models import LegalEntity


def text(label: Any, length: int, *, lines: int = 0, help_text: Any = "", **attributes: str) -> forms.CharField:
    """Return a field for words: on one line, or on several."""
    widget = forms.Textarea(attrs={"rows": lines, **attributes}) if lines else forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, max_length=length, required=False, widget=widget, help_text=help_text)


class EntityForm(forms.Form):
    """A legal entity: who it is, where, its bank account, and how its documents look."""

    name = forms.CharField(
        label=_("Legal name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    tax_id = text(
        _("Tax id"),
        40,
        help_text=_("NIF, VAT number, EIN… Its form and check digit are checked as the country has it."),
    )
    registration = text(_("Registration"), 300, help_text=_("In which register, under what number."))
    address = text(_("Street address"), 300, lines=2, autocomplete="street-address")
    postcode = text(_("Postcode"), 20, autocomplete="postal-code")
    city = text(_("City"), 120, autocomplete="address-level2")
    region = text(_("Region"), 120, autocomplete="address-level1")
    email = text(_("E-mail"), 254, inputmode="email", autocomplete="off")
    phone = text(_("Phone"), 40, inputmode="tel", autocomplete="off")
    website = text(_("Website"), 200, inputmode="url", autocomplete="off")
    bank = text(_("Bank"), 120)
    iban = text("IBAN", 42, autocomplete="off")
    bic = text("BIC", 14, autocomplete="off")
    account_text = text(
        _("Account without IBAN"),
        200,
        help_text=_("What somebody needs to pay in, such as routing and account number."),
    )
    brand = text(_("Brand"), 120, help_text=_("What customers know it as. Empty, the legal name."))
    colour = text(
        _("Colour"), 7, help_text=_("# and six digits, dark enough to be read on white: #0b6e6e."), autocomplete="off"
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or plain SVG, at most 500 KB."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.svg"}),
    )
    no_logo = forms.BooleanField(label=_("Without the logo"), required=False)
    language = forms.ChoiceField(label=_("Language of documents"), choices=settings.LANGUAGES)
    zone = text(_("Time zone"), 64, help_text=_("Like Europe/Madrid. Empty, the company's own."))
    footer_en = text(_("Foot of documents in English"), 1000, lines=2)
    footer_es = text(_("Foot of documents in Spanish"), 1000, lines=2)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    PARTS: Final = (
        (_("Who"), (("name",), ("country", "tax_id"), ("registration",))),
        (_("Where"), (("address",), ("postcode", "city", "region"), ("email", "phone", "website"))),
        (_("Where customers pay"), (("bank",), ("iban", "bic"), ("account_text",))),
        (
            _("How documents look"),
            (("brand", "colour"), ("logo",), ("no_logo",), ("language", "zone"), ("footer_en",), ("footer_es",)),
        ),
    )
    """The fields by topic; those that stand beside each other share a line."""
    APART: Final = frozenset({"logo", "no_logo", "version"})

    def __init__(self, *args: Any, entity: LegalEntity | None = None, **kwargs: Any) -> None:
        """Take the legal entity to change, if it is there."""
        if entity is not None:
            values = {name: getattr(entity, name) for name in self.base_fields if name not in self.APART}
            kwargs["initial"] = values | {"version": entity.version} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        if isinstance(country, forms.ChoiceField):
            country.choices = [("", "—"), *countries(get_language() or "en")]
        if entity is None or entity.logo_id is None:
            del self.fields["no_logo"]

    def parts(self) -> "list[tuple[Any, list[list[forms.BoundField]]]]":
        """Return the fields by topic and line."""
        return [
            (title, [[self[name] for name in line if name in self.fields] for line in lines])
            for title, lines in self.PARTS
        ]

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.APART}

    def renew(self, version: str) -> None:
        """Let the form be sent again on top of another version."""
        self.data = {name: self.data[name] for name in self.data} | {"version": version}
