"""The company's own fields, as lists know them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, CharField, DateField, DecimalField, Field, UUIDField
from django.db.models.expressions import Combinable
from django.utils.translation import get_language

from caudal.core.ids import Ref
from caudal.core.money import Currency
from caudal.kit.formulas import column_of
from caudal.kit.own_fields import FieldType, OwnField, held, held_result
from caudal.kit.places import Written
from caudal.kit.shapes import FieldKind, Option, Reader, ShapeField
from caudal.workspace.queries import own_fields


def numeric() -> "Field[Any, Any]":
    """Return the field of Django's that holds numbers and amounts."""
    return DecimalField(max_digits=30, decimal_places=6)


COLUMNS: Final[dict[FieldType, tuple[FieldKind, str, Callable[[], "Field[Any, Any]"]]]] = {
    FieldType.TEXT: (FieldKind.TEXT, "own_text", CharField),
    FieldType.URL: (FieldKind.TEXT, "own_text", CharField),
    FieldType.SEVERAL: (FieldKind.TEXT, "own_several", CharField),
    FieldType.NUMBER: (FieldKind.NUMBER, "own_number", numeric),
    FieldType.MONEY: (FieldKind.MONEY, "own_minor", numeric),
    FieldType.DATE: (FieldKind.DATE, "own_date", DateField),
    FieldType.CHOICE: (FieldKind.CHOICE, "own_text", CharField),
    FieldType.BOOLEAN: (FieldKind.BOOLEAN, "own_boolean", BooleanField),
    FieldType.LINK: (FieldKind.LINK, "own_uuid", UUIDField),
}
"""What lists take a type for, and the function of the database that reads it out of `custom`."""
GROUPED: Final = frozenset({FieldType.CHOICE, FieldType.DATE, FieldType.BOOLEAN})
SORTED: Final = frozenset(set(FieldType) - {FieldType.SEVERAL, FieldType.LINK})
GREATEST_FIRST: Final = frozenset({FieldType.NUMBER, FieldType.MONEY})
"""Of these, lists show the greatest first, and add them up."""
COMPUTED: Final = frozenset(FieldKind) - {FieldKind.NUMBER, FieldKind.MONEY}
"""Kinds of results that lists may be put together by."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A record that a field of one's own names; lists know it by its id."""

    ref: Ref

    @property
    def name(self) -> str:
        """What it is called where nobody has looked its name up."""
        return str(self.ref)


def fields_of(kind: str) -> Iterable[ShapeField]:
    """Yield the company's own fields of a kind of record, in the reader's language."""
    language = get_language() or "en"
    for own in own_fields(kind):
        yield formula_field(own, language) if own.computed else shape_field(own, language)


def shape_field(own: OwnField, language: str) -> ShapeField:
    """Return a field of one's own as lists know it."""
    kind, function, holder = COLUMNS[own.type]
    in_order = f"custom__{own.key}" + ("__minor" if own.type is FieldType.MONEY else "")
    per_major = Currency(own.currency).minor_per_major if own.type is FieldType.MONEY else 1

    def column(_reader: Reader) -> Combinable:
        # The key is one of ours, letters and digits alone: written out, so that an index of the expression fits.
        return Written(f"{function}(⟦custom⟧, '{own.key}')", {"custom": "custom"}, output_field=holder())

    return ShapeField(
        name=own.name,
        label=own.said(language),
        kind=kind,
        column=column,
        over="" if per_major == 1 else lambda _reader: Written(f"{per_major}", {}, output_field=holder()),
        read=reader_of(own),
        unit=own.currency or own.unit,
        link=own.link_kind,
        options=(lambda _reader: [Option(each, each) for each in own.options])
        if own.type is FieldType.CHOICE
        else None,
        ordered=own.type is FieldType.CHOICE,
        order=in_order if own.type in SORTED else "",
        falls=own.type in GREATEST_FIRST,
        summed=own.type in GREATEST_FIRST,
        grouped=own.type in GROUPED,
        several=own.type is FieldType.SEVERAL,
        argument="custom",
        own=own,
    )


def formula_field(own: OwnField, language: str) -> ShapeField:
    """Return a formula as lists know it: a field that nothing writes."""
    kind = FieldKind(own.result)
    per_major = Currency(own.currency).minor_per_major if own.currency else 1
    number = kind in {FieldKind.NUMBER, FieldKind.MONEY}
    return ShapeField(
        name=own.name,
        label=own.said(language),
        kind=kind,
        column=lambda reader: column_of(own, reader),
        over="" if per_major == 1 else lambda _reader: Written(f"{per_major}", {}, output_field=numeric()),
        read=lambda row: held_result(own, getattr(row, own.alias)),
        unit=own.currency or own.unit,
        alias=own.alias,
        order=own.alias,
        falls=number,
        summed=number,
        grouped=kind in COMPUTED,
        own=own,
    )


def reader_of(own: OwnField) -> Callable[[Any], Any]:
    """Return what reads the value in a row."""

    def read(row: Any) -> Any:
        value = held(own, row.custom)
        return Linked(value) if isinstance(value, Ref) else value

    return read


MORE_FIELDS: Final = (fields_of,)
