"""Filters of lists: an expression of the one language, checked against a shape, and compiled to a condition."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Q, UUIDField, Value
from django.db.models.expressions import Combinable

from caudal.core.expressions import (
    BOOLEAN,
    Expression,
    Field,
    Parameters,
    Quotient,
    Schema,
    Term,
    check,
    link,
    number,
    read,
    sql_term,
)
from caudal.core.expressions.checking import Checked
from caudal.core.expressions.syntax import IS_EMPTY
from caudal.core.expressions.terms import Call, Constant, Variable
from caudal.kit.own_fields import names_of
from caudal.kit.places import Written, place
from caudal.kit.shapes import FieldKind, Reader, Shape, ShapeField

HAS: Final = "has"
ME: Final = "me"
"""The reader, as a field of every row: `owner = me`."""


@dataclass(frozen=True, slots=True)
class Where:
    """A filter that was checked: the rows of a shape for which an expression is true."""

    shape: Shape
    reader: Reader
    expression: Expression

    def condition(self) -> Q:
        """Return the condition. Conjuncts stand on their own, so that an index may serve each of them."""
        found = Q()
        for term in conjuncts(self.expression.term):
            found &= self._known(term) or Q(self._written("{}", term))
        return found

    @property
    def money(self) -> list[ShapeField]:
        """The amounts that it speaks of that may be in any currency, through formulas too."""
        seen = self.shape.seen_by(self.reader.actor)
        waiting, found = set(self.expression.fields), set()
        while waiting:
            found |= waiting
            formulas = (seen[name].own for name in waiting if name in seen and seen[name].alias)
            waiting = {name for own in formulas if own for name in names_of(own.formula)} - found
        named = (seen[name] for name in sorted(found) if name in seen)
        return [each for each in named if each.kind is FieldKind.MONEY and each.money]

    def undecided(self) -> Q:
        """Return the condition on rows that neither fit nor fail because an amount of theirs has no rate of its day."""
        unrated = Q()
        for each in self.money:
            # An amount in the company's own currency needs no rate: most rows are settled by looking at one column.
            foreign = Q(**{f"{each.money}_minor__isnull": False}) & ~Q(**{each.currency_path: self.reader.currency})
            unrated |= foreign & Q(self._written("{} is null", Variable(each.name, self._schema.fields[each.name])))
        return unrated & Q(self._written("{} is null", self.expression.term)) if self.money else Q(pk__in=[])

    @property
    def _schema(self) -> Schema:
        return schema_of(self.shape, self.reader)

    def _known(self, term: Term) -> Q | None:
        """The condition that a shape itself gives for a value of a choice, or for an entry of a list."""
        match term:
            case Call(function=function, arguments=(Variable(name=name), Constant(value=str(entry)))) if (
                function.name == HAS
            ):
                several = self.shape.seen_by(self.reader.actor).get(name)
                return several.holds(entry) if several and several.holds else None
            case Call(function=function, arguments=(Variable(name=name), *values)) if function.name in {"=", "in"}:
                known = self.shape.seen_by(self.reader.actor).get(name)
                conditions = known.conditions if known else {}
                if conditions and all(isinstance(each, Constant) for each in values):
                    found = Q(pk__in=[])
                    for each in values:
                        found |= conditions[str(each.value)]  # type: ignore[union-attr]  # each of them is a constant
                    return found
        return None

    def _stored(self, term: Term) -> Term:
        """Ask whether an amount is there of the amount itself: one without a rate is unknown, not missing."""
        match term:
            case Call(function=function, arguments=(Variable(name=name),)) if function.name == IS_EMPTY:
                if name in {each.name for each in self.money}:
                    return replace(term, arguments=(Variable(name, Field(number(), place(f"{name}/stored"))),))
                return term
            case Call(arguments=arguments):
                return replace(term, arguments=tuple(self._stored(argument) for argument in arguments))
        return term

    def _written(self, around: str, term: Term) -> Written:
        parameters = Parameters(self.reader.setting)
        made = sql_term(self._stored(term), parameters)
        # A number is unknown when its numerator is: the denominator comes from the same values.
        text = made.above if isinstance(made, Quotient) else made
        return Written(around.format(text), places_of(self.shape, self.reader), parameters.values)


def where(shape: Shape, text: str, reader: Reader) -> Where:
    """Return the filter that a text is. Raises Refused with every finding."""
    return Where(shape, reader, read(text, schema_of(shape, reader), wants=BOOLEAN))


def checked(shape: Shape, text: str, reader: Reader) -> Checked:
    """Return the expression of a filter's text, or everything that is wrong with it."""
    return check(text, schema_of(shape, reader), wants=BOOLEAN)


def schema_of(shape: Shape, reader: Reader) -> Schema:
    """Return the fields of a shape as expressions know them."""
    fields = {name: as_named(each, reader) for name, each in shape.seen_by(reader.actor).items()}
    return Schema({ME: Field(link("member"), place(ME)), **fields})


def as_named(each: ShapeField, reader: Reader) -> Field:
    """Return a field of a shape as expressions know it, with the marks for where it stands in SQL."""
    return Field(each.typed(reader), place(each.name), place(f"{each.name}/over") if each.over else "")


def places_of(shape: Shape, reader: Reader) -> "dict[str, Any]":
    """Return where the fields of a shape stand in SQL, by the marks that the schema gives them."""
    return _Places(shape, reader)


class _Places(dict[str, "Combinable | str"]):
    """Makes a column when it is asked for: most filters speak of one field or two."""

    def __init__(self, shape: Shape, reader: Reader) -> None:
        super().__init__()
        self.fields, self.reader = shape.seen_by(reader.actor), reader

    def __missing__(self, mark: str) -> "Combinable | str":
        name, _, part = mark.partition("/")
        if part == "stored":
            return f"{self.fields[name].money}_minor"
        if name == ME:
            return Value(self.reader.actor.member, output_field=UUIDField())
        column = self.fields[name].over if part else self.fields[name].column
        return column if isinstance(column, str) else column(self.reader)


def conjuncts(term: Term) -> Iterator[Term]:
    """Yield the terms that must all be true for a term to be true."""
    match term:
        case Call(function=function, arguments=arguments) if function.name == "and":
            for argument in arguments:
                yield from conjuncts(argument)
        case _:
            yield term
