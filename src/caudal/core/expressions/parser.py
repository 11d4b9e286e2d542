"""Tokens to a tree: a Pratt parser, one function per kind of word."""

from datetime import date, datetime
from fractions import Fraction
from typing import Final

from caudal.core.errors import msg
from caudal.core.expressions.lexer import LONGEST_NUMBER, Token, Unreadable, tokens, unreadable
from caudal.core.expressions.syntax import (
    ADD,
    ADDED,
    AND,
    COMPARE,
    COMPARED,
    IS_EMPTY,
    KEYWORDS,
    MULTIPLIED,
    MULTIPLY,
    NEGATE,
    NOT,
    OR,
    UNARY,
    Apply,
    Literal,
    Name,
    Node,
)
from caudal.core.expressions.units import Unit, UnreadableUnit

DEEPEST: Final = 64
"""Levels of one tree."""
MOST_NODES: Final = 1_000
"""Literals, names and operators of one tree."""
_MOST_NESTED: Final = 2 * DEEPEST + 8
_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


def parse(text: str) -> Node:
    """Read `text` into a tree. Raises Unreadable, which says the line and the column.

    >>> parse("amount * 15%")
    Apply(function='*', arguments=(Name(name='amount', at=0), Literal(value=Fraction(3, 20), unit=None, percent=True, at=9)), at=7)
    """  # noqa: E501  one value, shown whole
    return _Parser(text).whole()


class _Parser:
    """One pass over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.position = 0
        self.nested = 0
        self.nodes = 0

    def whole(self) -> Node:
        node, _ = self.expression(0)
        if self.next.kind != "end":
            raise self.unexpected(self.next)
        return node

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.next
        self.position += 1
        return token

    def is_next(self, *words: str) -> bool:
        """True when the next token is one of these operators or keywords; keywords may be written in capitals."""
        token = self.next
        return token.kind in {"operator", "name"} and (token.text in words or _keyword(token) in words)

    def expect(self, word: str) -> Token:
        if not self.is_next(word):
            raise self.unexpected(self.next, wanted=word)
        return self.take()

    def expression(self, least: int) -> tuple[Node, int]:
        """A tree whose operators bind at least as tightly as `least`, and its depth."""
        self.nested += 1
        if self.nested > _MOST_NESTED:
            raise self.too_much(self.next)
        left, depth = self.prefix()
        while (operator := self.operator(least)) is not None:
            left, depth = self.infix(operator, left, depth)
        self.nested -= 1
        return left, depth

    def made(self, node: Node, depth: int) -> tuple[Node, int]:
        """Count a new node, refusing the one too many."""
        self.nodes += 1
        if depth > DEEPEST or self.nodes > MOST_NODES:
            raise self.too_much(self.tokens[max(self.position - 1, 0)])
        return node, depth

    def apply(self, function: str, at: int, *arguments: tuple[Node, int]) -> tuple[Node, int]:
        depth = 1 + max((depth for _, depth in arguments), default=0)
        return self.made(Apply(function, tuple(node for node, _ in arguments), at), depth)

    def prefix(self) -> tuple[Node, int]:  # noqa: PLR0911  one line per kind of word
        token = self.take()
        match token.kind, _keyword(token) or token.text:
            case "operator", "(":
                inside = self.expression(0)
                self.expect(")")
                return inside
            case "operator", "-":
                return self.apply(NEGATE, token.at, self.expression(UNARY))
            case "name", "not":
                return self.apply("not", token.at, self.expression(NOT))
            case "name", ("true" | "false" | "null") as word:
                return self.made(Literal({"true": True, "false": False, "null": None}[word], at=token.at), 1)
            case "name", word if word not in KEYWORDS:
                return self.called(token) if self.is_next("(") else self.made(Name(token.text, token.at), 1)
            case "number", _:
                return self.number(token)
            case "text", _:
                return self.made(Literal(self.unquoted(token), at=token.at), 1)
            case (("date" | "instant"), _):
                return self.made(Literal(self.moment(token), at=token.at), 1)
        raise self.unexpected(token)

    def operator(self, least: int) -> Token | None:
        """The operator that comes next and binds tightly enough, taken; else nothing."""
        for words, binding in (
            (("or",), OR),
            (("and",), AND),
            ((*COMPARED, "between", "in", "is", "not"), COMPARE),
            (ADDED, ADD),
            (MULTIPLIED, MULTIPLY),
        ):
            if self.is_next(*words):
                return self.take() if binding >= least else None
        return None

    def infix(self, token: Token, left: Node, depth: int) -> tuple[Node, int]:
        one = (left, depth)
        match _keyword(token) or token.text:
            case ("or" | "and") as word:
                return self.apply(word, token.at, one, self.expression(OR + 1 if word == "or" else AND + 1))
            case word if word in ADDED:
                return self.apply(word, token.at, one, self.expression(ADD + 1))
            case word if word in MULTIPLIED:
                return self.apply(word, token.at, one, self.expression(MULTIPLY + 1))
        compared = self.comparison(token, one)
        if self.is_next(*COMPARED, "between", "in", "is", "not"):
            raise self.refuse(
                self.next, msg("Comparisons do not follow each other."), msg("Join them with “and”, or write between.")
            )
        return compared

    def comparison(self, token: Token, one: tuple[Node, int]) -> tuple[Node, int]:
        match _keyword(token) or token.text:
            case "between":
                low = self.expression(ADD)
                self.expect("and")
                return self.apply("between", token.at, one, low, self.expression(ADD))
            case "in":
                return self.apply("in", token.at, one, *self.listed())
            case "not":
                self.expect("in")
                return self.apply("not", token.at, self.apply("in", token.at, one, *self.listed()))
            case "is":
                contrary = self.is_next("not") and bool(self.take())
                self.expect("empty")
                empty = self.apply(IS_EMPTY, token.at, one)
                return self.apply("not", token.at, empty) if contrary else empty
            case word:
                return self.apply(word, token.at, one, self.expression(ADD))

    def called(self, name: Token) -> tuple[Node, int]:
        return self.apply(name.text, name.at, *self.listed(may_be_empty=True))

    def listed(self, *, may_be_empty: bool = False) -> list[tuple[Node, int]]:
        """Expressions in brackets, with commas between them."""
        self.expect("(")
        if may_be_empty and self.is_next(")"):
            self.take()
            return []
        found = [self.expression(0)]
        while self.is_next(","):
            self.take()
            found.append(self.expression(0))
        self.expect(")")
        return found

    def number(self, token: Token) -> tuple[Node, int]:
        """A decimal with its percent sign or its unit: `15%`, `30 days`, `4000 [USD/month]`."""
        digits = token.text.replace("_", "")
        if len(digits) > LONGEST_NUMBER:
            raise self.refuse(token, msg("A number has {most} digits at most."), most=LONGEST_NUMBER)
        value = Fraction(digits)
        if self.is_next("%"):
            self.take()
            return self.made(Literal(value / 100, percent=True, at=token.at), 1)
        if self.next.kind == "unit" or (self.next.kind == "name" and _keyword(self.next) is None):
            return self.made(Literal(value, self.unit(self.take()), at=token.at), 1)
        return self.made(Literal(value, at=token.at), 1)

    def unit(self, token: Token) -> Unit:
        if token.kind == "name" and self.is_next("("):
            raise self.refuse(token, msg("An operator is missing before “{word}”."), word=token.text)
        try:
            return Unit.parse(token.text.strip("[]"))
        except UnreadableUnit as problem:
            raise self.refuse(token, problem.message, problem.hint, text=token.text) from None

    def unquoted(self, token: Token) -> str:
        letters, source = [], iter(token.text[1:-1])
        for letter in source:
            escaped = next(source) if letter == "\\" else None
            if escaped is not None and escaped not in _ESCAPES:
                raise self.refuse(token, msg("“\\{letter}” stands for nothing in a text."), letter=escaped)
            letters.append(_ESCAPES[escaped] if escaped is not None else letter)
        text = "".join(letters)
        if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self.refuse(token, msg("This text holds a character that cannot be stored."))
        return text

    def moment(self, token: Token) -> date | datetime:
        try:
            return (datetime if token.kind == "instant" else date).fromisoformat(token.text)
        except ValueError:
            raise self.refuse(token, msg("“{text}” is not a day of the calendar."), text=token.text) from None

    def unexpected(self, token: Token, wanted: str = "") -> Unreadable:
        if token.kind == "end":
            if wanted:
                return self.refuse(token, msg("The expression ends where “{wanted}” was expected."), wanted=wanted)
            return self.refuse(token, msg("The expression ends too early."))
        if wanted:
            return self.refuse(
                token, msg("“{found}” stands where “{wanted}” was expected."), found=token.text, wanted=wanted
            )
        return self.refuse(token, msg("“{found}” does not fit here."), found=token.text)

    def too_much(self, token: Token) -> Unreadable:
        return self.refuse(
            token,
            msg("The expression is too big: {nodes} parts and {levels} levels are the most."),
            msg("Split it in two."),
            nodes=MOST_NODES,
            levels=DEEPEST,
        )

    def refuse(self, token: Token, message: str, hint: str = "", /, **params: object) -> Unreadable:
        return unreadable(self.text, token.at, message, hint, **params)


def _keyword(token: Token) -> str | None:
    """The keyword a token is, in small letters; None for everything else."""
    word = token.text.lower()
    return word if token.kind == "name" and word in KEYWORDS else None
