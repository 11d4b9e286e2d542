"""Tables as somebody who decides about them sees them: first values of each column, and how they will be read."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from caudal.core.tables import DayOrder, NumberStyle, UnreadableDay, UnreadableNumber, read_day, read_number
from caudal.crm.imports.decisions import KEEP, LEAVE, Decisions
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.headers import Recognition, labels_of, opt_outs_of
from caudal.crm.imports.reading import Layout, rows_of, said, tables_in
from caudal.crm.imports.rows import NO, YES
from caudal.crm.imports.surveys import Survey
from caudal.crm.imports.uploads import StoredUpload, Upload, unpacked
from caudal.crm.imports.vocabulary import Reading
from caudal.kit.names import name_key

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

SAMPLES: Final = 3
SAMPLE_LENGTH: Final = 60
LOOKED_AT: Final = 40
"""Rows in which samples are looked for."""
NUMBERS: Final = frozenset({Reading.NUMBER, Reading.WHOLE})
DAYS: Final = frozenset({Reading.DAY, Reading.MOMENT})


@dataclass(frozen=True, slots=True)
class ColumnSaid:
    """What all cells of a column say."""

    empty: int
    """Cells without anything."""
    reading: str = ""
    """How its days or numbers are written; nothing where there is one way only."""
    is_clear: bool = True
    """Whether the cells leave no other way."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A value as it is written, and what it will be read as."""

    text: str
    value: date | Decimal | bool | None = None
    is_refused: bool = False
    """Whether it cannot be read."""

    @property
    def plain(self) -> str:
        """What it is read as, for programs; nothing for words, which are read as they stand."""
        if isinstance(self.value, date):
            return self.value.isoformat()
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return "" if self.value is None else f"{self.value:f}"


@dataclass(frozen=True, slots=True)
class ColumnGlimpse:
    """A column of a table: its header, some of its values, and what becomes of it."""

    label: str
    samples: tuple[Sample, ...]
    becomes: str
    """A field, KEEP or LEAVE."""
    said: ColumnSaid | None = None
    """Nothing before the file was read through."""
    decided: str = ""
    """How somebody decided that its days or numbers are written."""
    further: str = ""
    """The field for which it is read where the column of that one is empty, or besides."""
    is_opt_out: bool = False
    """Whether it says who wants no mail or call, about which nothing is to be decided."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A table as somebody who decides about it sees it."""

    name: str
    kind: str
    columns: tuple[ColumnGlimpse, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows as they stand."""
    count: int = 0
    """Rows in all, once the file was read through."""


def columns_said(surveys: Iterable[Survey]) -> dict[str, dict[str, Any]]:
    """Return what the columns of tables say, by table and header, as an operation keeps it."""
    found = {}
    for survey in surveys:
        readings = dict(_readings(survey))
        labels = labels_of(survey.layout.header)
        filled = survey.filled or [0] * len(labels)
        columns = {
            label: asdict(ColumnSaid(survey.rows - filled[at], *readings.get(at, ("", True))))
            for at, label in enumerate(labels)
        }
        found[survey.name] = {"rows": survey.rows, "columns": columns}
    return found


def glimpses(operation: "Operation") -> list[Glimpse]:
    """Return the tables of an operation's files, with samples of every column and what becomes of it."""
    decided = Decisions.from_json(operation.params["decisions"])
    known: Mapping[str, Any] = operation.result.get("columns") or {}
    found = []
    for upload in unpacked(uploads_of(operation), Tally()):
        for layout, recognition in tables_in(upload, Tally(), decided):
            name = layout.called(upload)
            rows = list(islice(rows_of(upload, layout), LOOKED_AT))
            said_of = {label: ColumnSaid(**each) for label, each in known.get(name, {}).get("columns", {}).items()}
            readings = decided.tables[name].readings if name in decided.tables else {}
            look = _Look(layout, recognition, said_of, readings)
            columns = tuple(look.column(at, rows_at(rows, at)) for at in range(len(layout.header)))
            kind = recognition.kind.value if recognition else ""
            first = tuple(tuple(cell[:SAMPLE_LENGTH] for cell in row.cells) for row in rows[:SAMPLES])
            found.append(Glimpse(name, kind, columns, first, known.get(name, {}).get("rows", 0)))
    return found


def uploads_of(operation: "Operation") -> list[Upload]:
    """Return the files of an operation."""
    return [StoredUpload(name, sha256) for name, sha256 in operation.params["files"]]


def rows_at(rows: Iterable[Any], at: int) -> list[str]:
    """Return the cells of one column."""
    return [row.cells[at] for row in rows if at < len(row.cells)]


@dataclass(slots=True)
class _Look:
    """Looks at the columns of one table."""

    layout: Layout
    recognition: Recognition | None
    said: Mapping[str, ColumnSaid]
    readings: Mapping[str, str]
    labels: list[str] = field(default_factory=list)

    def column(self, at: int, cells: Sequence[str]) -> ColumnGlimpse:
        """Return a column as it is seen."""
        self.labels = self.labels or labels_of(self.layout.header)
        label, name = self.labels[at], self._field(at)
        reading = next((each.reading for each, place in self._fields() if place == at), None)
        kept = self.recognition.kept if self.recognition else {}
        said_of = self.said.get(label)
        distinct = list(dict.fromkeys(cell for cell in cells if said(cell)))[:SAMPLES]
        written = self.readings.get(label) or (said_of.reading if said_of else "")
        return ColumnGlimpse(
            label,
            tuple(_sample(cell, reading, written) for cell in distinct),
            name or (KEEP if at in kept else LEAVE),
            said_of,
            self.readings.get(label, ""),
            next((each for each, places in self._spares().items() if at in places), ""),
            at in opt_outs_of(self.layout.header),
        )

    def _fields(self) -> Sequence[Any]:
        return self.recognition.fields() if self.recognition else []

    def _field(self, at: int) -> str:
        return next((each.name for each, place in self._fields() if place == at), "")

    def _spares(self) -> Mapping[str, tuple[int, ...]]:
        return self.recognition.spares if self.recognition else {}


def _readings(survey: Survey) -> Iterable[tuple[int, tuple[str, bool]]]:
    """The columns of days and numbers that may be written in two ways: how they are read, and whether that is sure."""
    places = survey.recognition.places
    for name, numbers in survey.numbers.items():
        if numbers.points or numbers.commas or numbers.unclear:
            yield places[name], (survey.number_style(name).value, numbers.is_clear)
    for name, days in survey.days.items():
        if days.days_first or days.months_first or days.unclear:
            yield places[name], (survey.day_order(name).value, days.is_clear)


def _sample(cell: str, reading: Reading | None, written: str) -> Sample:
    """A cell with what it is read as. A column that was not read through yet is read by the cell alone."""
    text = cell.strip()[:SAMPLE_LENGTH]
    try:
        if reading in DAYS:
            order = DayOrder(written) if written in set(DayOrder) else DayOrder.DAY_FIRST
            return Sample(text, read_day(cell, order))
        if reading in NUMBERS:
            return Sample(
                text, read_number(cell, NumberStyle(written) if written in set(NumberStyle) else _style(cell))
            )
    except (UnreadableDay, UnreadableNumber):
        return Sample(text, is_refused=True)
    if reading is Reading.FLAG and name_key(text) in YES | NO:
        return Sample(text, value=name_key(text) in YES)
    return Sample(text)


def _style(cell: str) -> NumberStyle:
    with suppress(UnreadableNumber):
        read_number(cell, NumberStyle.POINT)
        return NumberStyle.POINT
    return NumberStyle.COMMA
