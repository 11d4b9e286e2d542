"""The sums of all hours made anew from the readings: the proof that they are nothing but a way to be fast."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.usage.actions.hours import COLUMNS, SUMS
from caudal.usage.actions.turns import take_turn

ANEW: Final = f"""
CREATE TEMPORARY TABLE usage_hour_anew ON COMMIT DROP AS
WITH touched AS (
    SELECT r.company, r.meter, date_trunc('hour', r.occurred_at, 'UTC') AS hour, r.subject,
        max(greatest(r.known_from, r.known_until)) AS touched_at
    FROM usage_reading AS r GROUP BY 1, 2, 3, 4
), summed (
    company, meter, hour, subject, count, total, moment, largest, latest, latest_at, latest_source, latest_key
) AS (
    SELECT r.company, r.meter, date_trunc('hour', r.occurred_at, 'UTC'), r.subject, {SUMS}
    FROM usage_reading AS r WHERE r.known_until IS NULL GROUP BY 1, 2, 3, 4
)
SELECT company, meter, hour, subject, coalesce(s.count, 0) AS count, coalesce(s.total, 0) AS total,
    coalesce(s.moment, 0) AS moment, s.largest, s.latest, s.latest_at, s.latest_source, s.latest_key, t.touched_at
FROM touched AS t LEFT JOIN summed AS s USING (company, meter, hour, subject)
"""  # noqa: S608  the text of the sums is ours
COMPARE: Final = """
SELECT count(*), count(*) FILTER (WHERE (
    a.count, a.total, a.moment, a.largest, a.latest, a.latest_at, a.latest_source, a.latest_key, a.touched_at
) IS DISTINCT FROM (
    h.count, h.total, h.moment, h.largest, h.latest, h.latest_at, h.latest_source, h.latest_key, h.touched_at
)) FROM usage_hour_anew AS a FULL JOIN usage_hour AS h USING (company, meter, hour, subject)
"""
REPLACE: Final = f"""
DELETE FROM usage_hour;
INSERT INTO usage_hour {COLUMNS} SELECT * FROM usage_hour_anew;
DROP TABLE usage_hour_anew;
"""  # noqa: S608  the names of the columns are ours


@dataclass(frozen=True, slots=True)
class SummedAnew:
    """How many hours there are, and how many had other sums before."""

    hours: int
    differed: int


@action
def sum_anew(*, actor: Actor, as_of: datetime) -> SummedAnew:
    """Make the sums of all hours anew from the readings, and say how many were otherwise: none, if all is well."""
    require(actor, "meter", Verb.CHANGE)
    take_turn(as_of)
    with connection.cursor() as cursor:
        cursor.execute(ANEW)
        cursor.execute(COMPARE)
        hours, differed = cursor.fetchone()
        cursor.execute(REPLACE)
    return SummedAnew(hours, differed)
