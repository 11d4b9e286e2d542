"""The file store: bytes under their own hash, so that a file is kept once and can be checked at any time."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from django.conf import settings

from caudal.core.errors import Problem, msg

CHUNK: Final = 256 * 1024


class FileMissing(Problem):
    """The store does not have the bytes."""

    code = "file.missing"
    status = 404
    message = msg("The file {sha256} is not in the store.")
    hint = msg("Restore the files folder from the backup that belongs to this database.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store took: the SHA-256 of the bytes, in hexadecimal, and how many there were."""

    sha256: str
    size_bytes: int


class Files(Protocol):
    """Keeps bytes."""

    def keep(self, chunks: Iterable[bytes]) -> Kept:
        """Keep bytes for good, or nothing at all."""

    def opened(self, sha256: str) -> AbstractContextManager[BinaryIO]:
        """Open kept bytes for reading. Raises FileMissing."""

    def drop(self, sha256: str) -> None:
        """Keep bytes no longer; nothing happens where they are not kept."""

    def kept_before(self, edge: datetime) -> Iterator[str]:
        """Yield the SHA-256 of all bytes that were last given before an instant."""


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """Files in a folder of this machine, two levels deep; written beside and moved into place once on disk."""

    folder: Path = field(default_factory=lambda: Path(settings.FILES))

    def keep(self, chunks: Iterable[bytes]) -> Kept:
        """Keep bytes for good, or nothing at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".incoming-", delete=False) as file:
            incoming = Path(file.name)
            try:
                for chunk in chunks:
                    digest.update(chunk)
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                incoming.unlink()
                raise
        kept = Kept(digest.hexdigest(), size)
        target = self._path(kept.sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        incoming.replace(target)
        return kept

    @contextmanager
    def opened(self, sha256: str) -> Iterator[BinaryIO]:
        """Open kept bytes for reading. Raises FileMissing."""
        path = self._path(sha256)
        if not path.exists():
            raise FileMissing(sha256=sha256)
        with path.open("rb") as file:
            yield file

    def drop(self, sha256: str) -> None:
        """Delete the bytes; nothing happens where they are not kept."""
        self._path(sha256).unlink(missing_ok=True)

    def kept_before(self, edge: datetime) -> Iterator[str]:
        """Yield the SHA-256 of all bytes that were last given before an instant."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if path.stat().st_mtime < edge.timestamp():
                yield path.name

    def _path(self, sha256: str) -> Path:
        if len(sha256) != hashlib.sha256().digest_size * 2 or not sha256.isalnum():
            raise FileMissing(sha256=sha256)
        return self.folder / sha256[:2] / sha256


@dataclass(slots=True)
class NullFiles:
    """Files in memory, gone with the process."""

    clock: Callable[[], datetime]
    kept: dict[str, bytes] = field(default_factory=dict)
    given_at: dict[str, datetime] = field(default_factory=dict)

    def keep(self, chunks: Iterable[bytes]) -> Kept:
        """Keep bytes until the process ends."""
        content = b"".join(chunks)
        sha256 = hashlib.sha256(content).hexdigest()
        self.kept[sha256] = content
        self.given_at[sha256] = self.clock()
        return Kept(sha256, len(content))

    @contextmanager
    def opened(self, sha256: str) -> Iterator[BinaryIO]:
        """Open kept bytes for reading. Raises FileMissing."""
        if sha256 not in self.kept:
            raise FileMissing(sha256=sha256)
        yield BytesIO(self.kept[sha256])

    def drop(self, sha256: str) -> None:
        """Forget the bytes; nothing happens where they are not kept."""
        self.kept.pop(sha256, None)
        self.given_at.pop(sha256, None)

    def kept_before(self, edge: datetime) -> Iterator[str]:
        """Yield the SHA-256 of all bytes that were last given before an instant."""
        yield from [sha256 for sha256, at in self.given_at.items() if at < edge]
