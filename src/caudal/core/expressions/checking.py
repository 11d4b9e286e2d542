"""Trees to typed terms: every name known, every kind and unit fitting. All findings at once, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from fractions import Fraction
from typing import Final

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.expressions.functions import FUNCTIONS
from caudal.core.expressions.functions.typing_rules import settle_links
from caudal.core.expressions.lexer import Unreadable, place_of
from caudal.core.expressions.parser import parse
from caudal.core.expressions.schema import (
    BARE,
    BOOLEAN,
    DATE,
    INSTANT,
    NULL,
    TEXT,
    Field,
    Kind,
    Schema,
    Type,
    Value,
    number,
)
from caudal.core.expressions.syntax import COMPARED, NEGATE, Apply, Literal, Name, Node
from caudal.core.expressions.terms import (
    AsOf,
    Call,
    Constant,
    Expanded,
    Function,
    Refusal,
    Resolved,
    Term,
    Variable,
)
from caudal.core.expressions.units import Unit

FIELD_DIGITS: Final = 40
"""Digits a number of a row is taken to have at most, before and after the point."""
MOST_DIGITS: Final = 8_000
"""Digits an exact result may have: inside what PostgreSQL computes without rounding (16,383 after the point)."""


class Refused(Problem):
    """The expression cannot be used; `findings` say everything that is wrong with it."""

    code = "expression.refused"
    status = 422
    message = msg("{first}")

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(first=findings[0])


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: its text as read, its tree, and its typed term."""

    text: str
    node: Node
    term: Term

    @property
    def type(self) -> Type:
        """What it yields."""
        return self.term.type

    @property
    def fields(self) -> frozenset[str]:
        """The fields it names."""
        return frozenset(fields_of(self.term))


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression, or why there is none: exactly one of the two is there."""

    expression: Expression | None
    findings: tuple[Finding, ...] = ()


def check(
    text: str,
    schema: Schema,
    *,
    wants: Type | None = None,
    around: Place | None = None,
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Checked:
    """Read and check `text` against `schema`; `wants` is the type it must yield (its unit too, if it has one).

    `around` is where the text itself stands. Never raises: what is wrong is in the findings.

    >>> found = check('amount > 100 and stgae = "won"', Schema({"amount": Field(number("USD")), "stage": Field(TEXT)}))
    >>> [str(finding) for finding in found.findings]
    ['1:18: There is no field “stgae”. Did you mean stage?']
    """
    try:
        node = parse(text)
    except Unreadable as problem:
        place = problem.finding.place
        if around is not None:
            place = place_of(text, _offset(text, place), around)
        return Checked(None, (replace(problem.finding, place=place),))
    checker = _Checker(text, schema, functions, around)
    term = checker.term(node)
    if term is not None and not checker.findings:
        checker.whole(term, wants)
    if term is None or checker.findings:
        return Checked(None, tuple(sorted(checker.findings, key=lambda one: (one.place.line, one.place.column))))
    return Checked(Expression(text, node, term))


def read(
    text: str, schema: Schema, *, wants: Type | None = None, functions: Mapping[str, Function] = FUNCTIONS
) -> Expression:
    """The checked expression of `text`. Raises Refused with every finding."""
    checked = check(text, schema, wants=wants, functions=functions)
    if checked.expression is None:
        raise Refused(checked.findings)
    return checked.expression


def fields_of(term: Term) -> Iterator[str]:
    """The names of the fields in a term, with repetitions, from left to right."""
    match term:
        case Variable(name=name):
            yield name
        case Call(arguments=arguments):
            for argument in arguments:
                yield from fields_of(argument)


def _offset(text: str, place: Place) -> int:
    lines = text.split("\n")[: place.line - 1]
    return sum(len(line) + 1 for line in lines) + place.column - 1


class _Checker:
    """One walk over one tree."""

    def __init__(self, text: str, schema: Schema, functions: Mapping[str, Function], around: Place | None) -> None:
        self.text, self.schema, self.functions, self.around = text, schema, functions, around
        self.findings: list[Finding] = []

    def say(self, code: str, at: int, message: str, hint: str = "", /, **params: object) -> None:
        place = place_of(self.text, at, self.around)
        self.findings.append(Finding(f"expression.{code}", message, place=place, hint=hint, params=params))

    def term(self, node: Node) -> Term | None:
        """The typed term of a node; None when something in it is wrong (and has been said)."""
        match node:
            case Literal():
                return Constant(_literal_type(node), node.value)
            case Name("as_of"):
                return AsOf(DATE.required)
            case Name(name, at):
                return self.variable(name, at)
            case Apply():
                arguments = [self.term(argument) for argument in node.arguments]
                known = tuple(argument for argument in arguments if argument is not None)
                function = self.function(node)
                if function is None or len(known) < len(arguments):
                    return None
                return self.call(node, function, known)

    def variable(self, name: str, at: int) -> Term | None:
        field = self.schema.fields.get(name)
        if field is None:
            self.unknown("field_unknown", at, msg("There is no field “{name}”."), name, list(self.schema.fields))
            return None
        return Variable(name, field)

    def function(self, node: Apply) -> Function | None:
        function = self.functions.get(node.function)
        if function is None:
            callable_ones = [name for name in self.functions if name.isidentifier()]
            message = msg("There is no function “{name}”.")
            self.unknown("function_unknown", node.at, message, node.function, callable_ones)
            return None
        least, most = function.arity
        if not least <= len(node.arguments) <= (len(node.arguments) if most is None else most):
            self.say(
                "arity",
                node.at,
                msg("{name} does not take {count} values."),
                msg("Write {words}."),
                name=node.function,
                count=len(node.arguments),
                words=function.words,
            )
            return None
        return function

    def unknown(self, code: str, at: int, message: str, name: str, known: list[str]) -> None:
        near = get_close_matches(name, known, n=1)
        self.say(
            code, at, message, msg("Did you mean {near}?") if near else "", name=name, near=near[0] if near else ""
        )

    def call(self, node: Apply, function: Function, arguments: tuple[Term, ...]) -> Term | None:
        linked = arguments if function.kinds else settle_links(arguments)
        found = linked if isinstance(linked, Refusal) else function.rule(linked)
        if isinstance(found, Refusal):
            position = found.argument
            at = node.at if position is None else start_of(node.arguments[position])
            self.say("type", at, found.message, found.hint, **found.params)
            return None
        if isinstance(found, Expanded):
            return found.term
        assert not isinstance(linked, Refusal)  # noqa: S101  it was told above
        arguments = linked
        resolved = found if isinstance(found, Resolved) else Resolved(found, function)
        if resolved.type.kind is Kind.NULL:
            return Constant(NULL, None)
        settled = settle_nulls(resolved.function, arguments)
        match function.name, settled:
            case ("unary -", (Constant(type=of, value=Fraction() as value),)):
                return Constant(of, -value)
        return Call(resolved.type, resolved.function, settled)

    def whole(self, term: Term, wants: Type | None) -> None:
        """What must hold of the expression as a whole: its size, and what it yields."""
        if _size(term).peak > MOST_DIGITS:
            self.say("too_precise", 0, msg("The numbers of this expression can grow too long to be exact."))
        if wants is None or term.type.kind is Kind.NULL:
            return
        if term.type.kind is not wants.kind:
            self.say(
                "type", 0, msg("This gives: {found}. Wanted is: {wanted}."), found=term.type.kind, wanted=wants.kind
            )
        elif wants.unit is not None and term.type.unit not in {wants.unit, None}:
            self.say("type", 0, msg("This gives {found}, wanted is {wanted}."), found=term.type.unit, wanted=wants.unit)


def settle_nulls(function: Function, arguments: tuple[Term, ...]) -> tuple[Term, ...]:
    """Give every bare null the kind its place asks for, or that of its neighbours."""
    siblings = [argument.type.kind for argument in arguments if argument.type.kind is not Kind.NULL]
    if function.name == "if":
        siblings = siblings[1:] if arguments[0].type.kind is not Kind.NULL else siblings

    def settled(position: int, argument: Term) -> Term:
        if argument.type.kind is not Kind.NULL:
            return argument
        if function.kinds:
            kind = function.kinds[min(position, len(function.kinds) - 1)]
        elif function.name == "if" and position == 0:
            kind = Kind.BOOLEAN
        else:
            kind = siblings[0] if siblings else Kind.NULL
        return Constant(Type(kind), None)

    return tuple(settled(position, argument) for position, argument in enumerate(arguments))


def start_of(node: Node) -> int:
    """Where the text of a node begins; that of an operator is where its left side does."""
    while isinstance(node, Apply) and node.arguments and _is_infix(node):
        node = node.arguments[0]
    return node.at


def _is_infix(node: Apply) -> bool:
    return node.function in {*COMPARED, "+", "-", "*", "/", "and", "or", "in", "between", "is empty"}


def _literal_type(node: Literal) -> Type:
    match node.value:
        case None:
            return NULL
        case bool():
            return BOOLEAN.required
        case Fraction():
            unit = Unit() if node.percent else node.unit
            return BARE.required if unit is None else number(unit).required
        case str():
            return TEXT.required
        case datetime():
            return INSTANT.required
        case _:
            return DATE.required


@dataclass(frozen=True, slots=True)
class _Size:
    """Digits of a numerator and a denominator at most, and the most that any step on the way needs."""

    above: int = 0
    below: int = 0
    peak: int = 0


def _size(term: Term) -> _Size:
    match term:
        case Constant(value=Fraction() as value):
            digits = len(str(abs(value.numerator))) + len(str(value.denominator))
            return _Size(digits, 0, digits)
        case Variable(field=Field(sql_over=over), type=Type(kind=Kind.NUMBER)):
            return _Size(FIELD_DIGITS, FIELD_DIGITS if over else 0, FIELD_DIGITS)
        case Call(function=function, arguments=arguments):
            inside = [_size(argument) for argument in arguments]
            above = max((one.above for one in inside), default=0)
            below = max((one.below for one in inside), default=0)
            if term.type.kind is Kind.NUMBER and function.digits is not None:
                above, below = function.digits(*((one.above, one.below) for one in inside))
            # Numbers are compared crosswise, so what a step needs is the sum of both.
            peak = max([above + below, *(one.peak for one in inside)])
            return _Size(above, below, peak) if term.type.kind is Kind.NUMBER else _Size(peak=peak)
    return _Size()


def constant(value: Value) -> Node:
    """The literal tree of a value: what a form field becomes in an expression.

    A negative number is its opposite with a sign, as it would be read.
    """
    if isinstance(value, Fraction) and value < 0:
        return Apply(NEGATE, (Literal(-value),))
    return Literal(value)
