"""Small tables that people send: CSV, XLSX and ODS files as rows of text, read whole."""

import io
from codecs import getincrementaldecoder
from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import islice
from typing import Final
from zipfile import BadZipFile, ZipFile

from typing_extensions import override

from caudal.core.errors import Problem, msg
from caudal.core.tables import DelimitedLine, Exact, NotText, OtherFormat, delimiter_of, encodings_of, lines_of
from caudal.kit.packed import look_into
from caudal.kit.workbooks import COLUMNS_MAX, BrokenBook, sheet_names, sheet_rows

BYTES_MAX: Final = 5_000_000
PACKED: Final = b"PK\x03\x04"
HEAD: Final = 64 * 1024
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument.spreadsheet"


class UnreadableTable(Problem):
    """The file cannot be opened, or is too large."""

    code = "table.unreadable"
    status = 422
    message = msg("“{name}” cannot be read, or has more than {most} MB.")
    hint = msg("Save it as CSV, XLSX or ODS, without a password.")


def table_rows(name: str, content: bytes, rows_max: int) -> Sequence[DelimitedLine]:
    """Return the first rows of a file of text, or of the first sheet that has some. Raises UnreadableTable."""
    unreadable = UnreadableTable(name=name[:80], most=BYTES_MAX // 1_000_000)
    if len(content) > BYTES_MAX:
        raise unreadable
    try:
        if not content.startswith(PACKED):
            return list(islice(lines_of(*_text(content)), rows_max))
        book = io.BytesIO(content)
        if look_into(book).amiss is not None:
            raise unreadable
        if _is_open_document(book):
            return _open_rows(book, rows_max)
        for sheet in sheet_names(book):
            if rows := list(islice(sheet_rows(book, sheet), rows_max)):
                return rows
    except (BrokenBook, BadZipFile, KeyError, ValueError, NotText, OtherFormat) as error:
        raise unreadable from error
    return []


def _text(content: bytes) -> tuple[io.StringIO, str]:
    for encoding in encodings_of(content[:HEAD]):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return io.StringIO(text, newline=""), delimiter_of(text[:HEAD])
    raise ValueError("in no encoding")


def _is_open_document(book: io.BytesIO) -> bool:
    with ZipFile(book) as packed:
        return "mimetype" in packed.namelist() and packed.read("mimetype").decode("ascii", "replace") == OPEN_DOCUMENT


def _open_rows(book: io.BytesIO, rows_max: int) -> list[DelimitedLine]:
    """Return the rows of the first sheet with some, blank ones left out, each with its number in the sheet."""
    sheet, decoder = _OpenSheet(rows_max), getincrementaldecoder("utf-8")("replace")
    with ZipFile(book) as packed, packed.open("content.xml") as content:
        while not sheet.is_done and (part := content.read(HEAD)):
            sheet.feed(decoder.decode(part))
    return sheet.rows[:rows_max]


class _OpenSheet(HTMLParser):
    """Reads the table of an OpenDocument file as its parts come in. It knows no entities of the file's own."""

    def __init__(self, rows_max: int) -> None:
        super().__init__()
        self.rows_max, self.rows, self.is_done = rows_max, list[DelimitedLine](), False
        self.number = 0
        self.row: dict[str, str | None] = {}
        self.cell: dict[str, str | None] | None = None
        self.cells: list[str] = []
        self.paragraphs: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "table:table-row":
                self.row, self.cells = dict(attrs), []
            case "table:table-cell" | "table:covered-table-cell":
                self.cell, self.paragraphs = dict(attrs), []
            case "text:p":
                self.paragraphs.append("")
            case "text:s" | "text:tab":
                self.handle_data(" ")

    @override
    def handle_data(self, data: str) -> None:
        if self.cell is not None and self.paragraphs:
            self.paragraphs[-1] += data

    @override
    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "table:table-cell" | "table:covered-table-cell" if self.cell is not None:
                times = _times(self.cell.get("table:number-columns-repeated"))
                self.cells += [_said(self.cell, self.paragraphs)] * min(times, COLUMNS_MAX + 1 - len(self.cells))
                self.cell = None
            case "table:table-row":
                self._take_row()
            case "table:table":
                self.is_done, self.number = bool(self.rows), 0

    def _take_row(self) -> None:
        times, cells = _times(self.row.get("table:number-rows-repeated")), self.cells
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:  # rows that are alike stand there once, with how often
            more = min(times, self.rows_max - len(self.rows))
            self.rows += [DelimitedLine(self.number + at, tuple(cells)) for at in range(1, more + 1)]
        self.number += times
        self.is_done = len(self.rows) >= self.rows_max


def _times(said: str | None) -> int:
    return int(said) if said and said.isdecimal() else 1


def _said(cell: dict[str, str | None], paragraphs: list[str]) -> str:
    """What a cell says, as exact as it is."""
    match cell.get("office:value-type"):
        case "float" | "currency" | "percentage":
            return Exact(cell.get("office:value") or "")
        case "date":
            return Exact((cell.get("office:date-value") or "").partition("T")[0])
    return "\n".join(paragraphs)
