"""What one cause did to many rows: their facts put together, so that it can be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from caudal.kit.models import RecordedFactRow
from caudal.kit.outbox.timeline import recorded


@dataclass(slots=True)
class Effect:
    """What the facts of one cause say of a row: before and after of each field, and their other contents by name."""

    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    erased: bool = False
    """Personal values were erased meanwhile: what it was before is not known any more."""


def effects_of(cause: UUID, kind: str, subjects: Iterable[UUID]) -> dict[UUID, Effect]:
    """Return what a cause did to some rows of a kind, personal values among it."""
    rows = RecordedFactRow.objects.filter(subject_kind=kind, subject_id__in=list(subjects), cause=cause)
    found: dict[UUID, Effect] = {}
    for fact in recorded(rows.order_by("subject_id", "sequence"), personal=True):
        effect = found.setdefault(fact.subject.id, Effect())
        effect.erased = effect.erased or fact.erased
        effect.facts[fact.name] = dict(fact.data)
        for name, (before, after) in {**fact.data.get("changes", {}), **(fact.personal or {})}.items():
            first = effect.changes.get(name, (before, after))[0]
            effect.changes[name] = (first, after)
    return found
