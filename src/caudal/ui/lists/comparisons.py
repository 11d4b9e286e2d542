"""The comparisons that a filter is put together from, each as three things: words, a tree, and how a tree is known.

What the builder writes is what the filter line reads back: `match` of what `write` wrote gives the same values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from caudal.core.errors import Problem, msg
from caudal.core.expressions import Apply, Literal, Name, Node, Unit, decimal_text
from caudal.core.expressions.syntax import IS_EMPTY, NEGATE
from caudal.kit.filters import ME
from caudal.kit.shapes import FieldKind, ShapeField

Values: TypeAlias = tuple[str, ...]
"""What a form sends: texts, public ids, figures, days."""

UNITS: Final = ("day", "week", "month", "quarter", "year")
PERIODS: Final = tuple((f"{unit}:{away}", unit, away) for unit in UNITS[1:] for away in (-1, 0, 1))
LONGEST: Final = 15
"""Digits of a figure that somebody types."""


class Asks(StrEnum):
    """What a comparison wants beside the field."""

    NOTHING = "nothing"
    TEXT = "text"
    OPTIONS = "options"
    NUMBER = "number"
    NUMBERS = "numbers"
    LENGTH = "length"
    PERIOD = "period"
    DAY = "day"
    DAYS = "days"


class NotTyped(Problem):
    """What was typed is not what the comparison asks for."""

    code = "list.condition_not_typed"
    status = 422
    message = msg("{said}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way to compare a field. `phrase` says it of a field and its values, `label` in a choice of comparisons."""

    key: str
    label: str | Promise
    phrase: str | Promise
    asks: Asks
    write: Callable[[ShapeField, Values, str], Node]
    """The tree for a field, what was typed, and the unit of the field's figures. Raises NotTyped."""
    match: Callable[[Node], tuple[str, Values] | None]
    """The field and the values of a tree that is this comparison."""


def text_value(values: Values) -> str:
    """Return the one text. Raises NotTyped."""
    if not values or not values[0].strip():
        raise NotTyped(said=_("Type what to compare with."))
    return values[0].strip()


def figure(text: str, unit: str = "") -> Node:
    """Return a figure as an expression writes it. Raises NotTyped."""
    try:
        found = Fraction(Decimal(text.strip()))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise NotTyped(said=_("Type a number.")) from error
    if len(decimal_text(abs(found))) > LONGEST:
        raise NotTyped(said=_("Type a shorter number."))
    literal = Literal(abs(found), Unit.parse(unit) if unit else None)
    return Apply(NEGATE, (literal,)) if found < 0 else literal


def day(text: str) -> Node:
    """Return a day as an expression writes it. Raises NotTyped."""
    try:
        return Literal(date.fromisoformat(text.strip()))
    except ValueError as error:
        raise NotTyped(said=_("Choose a day.")) from error


def length(values: Values) -> Node:
    """Return so many days, weeks or months. Raises NotTyped."""
    count, unit = (*values, "", "")[:2]
    if not (count.isascii() and count.isdecimal() and 0 < int(count) < 10_000) or unit not in UNITS:  # noqa: PLR2004  longer than any list looks back
        raise NotTyped(said=_("Type how many days, weeks or months."))
    return Literal(Fraction(int(count)), Unit.parse(unit))


def several(values: Values) -> tuple[Node, ...]:
    """Return the values that were ticked. Raises NotTyped."""
    if not values:
        raise NotTyped(said=_("Tick one at least."))
    return tuple(Name(ME) if value == ME else Literal(value) for value in values)


def one_of(found: ShapeField, values: Values, _unit: str) -> Node:
    """Write that a field is one of some values."""
    ticked = several(values)
    name = Name(found.name)
    return Apply("=", (name, *ticked)) if len(ticked) == 1 else Apply("in", (name, *ticked))


def negated(node: Node) -> Node:
    """Return the contrary of a tree."""
    return Apply("not", (node,))


def none_of(found: ShapeField, values: Values, unit: str) -> Node:
    """Write that a field is none of some values; one that is empty is none of them."""
    return Apply("or", (Apply(IS_EMPTY, (Name(found.name),)), negated(one_of(found, values, unit))))


def named(node: Node) -> str | None:
    """Return the field that a tree names, None for any other tree."""
    return node.name if isinstance(node, Name) else None


def told(node: Node) -> str | None:
    """Return a value as a form would send it, None for a tree that is no value."""
    match node:
        case Name(name) if name == ME:
            return ME
        case Literal(value=str() as text):
            return text
        case Literal(value=Fraction() as number, percent=False):
            return decimal_text(number)
        case Apply("unary -", (Literal(value=Fraction() as number),)):
            return decimal_text(-number)
        case Literal(value=date() as moment):
            return moment.isoformat()
    return None


def known(function: str, count: int) -> Callable[[Node], tuple[str, Values] | None]:
    """Return what knows a function of a field and so many values; any number of them when `count` is 0."""

    def match(node: Node) -> tuple[str, Values] | None:
        if not isinstance(node, Apply) or node.function != function or not node.arguments:
            return None
        first, *others = node.arguments
        values = tuple(told(each) for each in others)
        name = named(first)
        if name is None or None in values or (count and len(values) != count):
            return None
        return name, tuple(each for each in values if each is not None)

    return match


def known_options(node: Node) -> tuple[str, Values] | None:
    """Know one of some values, however it is written."""
    return known("=", 1)(node) or known("in", 0)(node)


def known_none(node: Node) -> tuple[str, Values] | None:
    """Know none of some values: empty, or not one of them."""
    match node:
        case Apply("or", (Apply("is empty", (Name(name),)), Apply("not", (inner,)))):
            found = known_options(inner)
            return found if found and found[0] == name else None
    return None


def known_not(inner: Callable[[Node], tuple[str, Values] | None]) -> Callable[[Node], tuple[str, Values] | None]:
    """Return what knows the contrary of a comparison."""
    return lambda node: inner(node.arguments[0]) if isinstance(node, Apply) and node.function == "not" else None


def known_length(function: str) -> Callable[[Node], tuple[str, Values] | None]:
    """Return what knows a moment within a length of time."""

    def match(node: Node) -> tuple[str, Values] | None:
        match node:
            case Apply(name, (Name(field), Literal(value=Fraction() as count, unit=Unit() as unit))) if (
                name == function and unit.symbol in UNITS
            ):
                return field, (decimal_text(count), unit.symbol)
        return None

    return match


def known_period(node: Node) -> tuple[str, Values] | None:
    """Know a moment in this, the last or the next period."""
    for key, unit, away in PERIODS:
        match node:
            case Apply(name, (Name(field), count)) if name == f"in_{unit}" and told(count) == str(away):
                return field, (key,)
    return None


def write_period(found: ShapeField, values: Values, _unit: str) -> Node:
    """Write that a moment is in this, the last or the next period."""
    for key, unit, away in PERIODS:
        if values[:1] == (key,):
            return Apply(f"in_{unit}", (Name(found.name), figure(str(away))))
    raise NotTyped(said=_("Choose a period."))


def known_older(node: Node) -> tuple[str, Values] | None:
    """Know a moment longer ago than a length of time."""
    match node:
        case Apply(
            "before",
            (
                Name(field),
                Apply("-", (Name("as_of"), Literal(value=Fraction() as count, unit=Unit() as unit))),
            ),
        ) if unit.symbol in UNITS:
            return field, (decimal_text(count), unit.symbol)
    return None


def write_older(found: ShapeField, values: Values, _unit: str) -> Node:
    """Write that a moment is longer ago than a length of time."""
    return Apply("before", (Name(found.name), Apply("-", (Name("as_of"), length(values)))))


def writes(function: str, asks: Asks) -> Callable[[ShapeField, Values, str], Node]:
    """Return what writes a function of a field and what was typed."""

    def write(found: ShapeField, values: Values, unit: str) -> Node:
        arguments: Sequence[Node]
        match asks:
            case Asks.NUMBER:
                arguments = [figure((*values, "")[0], unit)]
            case Asks.NUMBERS:
                low, high = (*values, "", "")[:2]
                arguments = [figure(low, unit), figure(high, unit)]
            case Asks.DAY:
                arguments = [day((*values, "")[0])]
            case Asks.LENGTH:
                arguments = [length(values)]
            case Asks.NOTHING:
                arguments = []
            case _:
                arguments = [Literal(text_value(values))]
        return Apply(function, (Name(found.name), *arguments))

    return write


def write_between_days(found: ShapeField, values: Values, _unit: str) -> Node:
    """Write that a moment is from one day to another, both included."""
    low, high = (day(each) for each in (*values, "", "")[:2])
    name = Name(found.name)
    return Apply("and", (negated(Apply("before", (name, low))), negated(Apply("after", (name, high)))))


def known_between_days(node: Node) -> tuple[str, Values] | None:
    """Know a moment from one day to another."""
    match node:
        case Apply("and", (Apply("not", (first,)), Apply("not", (second,)))):
            low, high = known("before", 1)(first), known("after", 1)(second)
            if low and high and low[0] == high[0]:
                return low[0], (*low[1], *high[1])
    return None


def comparison(key: str, label: Promise, phrase: Promise, asks: Asks, function: str) -> Comparison:
    """Return a comparison that is one function of the field and what is typed."""
    counts = {Asks.NOTHING: 0, Asks.NUMBERS: 2}
    match = known_length(function) if asks is Asks.LENGTH else known(function, counts.get(asks, 1))
    return Comparison(key, label, phrase, asks, writes(function, asks), match)


OPTIONS: Final = (
    Comparison(
        "one_of",
        gettext_lazy("is"),
        gettext_lazy("%(field)s is %(value)s"),
        Asks.OPTIONS,
        one_of,
        known_options,
    ),
    Comparison(
        "none_of",
        gettext_lazy("is not"),
        gettext_lazy("%(field)s is not %(value)s"),
        Asks.OPTIONS,
        none_of,
        known_none,
    ),
)
TEXTS: Final = (
    comparison(
        "contains", gettext_lazy("contains"), gettext_lazy("%(field)s contains %(value)s"), Asks.TEXT, "contains"
    ),
    Comparison(
        "lacks",
        gettext_lazy("does not contain"),
        gettext_lazy("%(field)s does not contain %(value)s"),
        Asks.TEXT,
        lambda found, values, unit: negated(writes("contains", Asks.TEXT)(found, values, unit)),
        known_not(known("contains", 1)),
    ),
    comparison(
        "starts",
        gettext_lazy("begins with"),
        gettext_lazy("%(field)s begins with %(value)s"),
        Asks.TEXT,
        "starts_with",
    ),
    comparison("is", gettext_lazy("is exactly"), gettext_lazy("%(field)s is %(value)s"), Asks.TEXT, "="),
)
ENTRIES: Final = (
    comparison("has", gettext_lazy("has"), gettext_lazy("%(field)s has %(value)s"), Asks.TEXT, "has"),
    Comparison(
        "has_not",
        gettext_lazy("does not have"),
        gettext_lazy("%(field)s does not have %(value)s"),
        Asks.TEXT,
        lambda found, values, unit: negated(writes("has", Asks.TEXT)(found, values, unit)),
        known_not(known("has", 1)),
    ),
)
NUMBERS: Final = (
    comparison("over", gettext_lazy("is over"), gettext_lazy("%(field)s over %(value)s"), Asks.NUMBER, ">"),
    comparison("least", gettext_lazy("is at least"), gettext_lazy("%(field)s at least %(value)s"), Asks.NUMBER, ">="),
    comparison("under", gettext_lazy("is under"), gettext_lazy("%(field)s under %(value)s"), Asks.NUMBER, "<"),
    comparison("most", gettext_lazy("is at most"), gettext_lazy("%(field)s at most %(value)s"), Asks.NUMBER, "<="),
    comparison("equals", gettext_lazy("is equal to"), gettext_lazy("%(field)s is %(value)s"), Asks.NUMBER, "="),
    comparison(
        "between",
        gettext_lazy("is between"),
        gettext_lazy("%(field)s between %(value)s and %(other)s"),
        Asks.NUMBERS,
        "between",
    ),
)
MOMENTS: Final = (
    Comparison(
        "period",
        gettext_lazy("is in"),
        gettext_lazy("%(field)s: %(value)s"),
        Asks.PERIOD,
        write_period,
        known_period,
    ),
    comparison(
        "last", gettext_lazy("in the last"), gettext_lazy("%(field)s in the last %(value)s"), Asks.LENGTH, "in_last"
    ),
    comparison(
        "next", gettext_lazy("in the next"), gettext_lazy("%(field)s in the next %(value)s"), Asks.LENGTH, "in_next"
    ),
    Comparison(
        "older",
        gettext_lazy("longer ago than"),
        gettext_lazy("%(field)s more than %(value)s ago"),
        Asks.LENGTH,
        write_older,
        known_older,
    ),
    comparison("on", gettext_lazy("on the day"), gettext_lazy("%(field)s on %(value)s"), Asks.DAY, "on"),
    comparison(
        "before", gettext_lazy("before the day"), gettext_lazy("%(field)s before %(value)s"), Asks.DAY, "before"
    ),
    comparison("after", gettext_lazy("after the day"), gettext_lazy("%(field)s after %(value)s"), Asks.DAY, "after"),
    Comparison(
        "days",
        gettext_lazy("between the days"),
        gettext_lazy("%(field)s between %(value)s and %(other)s"),
        Asks.DAYS,
        write_between_days,
        known_between_days,
    ),
)
TRUTHS: Final = (
    Comparison(
        "yes",
        pgettext_lazy("condition", "holds"),
        "%(field)s",
        Asks.NOTHING,
        lambda found, _values, _unit: Name(found.name),
        lambda node: (node.name, ()) if isinstance(node, Name) else None,
    ),
    Comparison(
        "no",
        pgettext_lazy("condition", "does not hold"),
        gettext_lazy("Not: %(field)s"),
        Asks.NOTHING,
        lambda found, _values, _unit: negated(Name(found.name)),
        known_not(lambda node: (node.name, ()) if isinstance(node, Name) else None),
    ),
)
EMPTINESS: Final = (
    comparison("empty", gettext_lazy("is empty"), gettext_lazy("%(field)s is empty"), Asks.NOTHING, IS_EMPTY),
    Comparison(
        "filled",
        gettext_lazy("is not empty"),
        gettext_lazy("%(field)s is not empty"),
        Asks.NOTHING,
        lambda found, _values, _unit: negated(Apply(IS_EMPTY, (Name(found.name),))),
        known_not(known(IS_EMPTY, 0)),
    ),
)
BY_KIND: Final = {
    FieldKind.TEXT: (*TEXTS, *EMPTINESS),
    FieldKind.NUMBER: (*NUMBERS, *EMPTINESS),
    FieldKind.MONEY: (*NUMBERS, *EMPTINESS),
    FieldKind.DATE: (*MOMENTS, *EMPTINESS),
    FieldKind.INSTANT: (*MOMENTS, *EMPTINESS),
    FieldKind.CHOICE: (*OPTIONS, *EMPTINESS),
    FieldKind.LINK: (*OPTIONS, *EMPTINESS),
    FieldKind.BOOLEAN: TRUTHS,
}


def comparisons_of(found: ShapeField) -> tuple[Comparison, ...]:
    """Return the ways to compare a field. A record that cannot be chosen from a list is only there or not."""
    every = (*ENTRIES, *BY_KIND[found.kind]) if found.several else BY_KIND[found.kind]
    if found.kind is FieldKind.LINK and found.options is None:
        return EMPTINESS
    return OPTIONS if found.conditions else every
