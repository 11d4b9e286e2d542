"""What is packed in a file is looked into before any of it is unpacked, and not at all where it is too much."""

import io
import struct
import time
import zipfile

import pytest

from caudal.kit.packed import MEMBERS_MAX, Amiss, look_into

ENTRY = struct.pack("<4s4x2H8xLL3H12x", b"PK\x01\x02", 0, 0, 0, 0, 1, 0, 0) + b"x"
"""One file in a list, by the shortest name."""


def crowded(entries: int, said: int) -> io.BytesIO:
    """A packed file that lists so many files and says that there are so many."""
    listed = ENTRY * entries
    return io.BytesIO(listed + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, said, said, len(listed), 0, 0))


def packed(**files: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            folder.writestr(name, content)
    return file


def test_what_is_packed_is_listed() -> None:
    found = look_into(packed(a=b"1", b=b"2"))
    assert ([each.filename for each in found.members], found.amiss) == (["a", "b"], None)


def test_what_expands_and_what_is_no_packed_file_is_told() -> None:
    assert look_into(packed(a=b"0" * 30_000_000)).amiss is Amiss.EXPANDS
    assert look_into(io.BytesIO(b"PK\x03\x04 and then nothing")).amiss is Amiss.DAMAGED
    assert look_into(io.BytesIO()).amiss is Amiss.DAMAGED


@pytest.mark.parametrize("said", [20_000, 3])
def test_too_many_files_are_told_whatever_the_end_of_the_file_says(said: int) -> None:
    assert look_into(crowded(20_000, said)).amiss is Amiss.CROWDED


def test_a_list_of_half_a_million_files_is_not_read() -> None:
    file = crowded(480_000, 0xFFFF)
    began = time.process_time()
    assert look_into(file).amiss is Amiss.CROWDED
    assert time.process_time() - began < 0.2


def test_many_files_are_not_too_many() -> None:
    file = packed(**{f"{number}.csv": b"" for number in range(MEMBERS_MAX)})
    assert (len(look_into(file).members), look_into(file).amiss) == (MEMBERS_MAX, None)
