"""How a delimited text file is written: its encoding, its delimiter, its lines."""

import codecs
import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from caudal.core.errors import Problem, msg

FORMATS: Final = (
    (b"\x89PNG", "PNG"),
    (b"%PDF", "PDF"),
    (b"GIF8", "GIF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"\xd0\xcf\x11\xe0", "XLS (Excel 97-2003)"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
    (b"{\rtf", "RTF"),
    (b"SQLite format", "SQLite"),
)
"""How files begin that are no text in rows, and what they are called."""
DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_LINES: Final = 50
_TEXT_CONTROLS: Final = frozenset(b"\t\n\x0b\x0c\r\x1b\x00")
"""Control characters that stand in text, among them zeros: a row that holds one is refused, not its file."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final[Mapping[tuple[bool, ...], str]] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
"""Which of four bytes are mostly zeros → encoding."""
_REWINDS_MAX: Final = 1000


class NotText(Problem):
    """The bytes are not those of a text file."""

    code = "table.not_text"
    status = 415
    message = msg("This is not a text file.")
    hint = msg("Save the table as CSV in UTF-8 and try again.")


class OtherFormat(NotText):
    """The bytes are those of a picture, a document, a packed folder."""

    code = "table.other_format"
    message = msg("The file holds {format}, not a table.")
    hint = msg("Export the table as CSV or XLSX.")


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

    A byte order mark settles it, or zeros beside every letter. Otherwise the whole file is UTF-8 or, failing that,
    Windows-1252. Raises OtherFormat for what begins like a picture or a document.

    >>> encodings_of(b"\xef\xbb\xbfname"), encodings_of("ñ".encode("utf-16")), encodings_of(b"name")
    (('utf-8-sig',), ('utf-16',), ('utf-8', 'cp1252'))
    >>> encodings_of("name".encode("utf-16-le"))
    ('utf-16-le',)
    >>> encodings_of(b"\x89PNG\r\n\x1a\n\x00\x00")
    Traceback (most recent call last):
    caudal.core.tables.layout.OtherFormat: The file holds PNG, not a table. Export the table as CSV or XLSX.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return (encoding,)
    start = head.lstrip().lower()
    for beginning, name in FORMATS:
        if head.startswith(beginning) or start.startswith(beginning.lower()):
            raise OtherFormat(format=name)
    wide = _wide(head)
    if wide:
        return (wide,)
    if any(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in head):
        raise NotText
    return ("utf-8", "cp1252")


def _wide(head: bytes) -> str:
    """The encoding that puts zeros beside every letter of Latin script, nothing where there are other letters."""
    whole = len(head) // 4
    empty = tuple(head[at::4].count(0) * 10 > whole * 7 for at in range(4))
    return _WIDE.get(empty, "") if whole else ""


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
    lines = _Lines(iter(text))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.rewind()
            yield DelimitedLine(number, (), str(error))
            continue
        if any(cell.strip() for cell in cells):
            yield DelimitedLine(number, tuple(cells))


@dataclass(slots=True)
class _Lines:
    """Physical lines that can be given again: a quotation mark that is not closed costs its own line alone."""

    source: Iterator[str]
    before: int = 0
    taken: list[str] = field(default_factory=list)
    back: deque[str] = field(default_factory=deque)
    rewinds: int = 0

    def __iter__(self) -> "_Lines":
        """Iterate over itself."""
        return self

    def __next__(self) -> str:
        """Give the next line."""
        line = self.back.popleft() if self.back else next(self.source)
        self.taken.append(line)
        return line

    def begin(self) -> int:
        """Begin a row, and return the number of its first line."""
        self.before += len(self.taken)
        self.taken = []
        return self.before + 1

    def rewind(self) -> None:
        """Give every line of the row but the first again; not without end, for each time costs what it gives."""
        if self.rewinds < _REWINDS_MAX:
            self.rewinds += 1
            self.back.extendleft(reversed(self.taken[1:]))
            del self.taken[1:]


def _evenness(sample: str, delimiter: str) -> tuple[int, int]:
    """How many rows have the width that most have, in thousandths of all rows, then how wide that is."""
    widths = []
    for line in lines_of(sample.splitlines(keepends=True), delimiter):
        widths.append(len(line.cells))
        if len(widths) > _SAMPLE_LINES:
            break
    split = Counter(width for width in widths if width > 1)
    if not split:
        return (0, 0)
    width, count = max(split.items(), key=lambda item: (item[1], item[0]))
    return (1000 * count // len(widths), width)
