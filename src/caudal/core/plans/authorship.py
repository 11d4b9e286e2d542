"""Which text wrote which line of the last one, and what came and went between two: for the history of a draft."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Came(StrEnum):
    """What became of a line from one text to the other."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line with its number in the text before and in the one after, 0 where it is not there."""

    came: Came
    before: int
    after: int
    text: str


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line of the last text, and the place (from 0) of the first text that had it and all since."""

    number: int
    text: str
    since: int


def line_changes(before: str, after: str, *, around: int = 3) -> tuple[tuple[LineChange, ...], ...]:
    r"""What came and went, as passages with some lines around them.

    >>> [passage] = line_changes("a\nb\nc\n", "a\nB\nc\nd\n", around=1)
    >>> [(line.came.value, line.before, line.after, line.text) for line in passage]  # doctest: +NORMALIZE_WHITESPACE
    [('same', 1, 1, 'a'), ('removed', 2, 0, 'b'), ('added', 0, 2, 'B'), ('same', 3, 3, 'c'), ('added', 0, 4, 'd')]
    """
    old, new = before.splitlines(), after.splitlines()
    passages = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(around):
        lines: list[LineChange] = []
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                places = zip(range(old_from, old_to), range(new_from, new_to), strict=True)
                lines += [LineChange(Came.SAME, one + 1, other + 1, old[one]) for one, other in places]
                continue
            lines += [LineChange(Came.REMOVED, place + 1, 0, old[place]) for place in range(old_from, old_to)]
            lines += [LineChange(Came.ADDED, 0, place + 1, new[place]) for place in range(new_from, new_to)]
        passages.append(tuple(lines))
    return tuple(passages)


def written_lines(texts: Sequence[str]) -> tuple[WrittenLine, ...]:
    r"""Who wrote each line of the last of some texts, the oldest first: the one since which it stands there.

    >>> [(line.text, line.since) for line in written_lines(["a\nb\n", "a\nx\nb\n", "x\nb\nc\n"])]
    [('x', 1), ('b', 0), ('c', 2)]
    """
    if not texts:
        return ()
    lines = texts[0].splitlines()
    since = [0] * len(lines)
    for place, text in enumerate(texts[1:], 1):
        new = text.splitlines()
        kept = [place] * len(new)
        for match in difflib.SequenceMatcher(None, lines, new, autojunk=False).get_matching_blocks():
            kept[match.b : match.b + match.size] = since[match.a : match.a + match.size]
        lines, since = new, kept
    return tuple(WrittenLine(number, text, at) for number, (text, at) in enumerate(zip(lines, since, strict=True), 1))
