"""How a delimited text file is written: its encoding, its delimiter, its lines."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from caudal.core.errors import Problem, msg

ENCODINGS: Final = ("utf-8-sig", "utf-8", "utf-16", "cp1252")
"""The encodings that are read. The last one is a guess: nearly every sequence of bytes is some text in it."""
DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_LINES: Final = 50
_TEXT_CONTROLS: Final = frozenset(b"\t\n\x0b\x0c\r\x1b")


class NotText(Problem):
    """The bytes are not those of a text file."""

    code = "table.not_text"
    status = 415
    message = msg("This is not a text file.")
    hint = msg("Save the table as CSV in UTF-8 and try again.")


@dataclass(frozen=True, slots=True)
class DelimitedLine:
    """One row of a file: the physical line that it begins on, from 1, and its cells as they are written.

    A row that cannot be split has no cells and says why in `wrong`.
    """

    number: int
    cells: tuple[str, ...]
    wrong: str = ""


def encodings_of(head: bytes) -> tuple[str, ...]:
    r"""Return the encodings to try on a file that begins with these bytes, the likeliest first. Raises NotText.

    A byte order mark settles it. Without one the whole file is UTF-8 or, failing that, Windows-1252.

    >>> encodings_of(b"\xef\xbb\xbfname"), encodings_of("ñ".encode("utf-16")), encodings_of(b"name")
    (('utf-8-sig',), ('utf-16',), ('utf-8', 'cp1252'))
    >>> encodings_of(b"\x89PNG\r\n\x1a\n\x00\x00")
    Traceback (most recent call last):
    caudal.core.tables.layout.NotText: This is not a text file. Save the table as CSV in UTF-8 and try again.
    """
    if head.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE):
        return ("utf-16",)
    if any(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in head):
        raise NotText
    return ("utf-8", "cp1252")


def delimiter_of(sample: str) -> str:
    r"""Return the delimiter that splits the first lines of a file most evenly; a comma when there is one column.

    >>> delimiter_of("empresa;importe\nAcme, S.L.;1.200,50\n"), delimiter_of("name\nAcme\n")
    (';', ',')
    """
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def lines_of(text: Iterable[str], delimiter: str) -> Iterator[DelimitedLine]:
    r"""Split the physical lines of a file, line ends included, into rows; blank ones are left out.

    A row that breaks the rules of quoting, or holds a cell of more than 131,072 characters, is given as wrong and the
    next line begins a new one.

    >>> [line.cells for line in lines_of(['a,"b\n', 'c"\n', ' , \n', 'd,e\n'], ",")]
    [('a', 'b\nc'), ('d', 'e')]
    >>> [(line.number, bool(line.wrong)) for line in lines_of(['"a"b,c\n', 'd,e\n'], ",")]
    [(1, True), (2, False)]
    """
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield DelimitedLine(number, (), str(error))
            continue
        if any(cell.strip() for cell in cells):
            yield DelimitedLine(number, tuple(cells))


def _evenness(sample: str, delimiter: str) -> tuple[int, int]:
    """How many rows are as wide as the first, weighed by thousandths of all rows, then how wide that is."""
    widths = []
    for line in lines_of(sample.splitlines(keepends=True), delimiter):
        widths.append(len(line.cells))
        if len(widths) > _SAMPLE_LINES:
            break
    if not widths or widths[0] < 2:  # noqa: PLR2004  one column is not split at all
        return (0, 0)
    return (1000 * widths.count(widths[0]) // len(widths), widths[0])
