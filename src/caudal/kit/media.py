"""Which files may be kept with a record: told by their names and by their first bytes, which must agree.

Kept are documents, pictures, sound and film that people send each other. Refused are programs, pages, drawings that
can carry scripts and workbooks with macros, under whatever name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final

import puremagic

from caudal.core.errors import Problem, msg
from caudal.kit.packed import EXPANDED_MAX, MEMBERS_MAX, Amiss, look_into

BYTES_MAX: Final = 25_000_000
"""What one file may have: as much as mail servers take."""
NAME_MAX: Final = 200
HEAD: Final = 64 * 1024
_SCRIPTS: Final = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"#!")
_MACROS: Final = ("vbaproject.bin", "macrosheets/")


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of file: what it is served as, and what its first bytes may look like; text has none."""

    media_type: str
    signs: frozenset[str] = frozenset()
    packed: bool = False


def _media(media_type: str, *signs: str, packed: bool = False) -> Media:
    return Media(media_type, frozenset(signs), packed)


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"
_JPEG: Final = _media("image/jpeg", ".jpg", ".jpeg", ".jpe", ".jfif")
_OLE: Final = (".doc", ".xls", ".ppt", ".msi", ".msg")
_PHOTO: Final = (".heic", ".heif", ".hif", ".heics", ".avif", ".mp4", ".mov")
_FILM: Final = (".mp4", ".m4a", ".m4v", ".mov", ".3gp", ".qt", ".f4v")
_ZIP: Final = (".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")
MEDIA: Final[Mapping[str, Media]] = {
    ".pdf": _media("application/pdf", ".pdf"),
    ".png": _media("image/png", ".png"),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".gif": _media("image/gif", ".gif"),
    ".webp": _media("image/webp", ".webp"),
    ".heic": _media("image/heic", *_PHOTO),
    ".heif": _media("image/heif", *_PHOTO),
    ".docx": _media(f"{_OFFICE}.wordprocessingml.document", *_ZIP, packed=True),
    ".xlsx": _media(f"{_OFFICE}.spreadsheetml.sheet", *_ZIP, packed=True),
    ".pptx": _media(f"{_OFFICE}.presentationml.presentation", *_ZIP, packed=True),
    ".odt": _media(f"{_OPEN}.text", *_ZIP, packed=True),
    ".ods": _media(f"{_OPEN}.spreadsheet", *_ZIP, packed=True),
    ".odp": _media(f"{_OPEN}.presentation", *_ZIP, packed=True),
    ".zip": _media("application/zip", *_ZIP, packed=True),
    ".doc": _media("application/msword", *_OLE),
    ".xls": _media("application/vnd.ms-excel", *_OLE),
    ".ppt": _media("application/vnd.ms-powerpoint", *_OLE),
    ".mp3": _media("audio/mpeg", ".mp3", ".mpga"),
    ".m4a": _media("audio/mp4", *_FILM),
    ".wav": _media("audio/wav", ".wav"),
    ".ogg": _media("audio/ogg", ".ogg", ".oga", ".ogv", ".ogx", ".opus"),
    ".mp4": _media("video/mp4", *_FILM),
    ".mov": _media("video/quicktime", *_FILM),
    ".txt": _media("text/plain"),
    ".md": _media("text/markdown"),
    ".csv": _media("text/csv"),
    ".ics": _media("text/calendar"),
    ".vcf": _media("text/vcard"),
    ".eml": _media("message/rfc822"),
}


class FileKindRefused(Problem):
    """Files of this kind are not kept."""

    code = "file.kind_refused"
    status = 422
    message = msg("“{name}” is not kept: files of this kind may carry programs, or nobody could open them here.")
    hint = msg("Kept are PDF, pictures, documents, sheets, slides, text, mail, sound, film and ZIP files.")


class FileDiffers(Problem):
    """What is in the file is not what its name says."""

    code = "file.not_what_it_says"
    status = 422
    message = msg("“{name}” is not kept: what is in it is not what its name says.")
    hint = msg("Save it again in the program that made it, under the ending that it gives.")


class FileTooLarge(Problem):
    """The file, or what is packed in it, is too large."""

    code = "file.too_large"
    status = 413
    message = msg("“{name}” is not kept: it is larger than {limit} MB, or becomes so when it is unpacked.")
    hint = msg("Give a link to it instead, in a note.")


class FileCrowded(Problem):
    """More is packed in the file than anybody would open."""

    code = "file.crowded"
    status = 413
    message = msg("“{name}” is not kept: more than {limit} files are packed in it.")
    hint = msg("Pack fewer of them, or give a link to it instead, in a note.")


class FileEmpty(Problem):
    """There is nothing in the file."""

    code = "file.empty"
    status = 422
    message = msg("“{name}” is not kept: there is nothing in it.")
    hint = msg("Look whether it was saved.")


def cleaned_name(name: str) -> str:
    r"""Return a file's name without folders and without what no name needs; its ending stays.

    >>> cleaned_name("C:\\Users\\ana\\of\nfer.PDF"), cleaned_name("../../etc/passwd"), cleaned_name("...")
    ('offer.PDF', 'passwd', 'file')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"/|?*').strip(" .")
    if not plain:
        return "file"
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= NAME_MAX else f"{(stem or plain)[: NAME_MAX - 20]}{dot}{ending[:19]}"


def checked_media(name: str, file: BinaryIO, size_bytes: int) -> str:
    """Return what a file is to be served as, once its name, first bytes and size agree with what is kept.

    Raises FileKindRefused, FileDiffers, FileTooLarge, FileCrowded, FileEmpty.
    """
    media = MEDIA.get(PurePosixPath(name).suffix.lower())
    if media is None:
        raise FileKindRefused(name=name)
    if not size_bytes:
        raise FileEmpty(name=name)
    if size_bytes > BYTES_MAX:
        raise FileTooLarge(name=name, limit=BYTES_MAX // 1_000_000)
    file.seek(0)
    head = file.read(HEAD)
    if media.signs:
        if not _looks_like(head, media):
            raise FileDiffers(name=name)
    elif b"\0" in head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff") and not head.startswith(
        (b"\xff\xfe", b"\xfe\xff")
    ):
        raise FileDiffers(name=name)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_SCRIPTS):
        raise FileKindRefused(name=name)
    if media.packed:
        _check_packed(name, file)
    file.seek(0)
    return media.media_type


def _looks_like(head: bytes, media: Media) -> bool:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(each.extension.lower() in media.signs for each in found)


def _check_packed(name: str, file: BinaryIO) -> None:
    packed = look_into(file)
    if packed.amiss is Amiss.CROWDED:
        raise FileCrowded(name=name, limit=MEMBERS_MAX)
    if packed.amiss is Amiss.DAMAGED:
        raise FileDiffers(name=name)
    if packed.amiss is Amiss.EXPANDS:
        raise FileTooLarge(name=name, limit=EXPANDED_MAX // 1_000_000)
    if any(sign in member.filename.lower() for member in packed.members for sign in _MACROS):
        raise FileKindRefused(name=name)
