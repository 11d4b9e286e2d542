"""The shape of a kind of record: its fields as values, found in the `shapes` room of its context.

A field says what it is called, what kind of value it holds, how it is read from a row and where it stands in SQL,
whether lists may be sorted, grouped and summed by it, and which argument of the kind's change action writes it.
Filters, columns, inline edits and exports know only this, so that a field which rows define at run time is a field
like any: `SHAPES` are the kinds that a context publishes, `MORE_FIELDS` functions that add fields to kinds of any
context.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from caudal.core.errors import Problem, msg
from caudal.core.expressions import BOOLEAN, DATE, INSTANT, MONEY, TEXT, Setting, Type, choice, link, number
from caudal.core.periods import day_in
from caudal.kit.access import Actor
from caudal.kit.own_fields import OwnField
from caudal.kit.records import Record
from caudal.kit.rooms import gathered

Text: TypeAlias = str | Promise


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    LINK = "link"
    """Another record, by its public id."""


PLAIN: Final[Mapping[FieldKind, Type]] = {
    FieldKind.TEXT: TEXT,
    FieldKind.BOOLEAN: BOOLEAN,
    FieldKind.DATE: DATE,
    FieldKind.INSTANT: INSTANT,
}
"""What expressions take fields for that need nothing else."""
MOMENTS: Final = frozenset({FieldKind.DATE, FieldKind.INSTANT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a list, and when; `currency` is the company's own, in which amounts are compared."""

    actor: Actor
    as_of: datetime
    currency: str = ""

    @property
    def today(self) -> date:
        """The reader's day."""
        return day_in(self.as_of, ZoneInfo(self.actor.zone))

    @property
    def setting(self) -> Setting:
        """What expressions know beside a row."""
        return Setting(self.today, self.actor.zone)


Column: TypeAlias = "str | Callable[[Reader], Combinable]"
"""Where a field stands in SQL: a path of the model, or an expression that depends on the reader."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values that a field may have; `group` is the heading that it stands under."""

    value: str
    label: Text
    group: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeField:
    """One field of a kind of record."""

    name: str
    """As expressions, addresses and the API call it: `amount`, `company.name`."""
    label: Text
    kind: FieldKind
    column: Column
    over: Column = ""
    """Of money, by what the column is divided to be an amount in the company's currency."""
    money: str = ""
    """Of money, the model's attribute; none where the column itself holds minor units of one currency."""
    currency: str = ""
    """The path of the currency of money, where it is not the one of its own attribute."""
    minor: Combinable | None = None
    """Of money, the minor units that lists add up, where they are not the column of its attribute."""
    exact: bool = False
    """Of money, whether lists show it to the cent."""
    read: Callable[[Any], Any]
    """The value in a row: a text, number, `Money`, day, instant, yes or no; of a link, the record that it names."""
    unit: str = ""
    """Of a number its unit; of money the currency, where every row has the same one."""
    link: str = ""
    """The kind of record that a link names."""
    options: Callable[[Reader], Sequence[Option]] | None = None
    """The values of a choice, and the records of a link as far as they are few."""
    ordered: bool = False
    """Whether its options stand in an order of their own, as stages do; groups keep it."""
    several: bool = False
    """Whether a text is a list of entries with commas between them, so that filters may ask for one."""
    holds: Callable[[str], Q] | None = None
    """Of such a list, the condition on rows that have an entry, which an index serves."""
    conditions: Mapping[str, Q] = field(default_factory=dict)
    """Of a choice that no column holds, what each value means."""
    order: str = ""
    """The path that sorts by it; lists cannot be sorted by a field without one."""
    falls: bool = False
    """Whether a list that is sorted by it shows the greatest first, unless asked otherwise."""
    grouped: bool = False
    """Lists may be put together by it: by its value, or by the month of a moment."""
    summed: bool = False
    argument: str = ""
    """The argument of the change action that writes it; nothing writes a field without one."""
    written_by: Callable[..., Any] | None = None
    """The action that writes it, where that is not the change action of its kind."""
    identifies: bool = False
    """Whether it is what tells one record from another: it is not written to many at once."""
    alias: str = ""
    """Of a field that is computed, the name under which rows carry its value; see `kit.formulas`."""
    personal: bool = False
    """Whether its value depends on who asks: no formula speaks of it."""
    own: OwnField | None = None
    """The definition of a field that rows define; its argument is `custom`, which takes it by its key."""
    listed: bool = True
    """It can be a column. A field that only narrows is none."""
    seen_by: Callable[[Actor], bool] = lambda _actor: True

    @property
    def currency_path(self) -> str:
        """Where the currency of money stands."""
        return self.currency or f"{self.money}_currency"

    def typed(self, reader: Reader) -> Type:
        """Return what expressions take it for."""
        match self.kind:
            case FieldKind.NUMBER:
                found = number(self.unit)
            case FieldKind.MONEY:
                found = number(self.unit or reader.currency or MONEY)
            case FieldKind.CHOICE:
                found = choice(*(option.value for option in self.options(reader))) if self.options else TEXT
            case FieldKind.LINK:
                found = link(self.link)
            case _:
                found = PLAIN[self.kind]
        return found


def no_names(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Return rows that need nothing of other tables."""
    return rows


def nothing_more(_rows: Sequence[Any]) -> None:
    """Leave rows as they were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A kind of record as lists know it."""

    model: type[Record]
    fields: tuple[ShapeField, ...]
    order: str
    """How lists stand unless asked otherwise: names of fields, a minus in front of those that fall."""
    search: Callable[[str], Q]
    """The condition on rows that some words look for."""
    with_names: "Callable[[QuerySet[Any]], QuerySet[Any]]" = no_names
    """Lets rows come with what their fields name."""
    complete: Callable[[Sequence[Any]], None] = nothing_more
    """Puts together what was read apart."""
    change: Callable[..., Any] | None = None
    """The action that changes one."""

    @property
    def kind(self) -> str:
        """The kind, as in public ids and policies."""
        return self.model.kind

    @property
    def computes(self) -> bool:
        """Whether it has fields that are computed when rows are read."""
        return any(each.alias for each in self.fields)

    def seen_by(self, actor: Actor) -> dict[str, ShapeField]:
        """Return the fields that an actor may see, by name."""
        return {each.name: each for each in self.fields if each.seen_by(actor)}

    def editable(self, actor: Actor) -> list[ShapeField]:
        """Return the fields that something writes, as far as an actor may see them."""
        return [each for each in self.fields if each.argument and each.seen_by(actor)]

    def field(self, name: str, actor: Actor) -> ShapeField:
        """Return a field by its name. Raises NoSuchField."""
        found = self.seen_by(actor).get(name)
        if found is None:
            raise NoSuchField(name=name, kind=self.kind)
        return found


class NoSuchField(Problem):
    """A column, an order or a group names what the kind does not have, or the reader may not see."""

    code = "list.no_such_field"
    status = 422
    message = msg("A {kind} has no field “{name}” here.")
    hint = msg("Choose one of the columns that the list offers.")


def shape_of(kind: str) -> Shape:
    """Return the shape of a kind of record, with the fields that rows define added to those of its context."""
    found = _published()[kind]
    more = tuple(each for adding in _adding() for each in adding(kind))
    return replace(found, fields=(*found.fields, *more)) if more else found


def kinds_with_fields() -> tuple[str, ...]:
    """Return the kinds of records that may have fields that rows define: those whose fields somebody changes."""
    return tuple(kind for kind, shape in _published().items() if shape.change is not None)


def kinds_in_lists() -> tuple[str, ...]:
    """Return the kinds of records that have a shape, and so lists whose views are saved."""
    return tuple(_published())


@cache
def _published() -> Mapping[str, Shape]:
    shapes: tuple[Shape, ...] = gathered("shapes", "SHAPES")
    by_kind = {shape.kind: shape for shape in shapes}
    if len(by_kind) != len(shapes):
        raise LookupError("two shapes describe the same kind of record")
    return by_kind


@cache
def _adding() -> tuple[Callable[[str], Iterable[ShapeField]], ...]:
    return gathered("shapes", "MORE_FIELDS")
