"""One number for everything that the business knows: equal when no business row differs.

Plumbing is left out by name (facts, streams, keys, deliveries, answers that are kept to be repeated), and so is
whatever is not ours (sessions, jobs, limits). So are some columns: secrets differ each time, and coming in, by person
or by key, is no business.
"""

from collections.abc import Collection
from hashlib import sha256
from typing import Final

from django.apps import apps
from django.db import connection
from psycopg import sql

PLUMBING: Final = frozenset({"kit"})
"""Contexts without business rows."""
COLUMNS_LEFT_OUT: Final = ["password", "last_login", "used_on"]

# Text of JSON has its keys sorted and its instants in the zone of the connection, which is UTC.
ROWS: Final = """
SELECT encode(sha256(convert_to(coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT (to_jsonb(kept) - %s::text[])::text AS line FROM {} AS kept) AS lines
"""


def business_tables(leave_out: Collection[str] = ()) -> list[str]:
    """Return the names of the tables that hold business rows, in their order."""
    ours = [
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name.startswith("caudal.") and config.label not in PLUMBING
        for model in config.get_models(include_auto_created=True)
    ]
    return sorted(set(ours) - set(leave_out))


def table_digests(leave_out: Collection[str] = ()) -> dict[str, str]:
    """Return the SHA-256 of every business table's rows, in hexadecimal, by table."""
    with connection.cursor() as cursor:
        found = {}
        for table in business_tables(leave_out):
            cursor.execute(sql.SQL(ROWS).format(sql.Identifier(table)), [COLUMNS_LEFT_OUT])
            (found[table],) = cursor.fetchone()
    return found


def business_digest(leave_out: Collection[str] = ()) -> str:
    """Return the SHA-256 of all business rows, in hexadecimal. `leave_out` names further tables that do not count."""
    lines = "".join(f"{table} {digest}\n" for table, digest in table_digests(leave_out).items())
    return sha256(lines.encode()).hexdigest()
