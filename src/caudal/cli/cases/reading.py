"""One worked example as it is written: its inputs by name, read as exact numbers, days and instants."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Exact, Money, Rounding, round_money
from caudal.core.periods import Days, Period, day_in, start_of_day

Output: TypeAlias = object
"""A computed value: an exact number, Money, a date, a text, or a list or mapping of them."""
Outputs: TypeAlias = Mapping[str, Output]
Adapter: TypeAlias = "Callable[[Case], Outputs]"
"""What makes outputs of an example."""
_PLACES_MAX: Final = 60
_SHOWN: Final = 120
_DAY: Final = len("2024-01-01")
NOTHING: Final = object()
UNSAID: Final = "EUR"
"""The currency of examples that name none: any with two decimal places does."""


class NotUnderstood(Problem):
    """The example asks for something in a way that no adapter knows."""

    code = "cases.not_understood"
    message = msg("This example is not understood: {reason}")


@dataclass(slots=True)
class Case:
    """An example: where it is from, what it is about, its inputs, and what it expects; `seen` are the inputs read."""

    id: str
    source: str
    topic: str
    inputs: Mapping[str, Any]
    stated: Mapping[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def has(self, *names: str) -> bool:
        """Whether all of these inputs are given, and not null."""
        return all(self.inputs.get(name) is not None for name in names)

    def take(self, *names: str, default: Any = NOTHING) -> Any:
        """The input that bears the first of these names. Raises NotUnderstood without any and without a default."""
        self.seen.update(names)
        for name in names:
            if self.inputs.get(name) is not None:
                return self.inputs[name]
        if default is NOTHING:
            raise NotUnderstood(reason=f"There is no input called {' or '.join(names)}.")
        return default

    def number(self, *names: str, default: Any = NOTHING) -> Fraction:
        """An exact number."""
        return number(self.take(*names, default=default))

    def row(self, told: Mapping[str, Any]) -> "Case":
        """What a row of the example tells, in the same currency."""
        return Case(self.id, self.source, self.topic, {**told, "currency": self.currency.code})

    def told(self, name: str) -> bool:
        """Whether an amount is given, in major or in minor units."""
        return self.has(name) or self.has(f"{name}_cents")

    def day(self, *names: str) -> date:
        """A date, also of an instant: in the zone of the example where one is named."""
        value = self.take(*names)
        zoned = len(str(value)) > _DAY and any(self.has(name) for name in ("timezone", "zone", "tz"))
        return day_in(instant(value), self.zone) if zoned else day(value)

    def instant(self, *names: str) -> datetime:
        """An instant; a day alone is its beginning in the zone of the example."""
        return self.instant_of(self.take(*names))

    def instant_of(self, value: Any) -> datetime:
        """The same of a value."""
        return start_of_day(day(value), self.zone) if len(str(value)) <= _DAY else instant(value)

    def period(self, name: str) -> Period:
        """A pair of instants, or of days in the zone of the example."""
        first, last = self.take(name)
        if self.has("period_end") or len(str(first)) <= _DAY >= len(str(last)):
            return self.days(name).in_zone(self.zone)
        return Period(self.instant_of(first), self.instant_of(last))

    def days(self, name: str) -> Days:
        """A pair of days; `period_end: inclusive` says that the last one is part of it."""
        first, last = self.take(name)
        until = day(last)
        if self.take("period_end", default="exclusive") == "inclusive":
            until = date.fromordinal(until.toordinal() + 1)
        return Days(day(first), until)

    def rate(self, *names: str, default: Any = NOTHING) -> Decimal:
        """A price of a unit in major units, told as `name`, or in minor units of any precision as `name_cents`."""
        self.seen.update(f"{name}_cents" for name in names)
        for name in names:
            if self.has(f"{name}_cents"):
                return decimal(number(self.inputs[f"{name}_cents"]) / self.currency.minor_per_major)
        return decimal(self.take(*names, default=default))

    def limit(self, *names: str) -> Money | None:
        """Money, or None where none is told."""
        told = any(self.has(name) or self.has(f"{name}_cents") for name in names)
        return self.money(*names) if told else None

    def money(self, *names: str, default: Any = NOTHING) -> Money:
        """Money told in minor units as `name_cents`, or in major units as `name`."""
        self.seen.update(f"{name}_cents" for name in names)
        for name in names:
            if self.has(f"{name}_cents"):
                return minor(self.inputs[f"{name}_cents"], self.currency)
        return major(self.number(*names, default=default), self.currency)

    @property
    def currency(self) -> Currency:
        """The currency of all amounts."""
        return Currency(str(self.take("currency", default=UNSAID)).upper())

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days are days. Raises NotUnderstood."""
        name = str(self.take("timezone", "zone", "tz", default="UTC"))
        try:
            return ZoneInfo(name)
        except (ValueError, OSError):
            raise NotUnderstood(reason=f"{name!r} is no time zone."[:_SHOWN]) from None

    def within(self, inputs: Mapping[str, Any], *, but: str, without: Collection[str] = ()) -> "Case":
        """An example within this one: other inputs in the place of one; what it reads of the rest is read."""
        self.seen.add(but)
        rest = {name: value for name, value in self.inputs.items() if name != but and name not in without}
        return Case(self.id, self.source, self.topic, rest | dict(inputs), self.stated, self.seen)

    def unread(self) -> tuple[str, ...]:
        """The inputs that nobody looked at."""
        return tuple(sorted(self.inputs.keys() - self.seen - {"note"}))


def number(value: Any) -> Fraction:
    """The exact number that a JSON value stands for. Raises NotUnderstood."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction | str):
        raise NotUnderstood(reason=f"{value!r} is not a number.")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    try:
        written = Decimal(value)
    except InvalidOperation:
        raise NotUnderstood(reason=f"{value!r} is not a number."[:_SHOWN]) from None
    if not written.is_finite() or abs(written.adjusted()) > _PLACES_MAX:
        raise NotUnderstood(reason=f"{value!r} is no number that is ever billed."[:_SHOWN])
    return Fraction(written)


def is_number(value: Any) -> bool:
    """Whether a value is a number, or the text of one."""
    try:
        number(value)
    except NotUnderstood:
        return False
    return True


def decimal(value: Any) -> Decimal:
    """The same as a decimal, for unit prices."""
    exact = number(value)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def numbers(values: Iterable[Any]) -> list[Fraction]:
    """Exact numbers."""
    return [number(value) for value in values]


def day(value: Any) -> date:
    """A date: `2024-02-18`, or `02-18` of a year that has 365 days. Raises NotUnderstood."""
    text = str(value)[:10]
    try:
        return date.fromisoformat(text if len(text) > len("02-18") else f"2023-{text}")
    except ValueError:
        raise NotUnderstood(reason=f"{value!r} is not a day.") from None


def instant(value: Any) -> datetime:
    """An instant, in UTC where no zone is told. Raises NotUnderstood."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise NotUnderstood(reason=f"{value!r} is not an instant.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def minor(value: Any, currency: Currency) -> Money:
    """Money of minor units; a fraction of them is not understood."""
    exact = number(value)
    if exact.denominator != 1:
        raise NotUnderstood(reason=f"{value!r} is no whole number of minor units.")
    return Money(exact.numerator, currency)


def major(value: Exact, currency: Currency) -> Money:
    """Money of major units, rounded half up."""
    return round_money(value, currency, Rounding.HALF_UP)
