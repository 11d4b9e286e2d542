"""A list as a file: exactly the columns, rows and order that the page shows, as CSV or as a workbook.

Words that a spreadsheet would take for a formula are defused: in CSV by an apostrophe before them, in a workbook by
being typed as text. Amounts are figures with their currency in a column beside them; instants say their zone.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from caudal.core.money import Money
from caudal.kit.lazy import lazy
from caudal.kit.shapes import FieldKind, ShapeField
from caudal.ui.lists.asking import Asked
from caudal.ui.lists.words import Speaker

Value: TypeAlias = str | int | Decimal | date | None
Format: TypeAlias = Literal["csv", "xlsx"]
BYTE_ORDER_MARK: Final = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


FORMULA: Final = (
    "=+-@\t\r\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
"""What a formula may begin with, and the full-width twins that some spreadsheets take for it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a file, and how a row is written into them."""

    fields: Sequence[ShapeField]
    labels: dict[str, dict[str, str]]
    zone: ZoneInfo
    words: tuple[str, str]
    """Yes and no."""

    @property
    def head(self) -> list[str]:
        """Return the headings; an amount has two columns."""
        head: list[str] = []
        for each in self.fields:
            head.append(f"{each.label} ({each.unit})" if each.unit else str(each.label))
            if each.kind is FieldKind.MONEY:
                head.append(currency_head(each.label))
        return head

    def row(self, record: Any) -> list[Value]:
        """Return a record as typed values."""
        values: list[Value] = []
        for each in self.fields:
            value = each.read(record)
            if each.kind is FieldKind.MONEY:
                money: Money | None = value
                values += [Decimal(money.major), money.currency.code] if money else [None, None]
            else:
                values.append(None if value is None else self._value(each, value))
        return values

    def _value(self, found: ShapeField, value: Any) -> Value:
        made: Value = str(value)
        match found.kind:
            case FieldKind.LINK:
                named = str(getattr(value, "name", ""))
                made = named or self.labels.get(found.name, {}).get(str(value.ref), str(value.ref))
            case FieldKind.CHOICE:
                made = self.labels[found.name].get(str(value), str(value))
            case FieldKind.BOOLEAN:
                made = self.words[0] if value else self.words[1]
            case FieldKind.INSTANT:
                made = str(value.astimezone(self.zone).isoformat(timespec="seconds"))
            case FieldKind.NUMBER:
                made = value if isinstance(value, int) else Decimal(str(value))
            case FieldKind.DATE:
                made = value
        return made


def currency_head(label: object) -> str:
    """Return the heading of the column that says in which currency an amount is."""
    return _("%(field)s, currency") % {"field": label}


def sheet_of(asked: Asked, speaker: Speaker) -> Sheet:
    """Return the columns that a list shows, with the words of the reader's language settled."""
    labels = {
        each.name: {option.value: str(option.label) for option in speaker.options(each)}
        for each in asked.columns
        if each.kind is FieldKind.CHOICE or (each.kind is FieldKind.LINK and each.options is not None)
    }
    return Sheet(asked.columns, labels, ZoneInfo(asked.reader.actor.zone), (_("Yes"), _("No")))


def csv_lines(sheet: Sheet, head: Sequence[str], records: Iterable[Any]) -> Iterator[bytes]:
    """Yield a CSV file row by row."""
    line = _Line()
    writer = csv.writer(line)
    writer.writerow([defused(text) for text in head])
    yield (BYTE_ORDER_MARK + line.taken()).encode()
    for record in records:
        writer.writerow([written(value) for value in sheet.row(record)])
        yield line.taken().encode()


def workbook(sheet: Sheet, head: Sequence[str], records: Iterable[Any], title: str) -> IO[bytes]:
    """Return a workbook as a file that goes away when it is closed. One row is held at a time."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    try:
        _fill(file, sheet, head, records, title)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(file: IO[bytes], sheet: Sheet, head: Sequence[str], records: Iterable[Any], title: str) -> None:
    book = lazy("xlsxwriter").Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(title[:31].translate(str.maketrans("", "", "[]:*?/\\'")) or "Caudal")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    page.freeze_panes(1, 0)
    for column, text in enumerate(head):
        page.write_string(0, column, text, bold)
    try:
        for number, record in enumerate(records, 1):
            for column, value in enumerate(sheet.row(record)):
                match value:
                    case None:
                        pass
                    case date():
                        page.write_datetime(number, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001  a day has no zone
                    case int() | Decimal():
                        page.write_number(number, column, value)
                    case _:
                        page.write_string(number, column, value)
    finally:
        book.close()  # its rows lie in a file of their own meanwhile


def written(value: Value) -> str:
    """Return a value as CSV carries it; only words are defused, figures may begin with a minus."""
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def defused(text: str) -> str:
    """Return words that no spreadsheet takes for a formula.

    >>> defused("=1+1"), defused("Acme"), defused("  -3")
    ("'=1+1", 'Acme', "'  -3")
    """
    first = text[:1] if text[:1] in {"\t", "\r"} else text.lstrip(" \n\u00a0")[:1]
    return f"'{text}" if first and first in FORMULA else text


class _Line:
    """What the writer of the csv module writes into: one line at a time."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        """Take a part of the line."""
        self.parts.append(text)
        return len(text)

    def taken(self) -> str:
        """Return the line, and begin another."""
        line, self.parts = "".join(self.parts), []
        return line
