"""Taking a batch back: what it made is removed, what it changed is put back, what others need or changed since stays.

A row stays when somebody changed it since, when a row that stays needs it, or when it is a part of a row that stays.
All of it is one transaction, in sets: the work of a hundred thousand rows is a few dozen statements. Rows are locked
first, so that nobody can begin to need one that is about to go.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Reach, Verb, policies
from caudal.kit.actions import action
from caudal.kit.models import SubjectKey, Trace
from caudal.kit.outbox import publish_many
from caudal.kit.records import Record
from caudal.kit.traces.events import RecordPutBack, RecordWithdrawn

EDITED, NEEDED, PART, GONE, STRANDED, TAKEN = "edited", "needed", "part", "gone", "stranded", "taken"
REACH: Final = "reach"
"""Why a row stays: changed since, needed, part of one that stays, no longer there, what it named is gone, its place
was taken, or whoever takes the batch back may not change or delete it."""
CHUNK: Final = 1000
LISTED: Final = 500
"""Rows that stay and are listed one by one."""
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Value:
    """Rows that name others by a value and not by a foreign key: tags by their names, a source's keys by their ids."""

    child: str
    column: str
    parent: str
    """A table; nothing for rows of any table."""
    key: str
    is_array: bool = False
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that stays, and why."""

    ref: Ref
    reason: str
    by: Ref | None = None
    """The row that needs it."""


@dataclass(slots=True)
class Retreat:
    """What became of the records of a batch, by kind."""

    removed: dict[str, int] = field(default_factory=dict)
    put_back: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    listed: list[Kept] = field(default_factory=list)


@action
def take_back(*, actor: Actor, as_of: datetime, batch: UUID, values: Iterable[Value], watch: Watch) -> Retreat:
    """Take back what a batch wrote, and return what became of it. `watch` is told rows done and in all.

    Rows that it made and the actor may not delete stay with their parts, and so do those that it changed and the actor
    may not change.
    What stays is no longer remembered as the batch's. The personal values in the facts of what goes are destroyed.
    """
    with connection.cursor() as cursor:
        tables = _tables(cursor, batch)
        total = sum(tables.values())
        watch(0, total)
        _compare(cursor, batch, tables)
        _hold_back(actor, batch, tables)
        _close(cursor, batch, tables, [*_foreign_keys(cursor, tables), *values])
        _write(cursor, batch, tables, watch)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        found = _count(cursor, batch)
        _tell(cursor, actor, as_of, batch)
        cursor.execute("DELETE FROM kit_trace WHERE batch = %s", [batch])
    return found


def _tables(cursor: Any, batch: UUID) -> dict[str, int]:
    """The tables that the batch wrote to, and rows of each."""
    cursor.execute("UPDATE kit_trace SET kept = '', kept_by = '' WHERE batch = %s AND kept <> ''", [batch])
    cursor.execute("SELECT at_table, count(*) FROM kit_trace WHERE batch = %s GROUP BY 1 ORDER BY 1", [batch])
    return dict(cursor.fetchall())


def _key(table: str) -> str:
    return _keys()[table]


def _keys() -> dict[str, str]:
    return {model._meta.db_table: model._meta.pk.column for model in apps.get_models() if model._meta.pk.column}


LOCK: Final = """
SELECT count(*) FROM (
    SELECT FROM {table} AS r JOIN kit_trace AS t ON t.row_id = r.{key}
    WHERE t.batch = %(batch)s AND t.at_table = %(table)s ORDER BY r.{key} FOR UPDATE OF r
) AS locked
"""
CHANGED_SINCE: Final = """
UPDATE kit_trace AS t SET kept = 'edited' FROM {table} AS r
WHERE t.batch = %(batch)s AND t.at_table = %(table)s AND r.{key} = t.row_id AND t.after <> md5(to_jsonb(r)::text)
"""
GONE_SINCE: Final = """
UPDATE kit_trace AS t SET kept = 'gone'
WHERE t.batch = %(batch)s AND t.at_table = %(table)s AND t.after <> ''
  AND NOT EXISTS (SELECT FROM {table} AS r WHERE r.{key} = t.row_id)
"""


def _compare(cursor: Any, batch: UUID, tables: Mapping[str, int]) -> None:
    """Lock the rows, and mark those that are no longer as the batch left them."""
    for table in tables:
        names = {"table": sql.Identifier(table), "key": sql.Identifier(_key(table))}
        for statement in (LOCK, CHANGED_SINCE, GONE_SINCE):
            cursor.execute(sql.SQL(statement).format(**names), {"batch": batch, "table": table})


def _hold_back(actor: Actor, batch: UUID, tables: Mapping[str, int]) -> None:
    """Mark the rows that are not the actor's to delete or to change, and the parts of others that it left alone."""
    within: dict[tuple[str, Verb], models.QuerySet[Any]] = {}
    for policy in policies().values():
        model = policy.model
        if model is None or not issubclass(model, Record):
            continue
        for verb in (Verb.DELETE, Verb.CHANGE):
            if policy.reach(actor, verb) is not Reach.ALL:
                within[model._meta.db_table, verb] = model.for_actor(actor, verb)
    for table in tables:
        traces = Trace.objects.filter(batch=batch, at_table=table, kept="")
        for verb, is_new in ((Verb.DELETE, True), (Verb.CHANGE, False)):
            if (table, verb) in within:
                rows = traces.filter(before__isnull=is_new).exclude(row_id__in=within[table, verb].values("pk"))
                rows.update(kept=REACH)
    for model, key in _parts():
        table, parent = model._meta.db_table, key.related_model._meta.db_table
        if table in tables and (parent, Verb.CHANGE) in within and (table, Verb.CHANGE) not in within:
            traced = Trace.objects.filter(batch=batch, at_table=parent).values("row_id")
            others = model._default_manager.exclude(**{f"{key.name}__in": traced})
            beyond = others.exclude(**{f"{key.name}__in": within[parent, Verb.CHANGE].values("pk")})
            Trace.objects.filter(batch=batch, at_table=table, kept="", row_id__in=beyond.values("pk")).update(
                kept=REACH
            )


def _parts() -> Iterator[tuple[type[models.Model], Any]]:
    """The foreign keys that a row cannot be without: they make it a part of what it names."""
    for model in apps.get_models():
        for each in model._meta.concrete_fields:
            if isinstance(each, models.ForeignKey) and not each.null and each.remote_field.on_delete is models.CASCADE:
                yield model, each


FOREIGN: Final = """
SELECT child.relname, a.attname, parent.relname, b.attname
FROM pg_constraint AS c
JOIN pg_class AS child ON child.oid = c.conrelid JOIN pg_class AS parent ON parent.oid = c.confrelid
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
JOIN pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND (parent.relname = ANY(%s) OR child.relname = ANY(%s))
ORDER BY 1, 2
"""


def _foreign_keys(cursor: Any, tables: Mapping[str, int]) -> list[Value]:
    """Every foreign key from or to the tables; one that a row cannot be without makes it a part of what it names."""
    parts = {(model._meta.db_table, each.column) for model, each in _parts()}
    cursor.execute(FOREIGN, [list(tables), list(tables)])
    return [
        Value(child, column, parent, key, is_part=(child, column) in parts)
        for child, column, parent, key in cursor.fetchall()
    ]


NEED: Final = """
UPDATE kit_trace AS p SET kept = 'needed', kept_by = %(child)s || ':' || c.{child_key}::text
FROM {parent} AS r, {child} AS c
WHERE p.batch = %(batch)s AND p.at_table = %(parent)s AND p.before IS NULL AND p.kept = '' AND p.after <> ''
  AND r.{parent_key} = p.row_id AND {names} AND {stays}
"""
STAYS: Final = """
NOT EXISTS (
    SELECT FROM kit_trace AS t
    WHERE t.batch = %(batch)s AND t.at_table = %(child)s AND t.row_id = c.{child_key} AND t.kept = ''
)
"""
BELONG: Final = """
UPDATE kit_trace AS t SET kept = 'part', kept_by = p.at_table || ':' || p.row_id::text
FROM {child} AS c, kit_trace AS p
WHERE t.batch = %(batch)s AND t.at_table = %(child)s AND t.kept = '' AND c.{child_key} = t.row_id
  AND p.batch = %(batch)s AND p.row_id = c.{column} AND p.kept NOT IN ('', 'gone')
  AND (%(parent)s = '' OR p.at_table = %(parent)s)
"""
BELONGED: Final = """
UPDATE kit_trace AS t SET kept = 'part', kept_by = p.at_table || ':' || p.row_id::text
FROM kit_trace AS p
WHERE t.batch = %(batch)s AND t.at_table = %(child)s AND t.kept = '' AND t.after = '' AND t.before IS NOT NULL
  AND p.batch = %(batch)s AND p.row_id = (t.before ->> %(column)s)::uuid AND p.kept NOT IN ('', 'gone')
  AND (%(parent)s = '' OR p.at_table = %(parent)s)
"""
STRAND: Final = """
UPDATE kit_trace AS t SET kept = 'stranded'
WHERE t.batch = %(batch)s AND t.at_table = %(child)s AND t.kept = '' AND t.before ->> %(column)s IS NOT NULL
  AND NOT EXISTS (SELECT FROM {parent} AS r WHERE r.{key}::text = t.before ->> %(column)s)
  AND NOT EXISTS (
    SELECT FROM kit_trace AS p WHERE p.batch = %(batch)s AND p.at_table = %(parent)s AND p.after = '' AND p.kept = ''
      AND p.row_id::text = t.before ->> %(column)s
  )
"""


def _close(cursor: Any, batch: UUID, tables: Mapping[str, int], values: Sequence[Value]) -> None:
    """Mark what must stay because of what stays, until nothing more does."""
    while sum(_spread(cursor, batch, tables, value) for value in values):
        pass


def _spread(cursor: Any, batch: UUID, tables: Mapping[str, int], value: Value) -> int:
    found = 0
    said = {"batch": batch, "child": value.child, "parent": value.parent, "column": value.column}
    for parent in [value.parent] if value.parent else [table for table in tables if table != value.child]:
        if parent in tables:
            names = _names(value, parent)
            # A row of a table that no batch writes to stays in any case.
            stays = sql.SQL(STAYS).format(**names) if value.child in tables else sql.SQL("true")
            found += _run(cursor, NEED, {**names, "stays": stays}, {**said, "parent": parent})
    if value.child not in tables:
        return found
    if value.is_part:
        found += _run(cursor, BELONG, _names(value, value.parent or value.child), said)
        found += _run(cursor, BELONGED, {}, said)
    if value.parent and not value.is_array and value.key == _key(value.parent):
        found += _run(cursor, STRAND, _names(value, value.parent), said)
    return found


def _names(value: Value, parent: str) -> dict[str, sql.Composable]:
    key = value.key if value.parent else _key(parent)
    column, named = sql.Identifier("c", value.column), sql.Identifier("r", key)
    one = sql.SQL("{} = ANY({})").format(named, column) if value.is_array else sql.SQL("{} = {}").format(column, named)
    return {
        "child": sql.Identifier(value.child),
        "child_key": sql.Identifier(_keys().get(value.child, value.column)),
        "column": sql.Identifier(value.column),
        "parent": sql.Identifier(parent),
        "parent_key": sql.Identifier(_key(parent)),
        "key": sql.Identifier(key),
        "names": one,
    }


def _run(cursor: Any, statement: str, names: Mapping[str, sql.Composable], said: Mapping[str, Any]) -> int:
    cursor.execute(sql.SQL(statement).format(**names), said)
    return int(cursor.rowcount)


REMOVE: Final = """
DELETE FROM {table} AS r USING kit_trace AS t
WHERE t.batch = %(batch)s AND t.at_table = %(table)s AND t.row_id = r.{key}
  AND t.before IS NULL AND t.kept = '' AND t.after <> ''
"""
BRING_BACK: Final = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM (
    SELECT (jsonb_populate_record(NULL::{table}, t.before)).* FROM kit_trace AS t
    WHERE t.batch = %(batch)s AND t.at_table = %(table)s AND t.before IS NOT NULL AND t.kept = '' AND t.after = ''
      AND (%(row)s::uuid IS NULL OR t.row_id = %(row)s)
) AS was
"""
PUT_BACK: Final = """
UPDATE {table} AS r SET ({columns}) = ROW({was}) FROM (
    SELECT (jsonb_populate_record(NULL::{table}, t.before)).* FROM kit_trace AS t
    WHERE t.batch = %(batch)s AND t.at_table = %(table)s AND t.before IS NOT NULL AND t.kept = '' AND t.after <> ''
      AND (%(row)s::uuid IS NULL OR t.row_id = %(row)s)
) AS was WHERE was.{key} = r.{key}
"""
COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""


def _write(cursor: Any, batch: UUID, tables: Mapping[str, int], watch: Watch) -> None:
    """Remove, then bring and put back: what goes makes room for what comes."""
    done, total = 0, sum(tables.values())
    for table in tables:
        names = {"table": sql.Identifier(table), "key": sql.Identifier(_key(table))}
        cursor.execute(sql.SQL(REMOVE).format(**names), {"batch": batch, "table": table})
        done += cursor.rowcount
        watch(done, total)
    for table in tables:
        cursor.execute(COLUMNS, [table])
        columns = [sql.Identifier(name) for (name,) in cursor.fetchall()]
        parts: dict[str, sql.Composable] = {
            "table": sql.Identifier(table),
            "key": sql.Identifier(_key(table)),
            "columns": sql.SQL(", ").join(columns),
            "was": sql.SQL(", ").join(sql.SQL("was.{}").format(each) for each in columns),
        }
        for statement in (BRING_BACK, PUT_BACK):
            done += _as_far_as_it_goes(cursor, batch, table, sql.SQL(statement).format(**parts))
            watch(done, total)


def _as_far_as_it_goes(cursor: Any, batch: UUID, table: str, statement: sql.Composed) -> int:
    """Write all rows at once, or, where the place of one was taken meanwhile, one by one, and leave that one."""
    said: dict[str, Any] = {"batch": batch, "table": table, "row": None}
    try:
        with transaction.atomic():
            cursor.execute(statement, said)
            return int(cursor.rowcount)
    except IntegrityError:
        rows = Trace.objects.filter(batch=batch, at_table=table, kept="", before__isnull=False)
        written = 0
        for pk, row_id in list(rows.order_by("pk").values_list("pk", "row_id")):
            try:
                with transaction.atomic():
                    cursor.execute(statement, {**said, "row": row_id})
                    written += cursor.rowcount
            except IntegrityError:
                Trace.objects.filter(pk=pk).update(kept=TAKEN)
        return written


def _kinds() -> dict[str, str]:
    """Table → kind of the records in it."""
    return {each._meta.db_table: each.kind for each in apps.get_models() if issubclass(each, Record)}


def _count(cursor: Any, batch: UUID) -> Retreat:
    found, kinds = Retreat(), _kinds()
    cursor.execute(
        """SELECT at_table, before IS NULL, after = '', kept, count(*) FROM kit_trace
           WHERE batch = %s GROUP BY 1, 2, 3, 4 ORDER BY 1""",
        [batch],
    )
    for table, is_new, is_gone, kept, count in cursor.fetchall():
        kind = kinds.get(table)
        if kind is None or kept in {PART, GONE} or (is_new and is_gone):
            continue
        group = found.kept if kept else found.removed if is_new else found.put_back
        group[kind] = group.get(kind, 0) + count
    rows = Trace.objects.filter(batch=batch, at_table__in=kinds).exclude(kept__in=["", PART, GONE])
    for table, row_id, kept, by in rows.order_by("kept", "pk").values_list("at_table", "row_id", "kept", "kept_by")[
        :LISTED
    ]:
        found.listed.append(Kept(Ref(kinds[table], row_id), kept, _ref_of(kinds, by)))
    return found


def _ref_of(kinds: Mapping[str, str], said: str) -> Ref | None:
    """The record that needs another; for a part of one, nothing."""
    table, _, row_id = said.partition(":")
    return Ref(kinds[table], UUID(row_id)) if table in kinds else None


def _tell(cursor: Any, actor: Actor, as_of: datetime, batch: UUID) -> None:
    """Tell of every record that went or was put back; the words about those that went are destroyed."""
    kinds = _kinds()
    for is_new, fact in ((True, RecordWithdrawn), (False, RecordPutBack)):
        last = 0
        while True:
            cursor.execute(
                """SELECT id, at_table, row_id FROM kit_trace
                   WHERE batch = %s AND kept = '' AND at_table = ANY(%s) AND (before IS NULL) = %s
                     AND (before IS NOT NULL OR after <> '') AND id > %s ORDER BY id LIMIT %s""",
                [batch, list(kinds), is_new, last, CHUNK],
            )
            rows = cursor.fetchall()
            if not rows:
                break
            refs = [Ref(kinds[table], row_id) for _, table, row_id in rows]
            publish_many((fact(subject=ref, batch=str(batch)) for ref in refs), actor=actor, occurred_at=as_of)
            if is_new:
                keys = SubjectKey.objects.filter(subject__in=[ref.id for ref in refs])
                keys.update(secret=None, erased_at=as_of)
            last = rows[-1][0]
