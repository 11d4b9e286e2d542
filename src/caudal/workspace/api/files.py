"""Routes of the files that are kept with records."""

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.bodies import row_id, version_of
from caudal.kit.downloads import handed_out
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions, queries
from caudal.workspace.models import Attachment

router = Router()


class FileOut(Schema):
    """A file with its record."""

    id: str
    version: int
    about: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_at: datetime
    added_by: str


class FilesOut(Schema):
    """The files of a record, newest first."""

    items: list[FileOut]


@router.get("/files", response=FilesOut)
@needs("attachment")
def list_files(request: HttpRequest, about: str) -> FilesOut:
    """Return the files of a record."""
    return FilesOut(items=[file_out(each) for each in queries.attachments_of(actor_of(request), Ref.parse(about))])


@router.post("/files", response={201: FileOut})
@needs("attachment", Verb.CREATE)
def add_file(request: HttpRequest, about: str, file: File[UploadedFile]) -> Status[FileOut]:
    """Keep a file with a record; the same file again is kept once."""
    added = actions.attach_file(
        actor=actor_of(request),
        as_of=now(),
        record=Ref.parse(about),
        name=file.name or "",
        file=file,  # type: ignore[arg-type]  # reads and seeks like any open file
        size_bytes=file.size or 0,
    )
    return Status(201, file_out(added))


@router.get("/files/{file_id}", response=FileOut)
@needs("attachment")
def get_file(request: HttpRequest, file_id: str) -> FileOut:
    """Return what is known of a file."""
    return file_out(queries.attachment(actor_of(request), row_id(Attachment.kind, file_id)))


@router.get("/files/{file_id}/content", response=None)
@needs("attachment")
def get_file_content(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """Return the bytes of a file."""
    stored = queries.attachment(actor_of(request), row_id(Attachment.kind, file_id)).file
    return handed_out(
        request, sha256=stored.sha256, name=stored.name, media_type=stored.media_type, size_bytes=stored.size_bytes
    )


@router.delete("/files/{file_id}", response={204: None})
@needs("attachment", Verb.DELETE)
def remove_file(request: HttpRequest, file_id: str) -> Status[None]:
    """Take a file away from its record; it can be taken back for thirty days."""
    actions.detach_file(
        actor=actor_of(request),
        as_of=now(),
        attachment_id=row_id(Attachment.kind, file_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.post("/files/{file_id}/restoration", response=FileOut)
@needs("attachment", Verb.DELETE)
def take_file_back(request: HttpRequest, file_id: str) -> FileOut:
    """Give a file back to its record."""
    return file_out(
        actions.restore_file(actor=actor_of(request), as_of=now(), attachment_id=row_id(Attachment.kind, file_id))
    )


def file_out(attachment: Attachment) -> FileOut:
    """Return a file as the API tells it."""
    stored = attachment.file
    return FileOut(
        id=str(attachment.ref),
        version=attachment.version,
        about=str(attachment.subject),
        name=stored.name,
        media_type=stored.media_type,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        added_at=attachment.created_at,
        added_by=attachment.created_by,
    )
