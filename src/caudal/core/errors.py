"""What goes wrong, as values: a `Problem` is raised and refuses one thing, a `Finding` is reported beside others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from typing_extensions import override

Translate: TypeAlias = Callable[[str], str]
"""A function from an English template to the reader's template."""


def msg(text: str) -> str:
    """Mark `text` as translatable, and return it unchanged.

    The core speaks English; whoever shows a message looks it up in the reader's catalogue first and fills in the
    parameters after, so a message is a template ("{name} costs {price}") and never an f-string.
    """
    return text


class Problem(Exception):  # noqa: N818  a refusal is not always somebody's error
    """One refused request: what happened, why, and the way out.

    Subclass it beside the function that raises it and give the class its `code` and `status`:

    >>> class AlreadyPaid(Problem):
    ...     code = "invoice.already_paid"
    ...     status = 409
    ...     message = msg("Invoice {number} was paid on {day}.")
    ...     hint = msg("Issue a credit note to change it.")
    >>> str(AlreadyPaid(number="INV-42", day="4 March"))
    'Invoice INV-42 was paid on 4 March. Issue a credit note to change it.'
    """

    code: str = "problem"
    status: int = 400
    message: str = msg("This could not be done.")
    hint: str = ""

    def __init__(self, fields: Mapping[str, str] | None = None, **params: object) -> None:
        """`fields` maps a field's name to what is wrong with it; `params` fill the message and the hint."""
        self.fields: dict[str, str] = dict(fields or {})
        self.params: dict[str, object] = params
        super().__init__(self.told())

    def told(self, translate: Translate | None = None) -> str:
        """The message and the hint with their parameters, in the language of `translate` (English without one)."""
        return " ".join(part for part in (self.said(self.message, translate), self.said(self.hint, translate)) if part)

    def said(self, template: str, translate: Translate | None = None) -> str:
        """One of this problem's templates with the parameters filled in."""
        if not template:
            return ""
        return (translate(template) if translate else template).format(**self.params)


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """Refused: nothing of it was taken."""
    CHOICE = "choice"
    """One plausible answer was taken and is reported; a strict run refuses it."""
    NOTE = "note"
    """Worth knowing; nothing was changed by it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is: a file, a line and a column (both from 1; 0 when unknown), and the name of the thing."""

    file: str = ""
    line: int = 0
    column: int = 0
    name: str = ""

    @override
    def __str__(self) -> str:
        """`plan.toml:212:3 targets.leads`, without the parts that are unknown."""
        position = ":".join(
            part for part in (self.file, str(self.line or ""), str(self.column or "") if self.line else "") if part
        )
        return " ".join(part for part in (position, self.name) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a checker has to say. Checkers return all of theirs at once.

    `message` and `hint` are templates filled by `params`, like those of a `Problem`.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    place: Place = Place()
    hint: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def told(self, translate: Translate | None = None) -> str:
        """The message and the hint with their parameters, in the language of `translate` (English without one)."""
        in_words = translate or str
        return " ".join(in_words(text).format(**self.params) for text in (self.message, self.hint) if text)

    @override
    def __str__(self) -> str:
        """The place, then what was found."""
        place = str(self.place)
        return f"{place}: {self.told()}" if place else self.told()
