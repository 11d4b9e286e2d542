"""Edits of a plan file that change what they mean to and leave every other byte, comments included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.intervals import Interval, exact_text
from caudal.core.plans.conformity import number
from caudal.core.plans.differences import difference
from caudal.core.plans.document import Document, Entry, Scalar, Span, Table, read_document
from caudal.core.plans.pieces import table_at, tables_at, word_at
from caudal.core.plans.plan import Plan, UnknownTarget
from caudal.core.plans.reading import read_overrides, read_plan, read_scenario
from caudal.core.plans.scenarios import OVERRIDDEN, Scenario, gone_of

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


def apply_scenario(text: str, scenario_id: str) -> str:
    """Write into the text of a plan what one of its scenarios says otherwise; nothing else of it changes.

    Raises UnknownScenario, UnreadablePlan.
    """
    made = read_scenario(text, scenario_id)
    said = table_at(table_at(read_document(text).root, "scenarios"), scenario_id)
    return _applied(text, said, text.encode("utf-8", "surrogatepass"), made.plan)


def apply_overrides(text: str, overrides: str, scenario: Scenario) -> str:
    r"""Write into the text of a plan what a scenario beside it says otherwise; nothing else of it changes.

    Raises UnreadablePlan.
    """
    made = read_overrides(text, overrides, scenario)
    if made.plan is None:
        raise UnreadablePlan(finding=made.findings[0])
    return _applied(text, read_document(overrides).root, overrides.encode("utf-8", "surrogatepass"), made.plan)


def _applied(text: str, said: Table, written: bytes, made: Plan | None) -> str:
    """The text with overrides written into it, proved to be the plan that they make."""
    document = read_document(text)
    if document.findings or made is None:
        raise UnreadablePlan(finding=next(iter(document.findings), ""))
    pen = _Pen(text.encode("utf-8", "surrogatepass"), written)
    for section in OVERRIDDEN:
        known = tables_at(document.root, section)
        for override_id, (_, table) in tables_at(said, section).items():
            if section in {"targets", "budget"}:
                target = override_id if section == "targets" else word_at(known[override_id][1], "target") or ""
                pen.range(_target(document.root, target), table)
            elif override_id in known:
                pen.entries(known[override_id][1], table, gone_of(section, table))
            else:
                pen.table(f"{section}.{override_id}", table)
    found = pen.text()
    read = read_plan(found).plan
    if read is None or any(each.section != "scenarios" for each in difference(made, read).differences):
        raise UnreadablePlan(finding=", ".join(f"{section}" for section in OVERRIDDEN if tables_at(said, section)))
    return found


@dataclass
class _Pen:
    """Gathers changes of a text, with values as another text writes them."""

    data: bytes
    written: bytes
    changes: list[tuple[int, int, bytes]] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def range(self, target: Table, said: Table) -> None:
        """Give a target another range: of its two ways to end, the one that is said stands where the other did."""
        self._change(target.entries["lo"].value.span, self._value(said, "lo"))
        end = next(key for key in ("hi", "open") if key in target.entries)
        new = next(key for key in ("hi", "open") if key in said.entries)
        self._change(target.entries[end].span, f"{new} = {self._value(said, new)}")

    def entries(self, old: Table, said: Table, gone: frozenset[str]) -> None:
        """Write what is said into a table, and take out what no longer counts."""
        keys = [key for key in said.entries if key != "unit"]
        out = [key for key in old.entries if key in gone and key not in keys]
        new = [f"{key} = {self._value(said, key)}" for key in keys if key not in old.entries]
        for key in (key for key in keys if key in old.entries):
            value, known = said.entries[key].value, old.entries[key].value
            if isinstance(value, Table) and isinstance(known, Table):
                self.entries(known, value, frozenset())
            else:
                self._change(known.span, self._value(said, key))
        self._take_out(old, out)
        self._put(old, new, alone=len(out) == len(old.entries))

    def table(self, name: str, said: Table) -> None:
        """Write a table of its own at the end."""
        lines = [f"{key} = {self._value(said, key)}" for key in said.entries if key != "unit"]
        self.below.append("\n".join(["", f"[{name}]", *lines, ""]))

    def text(self) -> str:
        """The text with all changes."""
        data = self.data
        for start, end, words in sorted(self.changes, reverse=True):
            data = data[:start] + words + data[end:]
        text = data.decode("utf-8", "surrogatepass")
        return "".join([text if text.endswith("\n") else f"{text}\n", *self.below]) if self.below else text

    def _value(self, said: Table, key: str) -> str:
        value = said.entries[key].value
        if isinstance(value, Table):
            return "{ " + ", ".join(f"{each} = {self._value(value, each)}" for each in value.entries) + " }"
        return self.written[value.span.start : value.span.end].decode("utf-8", "surrogatepass")

    def _change(self, span: Span, words: str) -> None:
        if self.data[span.start : span.end] != words.encode():
            self.changes.append((span.start, span.end, words.encode()))

    def _put(self, old: Table, new: Sequence[str], *, alone: bool) -> None:
        """Write new entries: into braces, below a header, or before the first of dotted names."""
        if not new:
            return
        first = min((entry.key.start for entry in old.entries.values()), default=0)
        if self._in_braces(old):
            at, words = old.span.start + 1, f" {', '.join(new)}{' ' if alone else ','}"
        elif old.headed:
            at = self._line_end(old.headed[0].end)
            words = "".join(f"{each}\n" for each in new)
        else:
            at = self._line_start(first)
            words = "".join(f"{self.data[at:first].decode()}{each}\n" for each in new)
        self.changes.append((at, at, words.encode()))

    def _take_out(self, old: Table, keys: Sequence[str]) -> None:
        if not self._in_braces(old):
            for entry in (old.entries[key] for key in keys):
                self.changes.append((self._line_start(entry.key.start), self._line_end(entry.span.end), b""))
            return
        entries = sorted(old.entries.items(), key=lambda each: each[1].key.start)
        leading = True
        for place, (key, entry) in enumerate(entries):
            leading = leading and key in keys
            if leading:  # up to what stands behind it, commas included
                end = entries[place + 1][1].key.start if place + 1 < len(entries) else entry.span.end
                self.changes.append((entry.key.start, end, b""))
            elif key in keys:
                self.changes.append((entries[place - 1][1].span.end, entry.span.end, b""))

    def _in_braces(self, table: Table) -> bool:
        return self.data[table.span.start : table.span.start + 1] == b"{"

    def _line_start(self, at: int) -> int:
        return self.data.rfind(b"\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        end = self.data.find(b"\n", at)
        return len(self.data) if end < 0 else end + 1


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
