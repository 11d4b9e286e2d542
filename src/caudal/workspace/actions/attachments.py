"""Files with records: kept, taken away, taken back, and gone for good after a while."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from uuid import UUID

from django.db import connection

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, policies, require
from caudal.kit.actions import action
from caudal.kit.files import CHUNK
from caudal.kit.media import checked_media, cleaned_name
from caudal.kit.outbox import publish
from caudal.kit.panels import file_bearers
from caudal.kit.records import NotFound, Record, in_sight
from caudal.workspace.actions.files import drop_bytes, store_file, sweep_bytes
from caudal.workspace.events import FileAttached, FileDetached, FileRestored
from caudal.workspace.models import Attachment, StoredFile
from caudal.workspace.queries import KEPT_DAYS

FILES_MAX: Final = 200
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class TooManyFiles(Problem):
    """A record has as many files as it may have."""

    code = "file.too_many"
    status = 409
    message = msg("There are {count} files here already.")
    hint = msg("Take some away, or keep them together in one ZIP file.")


@action
def attach_file(
    *, actor: Actor, as_of: datetime, record: Ref, name: str, file: BinaryIO, size_bytes: int
) -> Attachment:
    """Keep a file with a record that the actor may change.

    The same bytes under the same name are kept once. Raises NotFound, NotAllowed, TooManyFiles, FileKindRefused,
    FileDiffers, FileTooLarge, FileEmpty.
    """
    require(actor, "attachment", Verb.CREATE)
    if record.kind not in file_bearers() or record not in in_sight({record}, actor, Verb.CHANGE):
        raise NotFound(kind=record.kind, id=record)
    called = cleaned_name(name)
    media_type = checked_media(called, file, size_bytes)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"files of {record}"])
    kept = Attachment.objects.filter(subject_kind=record.kind, subject_id=record.id, deleted_at=None)
    if kept.count() >= FILES_MAX:
        raise TooManyFiles(count=FILES_MAX)
    stored = store_file(actor=actor, as_of=as_of, name=called, media_type=media_type, chunks=_chunks(file))
    same = kept.filter(file__sha256=stored.sha256, file__name=called).order_by("pk").first()
    if same is not None:
        stored.delete()
        return same
    attachment = Attachment.stamped(
        actor=actor, as_of=as_of, file=stored, subject_kind=record.kind, subject_id=record.id
    )
    attachment.save(force_insert=True)
    fact = FileAttached(
        subject=record,
        about=(attachment.ref,),
        attachment=str(attachment.ref),
        media_type=media_type,
        size_bytes=stored.size_bytes,
        personal={"name": (None, called)},
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return attachment


@action
def detach_file(
    *, actor: Actor, as_of: datetime, attachment_id: UUID, expected_version: int | None = None
) -> Attachment:
    """Take a file away from its record; it can be taken back for thirty days. Raises NotFound, VersionConflict."""
    found = Attachment.one_for(actor, Verb.DELETE, attachment_id, lock=True)
    found.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    fact = FileDetached(subject=found.subject, about=(found.ref,), attachment=str(found.ref))
    publish(fact, actor=actor, occurred_at=as_of)
    return found


@action
def restore_file(*, actor: Actor, as_of: datetime, attachment_id: UUID) -> Attachment:
    """Give a file back to its record. Raises NotFound, also when its record or its time is gone."""
    rows = Attachment.deleted_for(actor, Verb.DELETE, since=as_of - timedelta(days=KEPT_DAYS))
    found = rows.filter(pk=attachment_id).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound(kind=Attachment.kind, id=Ref(Attachment.kind, attachment_id))
    found.restore(actor=actor, as_of=as_of)
    fact = FileRestored(subject=found.subject, about=(found.ref,), attachment=str(found.ref))
    publish(fact, actor=actor, occurred_at=as_of)
    return found


@action
def drop_files(*, as_of: datetime) -> int:
    """Delete for good files that were taken away too long ago and files of records that are gone; return how many.

    Their bytes go when no other file has the same, and so do bytes that no file names and nobody gives any more.
    """
    sweep_bytes(as_of=as_of)
    gone = list(Attachment.long_deleted(before=as_of - timedelta(days=KEPT_DAYS)))
    for kind in file_bearers():
        model = policies()[kind].model
        if model is not None and issubclass(model, Record):
            orphans = Attachment.objects.filter(subject_kind=kind).exclude(
                subject_id__in=model._default_manager.values("pk")
            )
            gone += list(orphans)
    return forget_files({each.pk for each in gone})


def forget_files(attachment_ids: set[UUID]) -> int:
    """Delete attachments with their files; the bytes that no other file has go when that holds for good."""
    rows = Attachment.objects.filter(pk__in=attachment_ids)
    file_ids = set(rows.values_list("file_id", flat=True))
    rows.delete()
    unused = StoredFile.objects.filter(pk__in=file_ids, attachments=None)
    digests = set(unused.values_list("sha256", flat=True))
    unused.delete()
    drop_bytes(digests)
    return len(attachment_ids)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
