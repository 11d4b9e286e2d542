"""Names that other systems gave to our rows."""

from collections.abc import Iterable
from typing import Final

from caudal.kit.actions import action
from caudal.workspace.models import ExternalId
from caudal.workspace.queries import External

BATCH: Final = 1000


@action
def keep_externals(*, source: str, kind: str, externals: Iterable[External]) -> None:
    """Write down under which keys a source knows rows of a kind, and the digests of what it said of them last.

    The caller has written those rows in the same transaction, with the rights that this takes.
    """
    ExternalId.objects.bulk_create(
        [
            ExternalId(source=source, kind=kind, key=each.key, record=each.record, digest=each.digest)
            for each in externals
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["source", "kind", "key"],
        update_fields=["record", "digest"],
    )
