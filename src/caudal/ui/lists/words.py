"""Filters in words: "Stage is Proposal", "Amount over €5,000"; what no words are known for shows as it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caudal.core.errors import Problem
from caudal.core.expressions import Apply, Name, Node, show
from caudal.core.ids import Ref
from caudal.kit.filters import ME
from caudal.kit.records import gone_from_sight, in_sight
from caudal.kit.shapes import FieldKind, Option, Reader, Shape, ShapeField
from caudal.ui.formats import day_text, money_text, number_text, reader_locale
from caudal.ui.lists.comparisons import MOMENTS as SPANS
from caudal.ui.lists.comparisons import OPTIONS as ONE_OF
from caudal.ui.lists.comparisons import Asks, Comparison, Values, comparisons_of


@dataclass(frozen=True, slots=True)
class Known:
    """A part of a filter that the builder can write: a field, how it is compared, and with what."""

    field: ShapeField
    comparison: Comparison
    values: Values


class Speaker:
    """Says filters on one kind of record to one reader; the names that they need are looked up once."""

    def __init__(self, shape: Shape, reader: Reader) -> None:
        self.shape, self.reader = shape, reader
        self.fields = shape.seen_by(reader.actor)
        self._options: dict[str, list[Option]] = {}

    def options(self, found: ShapeField) -> list[Option]:
        """Return what may be chosen of a field; of members, the reader first."""
        if found.name not in self._options:
            mine = [Option(ME, _("Me"))] if found.link == "member" and self.reader.actor.member else []
            given = found.options(self.reader) if found.options else ()
            self._options[found.name] = [*mine, *given]
        return self._options[found.name]

    def known(self, node: Node) -> Known | None:
        """Return what the builder would have written, None for a tree that it does not write."""
        for found in (self.fields[name] for name in names_in(node) if name in self.fields):
            for each in comparisons_of(found):
                matched = each.match(node)
                if matched and matched[0] == found.name:
                    return Known(found, each, matched[1])
        return self._linked(node)

    def say(self, node: Node) -> str:
        """Return a tree in words."""
        found = self.known(node)
        if found is not None:
            said = [self.value(found, each) for each in found.values]
            values = {"field": str(found.field.label), "value": "", "other": ""}
            match found.comparison.asks, said:
                case Asks.OPTIONS, _:
                    values["value"] = _(" or ").join(said)
                case Asks.LENGTH, [count, unit]:
                    values["value"] = length_words(int(count), unit)
                case _, [one, other]:
                    values |= {"value": one, "other": other}
                case _, [one]:
                    values["value"] = one
            return str(found.comparison.phrase) % values
        match node:
            case Apply("or", (left, right)):
                return _("%(one)s or %(other)s") % {"one": self.say(left), "other": self.say(right)}
            case Apply("and", (left, right)):
                return _("(%(one)s and %(other)s)") % {"one": self.say(left), "other": self.say(right)}
        return show(node)

    def value(self, found: Known, text: str) -> str:
        """Return a value as a reader would say it."""
        locale, asks = reader_locale(), found.comparison.asks
        if asks is Asks.OPTIONS:
            labels = {option.value: str(option.label) for option in self.options(found.field)}
            return labels.get(text) or self._name(text)
        if asks in {Asks.NUMBER, Asks.NUMBERS}:
            if found.field.kind is FieldKind.MONEY and self.reader.currency:
                whole = Decimal(text) == int(Decimal(text))
                return money_text(Decimal(text), self.reader.currency, locale, whole=whole)
            return number_text(Decimal(text), locale)
        if asks in {Asks.DAY, Asks.DAYS}:
            return day_text(date.fromisoformat(text), locale)
        if asks is Asks.PERIOD:
            return str(period_words().get(text, text))
        return f"“{text}”" if asks is Asks.TEXT else text

    def _linked(self, node: Node) -> Known | None:
        """A record that cannot be chosen from a list is still said by its name."""
        for name in names_in(node):
            found = self.fields.get(name)
            if found is not None and found.kind is FieldKind.LINK and found.options is None:
                for each in ONE_OF:
                    matched = each.match(node)
                    if matched and matched[0] == name:
                        return Known(found, each, matched[1])
        return None

    def _name(self, text: str) -> str:
        try:
            ref = Ref.parse(text)
        except Problem:
            return f"“{text}”"
        named = in_sight([ref], self.reader.actor).get(ref)
        if named:
            return named
        gone = gone_from_sight(ref, self.reader.actor)
        return _("%(name)s (deleted)") % {"name": gone} if gone else _("something that you may not see")


def names_in(node: Node) -> Iterator[str]:
    """Yield the names in a tree."""
    match node:
        case Name(name):
            yield name
        case Apply(arguments=arguments):
            for argument in arguments:
                yield from names_in(argument)


def parts_of(node: Node) -> list[Node]:
    """Return the conditions that must all hold, in the order in which they are written."""
    match node:
        case Apply("and", (one, other)) if not is_span(node):
            return [*parts_of(one), *parts_of(other)]
    return [node]


def is_span(node: Node) -> bool:
    """Say whether two conditions are one: from a day to a day."""
    return any(each.key == "days" and each.match(node) is not None for each in SPANS)


def joined(nodes: list[Node]) -> str:
    """Return the text of conditions that must all hold."""
    if not nodes:
        return ""
    found, *others = nodes
    for each in others:
        found = Apply("and", (found, each))
    return show(found)


def length_words(count: int, unit: str) -> str:
    """Write a length of time: "30 days"."""
    number = number_text(count, reader_locale())
    words = {
        "day": ngettext("%(count)s day", "%(count)s days", count),
        "week": ngettext("%(count)s week", "%(count)s weeks", count),
        "month": ngettext("%(count)s month", "%(count)s months", count),
        "quarter": ngettext("%(count)s quarter", "%(count)s quarters", count),
        "year": ngettext("%(count)s year", "%(count)s years", count),
    }
    return words[unit] % {"count": number}


def period_words() -> Mapping[str, str]:
    """Return what this, the last and the next periods are called, in the order of a choice."""
    return {
        "week:0": _("this week"),
        "week:-1": _("last week"),
        "week:1": _("next week"),
        "month:0": _("this month"),
        "month:-1": _("last month"),
        "month:1": _("next month"),
        "quarter:0": _("this quarter"),
        "quarter:-1": _("last quarter"),
        "quarter:1": _("next quarter"),
        "year:0": _("this year"),
        "year:-1": _("last year"),
        "year:1": _("next year"),
    }
