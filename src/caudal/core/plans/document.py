"""A TOML text as a tree that remembers where everything stands, so that a finding can point and an edit can stay small.

The tree comes from a parser that recovers from mistakes: every one of them is found at once, and what is around them is
still read. The standard library's reader has the last word on what is TOML.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from caudal.core.errors import Finding, Place, msg

BYTES_MAX: Final = 1_000_000
DEPTH_MAX: Final = 16
_SYNTAX_FINDINGS_MAX: Final = 50
_SHOWN: Final = 40
_REASON_SHOWN: Final = 200
_LANGUAGE: Final = Language(tree_sitter_toml.language())
_SAID_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Kind(StrEnum):
    """What a scalar is."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    SWITCH = "switch"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a piece of the text is: bytes from `start` up to `end`; line and column (in characters) from 1."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: numbers and times as they were written, texts without quotes and escapes."""

    kind: Kind
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Array:
    """Values in a row."""

    items: tuple["Value", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """Entries by key, in order. `broken` says that a syntax error inside may have swallowed some."""

    span: Span
    entries: dict[str, "Entry"] = field(default_factory=dict)
    headed: list[Span] = field(default_factory=list)
    """Where a header or braces define it; empty for a table that is only implied by a longer name."""
    broken: list[Span] = field(default_factory=list)


Value: TypeAlias = Scalar | Array | Table


@dataclass(frozen=True, slots=True)
class Entry:
    """A value under its key. `key` is the last part of the name, `span` reaches from there to the end of the value."""

    key: Span
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """The tree of a text, and what is wrong with the text as TOML."""

    root: Table
    findings: tuple[Finding, ...]


def decode(data: bytes, file: str = "") -> tuple[str, tuple[Finding, ...]]:
    r"""The text of a file's bytes, or what keeps them from being one: too many, or not UTF-8.

    >>> text, findings = decode(b"name = 'caf\xe9'", "plan.toml")
    >>> str(findings[0])
    'plan.toml:1:12: This is not UTF-8 text from here on. Save the file as UTF-8.'
    """
    if len(data) > BYTES_MAX:
        return "", (_too_large(file, len(data)),)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return "", (
            Finding(
                code="plan.not_utf8",
                message=msg("This is not UTF-8 text from here on."),
                hint=msg("Save the file as UTF-8."),
                place=Place(file, line, column),
            ),
        )


def read_document(text: str, file: str = "") -> Document:
    r"""Read TOML with the place of everything. Never raises; what cannot be read is a finding.

    >>> document = read_document("[targets.leads]\nlo = 10_000  # a month\n")
    >>> leads = document.root.entries["targets"].value.entries["leads"].value
    >>> leads.entries["lo"].value.text, leads.entries["lo"].value.span.line
    ('10_000', 2)
    """
    data = text.encode("utf-8", "surrogatepass")
    nothing = Table(Span(0, 0, 1, 1))
    if len(data) > BYTES_MAX:
        return Document(nothing, (_too_large(file, len(data)),))
    reader = _Reader(data, file)
    root = Parser(_LANGUAGE).parse(data).root_node
    reader.report_errors(root)
    tree = reader.document(root)
    if not reader.findings:
        reader.findings.extend(_last_word(text, file))
    return Document(tree, tuple(reader.findings))


def _too_large(file: str, size: int) -> Finding:
    return Finding(
        code="plan.too_large",
        message=msg("The file has {size} bytes; a plan has at most {size_max}."),
        place=Place(file),
        params={"size": size, "size_max": BYTES_MAX},
    )


def _last_word(text: str, file: str) -> Iterator[Finding]:
    """What the standard reader refuses in a text that looked well."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = str(error)
        said = _SAID_PLACE.search(reason)
        line, column = (int(part or 0) for part in said.groups()) if said else (0, 0)
        if said and not line:
            line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
        yield Finding(
            code="plan.syntax",
            message=msg("This is not TOML: {reason}."),
            place=Place(file, line, column),
            params={"reason": _SAID_PLACE.sub("", reason)[:_REASON_SHOWN]},
        )


class _Reader:
    """Builds the tree of one text and gathers findings on the way."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._data = data
        self._lines = data.split(b"\n")

    def report_errors(self, root: Node) -> None:
        """Every place where the parser had to guess, in the order of the text."""
        waiting = [root]
        while waiting and len(self.findings) < _SYNTAX_FINDINGS_MAX:
            node = waiting.pop()
            if node.is_missing:
                self._wrong(node, msg("“{key}” is missing here."), key=node.type)
            elif node.is_error:
                self._wrong(node, msg("“{text}” is not understood here."), text=self._quoted(node))
            elif node.has_error:
                waiting.extend(reversed(node.children))

    def document(self, root: Node) -> Table:
        """The tree under the document's node."""
        tree = Table(self._span(root))
        latest = tree
        for node in root.children:
            if node.type == "pair":
                self._pair(tree, node, 0)
            elif node.type in {"table", "table_array_element"}:
                latest = self._headed(tree, node)
            elif node.is_error:  # what could not be read may have belonged to the table before it
                tree.broken.append(self._span(node))
                latest.broken.append(self._span(node))
        return tree

    def _headed(self, tree: Table, node: Node) -> Table:
        name = next((child for child in node.children if child.type in _KEYS), None)
        if name is None:
            return tree
        parts = self._name(name)
        parent = self._inside(tree, parts[:-1])
        key, span = parts[-1]
        table = Table(self._span(node), headed=[span])
        known = parent.entries.get(key) if parent is not None else None
        if parent is None:
            pass
        elif known is None:
            value = Array((table,), table.span) if node.type == "table_array_element" else table
            parent.entries[key] = Entry(span, value, table.span)
        elif isinstance(known.value, Table) and not known.value.headed and node.type == "table":
            known.value.headed.append(span)
            table = known.value
        elif isinstance(known.value, Array) and node.type == "table_array_element":
            row = Array((*known.value.items, table), known.value.span)
            parent.entries[key] = Entry(known.key, row, known.span)
        else:
            self._twice(key, span, known.key)
        for child in node.children:
            if child.type == "pair":
                self._pair(table, child, 0)
            elif child.is_error:
                table.broken.append(self._span(child))
        return table

    def _pair(self, table: Table, node: Node, depth: int) -> None:
        words = [child for child in node.named_children if child.type != "comment"]
        if node.has_error or len(words) < 2 or words[0].type not in _KEYS:  # noqa: PLR2004  a key and a value
            table.broken.append(self._span(node))
            return
        name, value = words
        parts = self._name(name)
        parent = self._inside(table, parts[:-1])
        key, span = parts[-1]
        if parent is None:
            return
        if key in parent.entries:
            self._twice(key, span, parent.entries[key].key)
            return
        read = self._value(value, depth + 1)
        if read is not None:
            parent.entries[key] = Entry(span, read, Span(span.start, value.end_byte, span.line, span.column))

    def _inside(self, table: Table, parts: list[tuple[str, Span]]) -> Table | None:
        """The table a longer name leads to, made on the way where it is only implied."""
        for key, span in parts:
            entry = table.entries.setdefault(key, Entry(span, Table(span), span))
            value = entry.value.items[-1] if isinstance(entry.value, Array) and entry.value.items else entry.value
            if not isinstance(value, Table):
                self._twice(key, span, entry.key)
                return None
            table = value
        return table

    def _value(self, node: Node, depth: int) -> Value | None:
        span = self._span(node)
        if depth > DEPTH_MAX:
            self._wrong(node, msg("Values are nested more than {depth_max} deep."), depth_max=DEPTH_MAX)
            return None
        if node.type == "array":
            items = [self._value(child, depth + 1) for child in node.named_children if child.type != "comment"]
            return Array(tuple(item for item in items if item is not None), span)
        if node.type == "inline_table":
            table = Table(span, headed=[span])
            for child in node.named_children:
                if child.type == "pair":
                    self._pair(table, child, depth)
            return table
        written = self._text(node)
        kind = _KINDS.get(node.type, Kind.TIME)
        return Scalar(kind, _unquoted(written) if kind is Kind.TEXT else written, span)

    def _name(self, node: Node) -> list[tuple[str, Span]]:
        """The parts of a name; the grammar nests a.b.c as (a.b).c."""
        parts = []
        while node.type == "dotted_key":
            parts.append(node.children[-1])
            node = node.children[0]
        parts.append(node)
        return [
            (_unquoted(self._text(part)) if part.type == "quoted_key" else self._text(part), self._span(part))
            for part in reversed(parts)
        ]

    def _span(self, node: Node) -> Span:
        row, column = node.start_point
        before = self._lines[row][:column].decode("utf-8", "replace")
        return Span(node.start_byte, node.end_byte, row + 1, len(before) + 1)

    def _text(self, node: Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _quoted(self, node: Node) -> str:
        words = self._text(node).strip().split("\n", 1)[0][:_SHOWN]
        return "".join(letter if letter.isprintable() else "?" for letter in words)

    def _wrong(self, node: Node, message: str, **params: object) -> None:
        span = self._span(node)
        place = Place(self.file, span.line, span.column)
        self.findings.append(Finding(code="plan.syntax", message=message, place=place, params=params))

    def _twice(self, key: str, span: Span, first: Span) -> None:
        self.findings.append(
            Finding(
                code="plan.duplicate",
                message=msg("“{key}” is defined a second time; the first time was in line {line}."),
                place=Place(self.file, span.line, span.column, key[:_SHOWN]),
                params={"key": key[:_SHOWN], "line": first.line},
            )
        )


_KEYS: Final = frozenset({"bare_key", "quoted_key", "dotted_key"})
_KINDS: Final[Mapping[str, Kind]] = {
    "string": Kind.TEXT,
    "integer": Kind.WHOLE,
    "float": Kind.DECIMAL,
    "boolean": Kind.SWITCH,
}


def _unquoted(written: str) -> str:
    """The text between quotes, with its escapes resolved; as written where they make no sense, which is found later."""
    quote = written[:1]
    if "\\" not in written and not written.startswith((quote * 3, "\n")):
        return written[1:-1]
    try:
        return str(tomllib.loads(f"text = {written}")["text"])
    except ValueError:
        return written
