"""Fields that a company adds itself to a kind of record: what they may hold, and what is written for them.

The values stand in the row's `custom`, by the field's key, as JSON that sorts as the values do: a number as a number, a
day as its ISO text, an amount as its minor units and currency, a link as the id of the row. `filled` is the one
place that turns what forms, programs, files and other code give into that; `held` is the way back. A formula is
stored nowhere: see `kit.formulas`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from caudal.core.decimals import plain_decimal
from caudal.core.errors import Problem, msg
from caudal.core.expressions import Apply, Name, Node, Unreadable, parse
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
PREFIX: Final = "custom."
"""What stands before the key of a field of one's own in expressions, addresses and facts."""
ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS_MOST: Final = 15
"""Digits that a number has at most: so many go through JSON unharmed."""
TEXT_LONGEST: Final = 2_000
NO_SUCH_RECORD: Final = msg("This names no record that you may see.")


class FieldType(StrEnum):
    """What a field of one's own holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    SEVERAL = "several"
    """Any number of the choices."""
    BOOLEAN = "boolean"
    URL = "url"
    LINK = "link"
    """Another record."""
    FORMULA = "formula"
    """What an expression makes of other fields; nothing is stored."""


@lru_cache(maxsize=1024)
def tree_of(formula: str) -> Node | None:
    """Return the tree of a formula, None for a text that is no expression."""
    try:
        return parse(formula)
    except Unreadable:
        return None


def names_of(formula: str) -> frozenset[str]:
    """Return the fields that a formula names.

    >>> sorted(names_of("amount - custom.cost"))
    ['amount', 'custom.cost']
    """
    node = tree_of(formula)
    return frozenset(each.name for each in names_in(node)) if node else frozenset()


def names_in(node: Node) -> Iterator[Name]:
    """Yield the names in a tree, from left to right."""
    match node:
        case Name():
            yield node
        case Apply(arguments=arguments):
            for argument in arguments:
                yield from names_in(argument)


class Kept(str):
    """A cell of a file, for whose column no field may be there: it is kept under the column's name if it fits none."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnField:
    """The definition of a field of one's own, as a value."""

    id: UUID
    record_kind: str
    key: str
    type: FieldType
    label: str
    label_es: str = ""
    help: str = ""
    unit: str = ""
    decimals: int = 0
    currency: str = ""
    options: tuple[str, ...] = ()
    link_kind: str = ""
    formula: str = ""
    """The expression that computes it."""
    result: str = ""
    """What a formula yields: text, number, money, date, instant or boolean; `unit` and `currency` go with it."""
    required: bool = False
    active: bool = True

    @property
    def name(self) -> str:
        """What expressions call it."""
        return f"{PREFIX}{self.key}"

    @property
    def computed(self) -> bool:
        """Whether it holds no value of its own: nothing is written into it."""
        return self.type is FieldType.FORMULA

    @property
    def alias(self) -> str:
        """The name under which rows carry what was computed for them."""
        return f"formula_{self.key}"

    def said(self, language: str) -> str:
        """Return the label in a language of the interface."""
        return self.label_es if self.label_es and language.startswith("es") else self.label


class Unfit(ValueError):  # noqa: N818  it says what a value is, as problems do
    """A value is not what its field holds; the text says why."""


@dataclass(slots=True)
class Filled:
    """What is to be written of some fields of a row, and what is wrong with the rest, by the field's name."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, Ref]] = field(default_factory=list)
    """The records that the values name: whoever writes makes sure that the writer may see them."""


def filled(fields: Sequence[OwnField], given: Mapping[str, Any], stored: Mapping[str, Any]) -> Filled:
    """Return the whole of a row's own values after some of them were given, and every finding at once.

    What is not given stays; None and an empty text take a value away, which a required field does not allow once it
    has one. Keys that no field has are refused, save for what the row holds already and for cells of files.
    """
    known = {each.key: each for each in fields}
    by_label = {said.casefold(): each for each in fields for said in (each.key, each.label, each.label_es) if said}
    found = Filled(values=dict(stored))
    for key, value in given.items():
        if key in stored and stored[key] == value:
            continue
        if isinstance(value, Kept):
            _keep(found, by_label.get(key.casefold()), key, value)
            continue
        try:
            _put(found, known.get(key), key, value, stored)
        except Unfit as unfit:
            found.wrong[f"{PREFIX}{key}"] = str(unfit)
    return found


def _put(found: Filled, own: OwnField | None, key: str, value: Any, stored: Mapping[str, Any]) -> None:
    if own is None:
        raise Unfit(msg("There is no such field."))
    if not own.active:
        raise Unfit(msg("This field is retired; what it holds stays as it is."))
    if own.computed:
        raise Unfit(msg("This field is computed: nothing is written into it."))
    if _empty(value):
        if own.required and key in stored:
            raise Unfit(msg("This field is required."))
        found.values.pop(key, None)
        return
    made = READ[own.type](own, value)
    found.values[key] = made
    if own.type is FieldType.LINK:
        found.links.append((own.name, Ref(own.link_kind, UUID(made))))


def _keep(found: Filled, own: OwnField | None, key: str, value: str) -> None:
    """Put a cell of a file where it fits: into the field of its name, else under the name of its column.

    What a formula computes is left out: it is computed here anew.
    """
    if own is not None and own.computed:
        return
    if own is not None and own.active and own.type is not FieldType.LINK:
        with suppress(Unfit):
            parts = [part.strip() for part in re.split(r"[;,]", value)]
            found.values[own.key] = READ[own.type](own, parts if own.type is FieldType.SEVERAL else str(value))
            return
    if own is None or own.key != key:
        found.values[key] = str(value)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], ())


def held(own: OwnField, values: Mapping[str, Any]) -> Any:  # noqa: PLR0911  one for each type
    """Return what a row holds in a field: text, `Decimal`, `Money`, day, yes or no, `Ref`; None where nothing fits."""
    value = values.get(own.key)
    match own.type, value:
        case ((FieldType.TEXT | FieldType.URL | FieldType.CHOICE), str()):
            return value or None
        case (FieldType.NUMBER, int() | float()) if not isinstance(value, bool):
            return Decimal(str(value))
        case FieldType.MONEY, {"minor": int() as minor}:
            return Money(minor, Currency(own.currency))
        case FieldType.DATE, str():
            with suppress(ValueError):
                return date.fromisoformat(value) if ISO.fullmatch(value) else None
        case FieldType.SEVERAL, [*chosen]:
            return ", ".join(str(each) for each in chosen) or None
        case FieldType.BOOLEAN, bool():
            return value
        case FieldType.LINK, str():
            with suppress(ValueError):
                return Ref(own.link_kind, UUID(value))
    return None


def held_result(own: OwnField, value: Any) -> Any:
    """Return what was computed for a row as `held` would: text, `Decimal`, `Money`, day, instant, yes or no, None."""
    if isinstance(value, Decimal):
        return Money(int(value), Currency(own.currency)) if own.currency else Decimal(plain_decimal(value))
    return value


def _text(_own: OwnField, value: Any) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LONGEST:
        raise Unfit(msg("Type a text of at most 2,000 characters."))
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Unfit(msg("A text holds no null character."))
    return value.strip()


def _number(own: OwnField, value: Any) -> int | float:
    number = _decimal(value)
    _sign, digits, exponent = number.normalize().as_tuple()
    if not isinstance(exponent, int) or max(len(digits) + max(exponent, 0), -exponent) > DIGITS_MOST:
        raise Unfit(msg("Type a number of at most 15 digits."))
    if -exponent > own.decimals:
        raise Unfit(msg("This number has more decimals than its field."))
    whole = number == number.to_integral_value()
    return int(number) if whole else float(number)


def _money(own: OwnField, value: Any) -> dict[str, Any]:
    given, code = value, own.currency
    if isinstance(value, Money):
        given, code = value.major, value.currency.code
    elif isinstance(value, Mapping):
        code = str(value.get("currency", ""))
        minor = value.get("minor")
        if isinstance(minor, int) and not isinstance(minor, bool) and code == own.currency:
            return _amount(Money(minor, Currency(code)))
        given = value.get("amount")
    if code != own.currency:
        raise Unfit(msg("This amount is in another currency than its field."))
    try:
        return _amount(Money.of(_decimal(given), Currency(code)))
    except Problem as problem:
        raise Unfit(problem.told()) from problem


def _amount(money: Money) -> dict[str, Any]:
    if abs(money.minor) >= 10**DIGITS_MOST:
        raise Unfit(msg("Type a number of at most 15 digits."))
    return {"minor": money.minor, "currency": money.currency.code}


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Unfit(msg("Type a number."))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Unfit(msg("Type a number.")) from error
    if not number.is_finite():
        raise Unfit(msg("Type a number."))
    if abs(number.adjusted()) > DIGITS_MOST:
        raise Unfit(msg("Type a number of at most 15 digits."))
    return number


def _date(_own: OwnField, value: Any) -> str:
    try:
        # An instant is not a day, and `fromisoformat` knows forms that nobody means.
        found = value if type(value) is date else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Unfit(msg("Choose a day.")) from error
    return found.isoformat()


def _choice(own: OwnField, value: Any) -> str:
    if value not in own.options:
        raise Unfit(msg("This is not one of the choices."))
    return str(value)


def _several(own: OwnField, value: Any) -> list[str]:
    chosen = [value] if isinstance(value, str) else value
    if not isinstance(chosen, list | tuple) or any(each not in own.options for each in chosen):
        raise Unfit(msg("This is not one of the choices."))
    return [each for each in own.options if each in chosen]


def _boolean(_own: OwnField, value: Any) -> bool:
    known = {"true": True, "yes": True, "false": False, "no": False}
    found = known.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise Unfit(msg("Say yes or no."))
    return found


def _url(own: OwnField, value: Any) -> str:
    text = _text(own, value)
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise Unfit(msg("Type an address that begins with https:// or http://.")) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[\s\x00-\x1f]", text):
        raise Unfit(msg("Type an address that begins with https:// or http://."))
    return text


def _link(own: OwnField, value: Any) -> str:
    try:
        if isinstance(value, Ref) and value.kind == own.link_kind:
            return str(value.id)
        text = str(value)
        return str(Ref.parse(text, own.link_kind).id if "_" in text else UUID(text))
    except (Problem, ValueError) as error:
        raise Unfit(NO_SUCH_RECORD) from error


READ: Final[Mapping[FieldType, Callable[[OwnField, Any], Any]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.SEVERAL: _several,
    FieldType.BOOLEAN: _boolean,
    FieldType.URL: _url,
    FieldType.LINK: _link,
}
"""What turns a value that somebody gives into what is stored. Raises Unfit."""
