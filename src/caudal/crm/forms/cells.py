"""The input of one field of a record, for edits in place and for edits of many records at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import CharField
from django.urls import reverse_lazy
from django.utils.translation import get_language

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm.forms.choices import Pairs, country_pairs, own_currency, owner_pairs
from caudal.crm.forms.fields import AmountField, NamesInput, RecordField, TagsField
from caudal.crm.forms.own import initial, input_of
from caudal.crm.forms.records import date_field
from caudal.crm.models import Company, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.records import plain
from caudal.kit.shapes import FieldKind, Option, Reader, ShapeField, shape_of

PARTIES: Final[Mapping[str, type[Company] | type[Person]]] = {"company": Company, "person": Person}
NUMBER_MOST: Final = 10_000_000


def input_for(kind: str, found: ShapeField, reader: Reader, *, record: Any = None) -> forms.Field:
    """Return the input of a field of a kind of record, with what a record holds; a required one refuses nothing."""
    made = _input(kind, found, reader, record)
    made.initial = held_by(found, record) if record is not None else None
    if isinstance(made, RecordField):
        made.actor = reader.actor
        row = found.read(record) if record is not None else None
        made.known = (row.name, row.pk) if row is not None else None
    return made


def held_by(found: ShapeField, record: Any) -> Any:
    """Return what a record holds in a field, as its input shows it."""
    if found.own is not None:
        return initial(found.own, record)
    if found.argument == "owner_id":
        return str(record.owner_id or "")
    if found.argument == "tags":
        return record.tags
    value = found.read(record)
    if found.kind is FieldKind.LINK and value is not None:
        return value.name if found.link in PARTIES else str(value.ref)
    return value


def as_json(found: ShapeField, value: Any) -> Any:
    """Return what an input gives as bodies of the API carry it."""
    if found.kind is FieldKind.LINK and found.own is None:
        if isinstance(value, UUID):
            return str(Ref(found.link, value))
        return str(Ref(found.link, UUID(value))) if value and "_" not in value else value or None
    return plain(value) if not isinstance(value, Money) else value.to_json()


def _input(kind: str, found: ShapeField, reader: Reader, record: Any) -> forms.Field:  # noqa: PLR0911  one for each kind
    said: dict[str, Any] = {"label": found.label, "required": False}
    if found.own is not None:
        made = input_of(found.own, get_language() or "en")
        made.required = found.own.required and record is not None
        return made
    if found.argument == "owner_id":
        return forms.ChoiceField(**said, choices=_owners(kind, reader.actor, record))
    if found.argument == "tags":
        return TagsField()
    if found.argument == "country":
        return forms.ChoiceField(**said, choices=country_pairs(keep=record.country if record else ""))
    match found.kind:
        case FieldKind.MONEY:
            amount = found.read(record) if record is not None else None
            return AmountField(currency=amount.currency.code if amount else own_currency(), label=found.label)
        case FieldKind.DATE:
            return date_field(found.label)
        case FieldKind.NUMBER:
            return forms.IntegerField(**said, min_value=0, max_value=NUMBER_MOST)
        case FieldKind.LINK if found.link in PARTIES:
            return RecordField(PARTIES[found.link], **said)
    if found.options is not None:
        return forms.ChoiceField(**said, choices=pairs_of(found.options(reader)))
    column = shape_of(kind).model._meta.get_field(found.argument)
    longest = column.max_length if isinstance(column, CharField) else None
    widget = NamesInput(reverse_lazy("crm:channel_names")) if found.argument == "channel" else forms.TextInput()
    return forms.CharField(**said, max_length=longest, widget=widget)


def pairs_of(options: Sequence[Option]) -> Pairs:
    """Return options as a select takes them, under their headings."""
    pairs: Pairs = [("", "—")]
    groups: dict[str, list[tuple[str, Any]]] = {}
    for option in options:
        if option.group:
            groups.setdefault(str(option.group), []).append((option.value, option.label))
        else:
            pairs.append((option.value, option.label))
    return [*pairs, *groups.items()]


def _owners(kind: str, actor: Actor, record: Any) -> Pairs:
    owner = getattr(record, "owner", None)
    return owner_pairs(actor, kind, Verb.CHANGE, keep=(owner.pk, owner.name) if owner else None)
