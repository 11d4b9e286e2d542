"""Operations, their files, and what other systems call our rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from caudal.kit.access import Actor, Verb
from caudal.kit.records import NotFound
from caudal.workspace.models import ExternalId, Operation, OperationState, StoredFile


@dataclass(frozen=True, slots=True)
class External:
    """What a source calls a row of ours, and the digest of what it said of it last."""

    key: str
    record: UUID
    digest: str


def externals(source: str, kind: str, keys: Iterable[str]) -> dict[str, External]:
    """Return the rows of a kind that a source knows under these keys."""
    rows = ExternalId.objects.filter(source=source, kind=kind, key__in=list(keys))
    return {row.key: External(row.key, row.record, row.digest) for row in rows}


def externals_of(source: str, kind: str) -> dict[str, UUID]:
    """Return every row of a kind that a source knows, by its key."""
    rows = ExternalId.objects.filter(source=source, kind=kind).order_by("key")
    return dict(rows.values_list("key", "record"))


def known_elsewhere(kind: str, record: UUID) -> list[tuple[str, str]]:
    """Return which other systems know a row, and by which key."""
    rows = ExternalId.objects.filter(kind=kind, record=record).order_by("source", "key")
    return list(rows.values_list("source", "key"))


def external_keys(source: str, kind: str, records: Iterable[UUID]) -> set[UUID]:
    """Return those of some rows of a kind that a source knows."""
    rows = ExternalId.objects.filter(source=source, kind=kind, record__in=list(records))
    return set(rows.values_list("record", flat=True))


def operation_by_id(operation_id: UUID) -> Operation | None:
    """Return an operation to the worker that was asked to do it."""
    return Operation.objects.filter(pk=operation_id).first()


def operation_for(actor: Actor, verb: Verb, operation_id: UUID, *, names: Iterable[str]) -> Operation:
    """Return an operation of one of some names. Raises NotFound."""
    found = Operation.one_for(actor, verb, operation_id)
    if found.name not in set(names):
        raise NotFound(kind=Operation.kind, id=found.ref)
    return found


def operations(actor: Actor, names: Iterable[str], *, limit: int) -> list[Operation]:
    """Return the newest operations of some names."""
    return list(Operation.for_actor(actor).filter(name__in=list(names)).order_by("-created_at", "-pk")[:limit])


def unfinished_operations(actor: Actor, name: str) -> list[Operation]:
    """Return the operations of a name that wait or run, oldest first."""
    open_states = (OperationState.WAITING, OperationState.RUNNING)
    return list(Operation.for_actor(actor).filter(name=name, state__in=open_states).order_by("created_at", "pk"))


def file_with(actor: Actor, name: str, sha256: str) -> UUID | None:
    """Return the file of this name and content that somebody gave us before."""
    return StoredFile.for_actor(actor).filter(name=name, sha256=sha256).values_list("pk", flat=True).first()
