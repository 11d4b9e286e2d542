"""Edits of a plan file that change what they mean to and leave every other byte, comments included."""

from fractions import Fraction
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.intervals import Interval, exact_text
from caudal.core.plans.conformity import number
from caudal.core.plans.document import Entry, Scalar, Table, read_document
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
    Interval(lo, hi)
    document = read_document(text)
    if document.findings:
        raise UnreadablePlan(finding=document.findings[0])
    target = _target(document.root, target_id)
    data = text.encode("utf-8", "surrogatepass")
    changes = [_end(target, "lo", lo), _end(target, "hi", hi)]
    for change in sorted((change for change in changes if change), reverse=True):
        start, end, words = change
        data = data[:start] + words.encode() + data[end:]
    return data.decode("utf-8", "surrogatepass")


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
