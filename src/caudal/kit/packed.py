"""Looking into packed files, workbooks among them, before anything of them is unpacked."""

import struct
import zipfile
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO, Final

EXPANDED_MAX: Final = 400_000_000
"""Bytes that all of it may become when it is unpacked."""
FREE: Final = 20_000_000
"""Up to here it does not matter how tightly something was packed."""
TIGHT: Final = 200
"""How many times smaller than itself it may be."""
MEMBERS_MAX: Final = 10_000
"""Files that may be packed in one: more are told from the end of the file, and their list is not read."""

_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_PLACE_64: Final = struct.Struct("<4sLQL")
_MEMBER_SIZE: Final = 46
_COMMENT_MAX: Final = 65_535
_LIST_MAX: Final = MEMBERS_MAX * 1_000
"""Bytes that the list of so many files has, with room for long names."""


class Amiss(Enum):
    """Why a packed file is not to be unpacked."""

    DAMAGED = auto()
    EXPANDS = auto()
    """It becomes too large, or was packed more tightly than anything that people write."""
    CROWDED = auto()
    """Too many files are in it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What is packed in a file, by its own list."""

    members: tuple[zipfile.ZipInfo, ...] = ()
    amiss: Amiss | None = None


def look_into(file: BinaryIO) -> Packed:
    """Return what is packed in a file, or what is amiss with it; nothing of it is unpacked."""
    if _is_crowded(file):
        return Packed(amiss=Amiss.CROWDED)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as packed:
            members = tuple(packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return Packed(amiss=Amiss.DAMAGED)
    expanded = sum(member.file_size for member in members)
    tight = max(sum(member.compress_size for member in members), 1)
    expands = expanded > EXPANDED_MAX or (expanded > FREE and expanded > TIGHT * tight)
    return Packed(members, Amiss.EXPANDS if expands else None)


def _is_crowded(file: BinaryIO) -> bool:
    """Say whether more files are listed than may be: the end of the file says how many, and its list is counted."""
    found = _list_of(file)
    if found is None:
        return False  # there is no list to be read: the file is damaged
    count, start, size = found
    if count > MEMBERS_MAX or size > _LIST_MAX:
        return True
    if start < 0:
        return False
    file.seek(start)
    listed = file.read(size)
    at = 0
    for _nth in range(MEMBERS_MAX):
        if at + _MEMBER_SIZE > len(listed):
            return False
        at += _MEMBER_SIZE + sum(struct.unpack_from("<3H", listed, at + 28))
    return at < len(listed)


def _list_of(file: BinaryIO) -> tuple[int, int, int] | None:
    """How many files the end of a packed file says there are, where their list begins, and its bytes."""
    length = file.seek(0, 2)
    tail_at = max(length - _END.size - _COMMENT_MAX, 0)
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        return None
    _sign, _disk, _first, _here, count, size, _offset, _comment = _END.unpack_from(tail, at)
    end = tail_at + at
    before = end - _PLACE_64.size - _END_64.size
    if before >= 0:
        file.seek(before)
        said = file.read(_END_64.size + _PLACE_64.size)
        if said.startswith(b"PK\x06\x06") and said[_END_64.size :].startswith(b"PK\x06\x07"):
            *_others, count, size, _offset = _END_64.unpack_from(said)
            end = before
    return count, end - size, size
