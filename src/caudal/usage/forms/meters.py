"""The form of a meter, with a sample event to try it on; and those of subjects and of an event's correction."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.core.errors import Problem
from caudal.crm.queries import companies_called, companies_named
from caudal.kit.access import Actor
from caudal.usage.models import CODE_LENGTH, KEY_LENGTH, Aggregations, Meter, Roundings, Subject

PROPERTIES: Final = ("quantity_property", "value_property", "amount_property")
TEXTS: Final = ("label_en", "label_es", "unit", "event_type", "filter", *PROPERTIES)


def text_field(label: Any, length: int = CODE_LENGTH, **kwargs: Any) -> forms.CharField:
    """Return a field for a short text that may be empty."""
    return forms.CharField(label=label, max_length=length, required=False, **kwargs)


class MeterForm(forms.Form):
    """What a meter reads, and how it adds up."""

    code = forms.SlugField(
        label=_("Code"), max_length=CODE_LENGTH, help_text=_("Charges of the catalogue name the meter by it; it stays.")
    )
    label_en = forms.CharField(label=_("Name in English"), max_length=120)
    label_es = text_field(_("Name in Spanish"), 120)
    unit = text_field(_("Unit"), 40)
    event_type = forms.CharField(
        label=_("Event type"), max_length=KEY_LENGTH, help_text=_("The type of the events that it reads.")
    )
    aggregation = forms.ChoiceField(label=_("Adds up by"), choices=Aggregations.choices)
    quantity_property = text_field(
        _("Property with the quantity"), help_text=_("A name in the data, such as pages; empty, each event is 1.")
    )
    value_property = text_field(
        _("Property that is told apart"), help_text=_("For different values: the name of what is counted once.")
    )
    amount_property = text_field(
        _("Property with the amount"), help_text=_("For prices by percentage, and prices that the event carries.")
    )
    dimensions = text_field(
        _("Dimensions"),
        1_000,
        help_text=_("Names with commas between them, for the filter and for prices by dimension."),
    )
    filter = text_field(
        _("Only events where"),
        10_000,
        help_text=_("An expression over the dimensions, the quantity, the subject and the source; empty, all of them."),
    )
    takes_negative = forms.BooleanField(label=_("Takes negative quantities"), required=False)
    rounding = forms.ChoiceField(
        label=_("Rounding"), choices=[("", _("Not rounded")), *Roundings.choices], required=False
    )
    places = forms.IntegerField(label=_("Decimal places"), min_value=-12, max_value=12, initial=0, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sample = forms.CharField(
        label=_("Sample event"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        help_text=_("An event as a system would send it. It is only tried, and not kept."),
    )

    def __init__(self, *args: Any, meter: Meter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if meter is not None:
            del self.fields["code"]
            names = (*TEXTS, "aggregation", "takes_negative", "rounding", "places", "version")
            self.initial.update({name: getattr(meter, name) for name in names})
            self.initial["dimensions"] = ", ".join(meter.dimensions)

    def values(self) -> dict[str, Any]:
        """Return what was said of the meter, as the actions take it."""
        said = dict(self.cleaned_data)
        del said["sample"], said["version"]
        said["dimensions"] = [each.strip() for each in said["dimensions"].split(",")]
        said["places"] = said["places"] or 0
        return said


class SubjectForm(forms.Form):
    """Whose usage the events of a key are."""

    key = forms.CharField(label=_("Usage subject"), max_length=KEY_LENGTH)
    company = forms.CharField(label=_("Company"), max_length=240, help_text=_("Its name, its web domain, or its id."))
    note = text_field(_("Note"), KEY_LENGTH)

    def __init__(self, *args: Any, actor: Actor, subject: Subject | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        if subject is not None:
            del self.fields["key"], self.fields["note"]

    def clean_company(self) -> Any:
        """Return the id of the one company that is called so."""
        text = self.cleaned_data["company"].strip()
        found = companies_called(self.actor, [text]).get(text)
        if found is not None:
            return found
        named = list(companies_named(self.actor, {text})[:2])
        if len(named) != 1:
            raise forms.ValidationError(_("No single company is called “%(text)s”.") % {"text": text})
        return named[0].pk


class CorrectionForm(forms.Form):
    """What an event should have said."""

    content = forms.CharField(
        label=_("Data"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"})
    )


def refuse(form: forms.Form, problem: Problem, told: Any) -> None:
    """Put what an action refused beside the fields that it speaks of."""
    fields = {name: said for name, said in problem.fields.items() if name in form.fields}
    for name, said in fields.items():
        form.add_error(name, told(said))
    for finding in getattr(problem, "findings", ()):
        form.add_error("filter" if "filter" in form.fields else None, finding.told(told))
    if not fields and not getattr(problem, "findings", ()):
        form.add_error(None, problem.told(told))
