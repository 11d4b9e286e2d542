"""The sheets of workbooks that were given to us, looked into before they are unpacked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from caudal.core.tables import DelimitedLine
from caudal.crm.imports.uploads import Damaged, Upload, directory
from caudal.kit.workbooks import COLUMNS_MAX, BrokenBook, sheet_names, sheet_rows

__all__ = ["COLUMNS_MAX", "rows_of_sheet", "sheets_of"]


def sheets_of(upload: Upload) -> list[str]:
    """Return the names of a workbook's sheets, in their order. Raises Damaged, TooLarge."""
    with _opened(upload) as file:
        return sheet_names(file)


def rows_of_sheet(upload: Upload, sheet: str) -> Iterator[DelimitedLine]:
    """Read the rows of a sheet, blank ones left out, each with its number in the sheet. Raises Damaged, TooLarge."""
    with _opened(upload) as file:
        yield from sheet_rows(file, sheet)


@contextmanager
def _opened(upload: Upload) -> Iterator[BinaryIO]:
    with upload.opened() as file:
        directory(upload.name, file)
        file.seek(0)
        try:
            yield file
        except BrokenBook as error:
            raise Damaged(name=upload.name) from error
