"""A table as values: columns, rows and cells that `{% table %}` draws, and turns into cards on a phone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from django.utils.functional import Promise

ColumnKind: TypeAlias = Literal["text", "number", "money", "percent", "points", "date", "state", "days"]
NUMERIC = frozenset({"number", "money", "percent", "points", "days"})
CARD_LINES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its label, kind, unit for the header, sorting, and its line (1 to 3) on a phone's card.

    Without `line` the first three words columns take the lines from the left and the first three numeric ones from
    the right; 0 leaves the column out of the card. `href` sorts by this column; `sorted` says that it does.
    """

    label: str | Promise
    kind: ColumnKind = "text"
    unit: str | Promise = ""
    currency: str = ""
    line: int | None = None
    href: str = ""
    sorted: Literal["", "ascending", "descending"] = ""

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with what goes beside it. None is shown empty ("nobody knows yet"); `void` as a dash ("not applicable")."""

    value: object = None
    href: str = ""
    tone: str = "idle"
    note: str | Promise = ""
    currency: str = ""
    void: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells in the columns' order, the record's address, and its id where rows can be selected."""

    cells: Sequence[object]
    href: str = ""
    id: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows and an optional row of totals. `caption` names the table for everybody."""

    columns: Sequence[Column]
    rows: Sequence[Row] = ()
    totals: Sequence[object] = ()
    caption: str | Promise = ""
    caption_hidden: bool = True
    selectable: bool = False

    @property
    def head(self) -> tuple[Column, ...]:
        """The columns, each with its line on a card."""
        used: dict[bool, int] = {True: 0, False: 0}
        placed = []
        for column in self.columns:
            if column.line is None:
                used[column.numeric] += 1
                line = used[column.numeric] if used[column.numeric] <= CARD_LINES else 0
                placed.append(replace(column, line=line))
            else:
                placed.append(column)
        return tuple(placed)

    @property
    def body(self) -> list[tuple[Row, list[tuple[Column, Cell]]]]:
        """The rows with every cell beside its column."""
        head = self.head
        return [(row, paired(head, row.cells)) for row in self.rows]

    @property
    def foot(self) -> list[tuple[Column, Cell]]:
        """The totals with every cell beside its column."""
        return paired(self.head, self.totals) if self.totals else []


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
