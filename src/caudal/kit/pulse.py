"""Whether any row of some kinds has changed: one cheap statement, so that live pages can be told that nothing did.

The instant of a change is when its action began, and a slower transaction may commit an earlier one later. So the mark
also counts what changed in the minute before the last change, and sums the versions.
"""

from typing import Final

from django.db import connection

from caudal.kit.records import Record

PULSE: Final = """
SELECT concat_ws(' ', live.last, recent.count, recent.versions, gone.last, gone.count)
FROM (SELECT max(changed_at) AS last FROM {table} WHERE deleted_at IS NULL) AS live,
     LATERAL (SELECT count(*) AS count, sum(version) AS versions FROM {table}
              WHERE deleted_at IS NULL AND changed_at >= live.last - interval '1 minute') AS recent,
     (SELECT max(deleted_at) AS last, count(*) AS count FROM {table}
      WHERE deleted_at >= (SELECT max(deleted_at) FROM {table} WHERE deleted_at IS NOT NULL) - interval '1 minute'
     ) AS gone
"""


def pulse(*models: type[Record]) -> str:
    """Return a text that is another one after any row of these kinds was added, changed, deleted or restored."""
    asked = " UNION ALL ".join(PULSE.format(table=connection.ops.quote_name(model._meta.db_table)) for model in models)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return " / ".join(str(row[0]) for row in cursor.fetchall())
