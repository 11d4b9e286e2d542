"""The builder of filters: a plain form that adds one condition, or puts another in the place of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from caudal.core.expressions import Apply, Node, show
from caudal.kit.shapes import FieldKind, Option, ShapeField
from caudal.ui.lists.asking import Asked
from caudal.ui.lists.comparisons import UNITS, Asks, Comparison, NotTyped, Values, comparisons_of
from caudal.ui.lists.words import Known, Speaker, joined, length_words, parts_of, period_words

FIELD: Final = "condition"
"""Names the field that a condition is to be about."""
PLACE: Final = "place"
"""Names the condition that is to be replaced."""
JOIN: Final = "join"
INPUTS: Final[Mapping[Asks, tuple[str, ...]]] = {
    Asks.NOTHING: (),
    Asks.TEXT: ("text",),
    Asks.OPTIONS: ("option",),
    Asks.NUMBER: ("number",),
    Asks.NUMBERS: ("low", "high"),
    Asks.LENGTH: ("count", "unit"),
    Asks.PERIOD: ("period",),
    Asks.DAY: ("day",),
    Asks.DAYS: ("from", "until"),
}
"""The inputs that hold what a comparison asks for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of an input."""

    value: str
    label: str
    chosen: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Comparisons that ask for the same thing, and what was typed so far."""

    asks: Asks
    comparisons: Sequence[Choice]
    typed: Mapping[str, str]
    choices: Sequence[Choice] = ()
    units: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionForm:
    """The form of one condition."""

    field: ShapeField
    questions: Sequence[Question]
    kept: Sequence[tuple[str, str]]
    place: str
    joins: bool
    """Whether there are other conditions, to which this one may be added as another way to fit."""
    error: str
    cancel: str
    currency: str


def condition_form(asked: Asked, speaker: Speaker, sent: QueryDict, error: str = "") -> ConditionForm | None:
    """Return the form that an address asks for, None without one. Raises NoSuchField."""
    name = sent.get(FIELD)
    if not name:
        return None
    found = asked.shape.field(name, asked.reader.actor)
    before = replaced(asked, speaker, sent)
    key = sent.get("is") or (before.comparison.key if before else comparisons_of(found)[0].key)
    groups: dict[Asks, list[Comparison]] = {}
    for each in comparisons_of(found):
        groups.setdefault(each.asks, []).append(each)
    is_money = found.kind is FieldKind.MONEY
    return ConditionForm(
        field=found,
        questions=[
            question(asks, comparisons, key, values_of(asks, before, sent), speaker.options(found))
            for asks, comparisons in groups.items()
        ],
        kept=[(name, value) for name, value in asked.parameters.items() if name != "at"],
        place=sent.get(PLACE, ""),
        joins=bool(asked.node) and before is None,
        error=error,
        cancel=asked.address(),
        currency=asked.reader.currency if is_money else "",
    )


def question(
    asks: Asks, comparisons: Sequence[Comparison], chosen: str, values: Values, options: Sequence[Option]
) -> Question:
    """Return the comparisons that ask for one thing, with their inputs filled in."""
    typed = dict(zip(INPUTS[asks], values, strict=False))
    choices: list[Choice] = []
    if asks is Asks.OPTIONS:
        choices = [Choice(each.value, str(each.label), each.value in values, str(each.group)) for each in options]
    if asks is Asks.PERIOD:
        choices = [Choice(value, label, value in values) for value, label in period_words().items()]
    return Question(
        asks,
        [Choice(each.key, str(each.label), each.key == chosen) for each in comparisons],
        typed,
        choices,
        units=[Choice(unit, unit_words(unit), unit == typed.get("unit")) for unit in UNITS],
    )


def unit_words(unit: str) -> str:
    """Return what many of a unit are called: "days"."""
    return length_words(2, unit).removeprefix("2").strip()


def values_of(asks: Asks, before: Known | None, sent: QueryDict) -> Values:
    """Return what an input shows: what was sent, else what the condition says that is to be replaced."""
    names = INPUTS[asks]
    if any(name in sent for name in names):
        return tuple(sent.getlist("option")) if asks is Asks.OPTIONS else tuple(sent.get(name, "") for name in names)
    return before.values if before and before.comparison.asks is asks else ()


def replaced(asked: Asked, speaker: Speaker, sent: QueryDict) -> Known | None:
    """Return the condition in whose place another is to be put."""
    parts = parts_of(asked.node) if asked.node else []
    place = sent.get(PLACE, "")
    if not (place.isascii() and place.isdecimal() and int(place) < len(parts)):
        return None
    found = speaker.known(parts[int(place)])
    return found if found and found.field.name == sent.get(FIELD) else None


def with_condition(asked: Asked, speaker: Speaker, sent: QueryDict) -> str:
    """Return the text of the filter with the condition that was sent. Raises NotTyped, NoSuchField."""
    found = asked.shape.field(sent.get(FIELD, ""), asked.reader.actor)
    chosen = next((each for each in comparisons_of(found) if each.key == sent.get("is")), None)
    if chosen is None:
        raise NotTyped(said=_("Choose how to compare."))
    typed = tuple(sent.get(name, "") for name in INPUTS[chosen.asks])
    values = tuple(sent.getlist("option")) if chosen.asks is Asks.OPTIONS else typed
    offered = {option.value for option in speaker.options(found)}
    if chosen.asks is Asks.OPTIONS and not offered.issuperset(values):
        raise NotTyped(said=_("Tick one at least."))
    unit = asked.reader.currency if found.kind is FieldKind.MONEY else found.unit
    made = chosen.write(found, values, unit)
    parts = parts_of(asked.node) if asked.node else []
    if replaced(asked, speaker, sent) is not None:
        parts[int(sent.get(PLACE, ""))] = made
        return joined(parts)
    if sent.get(JOIN) == "or" and asked.node is not None:
        return show(Apply("or", (asked.node, made)))
    return joined([*parts, made])


def without(parts: Sequence[Node], place: int) -> str:
    """Return the text of a filter without one of its conditions."""
    return joined([each for number, each in enumerate(parts) if number != place])
