"""Files that somebody gave us."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction

from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.letters import is_held
from caudal.kit.world import world
from caudal.workspace.models import StoredFile

UNNAMED_FOR: Final = timedelta(days=1)
"""Bytes that no file names are left for so long: the upload that gave them may not have ended."""
AT_ONCE: Final = 1000


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


def drop_bytes(digests: Collection[str]) -> None:
    """Drop the bytes that no file names any more, once the current transaction holds for good."""
    if digests:
        transaction.on_commit(partial(_drop_unnamed, tuple(digests)))


def sweep_bytes(*, as_of: datetime) -> int:
    """Drop the bytes of uploads that were refused, or broke off, more than a day ago; return how many.

    A restored copy that nobody has released may share its folder with the original, and drops nothing.
    """
    if is_held():
        return 0
    waiting = sorted(world().file_store().kept_before(as_of - UNNAMED_FOR))
    return sum(_drop_unnamed(waiting[at : at + AT_ONCE]) for at in range(0, len(waiting), AT_ONCE))


def _drop_unnamed(digests: Collection[str]) -> int:
    named = set(StoredFile.objects.filter(sha256__in=digests, deleted_at=None).values_list("sha256", flat=True))
    unnamed = sorted({*digests} - named)
    for sha256 in unnamed:
        world().file_store().drop(sha256)
    return len(unnamed)
