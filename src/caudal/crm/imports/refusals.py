"""Giving refused rows back: in the columns of their own file, each with place and reason, ready to be mended."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import Found, Tally
from caudal.crm.imports.reading import rows_of, tables_in
from caudal.crm.imports.uploads import Upload, unpacked


@dataclass(frozen=True, slots=True)
class RefusedTable:
    """The refused rows of one table, as a file."""

    name: str
    content: bytes


def refused_tables(uploads: Sequence[Upload], decisions: Decisions, refused: Iterable[Found]) -> Iterator[RefusedTable]:
    """Yield a CSV file for each table of which rows were refused.

    Place and reason stand before the file's own columns, so that they are found beside rows that are too long or too
    short as well. Cells are as they were written, for they are to be imported again. Raises FileMissing.
    """
    wanted: dict[str, dict[int, Found]] = {}
    for found in refused:
        wanted.setdefault(found.finding.place.file, {})[found.finding.place.line] = found
    for upload in unpacked(uploads, Tally()):
        for layout, _recognition in tables_in(upload, Tally(), decisions):
            name = layout.called(upload)
            why = wanted.get(name)
            if not why:
                continue
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow([gettext("Refused at"), gettext("Reason"), *layout.header])
            for line in rows_of(upload, layout):
                if line.number in why:
                    place = str(why[line.number].finding.place)
                    writer.writerow([place, why[line.number].told(gettext), *line.cells])
            yield RefusedTable(file_name(name), text.getvalue().encode("utf-8-sig"))


def file_name(table: str) -> str:
    """Return what the file of a table's refused rows is called.

    >>> file_name("backup/deals.csv"), file_name("book.xlsx / Rows")
    ('backup-deals.refused.csv', 'book.xlsx-Rows.refused.csv')
    """
    tidy = "".join(letter if letter.isalnum() or letter in "._" else " " for letter in table.removesuffix(".csv"))
    return f"{'-'.join(tidy.split())[:150]}.refused.csv"
