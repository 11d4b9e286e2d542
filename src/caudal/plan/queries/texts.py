"""The texts that a draft had: who wrote them and when, what each changed, and who wrote which line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from caudal.core.errors import Problem, msg
from caudal.core.plans import LineChange, WrittenLine, line_changes, written_lines
from caudal.plan.models import DraftText, PlanDraft

_KEPT: Final = 16
TEXTS_MOST: Final = 100
"""So many texts back it is said who wrote a line; what is older counts as written by the oldest of them."""


class NoSuchText(Problem):
    """The draft has no text of that number."""

    code = "plan.no_such_text"
    status = 404
    message = msg("“{name}” has no text {number}: the last one is {last}.")


@dataclass(frozen=True, slots=True)
class LineOf:
    """A line of a draft's text, and the text by which it came."""

    number: int
    text: str
    written: DraftText


def texts_of(draft: PlanDraft) -> Sequence[DraftText]:
    """Return the texts of a draft, the last one first, without what stands in them."""
    return list(DraftText.objects.filter(draft=draft).defer("text").order_by("-number", "pk"))


def text_numbered(draft: PlanDraft, number: int) -> DraftText:
    """Return one text of a draft. Raises NoSuchText."""
    found = DraftText.objects.filter(draft=draft, number=number).first()
    if found is None:
        last = DraftText.objects.filter(draft=draft).order_by("-number").values_list("number", flat=True).first()
        raise NoSuchText(name=draft.name, number=number, last=last or 0)
    return found


def changes_between(draft: PlanDraft, before: int, after: int) -> tuple[tuple[LineChange, ...], ...]:
    """Return what came and went from one text of a draft to another. Raises NoSuchText."""
    return _changes(text_numbered(draft, before).text, text_numbered(draft, after).text)


def lines_of(draft: PlanDraft, number: int) -> tuple[LineOf, ...]:
    """Return the lines of one text of a draft, each with the text by which it came. Raises NoSuchText."""
    text_numbered(draft, number)
    rows = list(DraftText.objects.filter(draft=draft, number__lte=number).order_by("-number", "pk")[:TEXTS_MOST])[::-1]
    return tuple(LineOf(each.number, each.text, rows[each.since]) for each in _lines(tuple(row.text for row in rows)))


def text_row(text: DraftText) -> dict[str, Any]:
    """Return a text for programs, without what stands in it."""
    return {"number": text.number, "sha256": text.sha256, "at": text.written_at, "by": text.written_by}


@lru_cache(maxsize=_KEPT)
def _changes(before: str, after: str) -> tuple[tuple[LineChange, ...], ...]:
    return line_changes(before, after)


@lru_cache(maxsize=_KEPT)
def _lines(texts: tuple[str, ...]) -> tuple[WrittenLine, ...]:
    return written_lines(texts)
