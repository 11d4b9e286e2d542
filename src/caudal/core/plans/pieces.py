"""Single things of a document: what stands under a key, or nothing where the file says something else there."""

from fractions import Fraction

from caudal.core.plans.conformity import number
from caudal.core.plans.document import Array, Entry, Kind, Scalar, Span, Table
from caudal.core.plans.labels import Label


def table_at(table: Table, key: str) -> Table:
    """The table under a key; an empty one where there is none, which has been said."""
    entry = table.entries.get(key)
    return entry.value if entry and isinstance(entry.value, Table) else Table(Span(0, 0, 0, 0))


def tables_at(table: Table, key: str) -> dict[str, tuple[Span, Table]]:
    """The tables under a key by their ids, each with where its id stands."""
    return {
        name: (entry.key, entry.value)
        for name, entry in table_at(table, key).entries.items()
        if isinstance(entry.value, Table)
    }


def scalar_at(table: Table, key: str) -> Scalar | None:
    """The single value under a key, if there is one."""
    entry: Entry | None = table.entries.get(key)
    return entry.value if entry and isinstance(entry.value, Scalar) else None


def text_at(table: Table, key: str) -> Scalar | None:
    """The text under a key, with its place."""
    scalar = scalar_at(table, key)
    return scalar if scalar and scalar.kind is Kind.TEXT else None


def word_at(table: Table, key: str) -> str | None:
    """The text under a key."""
    scalar = text_at(table, key)
    return scalar.text if scalar else None


def must_at(table: Table, key: str) -> str:
    """The text under a key of a document without errors."""
    word = word_at(table, key)
    assert word is not None, "a plan is made of a document without errors"  # noqa: S101  our own mistake
    return word


def exact_at(table: Table, key: str) -> Fraction | None:
    """The exact number under a key."""
    scalar = scalar_at(table, key)
    return number(scalar) if scalar else None


def label_at(table: Table, key: str = "label") -> Label:
    """The text for people under a key of a document without errors."""
    label = table_at(table, key)
    return Label(must_at(label, "en"), must_at(label, "es"))


def items_at(table: Table, key: str) -> list[Scalar]:
    """The single values of a list."""
    entry = table.entries.get(key)
    items = entry.value.items if entry and isinstance(entry.value, Array) else ()
    return [item for item in items if isinstance(item, Scalar)]


def words_at(table: Table, key: str) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(item.text for item in items_at(table, key))


def numbers_at(table: Table, key: str) -> list[Fraction]:
    """The exact numbers of a list."""
    return [value for item in items_at(table, key) if (value := number(item)) is not None]


def head_of(table: Table) -> Span:
    """Where a table begins for somebody who reads it."""
    return table.headed[0] if table.headed else table.span
