"""Reading workbooks: every sheet as rows of text, numbers and instants as exact as the workbook has them.

Whoever calls has looked into the packed file before (`caudal.kit.packed`), so that it cannot fill the machine.
"""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError

from caudal.core.tables import DelimitedLine, Exact
from caudal.kit.lazy import lazy

COLUMNS_MAX: Final = 1000
UNREADABLE: Final = (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError)
"""What the library raises on a workbook that somebody cut or forged."""


class BrokenBook(Exception):  # noqa: N818  whoever reads the file says it in words of its own
    """The workbook was cut or forged."""


def sheet_names(file: BinaryIO) -> list[str]:
    """Return the names of a workbook's sheets, in their order. Raises BrokenBook."""
    with _book(file) as book:
        return [sheet.title for sheet in book.worksheets]


def sheet_rows(file: BinaryIO, sheet: str) -> Iterator[DelimitedLine]:
    """Read the rows of a sheet, blank ones left out, each with its number in the sheet. Raises BrokenBook."""
    with _book(file) as book:
        found = book[sheet]
        found.reset_dimensions()  # what a sheet says of its size is not to be trusted
        rows = found.iter_rows(values_only=True)
        number = 0
        while True:
            number += 1
            row = _quietly(lambda: next(rows, None))
            if row is None:
                return
            cells = [_text(value) for value in row[: COLUMNS_MAX + 1]]
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                yield DelimitedLine(number, tuple(cells))


@contextmanager
def _book(file: BinaryIO) -> Iterator[Any]:
    openpyxl = lazy("openpyxl")
    book = _quietly(lambda: openpyxl.load_workbook(file, read_only=True, data_only=True))
    try:
        yield book
    finally:
        book.close()


def _quietly(read: Any) -> Any:
    """Read without the library's remarks on styles that it does not know. Raises BrokenBook."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except UNREADABLE as error:
        raise BrokenBook from error


def _text(value: object) -> str:
    """What a cell says; a number or an instant stays as exact as it is."""
    match value:
        case None:
            said = ""
        case bool():
            said = "TRUE" if value else "FALSE"
        case int() | float():
            said = _number(value)
        case datetime():
            instant = (value + timedelta(milliseconds=500)).replace(microsecond=0)
            said = Exact(instant.date().isoformat() if instant.time() == time() else instant.isoformat())
        case date():
            said = Exact(value.isoformat())
        case _:
            said = str(value)
    return said


def _number(value: float) -> str:
    number = Decimal(repr(value))
    if not number.is_finite():
        return str(value)
    whole = number.to_integral_value()
    return Exact(f"{whole if number == whole else number:f}")
