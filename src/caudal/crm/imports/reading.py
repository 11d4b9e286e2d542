"""Reading files twice: once to see what they hold, once to take their rows."""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import IO, BinaryIO, Final, Protocol

from caudal.core.errors import msg
from caudal.core.tables import (
    DayEvidence,
    DayOrder,
    DelimitedLine,
    NotText,
    NumberEvidence,
    NumberStyle,
    delimiter_of,
    encodings_of,
    lines_of,
)
from caudal.crm.imports.findings import EXAMPLES, Tally
from caudal.crm.imports.headers import Recognition, recognise
from caudal.crm.imports.vocabulary import Kind, Reading
from caudal.kit.names import name_key
from caudal.kit.world import world

HEAD: Final = 64 * 1024
"""Bytes by which the encoding and the delimiter are told."""
LINE_LENGTH_MAX: Final = 1 << 20
NULL: Final = "\x00"
KEY_LENGTH_MAX: Final = 200
IDENTITIES: Final[Mapping[Kind, tuple[tuple[str, ...], ...]]] = {
    Kind.MEMBERS: (("name",),),
    Kind.PRODUCTS: (("name",),),
    Kind.COMPANIES: (("name",),),
    Kind.PEOPLE: (("email",), ("name",), ("given_name", "family_name")),
    Kind.LEADS: (("email",), ("name",)),
    Kind.DEALS: (("name",), ("company", "product", "owner", "opened")),
}
"""What tells rows apart that have no id, in the order in which it is tried."""


class Upload(Protocol):
    """A file that was given to us."""

    @property
    def name(self) -> str:
        """What it is called."""

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Open it for reading, from its beginning."""


@dataclass(frozen=True, slots=True)
class PathUpload:
    """A file where it lies."""

    path: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.name

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Open it for reading."""
        return self.path.open("rb")


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """A file in the file store."""

    name: str
    sha256: str

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Open it for reading. Raises FileMissing."""
        return world().file_store().opened(self.sha256)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written, and its header."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]


@dataclass(slots=True)
class Mention:
    """How often a column says a name, and where first."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def see(self, line: int) -> None:
        """Count one more."""
        self.count += 1
        if len(self.lines) < EXAMPLES:
            self.lines.append(line)


@dataclass(slots=True)
class Survey:
    """What a file of a known kind holds."""

    upload: Upload
    layout: Layout
    recognition: Recognition
    rows: int = 0
    numbers: dict[str, NumberEvidence] = field(default_factory=dict)
    days: dict[str, DayEvidence] = field(default_factory=dict)
    mentions: dict[str, dict[str, Mention]] = field(default_factory=dict)
    """Field → name as written → where. Of fields that name rows, and of stages."""
    repeated: dict[int, str] = field(default_factory=dict)
    """Lines whose key an earlier row has, here or in a file before → where that is."""

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.upload.name

    @property
    def kind(self) -> Kind:
        """What its rows become."""
        return self.recognition.kind

    def number_style(self, name: str) -> NumberStyle:
        """How the numbers of a field are written."""
        return self.numbers[name].style

    def day_order(self, name: str) -> DayOrder:
        """In which order the days of a field are written."""
        return self.days[name].order


Seen = dict[Kind, dict[bytes, tuple[str, int]]]
"""Kind → fingerprint of a row's key → file and line of the row."""


def survey(upload: Upload, tally: Tally, seen: Seen) -> Survey | None:
    """Read a file through and say what it holds; None, with a finding, for one that is not taken."""
    try:
        layout = _layout(upload)
    except NotText as problem:
        tally.error(problem.code, problem.message, file=upload.name, hint=problem.hint)
        return None
    if not layout.header:
        tally.error("import.empty", msg("The file is empty."), file=upload.name)
        return None
    if layout.encoding == "cp1252":
        tally.note(
            "import.guessed_encoding", msg("The file is not UTF-8; it was read as Windows-1252."), file=upload.name
        )
    recognition = recognise(layout.header, upload.name)
    if recognition is None:
        tally.note(
            "import.unrecognised",
            msg("No kind of table has the columns {columns}; the file was left out."),
            file=upload.name,
            columns=", ".join(layout.header[:8]),
        )
        return None
    found = Survey(upload, layout, recognition)
    for each, _ in recognition.fields():
        if each.reading in {Reading.NUMBER, Reading.WHOLE}:
            found.numbers[each.name] = NumberEvidence()
        elif each.reading is Reading.DAY:
            found.days[each.name] = DayEvidence()
        elif each.reading in {Reading.NAME, Reading.STAGE}:
            found.mentions[each.name] = {}
    known = seen.setdefault(recognition.kind, {})
    for line in rows_of(upload, layout):
        found.rows += 1
        if is_whole(line, layout):
            _take_in(found, line, known)
    return found


def rows_of(upload: Upload, layout: Layout) -> Iterator[DelimitedLine]:
    """Read the rows after the header."""
    with _text(upload, layout.encoding) as text:
        lines = lines_of(_bounded(text), layout.delimiter)
        next(lines)
        yield from lines


def is_whole(line: DelimitedLine, layout: Layout) -> bool:
    """Say whether a row has a cell for every column and nothing that no database holds."""
    return not line.wrong and len(line.cells) == len(layout.header) and not any(NULL in cell for cell in line.cells)


def key_of(recognition: Recognition, line: DelimitedLine) -> str:
    """Return what tells a row from the others of its kind, nothing when it has nothing of the sort.

    That is its id; without one its address or its name, whichever its kind goes by first; a deal without either is told
    by who buys what from whom since when.
    """
    places = recognition.places
    if "key" in places and (key := line.cells[places["key"]].strip()):
        return _short(key)
    for fields in IDENTITIES[recognition.kind]:
        parts = [name_key(line.cells[places[name]]) for name in fields if name in places]
        if any(parts):
            return _short(" / ".join(parts))
    return ""


def _short(key: str) -> str:
    return key if len(key) <= KEY_LENGTH_MAX else blake2b(key.encode(), digest_size=32).hexdigest()


def _take_in(found: Survey, line: DelimitedLine, known: dict[bytes, tuple[str, int]]) -> None:
    places = found.recognition.places
    for name, numbers in found.numbers.items():
        numbers.see(line.cells[places[name]])
    for name, days in found.days.items():
        days.see(line.cells[places[name]])
    for name, mentions in found.mentions.items():
        written = " ".join(line.cells[places[name]].split())
        if written:
            mentions.setdefault(written, Mention()).see(line.number)
    key = key_of(found.recognition, line)
    if key:
        file, number = known.setdefault(blake2b(key.encode(), digest_size=8).digest(), (found.name, line.number))
        if (file, number) != (found.name, line.number):
            found.repeated[line.number] = f"{file}:{number}"


def _layout(upload: Upload) -> Layout:
    with upload.opened() as file:
        head = file.read(HEAD)
    for encoding in encodings_of(head):
        try:
            with _text(upload, encoding) as text:
                sample = text.read(HEAD)
                while text.read(HEAD):
                    pass
        except UnicodeError:
            continue
        whole = sample[: sample.rfind("\n") + 1] or sample
        delimiter = delimiter_of(whole)
        first = next(lines_of(io.StringIO(whole, newline=""), delimiter), None)
        return Layout(encoding, delimiter, first.cells if first else ())
    raise NotText


@contextmanager
def _text(upload: Upload, encoding: str) -> Iterator[IO[str]]:
    with upload.opened() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        yield text


def _bounded(text: IO[str]) -> Iterable[str]:
    """The physical lines of a file; one without end comes in pieces, so that it cannot fill the memory."""
    while line := text.readline(LINE_LENGTH_MAX):
        yield line
