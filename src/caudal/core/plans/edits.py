"""Edits of a plan file that change what they mean to and leave every other byte, comments included."""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.intervals import Interval, exact_text
from caudal.core.plans.conformity import number
from caudal.core.plans.document import Document, Entry, Scalar, Table, read_document
from caudal.core.plans.plan import UnknownTarget

_GROUPED_FROM: Final = 10_000


class UnreadablePlan(Problem):
    """The text has mistakes; it is edited when they are gone."""

    code = "plan.unreadable"
    status = 409
    message = msg("This plan cannot be edited: {finding}.")
    hint = msg("Mend what the check of the file says first.")


def set_target(text: str, target_id: str, *, lo: Fraction, hi: Fraction | None) -> str:
    r"""Give a target of a plan text another range, open without `hi`; nothing else of the text changes.

    Raises UnknownTarget, UnreadablePlan, ReversedInterval.

    >>> text = "[targets.leads]\nlo = 10_000  # a month\nopen = true\n"
    >>> print(set_target(text, "leads", lo=Fraction(9000), hi=None))
    [targets.leads]
    lo = 9000  # a month
    open = true
    <BLANKLINE>
    """
    return set_targets(text, {target_id: (lo, hi)})


def set_targets(text: str, ranges: Mapping[str, tuple[Fraction, Fraction | None]]) -> str:
    """Give several targets other ranges at once, by their ids; what set_target says holds for each of them."""
    for lo, hi in ranges.values():
        Interval(lo, hi)
    document = _document(text)
    if document.findings:
        raise UnreadablePlan(finding=document.findings[0])
    changes: list[tuple[int, int, str]] = []
    for target_id, (lo, hi) in ranges.items():
        target = _target(document.root, target_id)
        changes += [change for change in (_end(target, "lo", lo), _end(target, "hi", hi)) if change]
    data = text.encode("utf-8", "surrogatepass")
    for start, end, words in sorted(changes, reverse=True):
        data = data[:start] + words.encode() + data[end:]
    return data.decode("utf-8", "surrogatepass")


@lru_cache(maxsize=2)
def _document(text: str) -> Document:
    """A text is edited several times over, to compare what could be written into it."""
    return read_document(text)


def _target(root: Table, target_id: str) -> Table:
    targets = root.entries.get("targets")
    entry = targets.value.entries.get(target_id) if targets and isinstance(targets.value, Table) else None
    if entry is None or not isinstance(entry.value, Table):
        raise UnknownTarget(plan="", target=target_id)
    entries = entry.value.entries
    if "lo" not in entries or ("hi" in entries) == ("open" in entries):
        raise UnreadablePlan(finding=f"targets.{target_id}")
    return entry.value


def _end(target: Table, key: str, value: Fraction | None) -> tuple[int, int, str] | None:
    """The bytes to replace and what with, or None where the file says so already.

    An upper end and `open = true` exclude each other, so one always stands where the other one goes.
    """
    entry: Entry = target.entries[key] if key in target.entries else target.entries["open"]
    if value is None:
        return None if "open" in target.entries else (entry.span.start, entry.span.end, "open = true")
    if key not in target.entries:
        return entry.span.start, entry.span.end, f"{key} = {_written(value)}"
    if isinstance(entry.value, Scalar) and number(entry.value) == value:
        return None
    return entry.value.span.start, entry.value.span.end, _written(value)


def _written(value: Fraction) -> str:
    if value.denominator == 1:
        return f"{value.numerator:_}" if abs(value) >= _GROUPED_FROM else str(value.numerator)
    words = exact_text(value)
    return f'"{words}"' if "/" in words else words
