"""What a meter reads of an event: a quantity, what is told apart, an amount, dimensions; or why it cannot."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.expressions import BOOLEAN, TEXT, Expression, Field, Schema, Setting, evaluate, number, read
from caudal.core.rating import Aggregation
from caudal.usage.offline.events import TEXT_LENGTH, Json, SentEvent, plain_number

PLACES_MAX: Final = 12
WHOLE_DIGITS_MAX: Final = 18
_NUMBER: Final = re.compile(r"-?\d{1,60}(\.\d{1,60})?")
_ANY_DAY: Final = Setting(date(2000, 1, 1))
_ABSENT: Final = object()


class Unreadable(Problem):
    """The data of an event do not hold what a meter needs."""

    code = "usage.unreadable"
    status = 422
    message = msg("The meter cannot read the event.")

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What a meter read of an event."""

    quantity: Decimal
    value: str = ""
    amount: Decimal | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeterRule:
    """How a meter reads events of one type. Properties are names in the data, with dots to go inside.

    >>> from caudal.usage.offline.events import SentEvent
    >>> rule = MeterRule("doc.made", Aggregation.SUM, quantity_property="pages", dimensions=("kind",))
    >>> event = SentEvent("app", "1", "doc.made", "acme", None, {"pages": 7, "kind": "contract"})
    >>> rule.read(event)
    MeterReading(quantity=Decimal('7'), value='', amount=None, dimensions={'kind': 'contract'})
    """

    event_type: str
    aggregation: Aggregation
    filter: str = ""
    quantity_property: str = ""
    value_property: str = ""
    amount_property: str = ""
    dimensions: tuple[str, ...] = ()
    takes_negative: bool = False
    condition: Expression | None = field(default=None, init=False, compare=False)

    def __post_init__(self) -> None:
        """Read the filter. Raises Refused with everything that is wrong with it."""
        if self.filter.strip():
            object.__setattr__(self, "condition", read(self.filter, self.schema, wants=BOOLEAN))

    @property
    def schema(self) -> Schema:
        """What the filter may name."""
        fields = {"source": Field(TEXT), "subject": Field(TEXT)}
        fields |= {name: Field(TEXT) for name in self.dimensions}
        return Schema(fields | {name: Field(number()) for name in self._numbers})

    def read(self, event: SentEvent, place: str = "data") -> MeterReading | None:
        """What the meter reads of an event, nothing of one that is not for it. Raises Unreadable."""
        if event.data is None or event.type != self.event_type:
            return None
        dimensions = {name: _told(event.data, name, place) for name in self.dimensions}
        if not self._wants(event, dimensions):
            return None
        quantity = _number(event.data, self.quantity_property, place) if self.quantity_property else Decimal(1)
        if quantity < 0 and not self.takes_negative:
            said = msg("{number} is less than nothing, and this meter takes no negative quantities.")
            raise Unreadable(_finding(said, "negative", _at(place, self.quantity_property), number=quantity))
        amount = _number(event.data, self.amount_property, place) if self.amount_property else None
        value = _told(event.data, self.value_property, place) if self.value_property else ""
        if self.value_property and not value:
            raise Unreadable(_lacking(self.value_property, place))
        return MeterReading(quantity, value, amount, {name: said for name, said in dimensions.items() if said})

    def _wants(self, event: SentEvent, dimensions: Mapping[str, str]) -> bool:
        """Say whether the filter lets an event through; what it names and the data do not hold is empty."""
        if self.condition is None:
            return True
        row: dict[str, Any] = {"source": event.source, "subject": event.subject}
        row |= {name: said or None for name, said in dimensions.items()}
        row |= {name: _number_or_none(event.data or {}, name) for name in self._numbers}
        return evaluate(self.condition.term, row, _ANY_DAY) is True

    @property
    def _numbers(self) -> tuple[str, ...]:
        return tuple(name for name in (self.quantity_property, self.amount_property) if name)


def first_reading(rules: Iterable[MeterRule], event: SentEvent, place: str) -> Finding | None:
    """What the first of some meters that cannot read an event has to say of it."""
    for rule in rules:
        try:
            rule.read(event, place)
        except Unreadable as problem:
            return problem.finding
    return None


def exactly(quantity: Decimal | None) -> Fraction:
    """A quantity as an exact fraction, nothing as 0."""
    return Fraction(quantity) if quantity is not None else Fraction(0)


def _property(data: Mapping[str, Json], name: str) -> Json:
    if name in data:
        return data[name]
    found: Json = data
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return _ABSENT
        found = found[part]
    return found


def _number(data: Mapping[str, Json], name: str, place: str) -> Decimal:
    value, at = _property(data, name), _at(place, name)
    if value is _ABSENT or value is None:
        raise Unreadable(_lacking(name, place))
    is_text = isinstance(value, str) and _NUMBER.fullmatch(value)
    if isinstance(value, bool) or not (is_text or isinstance(value, int | Decimal)):
        raise Unreadable(_finding(msg("This is no number."), "no_number", at))
    try:
        found = Decimal(plain_number(Decimal(value)))
    except InvalidOperation:
        raise Unreadable(_finding(msg("This is no number."), "no_number", at)) from None
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > PLACES_MAX:
        said = msg("This has more than {most} decimal places.")
        raise Unreadable(_finding(said, "too_precise", at, most=PLACES_MAX))
    if found and found.adjusted() >= WHOLE_DIGITS_MAX:
        said = msg("This has more than {most} digits before the point.")
        raise Unreadable(_finding(said, "too_large", at, most=WHOLE_DIGITS_MAX))
    return found


def _number_or_none(data: Mapping[str, Json], name: str) -> Decimal | None:
    try:
        return _number(data, name, "")
    except Unreadable:
        return None


def _told(data: Mapping[str, Json], name: str, place: str) -> str:
    """A property as text; nothing where it is not there."""
    value = _property(data, name)
    if value is _ABSENT or value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    said = plain_number(value) if isinstance(value, int | Decimal) else value
    if not isinstance(said, str):
        raise Unreadable(_finding(msg("This is neither a text nor a number."), "no_text", _at(place, name)))
    if len(said) > TEXT_LENGTH:
        too_long = msg("This is longer than {longest} characters.")
        raise Unreadable(_finding(too_long, "too_long", _at(place, name), longest=TEXT_LENGTH))
    return said


def _lacking(name: str, place: str) -> Finding:
    return _finding(msg("The data hold no “{name}”."), "lacking", _at(place, name), name=name)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}"


def _finding(message: str, code: str, place: str, **params: object) -> Finding:
    return Finding(f"usage.{code}", message, place=Place(name=place), params=params)
