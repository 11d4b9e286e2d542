"""Inputs for the company's own fields, each by its type."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.own_fields import FieldType, OwnField, held
from caudal.workspace.queries import own_fields


def own_inputs(kind: str, record: Any) -> dict[str, tuple[forms.Field, Any]]:
    """Return an input for each own field with what the record holds; for a new record those that are required."""
    language = get_language() or "en"
    return {
        own.name: (input_of(own, language), initial(own, record))
        for own in own_fields(kind)
        if (own.required or record is not None) and not own.computed
    }


def input_of(own: OwnField, language: str) -> forms.Field:
    """Return the input of a field. What it takes is decided by the action, in one place for everybody."""
    said: dict[str, Any] = {"label": own.said(language), "required": own.required, "help_text": own.help}
    match own.type:
        case FieldType.NUMBER | FieldType.MONEY:
            unit = own.currency or own.unit
            said["label"] = f"{said['label']} ({unit})" if unit else said["label"]
            return forms.DecimalField(**said, widget=forms.NumberInput(attrs={"step": "any"}))
        case FieldType.DATE:
            return forms.DateField(**said, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        case FieldType.CHOICE:
            return forms.ChoiceField(**said, choices=[("", "—"), *((each, each) for each in own.options)])
        case FieldType.SEVERAL:
            return forms.MultipleChoiceField(
                **said, choices=[(each, each) for each in own.options], widget=forms.CheckboxSelectMultiple
            )
        case FieldType.BOOLEAN:
            return forms.ChoiceField(**said, choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))])
    if own.type is FieldType.LINK and not own.help:
        said["help_text"] = _("The id of the record, from its address.")
    return forms.CharField(**said, max_length=2000)


def initial(own: OwnField, record: Any) -> Any:
    """Return what an input shows of a record."""
    if record is None:
        return None
    value = held(own, record.custom)
    match value:
        case Money():
            return value.major
        case bool():
            return "yes" if value else "no"
        case Ref():
            return str(value)
    return record.custom.get(own.key) if own.type is FieldType.SEVERAL else value
