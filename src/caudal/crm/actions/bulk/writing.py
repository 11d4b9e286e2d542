"""Writing many rows at once: as few statements as their values allow, versions moved on, facts in one statement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import F, Field

from caudal.core.errors import Problem
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import CompanyChanged, DealChanged, LeadChanged, PersonChanged
from caudal.kit.access import Actor
from caudal.kit.outbox import Fact, publish_many
from caudal.kit.records import Record, plain

EACH: Final = """
UPDATE {table} AS kept SET {sets}, changed_at = %s, changed_by = %s, version = kept.version + 1
FROM jsonb_to_recordset(%s::jsonb) AS new (id uuid, {types})
WHERE kept.id = new.id
"""
CHANGED: Final[Mapping[str, type[Fact]]] = {
    "company": CompanyChanged,
    "person": PersonChanged,
    "lead": LeadChanged,
    "deal": DealChanged,
}


@dataclass(frozen=True, slots=True)
class By:
    """Who writes, when, and the operation that it belongs to."""

    actor: Actor
    as_of: datetime
    cause: UUID | None = None

    def publish(self, facts: Iterable[Fact]) -> None:
        """Record facts of the operation."""
        publish_many(facts, actor=self.actor, occurred_at=self.as_of, cause=self.cause)


@dataclass(slots=True)
class Verdict:
    """What is to be written of a row, or what refuses it; with neither it is so already."""

    row: Any
    values: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


def write_changes(verdicts: Sequence[Verdict], by: By) -> None:
    """Write rows that are locked, and tell of each what changed."""
    if not verdicts:
        return
    before = [refs_of(each.row) for each in verdicts]
    changes = [
        {name: (plain(getattr(each.row, name)), plain(value)) for name, value in each.values.items()}
        for each in verdicts
    ]
    put(verdicts, by)
    by.publish(
        told(CHANGED[each.row.kind], each.row, changed, about=(*refs, *refs_of(each.row)))
        for each, changed, refs in zip(verdicts, changes, before, strict=True)
    )


def put(verdicts: Sequence[Verdict], by: By) -> None:
    """Write the values of locked rows and move their versions on. Whoever calls tells what happened."""
    if not verdicts:
        return
    model: type[Record] = type(verdicts[0].row)
    stamps = {"changed_at": by.as_of, "changed_by": by.actor.id}
    columns = [
        {column: part for name, value in each.values.items() for column, part in model.columns_of(name, value)}
        for each in verdicts
    ]
    for each in verdicts:
        for name, value in (each.values | stamps | {"version": each.row.version + 1}).items():
            setattr(each.row, name, value)
    if all(each == columns[0] for each in columns):
        ids = [each.row.pk for each in verdicts]
        model._default_manager.filter(pk__in=ids).update(**columns[0], **stamps, version=F("version") + 1)
        return
    _write_each(model, [each.row.pk for each in verdicts], columns, by)


def _write_each(model: type[Record], ids: Sequence[UUID], columns: Sequence[Mapping[str, Any]], by: By) -> None:
    """Write other values into each row, in one statement: rows of values are joined, not told apart by cases."""
    names = sorted({name for each in columns for name in each})
    fields = [model._meta.get_field(name) for name in names]
    typed = {str(field.column): str(field.db_type(connection)) for field in fields if isinstance(field, Field)}
    new = [
        {"id": row_id, **{name: plain(each[name]) for name in names}} for row_id, each in zip(ids, columns, strict=True)
    ]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(column)} = new.{quote(name)}" for column, name in zip(typed, names, strict=True))
    types = ", ".join(f"{quote(name)} {kind}" for name, kind in zip(names, typed.values(), strict=True))
    text = EACH.format(table=quote(model._meta.db_table), sets=sets, types=types)
    with connection.cursor() as cursor:
        cursor.execute(text, [by.as_of, by.actor.id, json.dumps(new, default=str)])
