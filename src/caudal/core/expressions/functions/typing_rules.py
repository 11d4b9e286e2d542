"""Which types functions take: rules put together from few pieces."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from caudal.core.errors import Problem, msg
from caudal.core.expressions.schema import NULL, Kind, Type
from caudal.core.expressions.terms import Constant, Refusal, Term
from caudal.core.expressions.units import Unit
from caudal.core.ids import Ref


def takes(*kinds: Kind, result: Type) -> Callable[[tuple[Term, ...]], Type | Refusal]:
    """Arguments of these kinds, in order, the last repeated; the result is nullable when one of them is."""

    def rule(arguments: tuple[Term, ...]) -> Type | Refusal:
        for position, argument in enumerate(arguments):
            wanted = kinds[min(position, len(kinds) - 1)]
            if argument.type.kind not in {wanted, Kind.NULL}:
                return wrong_kind(position, wanted, argument.type)
            if argument.type.refers:
                return _no_text(position, argument.type)
        return replace(result, nullable=any_nullable(arguments))

    return rule


def wrong_kind(position: int, wanted: Kind, found: Type) -> Refusal:
    """The refusal of an argument of another kind."""
    if wanted is Kind.DATE and found.kind is Kind.INSTANT:
        return Refusal(msg("A date is wanted here, this is an instant."), msg("Write day_of(…)."), {}, position)
    if wanted in {Kind.DATE, Kind.INSTANT} and found.kind is Kind.TEXT:
        return Refusal(
            msg("A {wanted} is wanted here, this is a text."),
            msg("Write dates without quotes."),
            {"wanted": wanted},
            position,
        )
    return Refusal(
        msg("Here a {wanted} is wanted, this is: {found}."), "", {"wanted": wanted, "found": found}, position
    )


def _no_text(position: int, found: Type) -> Refusal:
    return Refusal(
        msg("This names a {kind}; it is not a text."),
        msg("Ask for its name, or compare it with an id."),
        {"kind": found.refers},
        position,
    )


def any_nullable(arguments: Sequence[Term]) -> bool:
    """True when one of the arguments may be null."""
    return any(argument.type.nullable for argument in arguments)


def same_unit(arguments: tuple[Term, ...]) -> Type | Refusal:
    """Numbers of one unit; bare ones take it. The result has it too."""
    for position, argument in enumerate(arguments):
        if argument.type.kind not in {Kind.NUMBER, Kind.NULL}:
            return wrong_kind(position, Kind.NUMBER, argument.type)
    units = {argument.type.unit for argument in arguments} - {None}
    if len(units) > 1:
        return different_units(arguments)
    return Type(Kind.NUMBER, next(iter(units), None), nullable=any_nullable(arguments))


def different_units(arguments: Sequence[Term]) -> Refusal:
    """The refusal that names the first two units that differ."""
    first = next(argument.type.unit for argument in arguments if argument.type.unit is not None)
    position, other = next(
        (position, argument.type.unit)
        for position, argument in enumerate(arguments)
        if argument.type.unit not in {None, first}
    )
    return Refusal(
        msg("{one} and {other} are different units."),
        msg("Multiply or divide by a quantity that turns one into the other, such as 12 [months/year]."),
        {"one": first, "other": other},
        position,
    )


def alike(arguments: tuple[Term, ...]) -> Type | Refusal:
    """Arguments of one kind and, if numbers, one unit; choices of different options become one with all of them."""
    known = [argument.type for argument in arguments if argument.type.kind is not Kind.NULL]
    if not known:
        return NULL
    for position, argument in enumerate(arguments):
        if argument.type.kind not in {known[0].kind, Kind.NULL}:
            return wrong_kind(position, known[0].kind, argument.type)
    if known[0].kind is Kind.NUMBER:
        return same_unit(arguments)
    every_one = all(one.options for one in known)
    options = tuple(dict.fromkeys(option for one in known for option in one.options)) if every_one else ()
    for position, argument in enumerate(arguments):
        if argument.type.kind is Kind.TEXT and argument.type.refers != known[0].refers:
            return _named_otherwise(position, known[0], argument.type)
    return Type(known[0].kind, options=options, refers=known[0].refers, nullable=any_nullable(arguments))


def _named_otherwise(position: int, first: Type, other: Type) -> Refusal:
    if first.refers and other.refers:
        said = {"one": first.refers, "other": other.refers}
        return Refusal(msg("One of these names a {one}, the other a {other}."), "", said, position)
    return _no_text(position, first if first.refers else other)


def settle_links(arguments: tuple[Term, ...]) -> tuple[Term, ...] | Refusal:
    """Take written texts beside a link as the ids that they must be."""
    kind = next((argument.type.refers for argument in arguments if argument.type.refers), "")
    if not kind:
        return arguments
    settled: list[Term] = []
    for position, argument in enumerate(arguments):
        if isinstance(argument, Constant) and isinstance(argument.value, str):
            try:
                Ref.parse(argument.value, kind)
            except Problem:
                said = {"text": argument.value, "kind": kind}
                return Refusal(msg("“{text}” is not the id of a {kind}."), "", said, position)
            settled.append(Constant(replace(argument.type, refers=kind), argument.value))
        else:
            settled.append(argument)
    return tuple(settled)


def comparable(arguments: tuple[Term, ...], *, ordered: bool) -> Refusal | None:
    """Why these cannot be compared with each other, if so."""
    for position, argument in enumerate(arguments):
        if isinstance(argument, Constant) and argument.value is None:
            return Refusal(msg("A comparison with null is never true."), msg("Write: is empty."), {}, position)
    joint = alike(arguments)
    if isinstance(joint, Refusal):
        return joint
    if ordered and joint.kind is Kind.BOOLEAN:
        return Refusal(msg("Yes and no have no order."))
    if ordered and joint.refers:
        return Refusal(msg("Rows have no order by their ids."), msg("Write = or in."))
    if ordered and any(argument.type.options for argument in arguments):
        return Refusal(msg("The options of a choice have no order."), msg("Write = or in."))
    return unknown_option(arguments)


def unknown_option(arguments: tuple[Term, ...]) -> Refusal | None:
    """A written text that a choice beside it does not offer, which would silently never match."""
    options = next((argument.type.options for argument in arguments if argument.type.options), ())
    for position, argument in enumerate(arguments):
        if options and isinstance(argument, Constant) and argument.value not in {*options, None}:
            return Refusal(
                msg("“{text}” is not one of: {options}."),
                "",
                {"text": argument.value, "options": ", ".join(options)},
                position,
            )
    return None


def whole(argument: Term, least: int, most: int, position: int) -> int | Refusal:
    """The whole number a literal argument must be, between `least` and `most`."""
    value = argument.value if isinstance(argument, Constant) else None
    if isinstance(value, Fraction) and argument.type.unit is None and value.denominator == 1 and least <= value <= most:
        return int(value)
    return Refusal(
        msg("A whole number from {least} to {most} is wanted here, written out."),
        "",
        {"least": least, "most": most},
        position,
    )


def unit_of(term: Term) -> Unit:
    """The unit with which a number enters a product: a bare one counts nothing."""
    return term.type.unit or Unit()
