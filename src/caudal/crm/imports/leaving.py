"""Writing everything that can be imported again: as a folder of CSV files, or as one packed file."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from caudal.crm import queries
from caudal.crm.queries import ArchiveTable
from caudal.kit.access import Actor, ActorKind, Verb, require
from caudal.ui.lists.exports import defused
from caudal.workspace.actions import note_export

KINDS: Final = ("company", "person", "lead", "deal", "activity")
"""Kinds of records whoever takes them out needs the right for."""


def lay_out(actor: Actor, as_of: datetime, folder: Path) -> dict[str, int]:
    """Write a file for each table into a folder, and return how many rows each has. Raises NotAllowed."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for table in _tables(actor):
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            rows[table.name] = _write(file, table)
    _note(actor, as_of, rows, "csv")
    return rows


def pack(actor: Actor, as_of: datetime, into: "Path | BinaryIO") -> dict[str, int]:
    """Write a packed file with a file for each table, and return how many rows each has. Raises NotAllowed."""
    rows = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for table in _tables(actor):
            with (
                packed.open(f"{table.name}.csv", "w", force_zip64=True) as file,
                io.TextIOWrapper(file, encoding="utf-8", newline="") as text,
            ):
                rows[table.name] = _write(text, table)
    _note(actor, as_of, rows, "zip")
    return rows


def _tables(actor: Actor) -> Iterator[ArchiveTable]:
    for kind in KINDS:
        require(actor, kind, Verb.EXPORT)
    yield from queries.archive(actor)


def _write(file: "io.TextIOBase", table: ArchiveTable) -> int:
    """Write a table; words that a spreadsheet would take for a formula are defused."""
    writer = csv.writer(file)
    writer.writerow([defused(text) for text in table.header])
    count = 0
    for line in table.rows:
        writer.writerow([defused(text) for text in line])
        count += 1
    return count


def _note(actor: Actor, as_of: datetime, rows: dict[str, int], file_format: str) -> None:
    """Tell in the audit trail of a member or key that rows left; whoever has the machine needs no leave."""
    if actor.kind is ActorKind.SYSTEM:
        return
    for kind, name in zip(KINDS, ("companies", "people", "leads", "deals", "activities"), strict=True):
        note_export(
            actor=actor, as_of=as_of, record_kind=kind, file_format=file_format, rows=rows[name], columns=[], where=""
        )
