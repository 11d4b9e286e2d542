"""Files that somebody gave us."""

from collections.abc import Iterable
from datetime import datetime

from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.world import world
from caudal.workspace.models import StoredFile


@action
def store_file(*, actor: Actor, as_of: datetime, name: str, media_type: str, chunks: Iterable[bytes]) -> StoredFile:
    """Keep a file's bytes and write down whose they are; `world().file_store().opened` reads them again."""
    require(actor, "file", Verb.CREATE)
    kept = world().file_store().keep(chunks)
    file = StoredFile.stamped(
        actor=actor, as_of=as_of, name=name, media_type=media_type, size_bytes=kept.size_bytes, sha256=kept.sha256
    )
    file.save(force_insert=True)
    return file
