"""Which meters a company uses, and whose usage it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

USED: Final = """
SELECT m.code, s.key FROM (
    SELECT DISTINCT h.meter, h.subject FROM usage_hour AS h WHERE h.company = %s AND h.hour >= %s AND h.count > 0
) AS u JOIN usage_meter AS m ON m.id = u.meter JOIN usage_subject AS s ON s.id = u.subject ORDER BY m.code, s.key
"""


@dataclass(frozen=True, slots=True)
class MeterUsed:
    """A meter that something was counted on, and the subject it was counted of."""

    meter: str
    subject: str


def used_since(company_id: UUID, since: datetime) -> list[MeterUsed]:
    """Return what a company used from the hour of an instant on, by meter and subject."""
    with connection.cursor() as cursor:
        cursor.execute(USED, [company_id, since])
        return [MeterUsed(*row) for row in cursor.fetchall()]
