"""Taking words out of the database wherever they stand: in texts, lists of texts and JSON, whatever table holds them.

For erasing somebody: what was written about them elsewhere, by hand or by a machine, goes too. Facts are left alone,
for they are append-only; their personal values go with their keys.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import connection
from psycopg import sql

from caudal.core.ids import Ref
from caudal.kit.digest import business_tables
from caudal.kit.records import Record

GONE: Final = "[erased]"
ALSO: Final = ("kit_letter", "kit_delivery", "kit_trace")
"""Tables of the plumbing that hold words of people; what answers were repeated is deleted, not mended."""

COLUMNS: Final = """
SELECT table_name, column_name, udt_name FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name = ANY(%s)
  AND udt_name IN ('text', 'varchar', '_text', '_varchar', 'json', 'jsonb')
ORDER BY table_name, ordinal_position
"""
NEVER_CHANGED: Final = """
SELECT DISTINCT c.relname FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid
WHERE p.proname = 'kit_refuse_change' AND t.tgqual IS NULL AND t.tgattr = ''::int2vector
  AND t.tgtype & 1 > 0 AND t.tgtype & 2 > 0 AND t.tgtype & 16 > 0
"""
"""Tables of which a trigger before every update of a row refuses it."""
FOUND: Final = {
    "text": "{column} ~* {pattern}",
    "list": "array_to_string({column}, E'\\n') ~* {pattern}",
    "json": "{column}::text ~* {pattern}",
}
MENDED: Final = {
    "text": "regexp_replace({column}, {pattern}, {gone}, 'gi')",
    "list": "ARRAY(SELECT regexp_replace(each, {pattern}, {gone}, 'gi') FROM unnest({column}) AS each)",
    "json": "regexp_replace({column}::text, {pattern}, {gone}, 'gi')::jsonb",
}
SORTS: Final = {"text": "text", "varchar": "text", "_text": "list", "_varchar": "list", "json": "json", "jsonb": "json"}


def scrub(
    words: Collection[str], *, tables: Collection[str] | None = None, besides: Collection[str] = ()
) -> dict[str, list[UUID]]:
    """Replace words by `[erased]` in tables, all business ones unless told which; return the ids of rows by table.

    Letters of any case are the same. Rows that bear a version move on, so that nobody writes the words back unseen.
    Tables that are only added to stay as they are: see `never_changed`.
    """
    pattern = pattern_of(words)
    if not pattern:
        return {}
    wanted = [*business_tables(), *ALSO] if tables is None else list(tables)
    left_alone = never_changed() | set(besides)
    found = {}
    for table, columns in text_columns([each for each in wanted if each not in left_alone]).items():
        rows = scrub_table(table, columns, pattern)
        if rows:
            found[table] = rows
    return found


def never_changed() -> set[str]:
    """Return the tables that are only added to: the books, settled amounts, what was agreed of subscriptions."""
    with connection.cursor() as cursor:
        cursor.execute(NEVER_CHANGED)
        return {table for (table,) in cursor.fetchall()}


def mentions(words: Collection[str], *, tables: Collection[str]) -> dict[str, int]:
    """Return how many rows of some tables speak of words."""
    pattern = pattern_of(words)
    found = {}
    for table, columns in text_columns(tables).items() if pattern else ():
        query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(table), condition(columns, pattern))
        with connection.cursor() as cursor:
            cursor.execute(query)
            (count,) = cursor.fetchone()
        if count:
            found[table] = count
    return found


def refs_of(rows: Mapping[str, Collection[UUID]]) -> list[Ref]:
    """Return those of some rows that are records, by kind and id."""
    models = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Record)}
    return [Ref(models[table].kind, row_id) for table, ids in rows.items() if table in models for row_id in ids]


def pattern_of(words: Collection[str]) -> str:
    """Return the expression that finds any of some words, the longest first, as whole words."""
    tidy = sorted({each.strip() for each in words if each.strip()}, key=lambda each: (-len(each), each))
    return f"(?<![[:alnum:]])({'|'.join(re.escape(each) for each in tidy)})(?![[:alnum:]])" if tidy else ""


def text_columns(tables: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the columns of tables that hold words, each with its sort."""
    found: dict[str, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [list(tables)])
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, []).append((column, SORTS[kind]))
    return found


def condition(columns: list[tuple[str, str]], pattern: str) -> sql.Composable:
    """Return the condition that any of some columns holds what is sought."""
    parts = (
        sql.SQL(FOUND[sort]).format(column=sql.Identifier(column), pattern=sql.Literal(pattern))
        for column, sort in columns
    )
    return sql.SQL(" OR ").join(parts)


def scrub_table(table: str, columns: list[tuple[str, str]], pattern: str) -> list[UUID]:
    """Mend the rows of one table, and return their ids; rows without an id of their own are counted by empty ones."""
    models = [model for model in apps.get_models() if model._meta.db_table == table]
    names = {field.column for model in models for field in model._meta.concrete_fields}
    changes: list[sql.Composable] = [
        sql.SQL("{column} = " + MENDED[sort]).format(
            column=sql.Identifier(column), pattern=sql.Literal(pattern), gone=sql.Literal(GONE)
        )
        for column, sort in columns
    ]
    if {"version", "changed_by"} <= names:
        changes.append(sql.SQL("version = version + 1"))
    key = sql.Identifier("id") if "id" in names else sql.SQL("NULL::uuid")
    query = sql.SQL("UPDATE {} SET {} WHERE {} RETURNING {}").format(
        sql.Identifier(table), sql.SQL(", ").join(changes), condition(columns, pattern), key
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
