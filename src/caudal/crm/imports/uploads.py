"""Files that were given to us, among them packed folders, and how large they may become."""

import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final, Protocol, cast

from django.core.files.uploadedfile import UploadedFile

from caudal.core.errors import Problem, msg
from caudal.crm.imports.findings import Tally
from caudal.kit.packed import EXPANDED_MAX, MEMBERS_MAX, Amiss, look_into
from caudal.kit.world import world

CHUNK: Final = 64 * 1024
PACKED: Final = b"PK\x03\x04"
MEGABYTE: Final = 1_000_000
TABLES_MAX: Final = 500
"""Tables that are read of one packed folder."""
IN_MEMORY: Final = 4 * MEGABYTE
SUFFIXES: Final = frozenset({".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm"})
"""The names of files that may be tables."""
WORKBOOK: Final = "xl/workbook.xml"
_HIDDEN: Final = re.compile(r"(^|/)(__MACOSX|\.)")


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
class SentUpload:
    """A file that came with a form."""

    file: "UploadedFile[bytes]"

    @property
    def name(self) -> str:
        """What it is called, without the folders of whoever sent it."""
        return PurePath(str(self.file.name).replace("\\", "/")).name[:200]

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Open it for reading, from its beginning."""
        return self._opened()

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        self.file.seek(0)
        yield cast("BinaryIO", self.file)


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """A file in the file store."""

    name: str
    sha256: str

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Open it for reading. Raises FileMissing."""
        return world().file_store().opened(self.sha256)


@dataclass(frozen=True, slots=True)
class PackedUpload:
    """A file in a packed folder."""

    folder: Upload
    name: str

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open it for reading, unpacked. Raises Damaged."""
        with self.folder.opened() as outer, tempfile.SpooledTemporaryFile(IN_MEMORY) as plain:
            with zipfile.ZipFile(outer) as packed, packed.open(self.name) as member:
                size = 0
                try:
                    while chunk := member.read(CHUNK):
                        size += len(chunk)
                        if size > EXPANDED_MAX:
                            raise TooLarge(name=self.name, limit=EXPANDED_MAX // MEGABYTE)
                        plain.write(chunk)
                except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                    raise Damaged(name=self.name) from error
            plain.seek(0)
            yield cast("BinaryIO", plain)


class TooLarge(Problem):
    """Unpacked, the file would fill the machine."""

    code = "import.too_large"
    status = 413
    message = msg(
        "“{name}” becomes more than {limit} MB when it is unpacked, or was packed more tightly than any table is."
    )
    hint = msg("Split it into several files.")


class Crowded(TooLarge):
    """More is packed in the file than anybody exports."""

    code = "import.crowded"
    message = msg("“{name}” holds more than {limit} files.")
    hint = msg("Give the tables alone.")


class Damaged(Problem):
    """The file cannot be unpacked."""

    code = "import.damaged"
    status = 422
    message = msg("“{name}” cannot be unpacked: it is damaged or protected by a password.")
    hint = msg("Save it again without a password.")


def unpacked(uploads: Sequence[Upload], tally: Tally) -> list[Upload]:
    """Return the files to read: of a packed folder, those in it that may be tables. What is refused is told."""
    files: list[Upload] = []
    for upload in uploads:
        try:
            files += _members(upload, tally) if is_packed_folder(upload) else [upload]
        except (TooLarge, Damaged) as problem:
            tally.problem(problem, file=upload.name, line=0)
    return files


def is_packed_folder(upload: Upload) -> bool:
    """Say whether a file is a packed folder, which a workbook is not. Raises Damaged, TooLarge."""
    with upload.opened() as file:
        if file.read(len(PACKED)) != PACKED:
            return False
        return all(member.filename != WORKBOOK for member in directory(upload.name, file))


def directory(name: str, file: BinaryIO) -> list[zipfile.ZipInfo]:
    """Return what is packed in a file, by its own list, before anything of it is unpacked. Raises Damaged, TooLarge."""
    packed = look_into(file)
    if packed.amiss is Amiss.CROWDED:
        raise Crowded(name=name, limit=MEMBERS_MAX)
    if packed.amiss is Amiss.EXPANDS:
        raise TooLarge(name=name, limit=EXPANDED_MAX // MEGABYTE)
    if packed.amiss is Amiss.DAMAGED or any(member.flag_bits & 1 for member in packed.members):
        raise Damaged(name=name)
    return list(packed.members)


def _members(upload: Upload, tally: Tally) -> list[Upload]:
    with upload.opened() as file:
        names = [member.filename for member in directory(upload.name, file) if not member.is_dir()]
    seen = [name for name in names if not _HIDDEN.search(name)]
    tables = sorted(name for name in seen if Path(name).suffix.lower() in SUFFIXES)[:TABLES_MAX]
    others = sorted(set(seen) - set(tables))
    if others:
        tally.note(
            "import.not_tables",
            msg("These files of the packed folder are no tables: {names}."),
            file=upload.name,
            names=", ".join(others[:8]),
        )
    return [PackedUpload(upload, name) for name in tables]
