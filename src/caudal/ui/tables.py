"""A table as values: columns, rows and cells that `{% table %}` draws, and turns into cards on a phone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from django.utils.functional import Promise

ColumnKind: TypeAlias = Literal["text", "number", "money", "percent", "points", "date", "state", "tags", "days"]
NUMERIC = frozenset({"number", "money", "percent", "points", "days"})
CARD_LINES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its label, kind, unit for the header, sorting, and its line (1 to 3) on a phone's card.

    Without `line` the columns of words take the free lines from the left and the numeric ones from the right; 0 leaves
    a column out of the card. A money column with a `currency` says it in the header once and shows bare figures;
    `whole` leaves out their decimals. `href` sorts by this column; `sorted` says that it does.
    """

    label: str | Promise
    kind: ColumnKind = "text"
    unit: str | Promise = ""
    currency: str = ""
    whole: bool = False
    line: int | None = None
    href: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    edit: str = ""
    """The field that its cells hold, where they are edited in their place."""
    short: bool = False
    """Whether its words stay on one line beside a column with many."""
    computed: str = ""
    """The formula that its cells hold, which an edit in their row draws anew."""

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with what goes beside it. None is empty ("nobody knows yet"), `void` a dash ("not applicable")."""

    value: object = None
    href: str = ""
    tone: str = "idle"
    note: str | Promise = ""
    currency: str = ""
    void: bool = False


def linked(amount: object, href: str) -> Cell:
    """Return an amount that was added up, leading to what it is made of; nothing is made of nothing."""
    return Cell(amount, href=href if amount else "")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells in the columns' order, the record's address, and its id where rows can be selected."""

    cells: Sequence[object]
    href: str = ""
    id: str = ""
    current: bool = False
    edit_href: str = ""
    """What stands before the name of a field in the address where it is edited; nothing where nothing is."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows and an optional row of totals. `caption` names the table for everybody."""

    columns: Sequence[Column]
    rows: Sequence[Row] = ()
    totals: Sequence[object] = ()
    caption: str | Promise = ""
    caption_hidden: bool = True
    selectable: bool = False
    form: str = ""
    """The form that the boxes of selectable rows belong to."""

    @property
    def head(self) -> tuple[Column, ...]:
        """The columns, each with its line on a card."""
        taken = [(column.line, column.numeric) for column in self.columns if column.line]
        if len(set(taken)) != len(taken):
            raise ValueError("two columns of a table stand on the same side of the same line of its card")
        free = {
            numeric: [
                line
                for line in range(1, CARD_LINES + 1)
                if all((column.line, column.numeric) != (line, numeric) for column in self.columns)
            ]
            for numeric in (True, False)
        }
        placed = tuple(
            column
            if column.line is not None
            else replace(column, line=free[column.numeric].pop(0) if free[column.numeric] else 0)
            for column in self.columns
        )
        return _with_currencies(placed)

    @property
    def body(self) -> list[tuple[Row, list[tuple[Column, Cell]]]]:
        """The rows with every cell beside its column."""
        head = self.head
        return [(row, paired(head, row.cells)) for row in self.rows]

    @property
    def foot(self) -> list[tuple[Column, Cell]]:
        """The totals with every cell beside its column."""
        return paired(self.head, self.totals) if self.totals else []


def _with_currencies(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Let a currency that no column says stand in the header once: where the rows are named, if several are in it."""
    said = {str(column.unit) for column in columns}
    amounts = [column.currency for column in columns if column.currency]
    unsaid = {*amounts} - said
    if len(unsaid) == 1 < len(amounts) and not columns[0].numeric and not columns[0].unit:
        return (replace(columns[0], unit=unsaid.pop()), *columns[1:])
    found = []
    for column in columns:
        says = column.currency in unsaid and not column.unit
        unsaid.discard(column.currency)
        found.append(replace(column, unit=column.currency) if says else column)
    return tuple(found)


def paired(columns: Iterable[Column], cells: Iterable[object]) -> list[tuple[Column, Cell]]:
    """Put every cell beside its column; a plain value becomes a cell. A row of another length is our mistake."""
    return [
        (column, cell if isinstance(cell, Cell) else Cell(cell)) for column, cell in zip(columns, cells, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Pager:
    """Which rows of how many are shown (`total` None when not counted), and the ways to the others."""

    first: int
    last: int
    total: int | None = None
    previous_href: str = ""
    next_href: str = ""


def query(parameters: Mapping[str, str], **changes: str | None) -> str:
    """Return an address's query with `changes` made to `parameters`; None takes a parameter away."""
    merged: dict[str, str | None] = {**parameters, **changes}
    return "?" + urlencode({key: value for key, value in merged.items() if value is not None})
