"""What became known of usage in a stretch of time: how billing learns of late events and corrections."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from caudal.usage.queries.quantities import wait_for_writers

TOUCHED: Final = """
SELECT n.company, s.key, m.code, min(n.occurred_at), max(n.occurred_at)
FROM (
    SELECT r.company, r.subject, r.meter, r.occurred_at FROM usage_reading AS r
    WHERE r.known_from > %(after)s AND r.known_from <= %(up_to)s
    UNION ALL
    SELECT r.company, r.subject, r.meter, r.occurred_at FROM usage_reading AS r
    WHERE r.known_until > %(after)s AND r.known_until <= %(up_to)s
) AS n
JOIN usage_subject AS s ON s.id = n.subject JOIN usage_meter AS m ON m.id = n.meter
GROUP BY n.company, s.key, m.code ORDER BY n.company, s.key, m.code
"""


@dataclass(frozen=True, slots=True)
class UsageTouched:
    """Of which usage something became known: events that count now, or count no more."""

    company_id: UUID
    subject: str
    meter: str
    first_at: datetime
    last_at: datetime
    """The first and the last instant of that usage, both within it."""


def touched_since(*, after: datetime, up_to: datetime) -> list[UsageTouched]:
    """Return of which usage something became known after an instant and up to another, by company, subject and meter.

    What a meter measures otherwise since it was changed, without other readings, is not among it.
    """
    wait_for_writers()
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, {"after": after, "up_to": up_to})
        return [UsageTouched(*row) for row in cursor.fetchall()]
