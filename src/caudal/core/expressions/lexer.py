"""Text to tokens, each with its place."""

import re
from dataclasses import dataclass
from typing import Final

from caudal.core.errors import Finding, Place, Problem, msg

LONGEST: Final = 10_000
"""Characters of one expression."""
LONGEST_NUMBER: Final = 38
"""Digits of one literal, before and after the point together."""

_TOKEN: Final = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)(?![\w.]))
  | (?P<date>\d{4}-\d\d-\d\d(?![\w.]))
  | (?P<number>\d+(?:_\d+)*(?:\.\d+)?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<unit>\[[^\[\]\n]*\])
  | (?P<operator><=|>=|!=|[-+*/=<>(),%])
    """,
    re.VERBOSE | re.ASCII,
)
_INSTEAD: Final = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not", "^": "pow(x, n)", "**": "pow(x, n)"}
"""What other languages write, and how it is written here."""


class Unreadable(Problem):
    """The text is not an expression; `finding` says where and why."""

    code = "expression.unreadable"
    status = 422
    message = msg("{place}: {reason}")

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(place=finding.place, reason=finding.told())


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression: `kind` is a group of the pattern above, or `end`."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """Split `text`; the last token is the end. Raises Unreadable."""
    if len(text) > LONGEST:
        raise unreadable(
            text,
            LONGEST,
            msg("The expression is longer than {most} characters."),
            msg("Split it in two."),
            most=LONGEST,
        )
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or text[position : position + 2] in _INSTEAD:
            raise _stray(text, position)
        kind = match.lastgroup
        assert kind is not None  # noqa: S101  every alternative of the pattern is named
        if kind != "space":
            found.append(Token(kind, match.group(), position))
        position = match.end()
    return [*found, Token("end", "", len(text))]


def unreadable(text: str, at: int, message: str, hint: str = "", /, **params: object) -> Unreadable:
    """The refusal of `text` at the offset `at`."""
    return Unreadable(Finding("expression.unreadable", message, place=place_of(text, at), hint=hint, params=params))


def place_of(text: str, at: int, around: Place | None = None) -> Place:
    """The line and column of an offset, counted on from `around` when the expression itself stands in a file."""
    before = text[:at]
    line, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    if around is None or not around.line:
        return Place(around.file if around else "", line, column, around.name if around else "")
    first = line == 1 and around.column
    return Place(around.file, around.line + line - 1, around.column + column - 1 if first else column, around.name)


def _stray(text: str, position: int) -> Unreadable:
    """What to say of a character that starts no token."""
    for written in (text[position : position + 2], text[position]):
        if written in _INSTEAD:
            return unreadable(
                text,
                position,
                msg("“{written}” is not an operator here."),
                msg("Write {instead}."),
                written=written,
                instead=_INSTEAD[written],
            )
    if text[position] in "\"'":
        return unreadable(text, position, msg("This text has no closing quote."))
    if text[position] == "[":
        return unreadable(text, position, msg("This unit has no closing bracket."))
    return unreadable(text, position, msg("“{character}” means nothing here."), character=repr(text[position])[1:-1])
