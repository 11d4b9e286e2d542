"""What happened to a row since a version of it, field by field: what its reader does not know."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caudal.core.ids import Ref
from caudal.kit.models import RecordedFactRow
from caudal.kit.outbox.facts import REGISTRY, RecordedFact
from caudal.kit.outbox.timeline import recorded


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that somebody changed: what it held before and after, by whom and when."""

    name: str
    before: Any
    after: Any
    actor: str
    at: datetime
    row_version: int


@dataclass(frozen=True, slots=True)
class Since:
    """Everything that changed since a version, in order."""

    changes: tuple[FieldChange, ...]
    is_whole: bool
    """Whether each step from that version to this one is told by a fact; else something may have changed unseen."""

    def of(self, names: Collection[str]) -> tuple[FieldChange, ...]:
        """Return the changes of some fields."""
        return tuple(each for each in self.changes if each.name in names)


def since(ref: Ref, version: int, current: int) -> Since:
    """Return what happened to a row, already reached, between two of its versions."""
    rows = RecordedFactRow.objects.filter(subject_kind=ref.kind, subject_id=ref.id, row_version__gt=version)
    facts = list(recorded(rows.order_by("sequence"), personal=True))
    told = {fact.row_version for fact in facts}
    changes = tuple(change for fact in facts for change in _changes(fact))
    return Since(changes, told.issuperset(range(version + 1, current + 1)))


def _changes(fact: RecordedFact) -> Iterator[FieldChange]:
    by = (fact.actor, fact.occurred_at, fact.row_version or 0)
    for name, (before, after) in {**fact.data.get("changes", {}), **(fact.personal or {})}.items():
        yield FieldChange(name, before, after, *by)
    known = REGISTRY.get(fact.name)
    for name, (before, after) in (known.touches if known else {}).items():
        yield FieldChange(name, fact.data.get(before), fact.data.get(after), *by)
