"""What the workspace knows of somebody who is to be forgotten: other names, shares, files, answers, letters."""

import io
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.actions import action
from caudal.kit.files import FileMissing
from caudal.kit.models import LetterRow, Trace
from caudal.kit.world import world
from caudal.workspace.actions.attachments import forget_files
from caudal.workspace.models import Attachment, ExternalId, Share, StoredFile

TEXTS: Final = (
    "workspace_operation",
    "workspace_approval",
    "workspace_savedview",
    "kit_letter",
    "kit_delivery",
    "kit_trace",
)
"""Tables that repeat what records say: a name goes there too, since no other record stands behind it."""
ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
ENTRY_MAX: Final = 64 * 2**20
"""Bytes of one entry of a packed file that are looked through."""
FORGET_ANSWERS: Final = """
DELETE FROM kit_idempotentrequest
WHERE EXISTS (SELECT FROM unnest(%s::text[]) AS word WHERE position(convert_to(word, 'UTF8') IN body) > 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """How many of each were deleted."""

    externals: int
    shares: int
    letters: int
    answers: int
    traces: int
    """How rows were before an import wrote them: taking it back must not bring them back."""
    files: int


@action
def erase_traces(
    *,
    actor: Actor,
    as_of: datetime,
    refs: Collection[Ref],
    rows: Collection[UUID],
    addresses: Collection[str],
    words: Collection[str],
) -> Traces:
    """Delete what speaks of some records beside them, their files, and imported files in which one of the words stands.

    `rows` are ids of further rows of theirs, `addresses` those to which letters went; `words` are names, addresses and
    numbers.
    """
    known, shared, attached = Q(pk__in=[]), Q(pk__in=[]), Q(pk__in=[])
    for ref in refs:
        known |= Q(kind=ref.kind, record=ref.id)
        shared |= Q(record_kind=ref.kind, record=ref.id)
        attached |= Q(subject_kind=ref.kind, subject_id=ref.id)
    lowered = [each.lower() for each in addresses]
    letters = Q(pk__in=[])
    for each in lowered:
        letters |= Q(recipient__iexact=each)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ANSWERS, [[*map(str, refs), *lowered]])
        answers = cursor.rowcount
    return Traces(
        externals=ExternalId.objects.filter(known | Q(key__in=[*addresses, *lowered])).delete()[0],
        shares=Share.objects.filter(shared).delete()[0],
        letters=LetterRow.objects.filter(letters).delete()[0],
        answers=answers,
        traces=Trace.objects.filter(row_id__in=[*(ref.id for ref in refs), *rows]).delete()[0],
        files=forget_files(set(Attachment.objects.filter(attached).values_list("pk", flat=True)))
        + forget_imported(actor=actor, as_of=as_of, words=words),
    )


def forget_imported(*, actor: Actor, as_of: datetime, words: Collection[str]) -> int:
    """Delete files of imports in which one of some words stands, and return how many.

    Their rows stay, without name and bytes. Files of other records are those records' own.
    """
    count = 0
    for file in StoredFile.objects.filter(deleted_at=None, attachments=None).order_by("pk"):
        if file_speaks_of(file, words):
            drop_file(actor=actor, as_of=as_of, file=file)
            count += 1
    return count


def drop_file(*, actor: Actor, as_of: datetime, file: StoredFile) -> None:
    """Forget the name and, unless another file has the same ones, the bytes of a file."""
    others = StoredFile.objects.filter(sha256=file.sha256, deleted_at=None).exclude(pk=file.pk)
    if not others.exists():
        world().file_store().drop(file.sha256)
    file.delete_softly(actor=actor, as_of=as_of, name="[erased]")


def file_speaks_of(file: StoredFile, words: Collection[str]) -> bool:
    """Say whether one of some words stands in a file, in any of the encodings that people use, packed or not."""
    needles = {word.lower().encode(encoding, "ignore") for word in words for encoding in ENCODINGS} - {b""}
    try:
        with world().file_store().opened(file.sha256) as opened:
            return any(needle in text for text in contents(opened) for needle in needles)
    except FileMissing:
        return False


def contents(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file in small letters, and those of its entries where it is packed."""
    whole = file.read()
    yield whole.lower()
    if whole[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(whole)) as packed:
                for entry in packed.infolist():
                    with packed.open(entry) as inner:
                        yield inner.read(ENTRY_MAX).lower()
        except zipfile.BadZipFile:
            return
