"""The views of the marts that reports read, on the database of the company.

They stand in a schema of their own, belong to the owner of the tables and run with the owner's rights: whoever signs in
as the report role sees what the marts publish, whole, and no table. A view holds on to the columns it reads, so the
views go away before tables change and come back after.
"""

import hashlib
from typing import Final

from django.db import connection, transaction

from caudal.insights.queries import public_marts, report_view
from caudal.kit.postgres.grants import REPORT_SCHEMA, quoted

_PUBLISHED: Final = """
SELECT view.relname, coalesce(obj_description(view.oid), '')
FROM pg_class AS view JOIN pg_namespace AS home ON home.oid = view.relnamespace
WHERE home.nspname = %s AND view.relkind = 'v' AND pg_get_userbyid(view.relowner) = current_user
"""


def publish_views() -> tuple[str, ...]:
    """Bring the views in line with the marts, as the owner of the tables, and return the names of those that changed.

    A view carries a digest of its statement, so that nothing happens when nothing changed. A server without the schema
    has no report role either.
    """
    if not _has_schema():
        return ()
    wanted = {mart.name: report_view(mart) for mart in public_marts()}
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in wanted.items()}
    there = _published()
    changed = tuple(sorted(name for name in wanted | there if digests.get(name) != there.get(name)))
    with transaction.atomic(), connection.cursor() as cursor:
        for name in changed:
            if name in there:
                cursor.execute(f"DROP VIEW {_path(name)}")
            if name in wanted:
                cursor.execute(f"CREATE VIEW {_path(name)} AS {wanted[name]}")
                cursor.execute(f"COMMENT ON VIEW {_path(name)} IS '{digests[name]}'")
    return changed


def withdraw_views() -> None:
    """Take the views away, as the owner of the tables, so that the tables may change."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in sorted(_published()):
            cursor.execute(f"DROP VIEW {_path(name)}")


def _has_schema() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [REPORT_SCHEMA])
        return bool(cursor.fetchall()[0][0])


def _published() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, [REPORT_SCHEMA])
        return dict(cursor.fetchall())


def _path(name: str) -> str:
    return f"{quoted(REPORT_SCHEMA)}.{quoted(name)}"
